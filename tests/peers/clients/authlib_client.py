"""Authlib as an app of the sandbox: code with PKCE, ID token checked by its own rules, userInfo, refresh, revocation.

usage: python3 authlib_client.py ISSUER CLIENT_ID CLIENT_SECRET|"" REDIRECT_URI

It says the address to open on its first line, reads the address the browser came back to, and says what it got as JSON.
"""
import json
import os
import sys

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import jwt
from authlib.oidc.core import CodeIDToken

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # the sandbox speaks no TLS
issuer, client_id, client_secret, redirect_uri = sys.argv[1:]
document = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=30).json()
session = OAuth2Session(
    client_id,
    client_secret or None,
    scope="openid email profile",
    redirect_uri=redirect_uri,
    code_challenge_method="S256",
    token_endpoint_auth_method="client_secret_basic" if client_secret else "none",
    revocation_endpoint_auth_method="client_secret_basic" if client_secret else "none",
)
verifier, nonce = generate_token(48), generate_token()
address, state = session.create_authorization_url(document["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
print(address, flush=True)

back = sys.stdin.readline().strip()
tokens = session.fetch_token(document["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier)
keys = requests.get(document["jwks_uri"], timeout=30).json()
claims = jwt.decode(
    tokens["id_token"],
    keys,
    claims_cls=CodeIDToken,
    claims_options={"iss": {"essential": True, "value": issuer}},
    claims_params={"client_id": client_id, "nonce": nonce, "access_token": tokens["access_token"]},
)
claims.validate()
person = session.get(document["userinfo_endpoint"]).json()
refreshed = session.refresh_token(document["token_endpoint"], refresh_token=tokens["refresh_token"])
body = {"client_id": client_id} if not client_secret else {}
revoked = session.revoke_token(document["revocation_endpoint"], token=tokens["refresh_token"], body="&".join(f"{k}={v}" for k, v in body.items()) or None)
refused = requests.get(document["userinfo_endpoint"], headers={"Authorization": f"Bearer {refreshed['access_token']}"}, timeout=30)
print(json.dumps({"claims": claims, "person": person, "revoked": revoked.status_code, "refused": refused.status_code}))
