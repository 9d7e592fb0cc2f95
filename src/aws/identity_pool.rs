//! The conversation with an identity pool: `GetId`, `GetCredentialsForIdentity`, unsigned JSON 1.1.

use anyhow::Result;
use oauth2::http::Request;
use oauth2::http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use super::credentials::Credentials;
use super::refusal::Refusal;
use crate::clock::Timestamp;
use crate::failure::{Exit, Failure, printable};
use crate::http::{Http, Repeat, is_loopback};
use crate::oidc::Issuer;
use crate::secret::Secret;

/// An identity pool id such as `eu-west-1:11111111-2222-3333-4444-555555555555`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityPoolId(String);

impl IdentityPoolId {
    /// Reads an identity pool id (API: `[\w-]+:[0-9a-f-]+`, at most 55 characters).
    ///
    /// # Errors
    /// Fails when it is none, with exit 5.
    pub fn parse(text: &str) -> Result<IdentityPoolId, Failure> {
        let text = text.trim();
        // The Region becomes part of a host name.
        let is_region = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        let is_id = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
        };
        match text.split_once(':') {
            Some((region, id)) if text.len() <= 55 && is_region(region) && is_id(id) => {
                Ok(IdentityPoolId(text.to_owned()))
            }
            _ => {
                let message = format!("`{}` is no identity pool id", printable(text, 60));
                Err(Failure::new(Exit::Settings, "setting_invalid", message)
                    .hint("it looks like eu-west-1:11111111-2222-3333-4444-555555555555: aws cognito-identity list-identity-pools --max-results 60"))
            }
        }
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns its Region, the part before the colon.
    pub fn region(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }
}

/// What a person shows to an identity pool.
#[derive(Clone, Debug)]
pub struct Login<'a> {
    /// Who issued the token.
    pub issuer: &'a Issuer,
    /// The app client it was issued to.
    pub client_id: &'a str,
    /// The ID token; an access token is not accepted.
    pub id_token: &'a Secret,
}

impl Login<'_> {
    /// Returns the name of the user pool in an identity pool: the issuer without its scheme.
    pub(super) fn provider(&self) -> &str {
        let issuer = self.issuer.as_str();
        issuer.split_once("://").map_or(issuer, |(_, rest)| rest)
    }

    fn json(&self) -> Value {
        json!({ self.provider(): self.id_token.expose() })
    }
}

/// What an identity pool gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// Who the person is to the identity pool; the same every time, so worth keeping.
    pub identity: String,
    /// The credentials.
    pub credentials: Credentials,
}

/// An identity pool.
#[derive(Clone, Debug)]
pub struct IdentityPool {
    id: IdentityPoolId,
    endpoint: Url,
    http: Http,
}

impl IdentityPool {
    /// Returns the identity pool at its Region's endpoint; nothing is asked of the network yet.
    ///
    /// # Errors
    /// Fails when the Region makes no host name, with exit 5.
    pub fn new(id: IdentityPoolId, http: Http) -> Result<IdentityPool, Failure> {
        let region = id.region();
        let url = format!("https://cognito-identity.{region}.{}/", dns_suffix(region));
        let endpoint = Url::parse(&url).map_err(|_| {
            Failure::new(
                Exit::Settings,
                "setting_invalid",
                format!("`{region}` is no Region"),
            )
        })?;
        Ok(IdentityPool { id, endpoint, http })
    }

    /// Returns it at another endpoint, which the environment variable `variable` names; plain http on loopback only.
    ///
    /// # Errors
    /// Fails when that is no such URL, with exit 5.
    pub fn at(self, variable: &str, endpoint: &str) -> Result<IdentityPool, Failure> {
        let wrong = |why: &str| {
            let message = format!("`{variable}`: `{}` {why}", printable(endpoint, 200));
            Failure::new(Exit::Settings, "setting_invalid", message)
                .hint(format!("unset {variable}, or use an https:// address"))
        };
        let endpoint = Url::parse(endpoint.trim()).map_err(|_| wrong("is no URL"))?;
        match endpoint.scheme() {
            "https" => {}
            "http" if is_loopback(&endpoint) => {}
            "http" => return Err(wrong("is plain http to another machine")),
            _ => return Err(wrong("is no web address")),
        }
        Ok(IdentityPool { endpoint, ..self })
    }

