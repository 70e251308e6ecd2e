"""Calls to the public interface, each as one desk with a token of its own."""

from typing import Any

import httpx

from deploy.demonstration.records import Call


class Refused(Exception):
    """The interface refused a call of the demonstration; the message says which and why."""


class NotNow(Refused):
    """The call came too late or too early: somebody, or a term that ran out, acted before it."""


class Client:
    """`tokens` has a bearer token for every desk of the script."""

    def __init__(self, http: httpx.AsyncClient, tokens: dict[str, str]) -> None:
        self._http = http
        self._tokens = tokens

    async def send(self, call: Call) -> dict[str, Any]:
        """POST this call; the same key is answered the same again."""
        answer = await self._http.post(
            call.path,
            json=call.body,
            headers=self._as(call.desk) | {"Idempotency-Key": call.key},
        )
        found: dict[str, Any] = _answer(answer)
        return found

    async def get(self, path: str, desk: str) -> Any:
        """GET what must be there."""
        return _answer(await self._http.get(path, headers=self._as(desk)))

    async def find(self, path: str, desk: str) -> dict[str, Any] | None:
        """GET what may not be there yet."""
        answer = await self._http.get(path, headers=self._as(desk))
        return None if answer.status_code == httpx.codes.NOT_FOUND else _answer(answer)

    def _as(self, desk: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[desk]}"}


def _answer(answer: httpx.Response) -> Any:
    if not answer.is_success:
        refusal = NotNow if answer.status_code == httpx.codes.CONFLICT else Refused
        raise refusal(f"{answer.request.url.path}: {answer.status_code} {answer.text[:300]}")
    return answer.json()
