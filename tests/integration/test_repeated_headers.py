"""A header that decides something comes once, and broken text gets in by no way at all."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from sqlalchemy import text
from starlette.requests import Request
from starlette.types import Message

import deploy.serving  # noqa: F401  every service's bodies are known once it is imported
from shared.contracts.base import Contract
from shared.database import AS_SERVICE, make_engine
from shared.errors import InvalidInput
from shared.web.forms import read_form
from shared.web.models import ApiModel
from tests.world import World

pytestmark = pytest.mark.anyio

_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"
_MULTIPART = "multipart/form-data; boundary=x"
_BROKEN_JSON = (
    b'{"received_at": "2026-05-20T10:00:00+09:00", "caller": "self", "channel": "visit",'
    b' "anonymous": false, "repeat": false, "age_band": "40s", "sex": "female",'
    b' "district": "east", "household": "single", "topics": ["isolation"],'
    b' "main_topic": "isolation", "urgency": "normal", "response": "refer", "refer":'
    b' {"to": ["houkatsu"], "reason": "a\\u0000b", "basis": "consent", "mode": "phone"}}'
)
_BROKEN_FORM = b"login=a%00b&password=x"
_PART = b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\na\r\n--x--\r\n'


async def _send(
    world: World, path: str, content: bytes, kinds: list[str], who: str | None = None
) -> tuple[int, str]:
    headers = [("Content-Type", kind) for kind in kinds]
    if who is not None:
        headers.append(("Authorization", f"Bearer {await world.token(who)}"))
    answer = await world.client.post(path, content=content, headers=headers)
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


async def recorded(world: World) -> int:
    """How many consultations and events there are."""
    engine = make_engine(world.settings.database_url("intake"), pool_size=1, options=AS_SERVICE)
    async with engine.connect() as connection:
        found = await connection.scalar(
            text("SELECT (SELECT count(*) FROM consultation) + (SELECT count(*) FROM outbox)")
        )
    await engine.dispose()
    return int(found or 0)


@pytest.mark.parametrize("kinds", [[_JSON, _FORM], [_FORM, _JSON], [_JSON, _JSON]])
async def test_a_body_that_says_twice_what_it_is_is_not_read(
    quiet_world: World, kinds: list[str]
) -> None:
    api = "/intake/api/consultations"
    answer = await _send(quiet_world, api, _BROKEN_JSON, kinds, "csw")
    assert answer == (400, "repeated-header")
    answer = await _send(quiet_world, "/sign-in", _BROKEN_FORM, kinds)
    assert answer == (400, "repeated-header")
    assert await recorded(quiet_world) == 0


@pytest.mark.parametrize("kinds", [[_MULTIPART, _FORM], [_FORM, _MULTIPART]])
async def test_a_file_does_not_come_in_behind_a_form(quiet_world: World, kinds: list[str]) -> None:
    assert await _send(quiet_world, "/sign-in", _PART, kinds) == (400, "repeated-header")


@pytest.mark.parametrize(
    "kind",
    [
        f"{_FORM}=x; a=b",
        f"{_FORM}=+json; a=b",
        f"{_FORM}, {_JSON}",
        f'"{_FORM}"',
        "multipart/form-data=x; boundary=x",
        "form",
        "",
        ";",
    ],
)
async def test_a_kind_that_parsers_read_differently_is_none(quiet_world: World, kind: str) -> None:
    for content in (_BROKEN_FORM, _PART):
        answer = await _send(quiet_world, "/sign-in", content, [kind])
        assert answer == (400, "bad-content-type")


@pytest.mark.parametrize("kind", [f" {_FORM}", f"{_FORM.upper()};charset=UTF-8", f"{_FORM} ; a=b"])
async def test_a_form_is_known_however_it_is_written(quiet_world: World, kind: str) -> None:
    answer = await _send(quiet_world, "/sign-in", _BROKEN_FORM, [kind])
    assert answer == (422, "bad-character")


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Content-Length",
        "Content-Type",
        "Host",
        "Idempotency-Key",
        "Last-Event-ID",
        "Origin",
        "Sec-Fetch-Site",
        "Transfer-Encoding",
    ],
)
@pytest.mark.parametrize("path", ["/sign-in", "/intake/api/consultations", "/static/app.css"])
async def test_what_decides_something_comes_once(quiet_world: World, name: str, path: str) -> None:
    same = {"Authorization": "Bearer x", "Origin": "http://test", "Sec-Fetch-Site": "same-origin"}
    value = {"Content-Type": _JSON, "Host": "test"}.get(name, same.get(name, "1"))
    for method in ("GET", "POST"):
        answer = await quiet_world.client.request(
            method, path, headers=[(name, value), (name.lower(), value)]
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "repeated-header"), answer.text
        assert name.title() in answer.json()["detail"]
        assert "一つだけ" in answer.json()["detail"]


async def test_what_may_come_several_times_does(quiet_world: World) -> None:
    many = [("Cookie", "a=1"), ("Cookie", "b=2"), ("Accept", "text/html"), ("Accept", "*/*")]
    assert (await quiet_world.client.get("/sign-in", headers=many)).status_code == 200


def _below(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _faults(model: type[BaseModel], value: Any) -> dict[str, str]:
    """Field to the kind of its fault, where every field is this value."""
    names = {name: field.alias or name for name, field in model.model_fields.items()}
    try:
        model.model_validate(dict.fromkeys(names.values(), value))
    except ValidationError as error:
        return {str(fault["loc"][0]): fault["type"] for fault in error.errors()}
    return {}


@pytest.mark.parametrize("broken", ["a\x00b", "\ud800", "a\udfffb"])
def test_no_field_of_a_body_or_an_event_takes_broken_text(broken: str) -> None:
    for base, kind in ((ApiModel, "bad_character"), (Contract, "value_error")):
        models = list(_below(base))
        assert len(models) > 12
        for model in models:
            for field, found in _faults(model, broken).items():
                assert found == kind, (model, field)
            if base is ApiModel and model.model_fields:
                assert set(_faults(model, [broken]).values()) == {kind}, model


@pytest.mark.parametrize("content", [b"login=a%00b", b"a%00b=login", b"login=x&login=%00"])
async def test_no_form_is_read_that_holds_broken_text(content: bytes) -> None:
    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    headers = [(b"content-type", _FORM.encode())]
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    with pytest.raises(InvalidInput):
        await read_form(request)
