"""authlib and PyJWT, unmodified, against the hosted template. Prints one line per check; ends with 1 when one fails."""

import json
import os
import sys

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # the local issuer speaks http on loopback

import jwt
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator

AUDIENCE = "https://orders.example.com"

with open(sys.argv[1], encoding="utf-8") as file:
    ready = json.load(file)

issuer = ready["issuer"]
metadata = requests.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=5).json()
failures = 0


def check(name, holds):
    global failures
    failures += not holds
    print(("ok   " if holds else "FAIL ") + name)


def token(method):
    session = OAuth2Session(
        ready["client_id"],
        ready["client_secret"],
        scope="orders:read",
        token_endpoint_auth_method=method,
    )
    return session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")


class Validator(JWTBearerTokenValidator):
    def get_jwks(self):
        return JsonWebKey.import_key_set(requests.get(metadata["jwks_uri"], timeout=5).json())


for method in ("client_secret_basic", "client_secret_post"):
    answer = token(method)
    check(f"authlib gets a token with {method}", answer["token_type"] == "Bearer")

text = answer["access_token"]
validator = Validator(issuer=issuer, resource_server=AUDIENCE)
claims = validator.authenticate_token(text)
validator.validate_token(claims, ["orders:read"], None)
check("authlib validates it as an RFC 9068 access token", claims["client_id"] == ready["client_id"])

keys = jwt.PyJWKClient(metadata["jwks_uri"])
claims = jwt.decode(
    text,
    keys.get_signing_key_from_jwt(text).key,
    algorithms=["RS256", "ES256"],
    audience=AUDIENCE,
    issuer=issuer,
)
check("PyJWT verifies it through the JWK Set", claims["scope"] == "orders:read")

try:
    jwt.decode(text[:-8] + "AAAAAAAA", keys.get_signing_key_from_jwt(text).key, algorithms=["RS256"], audience=AUDIENCE)
    check("PyJWT refuses a tampered one", False)
except jwt.InvalidSignatureError:
    check("PyJWT refuses a tampered one", True)

for name in ("rest_api", "http_api"):
    answer = requests.get(f"{ready[name]}/orders", headers={"authorization": f"Bearer {text}"}, timeout=10)
    check(f"the {name} lets it in", answer.status_code == 200)

print(f"{failures} failed")
sys.exit(1 if failures else 0)
