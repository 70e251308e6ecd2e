"""Call a machine that wants to be told: signed, without redirects, at the checked address."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from services.referral.notifier.addresses import Network, Target, check_target
from services.referral.notifier.signing import signed_headers
from services.referral.notifier.undelivered import Undelivered

#: Seconds to connect, and between the bytes of an answer.
PATIENCE = 5.0


class WebhookCaller:
    """Knows which of our own networks an administrator has allowed."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = tuple(networks)

    async def check(self, url: str) -> Target:
        """Raises Undelivered for a target that may not be called, or is not found."""
        return await check_target(url, self._networks)

    async def call(
        self, url: str, secret: str, *, message_id: str, payload: Mapping[str, Any], now: datetime
    ) -> None:
        """Make one call. Any answer but a 2xx is a refusal. Raises Undelivered."""
        target = await self.check(url)
        try:
            named = httpx.URL(url)
        except httpx.InvalidURL:
            raise Undelivered("unknown-name") from None
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        headers = signed_headers(secret, message_id, int(now.timestamp()), body)
        headers |= {"Host": named.netloc.decode(), "Content-Type": "application/json"}
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
            request = client.build_request(
                "POST",
                _at(target),
                content=body.encode(),
                headers=headers,
                extensions={"sni_hostname": named.raw_host.decode()},
            )
            try:
                # Only the status is of interest, so the answer's body is never read, and of its
                # head no more than 100 KiB, where httpcore gives up.
                answer = await client.send(request, stream=True, follow_redirects=False)
                await answer.aclose()
            except httpx.HTTPError:
                raise Undelivered("unreachable") from None
        if not answer.is_success:
            raise Undelivered("refused")


def _at(target: Target) -> str:
    """The target's URL with the checked address in the place of its name."""
    parts = urlsplit(target.url)
    host = f"[{target.address}]" if target.address.version == 6 else str(target.address)
    return urlunsplit((parts.scheme, f"{host}:{target.port}", parts.path or "/", parts.query, ""))
