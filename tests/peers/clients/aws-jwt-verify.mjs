// aws-jwt-verify, AWS's own verifier for services behind Cognito, on tokens of the sandbox.
//
// usage: node aws-jwt-verify.mjs ISSUER CLIENT_ID   with {"id_token", "access_token"} on standard input
//
// CognitoJwtVerifier makes its issuer of a Region's host name, so the generic verifier is used with Cognito's own check of
// the claims; its fetcher speaks https only, so the keys are handed to it.
import { text } from 'node:stream/consumers';
import { JwtRsaVerifier } from 'aws-jwt-verify';
import { validateCognitoJwtFields } from 'aws-jwt-verify/cognito-verifier';

const [issuer, clientId] = process.argv.slice(2);
const tokens = JSON.parse(await text(process.stdin));
const keys = await (await fetch(`${issuer}/.well-known/jwks.json`)).json();

function verify(tokenUse, token) {
  const verifier = JwtRsaVerifier.create({
    issuer,
    audience: tokenUse === 'id' ? clientId : null,
    customJwtCheck: ({ payload }) => validateCognitoJwtFields(payload, { tokenUse, clientId }),
  });
  verifier.cacheJwks(keys);
  try {
    return verifier.verifySync(token).token_use;
  } catch (error) {
    return error.constructor.name;
  }
}
console.log(JSON.stringify({
  id: verify('id', tokens.id_token),
  access: verify('access', tokens.access_token),
  swapped: verify('access', tokens.id_token),
  forged: verify('id', tokens.id_token.slice(0, -8) + 'AAAAAAAA'),
}));
