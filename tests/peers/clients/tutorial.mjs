// The app of the tutorial: a confidential client that trades the code with axios and shows name and e-mail on a page.
//
// usage: node tutorial.mjs DOMAIN CLIENT_ID CLIENT_SECRET PORT   It ends when its standard input does.
import { createServer } from 'node:http';
import axios from 'axios';

const [domain, clientId, clientSecret, port] = process.argv.slice(2);
const home = `http://localhost:${port}`;
const signIn = `${domain}/login?${new URLSearchParams({
  client_id: clientId, response_type: 'code', scope: 'email openid profile', redirect_uri: home,
})}`;
const signOut = `${domain}/logout?${new URLSearchParams({ client_id: clientId, logout_uri: home })}`;

createServer(async (request, response) => {
  const code = new URL(request.url, home).searchParams.get('code');
  if (!code) return page(response, `<h1>Welcome</h1><a id="sign-in" href="${escape(signIn)}">Sign in</a>`);
  try {
    const { data: tokens } = await axios.post(
      `${domain}/oauth2/token`,
      new URLSearchParams({ grant_type: 'authorization_code', code, client_id: clientId, redirect_uri: home }),
      { auth: { username: clientId, password: clientSecret } },
    );
    const { data: person } = await axios.get(`${domain}/oauth2/userInfo`, {
      headers: { Authorization: `Bearer ${tokens.access_token}` },
    });
    page(response, `<h1>Hello ${escape(person.name)}</h1><p id="email">${escape(person.email)}</p>
      <a id="sign-out" href="${escape(signOut)}">Sign out</a>`);
  } catch (error) {
    page(response, `<h1>Failed</h1><p>${escape(JSON.stringify(error.response?.data ?? error.message))}</p>`);
  }
}).listen(Number(port), 'localhost', () => console.log(JSON.stringify({ home })));
process.stdin.resume().on('end', () => process.exit(0));

function page(response, body) {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(`<!doctype html><title>Tutorial</title>${body}`);
}
function escape(text) {
  return String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
