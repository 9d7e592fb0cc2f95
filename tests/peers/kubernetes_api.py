"""A Kubernetes API server as far as a token goes: checks it as kube-apiserver checks OpenID Connect, and says whose it is.

    kubernetes_api.py ISSUER CLIENT_ID

Prints one line of JSON when it is ready ({"server", "certificate"}), and ends when its standard input does.
"""

import base64
import datetime
import ipaddress
import json
import ssl
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ISSUER, CLIENT_ID = sys.argv[1:]
KEYS = jwt.PyJWKClient(ISSUER + "/.well-known/jwks.json")


class Api(BaseHTTPRequestHandler):
    def do_GET(self):
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        try:
            assert scheme == "Bearer", "no bearer token"
            key = KEYS.get_signing_key_from_jwt(token).key
            claims = jwt.decode(token, key, algorithms=["RS256"], audience=CLIENT_ID, issuer=ISSUER, options={"require": ["exp"]})
        except Exception as refusal:
            return self.answer(401, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 401, "message": str(refusal)})
        name = {"metadata": {"name": claims["email"]}}
        self.answer(200, {"kind": "NamespaceList", "apiVersion": "v1", "metadata": {}, "items": [name]})

    def answer(self, status, body):
        body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def certificate():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kubernetes")])
    now = datetime.datetime.now(datetime.timezone.utc)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    built = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(here, critical=False).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = built.public_bytes(serialization.Encoding.PEM)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem, pem + key.private_bytes(*form)


public, both = certificate()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
with tempfile.NamedTemporaryFile() as file:
    file.write(both)
    file.flush()
    context.load_cert_chain(file.name)
server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
server.daemon_threads = True
server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
ready = {"server": f"https://127.0.0.1:{server.server_port}", "certificate": base64.b64encode(public).decode()}
print(json.dumps(ready), flush=True)
sys.stdin.read()
