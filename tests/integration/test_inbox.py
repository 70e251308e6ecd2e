"""The inbox and the lists: what is asked for, all of it, and nothing of others."""

import re
from typing import Any

import psycopg
import pytest

from services.referral.pages import inbox as inbox_page
from services.referral.usecases import show_board
from shared.database import AS_SERVICE
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_KYOSEI = "chiiki-kyosei"


async def _open(world: World, desk: str, *to: str, **changes: Any) -> dict[str, Any]:
    referral = {name: changes.pop(name) for name in ("basis", "lead", "at") if name in changes}
    body = consultation(**refer(*to, **referral) | changes)
    recorded: dict[str, Any] = await world.post(
        "/intake/api/consultations", f"counter:{desk}", body
    )
    return recorded


async def _page(world: World, path: str, who: str, status: int = 200) -> str:
    answer = await world.call("GET", path, who)
    assert answer.status_code == status, answer.text
    return answer.text


def _cases(page: str) -> list[str]:
    return re.findall(r'href="/referral/cases/([0-9a-f-]{36})"', page)


async def _act(world: World, who: str, case: str, action: str, **body: Any) -> None:
    [leg] = [
        one["id"] for one in await world.get("/referral/api/inbox", who) if one["case_id"] == case
    ]
    await world.post(f"/referral/api/referrals/{leg}/{action}", who, body)


async def test_each_filter_finds_what_it_names(world: World) -> None:
    plain = await _open(world, "shakyo-sogo", "csw")
    urgent = await _open(
        world, _KYOSEI, "csw", urgency="emergency", topics=["debt"], main_topic="debt"
    )
    side = await _open(world, "hoiku", "csw", lead=None)
    await world.settle()
    await _act(world, "csw", side["case_id"], "accept")
    ids = {
        name: one["case_id"]
        for name, one in {"plain": plain, "urgent": urgent, "side": side}.items()
    }
    for query, names in {
        "": ["urgent", "plain", "side"],
        "part=waiting": ["urgent", "plain"],
        "part=working": ["side"],
        "urgency=emergency": ["urgent"],
        "urgency=normal": ["plain", "side"],
        "late=1": [],
        "role=side": ["side"],
        "role=lead": ["urgent", "plain"],
        "sender=hoiku": ["side"],
        "topic=debt": ["urgent"],
        "mine=1": [],
        "topic=debt&sender=hoiku": [],
    }.items():
        found = _cases(await _page(world, f"/referral/inbox?{query}", "csw"))
        assert found == [ids[name] for name in names], query
    assert "条件のつなぎはありません" in await _page(world, "/referral/inbox?mine=1", "csw")
    answer = await world.call("GET", "/referral/inbox?part=other", "csw")
    assert answer.status_code == 422


async def test_a_filter_tells_nothing_that_the_basis_hides(world: World) -> None:
    await _open(world, _KYOSEI, "csw", urgency="emergency", basis="anonymous")
    await world.settle()
    page = await _page(world, "/referral/inbox?urgency=emergency", "csw")
    assert _cases(page) == []
    assert "緊急で返事待ち <strong>0件" in page
    assert len(_cases(await _page(world, "/referral/inbox", "csw"))) == 1


async def test_pages_follow_each_other_and_hide_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_page, "PAGE", 2)
    made = [(await _open(world, "shakyo-sogo", "csw"))["case_id"] for _ in range(5)]
    for _ in range(3):
        await _open(world, "hoiku", "houkatsu")
    await world.settle()
    for path, who in (("/referral/inbox", "csw"), ("/referral/cases", "csw")):
        seen: list[str] = []
        address: str | None = path
        while address:
            page = await _page(world, address, who)
            seen += _cases(page)
            more = re.search(r'class="next" href="([^"]+)"', page)
            address = more[1].replace("&amp;", "&") if more else None
        assert sorted(seen) == sorted(made), path
        assert len(seen) == len(set(seen))


async def test_the_list_of_cases_is_narrowed_and_shows_no_shielded_case(world: World) -> None:
    held = await _open(world, "shakyo-sogo", "csw")
    hidden = await _open(world, "hoiku", "jinken-shomu", topics=["dv"], main_topic="dv")
    await world.settle()
    await _act(world, "csw", held["case_id"], "accept")
    assert _cases(await _page(world, "/referral/cases?held=1", "csw")) == [held["case_id"]]
    assert _cases(await _page(world, "/referral/cases?held=1", "shakyo-sogo")) == []
    assert _cases(await _page(world, "/referral/cases?state=ended", "csw")) == []
    assert _cases(await _page(world, "/referral/cases?late=1", "csw")) == []
    for path in ("/referral/cases", "/referral/board"):
        assert hidden["case_id"] not in await _page(world, path, _KYOSEI)
    assert _cases(await _page(world, "/referral/cases", _KYOSEI)) == [held["case_id"]]
    assert hidden["case_id"] in _cases(await _page(world, "/referral/cases", "hoiku"))


