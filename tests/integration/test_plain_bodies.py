"""A body is read as it came: packed, or in letters other than UTF-8, it is refused as such."""

import gzip
import json

import httpx
import pytest

from shared.errors import UnsupportedMedia
from shared.web.single_headers import check_written_plainly
from tests.integration.test_repeated_headers import recorded
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
_API = "/intake/api/consultations"


async def _record(world: World, content: bytes, **headers: str) -> httpx.Response:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    token = {"Authorization": f"Bearer {await world.token('csw')}"}
    return await world.client.post(_API, content=content, headers=token | told)


@pytest.mark.parametrize("packed", ["gzip", "deflate", "br", "zstd", "identity, gzip", "GZIP"])
async def test_a_packed_body_is_refused_and_nothing_is_stored(
    quiet_world: World, packed: str
) -> None:
    plain = json.dumps(consultation(**refer("houkatsu"))).encode()
    for content in (gzip.compress(plain), plain):
        answer = await _record(quiet_world, content, Content_Type=_JSON, Content_Encoding=packed)
        assert (answer.status_code, answer.json()["code"]) == (415, "content-encoding")
        assert answer.headers["accept-encoding"] == "identity"
    assert await recorded(quiet_world) == 0


@pytest.mark.parametrize("charset", ["shift_jis", "UTF-16", '"euc-jp"', "iso-8859-1", "", "utf-7"])
async def test_other_letters_than_utf_8_are_refused_and_nothing_is_stored(
    quiet_world: World, charset: str
) -> None:
    content = json.dumps(consultation(**refer("houkatsu"))).encode()
    for kind in (f"{_JSON}; charset={charset}", f"{_JSON};charset=utf-8; Charset = {charset}"):
        answer = await _record(quiet_world, content, Content_Type=kind)
        assert (answer.status_code, answer.json()["code"]) == (415, "charset"), kind
    assert await recorded(quiet_world) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Encoding": "gzip", "Content_Type": _FORM},
        {"Content_Type": f"{_FORM}; charset=Shift_JIS"},
    ],
)
async def test_a_form_is_refused_in_the_same_way(
    quiet_world: World, headers: dict[str, str]
) -> None:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = await quiet_world.client.post("/sign-in", content=b"login=a", headers=told)
    assert answer.status_code == 415


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "utf8"])
async def test_utf_8_may_be_said(quiet_world: World, charset: str) -> None:
    content = json.dumps(consultation(**refer("houkatsu"))).encode()
    kind = f"{_JSON}; charset={charset}"
    answer = await _record(quiet_world, content, Content_Type=kind, Content_Encoding="identity")
    assert answer.status_code == 201


def test_a_charset_does_not_hide_in_another_parameter() -> None:
    for kind in (b'a/b; a="; charset=sjis"', b"a/b; boundary=x; charset=sjis", b"a/b;CHARSET=sjis"):
        with pytest.raises(UnsupportedMedia):
            check_written_plainly([(b"content-type", kind)])
    check_written_plainly([(b"content-type", b"a/b; charset=utf-8 ; boundary=x")])
