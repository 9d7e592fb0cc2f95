// An OpenID provider nobody here wrote, with one confidential client and strict PKCE.
//
// usage: node provider.mjs REDIRECT_URI…
//
// It says one line of JSON when it is ready: issuer, client_id, client_secret, and the address of its journal, a list of
// what the provider itself saw happen. It ends when its standard input does, so it cannot outlive the test.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

// RFC 6749 §2.3.1: both are form-encoded before they go into the Basic header, which these characters show.
const client = { id: 'peer:client', secret: 'not+a/real%secret&but=odd' };

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const journal = [];
  const provider = new Provider(issuer, configuration(process.argv.slice(2)));
  for (const event of [
    'authorization.success', 'authorization.error', 'access_token.issued', 'refresh_token.saved',
    'refresh_token.consumed', 'refresh_token.destroyed', 'grant.success', 'grant.error', 'grant.revoked', 'server_error',
  ]) provider.on(event, (...seen) => journal.push(entry(event, seen)));

  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (request.url !== '/journal') return answer(request, response);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(journal));
  });
  console.log(JSON.stringify({ issuer, client_id: client.id, client_secret: client.secret, journal: `${issuer}/journal` }));
});
process.stdin.resume().on('end', () => process.exit(0));

function configuration(redirectUris) {
  return {
    clients: [{
      client_id: client.id,
      client_secret: client.secret,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: redirectUris,
    }],
    pkce: { methods: ['S256'], required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({
        sub: id, email: `${id}@example.com`, email_verified: true, name: `Person ${id}`, preferred_username: id,
      }),
    }),
    features: {
      devInteractions: { enabled: true }, // its own pages: one form for the name, one for consent, a link to refuse
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    cookies: { keys: ['only for tests'] },
    ttl: { AccessToken: 3600, IdToken: 3600, RefreshToken: 86400, Session: 86400, Grant: 86400, Interaction: 3600 },
  };
}

function entry(event, [first, second]) {
  const error = second instanceof Error ? second : first instanceof Error ? first : undefined;
  const grant = first?.oidc?.params?.grant_type;
  return { event, ...(grant && { grant }), ...(error && { error: error.error ?? error.message, why: error.error_description }) };
}
