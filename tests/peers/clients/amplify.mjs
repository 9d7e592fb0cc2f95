// AWS Amplify's signInWithRedirect in a page of its own.
//
// usage: node amplify.mjs DOMAIN USER_POOL_ID CLIENT_ID PORT   It ends when its standard input does.
//
// Amplify writes https before the domain, always. So a door with a certificate of its own stands before the sandbox, and
// the browser is told to take any certificate.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request as ask } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [domain, userPoolId, clientId, port] = process.argv.slice(2);
const pool = new URL(domain);
const home = `http://localhost:${port}`;

const door = createSecureServer(certificate(), (request, response) => {
  const headers = { ...request.headers, host: pool.host };
  const inner = ask({ hostname: pool.hostname, port: pool.port, path: request.url, method: request.method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  request.pipe(inner);
});
door.listen(0, 'localhost', async () => {
  const app = `
    import { Amplify } from 'aws-amplify';
    import { signInWithRedirect, fetchAuthSession, fetchUserAttributes } from 'aws-amplify/auth';
    import { Hub } from 'aws-amplify/utils';
    import 'aws-amplify/auth/enable-oauth-listener';
    const say = (text) => { document.getElementById('said').textContent = text; };
    Hub.listen('auth', async ({ payload }) => {
      if (payload.event === 'signInWithRedirect_failure') say('failed: ' + payload.data?.error);
      if (payload.event !== 'signInWithRedirect') return;
      const { tokens } = await fetchAuthSession();
      say('hello ' + tokens.idToken.payload.name + ' ' + tokens.accessToken.payload.scope);
    });
    Amplify.configure({ Auth: { Cognito: {
      userPoolId: ${JSON.stringify(userPoolId)}, userPoolClientId: ${JSON.stringify(clientId)},
      loginWith: { oauth: {
        domain: 'localhost:${door.address().port}', scopes: ['openid', 'email', 'profile'], responseType: 'code',
        redirectSignIn: [${JSON.stringify(home)}], redirectSignOut: [${JSON.stringify(home)}],
      } },
    } } });
    document.getElementById('sign-in').onclick = () => signInWithRedirect();
    document.body.dataset.ready = 'yes';`;
  const built = await build({
    stdin: { contents: app, resolveDir: fileURLToPath(new URL('.', import.meta.url)) }, bundle: true, write: false, format: 'esm', logLevel: 'error',
  });
  const script = built.outputFiles[0].contents;
  createServer((request, response) => {
    if (request.url === '/app.js') {
      response.setHeader('content-type', 'text/javascript');
      return response.end(script);
    }
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end('<!doctype html><title>Amplify</title><button id=sign-in>Sign in</button><p id=said></p><script type=module src=/app.js></script>');
  }).listen(Number(port), 'localhost', () => console.log(JSON.stringify({ home })));
});
process.stdin.resume().on('end', () => process.exit(0));

function certificate() {
  const folder = mkdtempSync(join(tmpdir(), 'door-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1',
    '-subj', '/CN=localhost', '-keyout', key, '-out', cert,
  ], { stdio: 'ignore' });
  const pair = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return pair;
}
