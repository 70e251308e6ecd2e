"""The city's OpenID provider: how it is found, where to sign in, what it says of a person."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.errors import NotSignedIn, Unavailable

#: Signatures by a key of the provider's; never `none`, nor one made with our own secret.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
#: Seconds that the clocks of two machines may differ.
_LEEWAY = 60
#: Seconds until an answer must be there; people wait for it.
_PATIENCE = 5.0
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Registration:
    """What the provider and we have agreed on. `secret` stays out of every text."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    redirect_uri: str
    login_claim: str
    provision_claim: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the provider vouches for: issuer and subject are theirs for ever, a login is not."""

    subject: str
    login: str
    scope: str | None


class Provider:
    """Speaks with the provider. What it needs to know of it is asked anew at each sign-in."""

    def __init__(self, registration: Registration) -> None:
        self.registration = registration
        self._trust = ssl.create_default_context()

    async def address(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where to sign in. Raises Unavailable when the provider is away."""
        async with self._client() as client:
            known = await self._discover(client)
        address: str = prepare_grant_uri(
            known["authorization_endpoint"],
            client_id=self.registration.client_id,
            response_type="code",
            redirect_uri=self.registration.redirect_uri,
            scope="openid profile email",
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return address

    async def end_address(self, back: str) -> str:
        """Where to sign out of the provider too; `back` itself if it offers that nowhere."""
        async with self._client() as client:
            known = await self._discover(client)
        end = known.get("end_session_endpoint")
        if not end:
            return back
        return add_params_to_uri(  # type: ignore[no-any-return]
            end,
            [("client_id", self.registration.client_id), ("post_logout_redirect_uri", back)],
        )

    async def person(self, *, code: str, nonce: str, verifier: str, now: datetime) -> Person:
        """Who came back with this code. Raises NotSignedIn, or Unavailable."""
        async with self._client() as client:
            known = await self._discover(client)
            given = await self._redeem(client, known, code, verifier)
            keys = await self._ask(client, "GET", known["jwks_uri"])
            claims = self._checked(given, keys, nonce, now)
            if self.registration.login_claim not in claims and known.get("userinfo_endpoint"):
                headers = {"Authorization": f"Bearer {given.get('access_token', '')}"}
                more = await self._ask(client, "GET", known["userinfo_endpoint"], headers=headers)
                if more.get("sub") != claims["sub"]:
                    raise _refused()
                claims = {**more, **claims}
        login = claims.get(self.registration.login_claim)
        if not isinstance(login, str) or not 0 < len(login) <= 100:
            raise NotSignedIn(
                "oidc-no-login",
                "庁内のアカウントに、つなぎのログイン名がありません。管理者にお声がけください。",
            )
        scope = claims.get(self.registration.provision_claim or "")
        return Person(
            subject=f"{self.registration.issuer} {claims['sub']}",
            login=login,
            scope=scope if isinstance(scope, str) else None,
        )

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=_PATIENCE, verify=self._trust, trust_env=False)

    async def _discover(self, client: httpx.AsyncClient) -> Mapping[str, Any]:
        issuer = self.registration.issuer
        address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        known = await self._ask(client, "GET", address)
        scheme = issuer.partition(":")[0]
        addresses = [str(known.get(name, "")) for name in _NEEDED]
        if known.get("issuer") != issuer or not all(
            one.startswith(f"{scheme}://") for one in addresses
        ):
            raise _away()
        return known

    async def _redeem(
        self, client: httpx.AsyncClient, known: Mapping[str, Any], code: str, verifier: str
    ) -> Mapping[str, Any]:
        offered = known.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        method = "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"
        ours = ClientAuth(self.registration.client_id, self.registration.secret, method)
        body = prepare_token_request(
            "authorization_code",
            code=code,
            redirect_uri=self.registration.redirect_uri,
            code_verifier=verifier,
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        address, headers, body = ours.prepare("POST", known["token_endpoint"], headers, body)
        return await self._ask(client, "POST", address, headers=headers, content=body)

    def _checked(
        self, given: Mapping[str, Any], keys: Mapping[str, Any], nonce: str, now: datetime
    ) -> Mapping[str, Any]:
        """The claims of the ID token: signed by the provider, for us, now, for this very try."""
        try:
            token = jwt.decode(
                str(given.get("id_token", "")),
                KeySet.import_key_set(dict(keys)),  # type: ignore[arg-type]
                algorithms=_ALGORITHMS,
            )
            claims = CodeIDToken(
                token.claims,
                token.header,
                options={
                    "iss": {"essential": True, "value": self.registration.issuer},
                    "aud": {"essential": True, "value": self.registration.client_id},
                },
                params={
                    "nonce": nonce,
                    "client_id": self.registration.client_id,
                    "access_token": given.get("access_token"),
                },
            )
            claims.validate(now=int(now.timestamp()), leeway=_LEEWAY)
        except (JoseError, ValueError, KeyError, TypeError):
            raise _refused() from None
        return dict(claims)

    async def _ask(
        self, client: httpx.AsyncClient, method: str, address: str, **more: Any
    ) -> Mapping[str, Any]:
        try:
            answer = await client.request(method, address, **more)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise _away() from None
        if method == "POST" and answer.is_client_error:
            raise _refused()
        try:
            found = answer.json() if answer.is_success else None
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise _away()
        return found


def _away() -> Unavailable:
    return Unavailable(
        "oidc-away",
        "庁内のサインインに、いま届きません。少し待ってから、もう一度お試しください。",
        headers={"Retry-After": "30"},
    )


def _refused() -> NotSignedIn:
    detail = "庁内のサインインを確かめられませんでした。はじめからやり直してください。"
    return NotSignedIn("oidc-refused", detail)
