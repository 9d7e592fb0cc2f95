// A certified OpenID provider as the identity provider of the sandbox; see ../provider.mjs for the one the program meets.
//
// usage: node provider.mjs CALLBACK_URL   It says issuer, client_id and client_secret as JSON, and ends when its input does.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const client = { id: 'pool', secret: 'a-secret-of-the-pool' };
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: client.id, client_secret: client.secret, token_endpoint_auth_method: 'client_secret_post',
      redirect_uris: process.argv.slice(2), response_types: ['code'], grant_types: ['authorization_code'],
    }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    findAccount: (_, id) => ({
      accountId: id, claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: true, name: `Person ${id}` }),
    }),
    features: { devInteractions: { enabled: true } },
    cookies: { keys: ['only for tests'] },
    ttl: { AccessToken: 3600, IdToken: 3600, Session: 86400, Grant: 86400, Interaction: 3600 },
  });
  server.on('request', provider.callback());
  console.log(JSON.stringify({ issuer, client_id: client.id, client_secret: client.secret }));
});
process.stdin.resume().on('end', () => process.exit(0));
