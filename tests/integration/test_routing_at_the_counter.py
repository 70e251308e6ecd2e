"""At the counter the plan's destinations come first, with their why; who differs says why."""

import re
from typing import Any

import pytest

from tests.integration.counter_form import log_of, record, send, typed
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_DESK, _OTHER = "counter:shakyo-sogo", "counter:hoiku"
_PATH = "/intake/api/consultations"
_ASK = {"show": "candidates"}
_CALL_NOW = "いま電話してください"
_WHY = "計画とちがう相手を選んだ理由"


def _offered(page: str) -> list[str]:
    """The destinations of a form in their order."""
    return re.findall(r'name="to" value="([^"]+)"', page)


async def test_asking_shows_the_plans_agencies_first_and_stores_nothing(
    quiet_world: World,
) -> None:
    fields = typed(
        "hoiku",
        topics=["health", "isolation"],
        main_topic="isolation",
        age_band="75-84",
        memo="控えの言葉",
        authorised_by="課長",
        override="本人の希望",
    )
    page = await send(quiet_world, _DESK, fields | _ASK)
    assert page.status_code == 200
    assert _offered(page.text)[:3] == ["shogai-fukushi", "houkatsu", "csw"]
    for words in (
        "「孤独・孤立」の担当 計画本文 60/690 行",
        "「病気や健康、障害のこと」の担当（65〜74歳・75〜84歳・85歳以上の方）",
        "控えの言葉",
        "話し相手がほしい",
        'value="課長"',
        'value="本人の希望"',
        'name="to" value="hoiku" checked',
        'name="topics" value="health" checked',
        'value="2026-05-20T10:00"',
    ):
        assert words in page.text, words
    assert await quiet_world.get(_PATH, _DESK) == []
    assert await log_of(quiet_world) == ""


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({"age_band": "40s"}, ["shogai-fukushi"]),
        ({"age_band": ""}, ["shogai-fukushi", "houkatsu"]),
        ({"topics": [], "main_topic": "isolation"}, ["csw"]),
        ({"topics": ["dv", "isolation"], "main_topic": ""}, ["jinken-shomu", "csw"]),
        ({"topics": ["isolation"], "received_at": "2025-06-30T10:00"}, ["chiiki-kyosei"]),
        ({"topics": ["isolation"], "received_at": "0001-01-01T00:00"}, ["csw"]),
        ({"topics": ["isolation"], "received_at": "きのう"}, ["csw"]),
        ({"topics": ["nothing-known"], "main_topic": ""}, []),
        ({"topics": [], "main_topic": ""}, []),
    ],
)
async def test_an_unfinished_form_is_answered_as_far_as_it_goes(
    quiet_world: World, changes: dict[str, Any], first: list[str]
) -> None:
    fields = typed(topics=["health"], main_topic="") | changes
    page = await send(quiet_world, _DESK, fields | _ASK)
    assert page.status_code == 200
    assert page.text.count("計画本文") == len(first)
    assert _offered(page.text)[: len(first)] == first


async def test_a_desk_is_not_sent_to_itself(quiet_world: World) -> None:
    page = await send(quiet_world, "counter:csw", typed() | _ASK)
    assert "csw" not in _offered(page.text)
    assert "計画の定めはありません" in page.text


async def test_a_refused_referral_shows_them_as_well(quiet_world: World) -> None:
    refused = await send(quiet_world, _DESK, typed("csw", refer_reason=""))
    assert refused.status_code == 422
    assert _offered(refused.text)[0] == "csw"
    assert "計画では、次の機関が担当です" in refused.text
    kept = await send(quiet_world, _DESK, typed(response="listening", caller=""))
    assert kept.status_code == 422
    assert "計画では、次の機関が担当です" not in kept.text