    /// Returns temporary credentials of the role that the pool chooses, or of `role` where it lets the person choose.
    ///
    /// `known` is the identity id that the pool gave this person before; without one, or if the pool knows it no more,
    /// the pool is asked for it first.
    ///
    /// # Errors
    /// Fails with exit 3 when the person was signed out, 4 when the pool cannot be reached or is busy, 5 when the pool,
    /// its link to the app client, or its role are not set up for this.
    pub async fn credentials(
        &self,
        login: &Login<'_>,
        role: Option<&str>,
        known: Option<&str>,
    ) -> Result<Granted> {
        self.attempt(login, role, known)
            .await
            .map_err(|trouble| match trouble {
                Trouble::Refused(refusal) => refusal.explained(&self.id, login, role),
                Trouble::Failed(error) => error,
            })
    }

    async fn attempt(
        &self,
        login: &Login<'_>,
        role: Option<&str>,
        known: Option<&str>,
    ) -> Result<Granted, Trouble> {
        if let Some(identity) = known {
            match self.credentials_of(identity, login, role).await {
                Err(Trouble::Refused(refusal)) if refusal.is_about_the_identity() => {}
                answer => return answer,
            }
        }
        let identity = self.identify(login).await?;
        self.credentials_of(&identity, login, role).await
    }

    async fn identify(&self, login: &Login<'_>) -> Result<String, Trouble> {
        let request = json!({ "IdentityPoolId": self.id.as_str(), "Logins": login.json() });
        let answer: Identified = self.ask("GetId", &request).await?;
        Ok(answer.identity_id)
    }

    async fn credentials_of(
        &self,
        identity: &str,
        login: &Login<'_>,
        role: Option<&str>,
    ) -> Result<Granted, Trouble> {
        let mut request = json!({ "IdentityId": identity, "Logins": login.json() });
        if let Some(role) = role {
            request["CustomRoleArn"] = role.into();
        }
        let answer: Answered = self.ask("GetCredentialsForIdentity", &request).await?;
        answer.granted().ok_or_else(|| self.strange())
    }

    /// Asks one thing.
    async fn ask<T: DeserializeOwned>(
        &self,
        operation: &str,
        question: &Value,
    ) -> Result<T, Trouble> {
        let request = Request::post(self.endpoint.as_str())
            .header(CONTENT_TYPE, "application/x-amz-json-1.1")
            .header(
                "x-amz-target",
                format!("AWSCognitoIdentityService.{operation}"),
            )
            .body(question.to_string().into_bytes())
            .map_err(|error| Trouble::Failed(error.into()))?;
        // Asked twice, it gives the same identity, and each ask for credentials makes new ones anyway.
        let answer = self.http.send_repeating(request, Repeat::Freely).await;
        let answer = answer.map_err(|error| Trouble::Failed(error.explained()))?;
        match Refusal::of(&answer) {
            Some(refusal) => Err(Trouble::Refused(refusal)),
            // The parser's own words could quote a secret.
            None => serde_json::from_slice(answer.body()).map_err(|_| self.strange()),
        }
    }

    fn strange(&self) -> Trouble {
        let host = self.endpoint.host_str().unwrap_or_default();
        let message = format!(
            "the answer of `{}` is not an identity pool's",
            printable(host, 200)
        );
        Trouble::Failed(
            Failure::new(Exit::Settings, "not_an_identity_pool", message)
                .hint(ENDPOINT_HINT)
                .into(),
        )
    }
}

const ENDPOINT_HINT: &str =
    "check AWS_ENDPOINT_URL_COGNITO_IDENTITY, AWS_ENDPOINT_URL and HTTPS_PROXY";

