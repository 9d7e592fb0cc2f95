"""Deploys templates to moto's CloudFormation, each to an account of its own. Prints for each what `aws cloudformation
describe-stacks` would, on one line, and on a second one the app client that was made.

    deploy.py TEMPLATE.yaml...

moto has the Cognito API but no Cognito resources in its CloudFormation, so these are taught to it here: each becomes the
call that CloudFormation makes, its properties the parameters, checked against AWS's own model of the API before moto sees
them. Calls that moto lacks are checked so and not made.
"""

import json
import os
import sys
import warnings

os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_DEFAULT_REGION="us-east-1")

import boto3
import yaml
from botocore.validate import validate_parameters
from moto import mock_aws
from moto.cloudformation import parsing

REGION = "us-east-1"


def call(service, operation, parameters, made=True):
    client = boto3.client(service, region_name=REGION)
    validate_parameters(parameters, client.meta.service_model.operation_model(operation).input_shape)
    return client._make_api_call(operation, parameters) if made else {}


def teach(kind):
    """Teaches moto a type of resource: the function makes one and returns what `Ref` says."""

    def taught(make):
        class Resource:
            def __init__(self, ref):
                self.physical_resource_id = ref

            @classmethod
            def create_from_cloudformation_json(cls, name, description, account, region, **_):
                return cls(make(description.get("Properties", {}), name))

            @classmethod
            def has_cfn_attr(cls, attribute):
                return True

            def get_cfn_attribute(self, name):
                # The only one the template asks for, of the user pool.
                return {"ProviderName": f"cognito-idp.{REGION}.amazonaws.com/{self.physical_resource_id}"}[name]

            def is_created(self):
                return True

        parsing.get_model_map()[kind] = Resource
        parsing.get_name_type_map()[kind] = ""
        return Resource

    return taught


@teach("AWS::Cognito::UserPool")
def user_pool(properties, name):
    properties["PoolName"] = properties.pop("UserPoolName", name)
    return call("cognito-idp", "CreateUserPool", properties)["UserPool"]["Id"]


@teach("AWS::Cognito::UserPoolClient")
def client(properties, name):
    # Two rules of Cognito that moto does not know.
    rotates = properties.get("RefreshTokenRotation", {}).get("Feature") == "ENABLED"
    flows = properties.get("ExplicitAuthFlows", ["ALLOW_REFRESH_TOKEN_AUTH"])
    assert not (rotates and "ALLOW_REFRESH_TOKEN_AUTH" in flows), "rotation excludes ALLOW_REFRESH_TOKEN_AUTH"
    servers = call("cognito-idp", "ListResourceServers", {"UserPoolId": properties["UserPoolId"], "MaxResults": 50})
    known = {f"{server['Identifier']}/{scope['ScopeName']}" for server in servers["ResourceServers"] for scope in server["Scopes"]}
    unknown = {scope for scope in properties["AllowedOAuthScopes"] if "/" in scope} - known
    assert not unknown, f"ScopeDoesNotExistException: {unknown}"
    return call("cognito-idp", "CreateUserPoolClient", properties)["UserPoolClient"]["ClientId"]


@teach("AWS::Cognito::UserPoolDomain")
def domain(properties, name):
    call("cognito-idp", "CreateUserPoolDomain", properties)
    return properties["Domain"]


@teach("AWS::Cognito::UserPoolResourceServer")
def resource_server(properties, name):
    call("cognito-idp", "CreateResourceServer", properties)
    return properties["Identifier"]


@teach("AWS::Cognito::UserPoolGroup")
def group(properties, name):
    call("cognito-idp", "CreateGroup", properties)
    return properties["GroupName"]


@teach("AWS::Cognito::ManagedLoginBranding")
def branding(properties, name):
    assert not (properties.get("UseCognitoProvidedValues") and "Assets" in properties), "one excludes the other"
    call("cognito-idp", "CreateManagedLoginBranding", properties, made=False)
    return name


@teach("AWS::Cognito::UserPoolUICustomizationAttachment")
def classic_style(properties, name):
    call("cognito-idp", "SetUICustomization", properties, made=False)
    return name


@teach("AWS::Cognito::IdentityPool")
def identity_pool(properties, name):
    return call("cognito-identity", "CreateIdentityPool", {"IdentityPoolName": name, **properties})["IdentityPoolId"]


@teach("AWS::Cognito::IdentityPoolRoleAttachment")
def identity_pool_roles(properties, name):
    call("cognito-identity", "SetIdentityPoolRoles", properties, made=False)
    return name


def defaults(text):
    """Returns the parameters' defaults: moto splits only what it is given into a list."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("!", lambda loader, suffix, node: None)
    parameters = yaml.load(text, Loader)["Parameters"]
    return [{"ParameterKey": key, "ParameterValue": value["Default"]} for key, value in parameters.items()]


@mock_aws
def deploy(text):
    cloudformation = boto3.client("cloudformation", region_name=REGION)
    cloudformation.create_stack(
        StackName="login", TemplateBody=text, Parameters=defaults(text), Capabilities=["CAPABILITY_IAM"]
    )
    answer = cloudformation.describe_stacks(StackName="login")
    outputs = {output["OutputKey"]: output["OutputValue"] for output in answer["Stacks"][0]["Outputs"]}
    client = {"UserPoolId": outputs["UserPoolId"], "ClientId": outputs["ClientId"]}
    made = call("cognito-idp", "DescribeUserPoolClient", client)["UserPoolClient"]
    return {"Stacks": answer["Stacks"]}, made


if __name__ == "__main__":
    # A resource type that is not taught here is a failure, not a warning.
    warnings.filterwarnings("error", message="Tried to parse")
    for template in sys.argv[1:]:
        with open(template) as file:
            for answer in deploy(file.read()):
                print(json.dumps(answer, default=str))