async def test_who_does_not_follow_the_plan_says_why_to_the_own_desk_alone(world: World) -> None:
    refused = await send(world, _DESK, typed("csw", "hoiku", override="  "))
    assert refused.status_code == 422
    assert f"{_WHY}を書いてください。" in refused.text
    assert 'href="#override"' in refused.text
    assert await world.get(_PATH, _DESK) == []
    why = "園からの依頼のため"
    where = await record(world, _DESK, typed("csw", "hoiku", override=why))
    page = (await world.call("GET", where, _DESK)).text
    assert _WHY in page
    assert why in page
    await world.settle()
    assert why not in await log_of(world)
    [recorded] = await world.get(_PATH, _DESK)
    for path, who in (
        (f"/referral/api/cases/{recorded['case_id']}", "csw"),
        (f"/referral/cases/{recorded['case_id']}", "csw"),
        (f"/referral/cases/{recorded['case_id']}", "hoiku"),
        (where, _OTHER),
    ):
        assert why not in (await world.call("GET", path, who)).text


async def test_following_the_plan_or_naming_nobody_needs_no_why(quiet_world: World) -> None:
    for to in (["csw"], []):
        where = await record(quiet_world, _DESK, typed(*to))
        assert _WHY not in (await quiet_world.call("GET", where, _DESK)).text
    too_long = await send(quiet_world, _DESK, typed("hoiku", override="あ" * 201))
    assert too_long.status_code == 422


async def test_a_machine_says_it_in_its_reason(quiet_world: World) -> None:
    await quiet_world.post(_PATH, _DESK, consultation(**refer("hoiku")))
    body = consultation(**refer("hoiku", override="x"))
    assert (await quiet_world.call("POST", _PATH, _DESK, body)).status_code == 422


async def test_the_form_says_who_authorised_it(world: World) -> None:
    for said in ("課長", ""):
        await record(world, _DESK, typed("csw", authorised_by=said))
    await world.settle()
    newest, oldest = await world.get(_PATH, _DESK)
    signed = []
    for one in (oldest, newest):
        case = await world.get(f"/referral/api/cases/{one['case_id']}", _DESK)
        signed.append(case["legs"][0]["authorised_by"])
    assert signed == ["課長", "社協 総合相談窓口 担当"]
    too_long = await send(world, _DESK, typed("csw", authorised_by="あ" * 41))
    assert too_long.status_code == 422


@pytest.mark.parametrize(
    ("changes", "numbers"),
    [
        ({"topics": ["dv"], "main_topic": "dv"}, ["#8008", "110"]),
        ({"topics": ["child-abuse"], "main_topic": "child-abuse"}, ["189"]),
        ({"urgency": "emergency"}, ["110", "119"]),
        ({}, []),
    ],
)
async def test_whom_to_call_now_stands_on_the_form_and_on_what_it_recorded(
    quiet_world: World, changes: dict[str, Any], numbers: list[str]
) -> None:
    asked = await send(quiet_world, _DESK, typed(**changes) | _ASK)
    refused = await send(quiet_world, _DESK, typed(**changes) | {"caller": ""})
    listened = await send(
        quiet_world, _DESK, typed(**changes) | {"caller": "", "response": "listening"}
    )
    assert (refused.status_code, listened.status_code) == (422, 422)
    where = await record(quiet_world, _DESK, typed(**changes))
    done = await quiet_world.call("GET", where, _DESK)
    [recorded] = await quiet_world.get(_PATH, _DESK)
    for page in (asked, refused, listened, done):
        assert page.text.count(_CALL_NOW) == bool(numbers)
        panel = page.text.partition(_CALL_NOW)[2].partition("</section>")[0]
        for number in numbers:
            assert f'<strong class="whole">{number}</strong>' in panel
    stamp = f'<a href="/referral/cases/{recorded["case_id"]}">ケースの画面</a>で「電話した」'
    assert (stamp in done.text) is bool(numbers)
    later = await quiet_world.call("GET", where.removesuffix("?new=1"), _DESK)
    assert _CALL_NOW not in later.text


async def test_who_was_only_heard_is_told_whom_to_call_without_a_case(quiet_world: World) -> None:
    fields = typed(topics=["dv"], main_topic="dv", response="listening")
    where = await record(quiet_world, _DESK, fields)
    done = (await quiet_world.call("GET", where, _DESK)).text
    assert _CALL_NOW in done
    assert "/referral/cases/" not in done