/// Why there are no credentials.
enum Trouble {
    /// The identity pool said no.
    Refused(Refusal),
    /// There is no answer, or none that can be read.
    Failed(anyhow::Error),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Identified {
    identity_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answered {
    identity_id: String,
    credentials: AnsweredCredentials,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AnsweredCredentials {
    access_key_id: String,
    secret_key: String,
    session_token: String,
    /// Seconds since 1970, with a fraction.
    expiration: f64,
}

impl Answered {
    /// Returns what was granted; `None` if a value could not be one of AWS, or harm a shell that reads it.
    fn granted(self) -> Option<Granted> {
        let given = self.credentials;
        let is_plain = |text: &str| {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"+/=-_.:".contains(&b);
            !text.is_empty() && text.bytes().all(plain)
        };
        let all_plain = [
            &given.access_key_id,
            &given.secret_key,
            &given.session_token,
        ]
        .into_iter()
        .all(|text| is_plain(text));
        (all_plain && given.expiration.is_finite()).then(|| Granted {
            identity: self.identity_id,
            credentials: Credentials {
                access_key_id: given.access_key_id,
                secret_access_key: Secret::new(given.secret_key),
                session_token: Secret::new(given.session_token),
                // A cast from a float saturates; the fraction is cut, so that they never count as good for too long.
                expires_at: Timestamp::from_epoch(given.expiration as i64),
            },
        })
    }
}

/// Returns where the partition of a Region has its hosts (botocore: `partitions.json`).
fn dns_suffix(region: &str) -> &'static str {
    match region {
        _ if region.starts_with("cn-") => "amazonaws.com.cn",
        _ if region.starts_with("eusc-") => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::responder::{Received, Responder, answer};

    const POOL: &str = "eu-west-1:11111111-2222-3333-4444-555555555555";
    const ISSUER: &str = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123";

    fn pool_at(server: &Responder) -> IdentityPool {
        let id = IdentityPoolId::parse(POOL).unwrap();
        IdentityPool::new(id, Http::new())
            .unwrap()
            .at("AWS_ENDPOINT_URL", &server.base)
            .unwrap()
    }

    async fn ask(server: &Responder, role: Option<&str>, known: Option<&str>) -> Result<Granted> {
        let (issuer, token) = (
            Issuer::parse(ISSUER).unwrap(),
            Secret::new("eyJ.the-id-token.sig"),
        );
        let login = Login {
            issuer: &issuer,
            client_id: "1example23456789",
            id_token: &token,
        };
        pool_at(server).credentials(&login, role, known).await
    }

    fn identity(id: &str) -> String {
        answer(
            "200 OK",
            "content-type: application/x-amz-json-1.1\r\n",
            &json!({ "IdentityId": id }).to_string(),
        )
    }

    fn credentials(id: &str) -> String {
        let credentials = json!({
            "AccessKeyId": "ASIAEXAMPLE", "SecretKey": "a/b+c", "SessionToken": "IQoJ//8=", "Expiration": 1.442_877_512_9E9,
        });
        answer(
            "200 OK",
            "",
            &json!({ "IdentityId": id, "Credentials": credentials }).to_string(),
        )
    }

    fn refusal(kind: &str, message: &str) -> String {
        answer(
            "400 Bad Request",
            "",
            &json!({ "__type": kind, "message": message }).to_string(),
        )
    }

    fn body(received: &Received) -> Value {
        serde_json::from_str(&received.body).unwrap()
    }

    #[tokio::test]
    async fn the_first_time_the_pool_is_asked_who_the_person_is() {
        let server = Responder::in_turn(vec![
            identity("eu-west-1:a"),
            credentials("eu-west-1:merged"),
        ]);
        let granted = ask(&server, None, None).await.unwrap();
        assert_eq!(
            granted.identity, "eu-west-1:merged",
            "the returned id counts"
        );
        assert_eq!(granted.credentials.access_key_id, "ASIAEXAMPLE");
        assert_eq!(granted.credentials.secret_access_key, Secret::new("a/b+c"));
        assert_eq!(granted.credentials.session_token, Secret::new("IQoJ//8="));
        assert_eq!(
            granted.credentials.expires_at.to_string(),
            "2015-09-21T23:18:32Z"
        );
        let log = server.log();
        let logins = json!({ "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123": "eyJ.the-id-token.sig" });
        assert_eq!(
            body(&log[0]),
            json!({ "IdentityPoolId": POOL, "Logins": logins })
        );
        assert_eq!(
            body(&log[1]),
            json!({ "IdentityId": "eu-west-1:a", "Logins": logins })
        );
        for (received, operation) in log.iter().zip(["GetId", "GetCredentialsForIdentity"]) {
            assert!(received.head.starts_with("POST / HTTP/1.1\r\n"));
            assert!(received.head.contains(&format!(
                "x-amz-target: AWSCognitoIdentityService.{operation}\r\n"
            )));
            assert!(
                received
                    .head
                    .contains("content-type: application/x-amz-json-1.1\r\n")
            );
            assert!(!received.head.contains("authorization"));
        }
    }

    #[tokio::test]
    async fn a_known_identity_saves_a_request_and_the_role_is_asked_for() {
        let server = Responder::in_turn(vec![credentials("eu-west-1:a")]);
        let role = "arn:aws:iam::111122223333:role/admin";
        ask(&server, Some(role), Some("eu-west-1:a")).await.unwrap();
        let log = server.log();
        assert_eq!(log.len(), 1);
        assert_eq!(body(&log[0])["CustomRoleArn"], role);
    }

    #[tokio::test]
    async fn an_identity_that_is_gone_is_asked_for_again() {
        let gone = refusal(
            "ResourceNotFoundException",
            "Identity 'eu-west-1:old' not found.",
        );
        let server = Responder::in_turn(vec![
            gone,
            identity("eu-west-1:new"),
            credentials("eu-west-1:new"),
        ]);
        let granted = ask(&server, None, Some("eu-west-1:old")).await.unwrap();
        assert_eq!(granted.identity, "eu-west-1:new");
        assert_eq!(server.log().len(), 3);
    }

    #[tokio::test]
    async fn a_refusal_is_explained_and_not_repeated() {
        let message = "Token is not from a supported provider of this identity pool.";
        let server = Responder::in_turn(vec![refusal(
            "com.amazonaws.cognito#NotAuthorizedException",
            message,
        )]);
        let error = ask(&server, None, None).await.unwrap_err();
        let failure = Failure::of(&error).unwrap();
        assert_eq!(
            (failure.kind, failure.exit),
            ("app_client_not_linked", Exit::Settings)
        );
        assert!(failure.hint.as_ref().unwrap().contains("1example23456789"));
        assert_eq!(server.log().len(), 1);
    }

    #[tokio::test]
    async fn a_stumble_is_repeated_and_a_long_illness_is_no_fault_of_the_settings() {
        let ill = || {
            answer(
                "500 Oops",
                "retry-after: 0\r\n",
                r#"{"__type":"InternalErrorException","message":"x"}"#,
            )
        };
        let server = Responder::in_turn(vec![
            ill(),
            identity("eu-west-1:a"),
            credentials("eu-west-1:a"),
        ]);
        ask(&server, None, None).await.unwrap();
        let server = Responder::in_turn(vec![ill(), ill(), ill()]);
        let error = ask(&server, None, None).await.unwrap_err();
        assert_eq!(Failure::of(&error).unwrap().exit, Exit::Unreachable);
    }

    #[tokio::test]
    async fn an_answer_that_is_none_is_not_shown() {
        let hostile = json!({ "AccessKeyId": "A';rm -rf ~;'", "SecretKey": "sEcReT", "SessionToken": "t", "Expiration": 1 });
        let hostile = json!({ "IdentityId": "eu-west-1:a", "Credentials": hostile }).to_string();
        for strange in [
            hostile.as_str(),
            r#"{"IdentityId":"eu-west-1:a","Credentials":{"SecretKey":"sEcReT"}}"#,
            "<html>sEcReT",
        ] {
            let server = Responder::in_turn(vec![answer("200 OK", "", strange)]);
            let error = ask(&server, None, Some("eu-west-1:a")).await.unwrap_err();
            assert_eq!(Failure::of(&error).unwrap().kind, "not_an_identity_pool");
            assert!(!format!("{error:?}").contains("sEcReT"));
        }
    }

    #[test]
    fn the_endpoint_follows_the_region_and_can_be_moved_to_loopback_only() {
        let endpoint = |id: &str| {
            IdentityPool::new(IdentityPoolId::parse(id).unwrap(), Http::new())
                .unwrap()
                .endpoint
                .to_string()
        };
        assert_eq!(
            endpoint(POOL),
            "https://cognito-identity.eu-west-1.amazonaws.com/"
        );
        assert_eq!(
            endpoint("cn-north-1:1"),
            "https://cognito-identity.cn-north-1.amazonaws.com.cn/"
        );
        let moved = |url: &str| {
            IdentityPool::new(IdentityPoolId::parse(POOL).unwrap(), Http::new())
                .unwrap()
                .at("V", url)
        };
        assert!(moved("http://127.0.0.1:5000").is_ok() && moved("https://vpce.example").is_ok());
        for wrong in [
            "http://10.0.0.1:5000",
            "localhost:5000",
            "ftp://127.0.0.1",
            "nonsense",
        ] {
            assert_eq!(moved(wrong).unwrap_err().exit, Exit::Settings, "{wrong}");
        }
    }

    #[test]
    fn an_identity_pool_id_cannot_name_another_host() {
        assert_eq!(IdentityPoolId::parse(POOL).unwrap().region(), "eu-west-1");
        for wrong in [
            "",
            "eu-west-1",
            ":1",
            "eu-west-1:",
            "evil.example/:1",
            "eu-west-1_AbCdEf123",
            "eu-west-1:xyz",
        ] {
            assert!(IdentityPoolId::parse(wrong).is_err(), "{wrong}");
        }
    }
}
