// openid-client, a certified relying party, as an app of the sandbox: discovery, PKCE, state, nonce, userInfo, refresh, revocation.
//
// usage: node openid-client.mjs ISSUER CLIENT_ID CLIENT_SECRET|"" REDIRECT_URI
//
// It says the address to open on its first line, reads the address the browser came back to, and says what it got as JSON.
import { webcrypto } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import * as client from 'openid-client';

// Node.js 18 has it under another name.
globalThis.crypto ??= webcrypto;

const [issuer, clientId, clientSecret, redirectUri] = process.argv.slice(2);
const authentication = clientSecret ? client.ClientSecretBasic(clientSecret) : client.None();
const config = await client.discovery(new URL(issuer), clientId, {}, authentication, { execute: [client.allowInsecureRequests] });

const verifier = client.randomPKCECodeVerifier();
const [state, nonce] = [client.randomState(), client.randomNonce()];
const address = client.buildAuthorizationUrl(config, {
  redirect_uri: redirectUri,
  scope: 'openid email profile',
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
  nonce,
});
console.log(address.href);

const lines = createInterface({ input: process.stdin });
const { value: back } = await lines[Symbol.asyncIterator]().next();
// It takes the redirect URI from this address, where one without a path has grown a slash: Cognito, which compares letters,
// would answer `invalid_redirect`. So REDIRECT_URI has a path.
const tokens = await client.authorizationCodeGrant(config, new URL(back), {
  pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true,
});
const claims = tokens.claims();
const person = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
await client.tokenRevocation(config, tokens.refresh_token);
const refused = await client.fetchUserInfo(config, refreshed.access_token, claims.sub).then(() => 'nothing', (error) => error.status ?? error.cause?.status);
console.log(JSON.stringify({
  claims, person, refused, refreshed: refreshed.claims().sub === claims.sub, rotated: 'refresh_token' in refreshed,
}));
process.exit(0);
