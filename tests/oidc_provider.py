"""A real OpenID provider for the tests, on Authlib's server: code with PKCE, state and nonce."""

import json
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import flask
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.serving import make_server

CLIENT_ID = "tsunagi"
CLIENT_SECRET = "0d6c1f4b93e87a52c0b4d9f7e1a38265"

_PAGE = """<!doctype html><html lang="ja"><title>庁内のサインイン</title><h1>庁内のサインイン</h1>
<form method="post">{% for login in people %}<button name="login" value="{{ login }}">{{ login }}
</button>{% endfor %}</form>"""


def _part(words: dict[str, Any]) -> str:
    """One part of a token as it travels."""
    return urlsafe_b64encode(json.dumps(words).encode()).decode().rstrip("=")


@dataclass
class _Person:
    login: str

    def get_user_id(self) -> str:
        return f"subject-of-{self.login}"


class _Client(ClientMixin):
    """Tsunagi, as it is registered here."""

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/sign-in/oidc/callback")

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(client_secret, CLIENT_SECRET)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method, endpoint) == ("client_secret_basic", "token")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class _Code(AuthorizationCodeMixin):
    code: str
    redirect_uri: str
    scope: str
    nonce: str
    login: str
    code_challenge: str
    code_challenge_method: str
    auth_time: int = field(default_factory=lambda: int(time.time()))

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass
class OidcProvider:
    """Where it is, and what it says wrongly when a test wants it to."""

    issuer: str = ""
    people: tuple[str, ...] = ("csw", "nobody-here")
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    signs_with: RSAKey | OctKey | None = None
    discovers: bool = True
    says: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    given: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    _codes: dict[str, _Code] = field(default_factory=dict)

    def settings(self) -> dict[str, str]:
        """What Tsunagi is told of it."""
        return {
            "TSUNAGI_OIDC_ISSUER": self.issuer,
            "TSUNAGI_OIDC_CLIENT_ID": CLIENT_ID,
            "TSUNAGI_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        }

    def app(self) -> flask.Flask:
        """Its pages."""
        app = flask.Flask("oidc-provider")
        server = AuthorizationServer(app, lambda _: _Client(), lambda *_: None)
        server.register_grant(self._grant(), [self._id_token(), CodeChallenge(required=True)])

        @app.get("/.well-known/openid-configuration")
        def discovery() -> Any:
            if not self.discovers:
                return "down", 503
            names = ("authorize", "token", "jwks", "end")
            places = {name: f"{self.issuer}/{name}" for name in names}
            known = {
                "issuer": self.issuer,
                "authorization_endpoint": places["authorize"],
                "token_endpoint": places["token"],
                "jwks_uri": places["jwks"],
                "end_session_endpoint": places["end"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            }
            return known | self.says

        @app.get("/jwks")
        def jwks() -> Any:
            return {"keys": [self.key.as_dict(private=False)]}

        @app.get("/authorize")
        def ask() -> Any:
            return flask.render_template_string(_PAGE, people=self.people)

        @app.post("/authorize")
        def authorize() -> Any:
            person = _Person(flask.request.form["login"])
            return server.create_authorization_response(
                grant_user=person, grant=server.get_consent_grant(end_user=person)
            )

        @app.post("/token")
        def token() -> Any:
            answer = server.create_token_response()
            told = answer.get_json()
            self.given += [told[name] for name in ("access_token", "id_token") if name in told]
            return answer

        @app.get("/end")
        def end() -> Any:
            self.ended.append(flask.request.args["client_id"])
            return flask.redirect(flask.request.args["post_logout_redirect_uri"])

        return app

    def _grant(self) -> type[AuthorizationCodeGrant]:
        codes = self._codes

        class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
            """Codes are good once, and only with their verifier."""

            TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

            def save_authorization_code(self, code: str, request: Any) -> None:
                data = request.payload.data
                codes[code] = _Code(
                    code,
                    data["redirect_uri"],
                    data["scope"],
                    data["nonce"],
                    request.user.login,
                    data["code_challenge"],
                    data["code_challenge_method"],
                )

            def query_authorization_code(self, code: str, _: Any) -> _Code | None:
                return codes.get(code)

            def delete_authorization_code(self, authorization_code: _Code) -> None:
                del codes[authorization_code.code]

            def authenticate_user(self, authorization_code: _Code) -> _Person:
                return _Person(authorization_code.login)

        return Grant

    def _id_token(self) -> OpenIDCode:
        provider = self

        class Token(OpenIDCode):  # type: ignore[misc]
            """Says who somebody is, wrongly where a test wants it."""

            def exists_nonce(self, *_: Any) -> bool:
                return False

            def encode_id_token(self, _: dict[str, Any], request: Any) -> str:
                now, login = int(time.time()), request.user.login
                claims = {
                    "iss": provider.issuer,
                    "aud": CLIENT_ID,
                    "sub": request.user.get_user_id(),
                    "nonce": request.authorization_code.get_nonce(),
                    "iat": now,
                    "exp": now + 300,
                    "preferred_username": login,
                }
                key = provider.signs_with or provider.key
                claims = {k: v for k, v in (claims | provider.claims).items() if v is not None}
                header = {"alg": provider.algorithm, "kid": "1"}
                if provider.algorithm == "none":
                    return ".".join([*map(_part, (header, claims)), ""])
                return jwt.encode(header, claims, key, algorithms=[provider.algorithm])

        return Token(require_nonce=True)


@contextmanager
def running_provider() -> Iterator[OidcProvider]:
    """The provider on a port of its own."""
    provider = OidcProvider()
    server = make_server("127.0.0.1", 0, provider.app(), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