async def _search(world: World, who: str, code: str) -> tuple[int, str]:
    secret = await world.token(who)
    answer = await world.client.post(
        "/referral/inbox/search",
        data={"code": code},
        headers={"Authorization": f"Bearer {secret}"},
    )
    return answer.status_code, answer.text


async def test_a_code_finds_only_what_came_to_this_agency(world: World) -> None:
    made = await _open(world, "shakyo-sogo", "csw")
    await world.settle()
    code = made["code"]
    status, page = await _search(world, "csw", code.replace("-", ""))
    assert (status, _cases(page)) == (200, [made["case_id"]])
    assert page.count(code) == 0
    status, page = await _search(world, "houkatsu", code)
    assert (status, _cases(page)) == (422, [])
    status, unknown = await _search(world, "houkatsu", "000-000-000")
    said = "この番号のつなぎは、この機関には届いていません。"
    assert said in page
    assert said in unknown
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    status, page = await _search(world, "csw", wrong)
    assert status == 422
    assert "数字が違うようです" in page
    await _act(world, "csw", made["case_id"], "return", reason="not-ours")
    assert (await _search(world, "csw", code))[0] == 422
    assert (await _search(world, "counter:csw", code))[0] == 403


async def test_the_board_shows_what_nobody_took_and_what_runs_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(show_board, "PAGE", 2)
    orphans = [(await _open(world, "hoiku"))["case_id"] for _ in range(3)]
    late = await _open(world, "shakyo-sogo", "csw", urgency="emergency")
    calm = await _open(world, "shakyo-sogo", "csw")
    await world.settle()
    page = await _page(world, "/referral/board", _KYOSEI)
    takers, terms = page.split("期限が切れた、または")
    assert len(_cases(takers)) == 2
    assert _cases(terms) == [late["case_id"]]
    assert calm["case_id"] not in page
    [more] = re.findall(r'class="next" href="([^"]+)"', page)
    rest = _cases(await _page(world, more.replace("&amp;", "&"), _KYOSEI))
    assert sorted([*_cases(takers), *rest]) == sorted(orphans)
    assert "/referral/board" in await _page(world, "/referral/inbox", _KYOSEI)
    assert "/referral/board" not in await _page(world, "/referral/inbox", "csw")
    await _page(world, "/referral/board", "csw", status=403)
    await _page(world, "/referral/board", "manager", status=403)


async def test_the_board_has_escalated_cases_first(world: World) -> None:
    first = await _open(world, "hoiku")
    second = await _open(world, "hoiku", urgency="soon")
    await world.settle()
    with psycopg.connect(world.settings.database_url("referral"), options=AS_SERVICE) as connection:
        connection.execute(
            "UPDATE support_case SET escalated = true WHERE id = %s", [second["case_id"]]
        )
    page = await _page(world, "/referral/board", _KYOSEI)
    assert _cases(page) == [second["case_id"], first["case_id"]]


async def test_a_returned_leg_proposes_the_next_agency(world: World) -> None:
    made = await _open(world, "shakyo-sogo", "csw")
    await world.settle()
    page = await _page(world, f"/referral/cases/{made['case_id']}", "csw")
    options = re.findall(r'id="return-[^"]+-suggest".*?</select>', page, re.S)[0]
    assert 'value="csw"' not in options
    await _act(world, "csw", made["case_id"], "return", reason="no-capacity", suggest="houkatsu")
    page = await _page(world, f"/referral/cases/{made['case_id']}", "shakyo-sogo")
    assert "提案された機関につなぐ：地域包括支援センター" in page
    offered = await world.post(
        f"/referral/api/cases/{made['case_id']}/referrals",
        "shakyo-sogo",
        refer("houkatsu")["refer"],
    )
    assert [leg["lead"] for leg in offered["legs"]] == [True]
    page = await _page(world, f"/referral/cases/{made['case_id']}", "houkatsu")
    options = re.findall(r'id="return-[^"]+-suggest".*?</select>', page, re.S)[0]
    assert 'value="csw"' not in options
    page = await _page(world, f"/referral/cases/{made['case_id']}", "shakyo-sogo")
    assert "提案された機関につなぐ" not in page


async def test_codes_cannot_be_guessed_in_the_search(world: World) -> None:
    made = await _open(world, "shakyo-sogo", "csw")
    await world.settle()
    for number in range(10):
        assert (await _search(world, "csw", f"{number}{made['code'][1:]}0"))[0] == 422
    status, page = await _search(world, "csw", made["code"])
    assert (status, made["code"] in page) == (429, True)
