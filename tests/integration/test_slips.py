"""The slip: at once, for its own desk alone, and of a case about violence neutral or not at all."""

import io
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from shared.plan import Plan
from shared.plan.slips import SLIP_LANGUAGES
from tests.integration.paper_codes import codes_on
from tests.people import PASSWORD, add_accounts
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_DESK = "chiiki-kyosei"
_PATH = "/intake/api/consultations"
_DV = {"topics": ["dv"], "main_topic": "dv"}


async def _record(world: World, **changes: Any) -> dict[str, Any]:
    body = consultation(**(refer("csw", "hello-work") | changes))
    return dict(await world.post(_PATH, _DESK, body))


async def _slip(world: World, recorded: dict[str, Any], end: str, who: str) -> httpx.Response:
    return await world.call("GET", f"/intake/consultations/{recorded['id']}/slip{end}", who)


async def _choose(world: World, recorded: dict[str, Any], **data: str) -> httpx.Response:
    token = await world.token(_DESK)
    return await world.client.post(
        f"/intake/consultations/{recorded['id']}/slip",
        data=data,
        headers={"Authorization": f"Bearer {token}"},
    )


def _text(pdf: bytes) -> str:
    [page] = PdfReader(io.BytesIO(pdf)).pages
    width, height = (round(float(side) / 72 * 25.4) for side in page.mediabox[2:])
    assert (width, height) == (105, 148)
    return page.extract_text()


@pytest.mark.parametrize("language", SLIP_LANGUAGES)
async def test_a_slip_is_there_while_the_referral_service_is_away(
    quiet_world: World, plan: Plan, language: str
) -> None:
    recorded = await _record(quiet_world)
    page = await _slip(quiet_world, recorded, f"?language={language}", _DESK)
    assert page.status_code == 200
    assert recorded["code"] in page.text
    assert "CSW" in page.text
    assert plan.topics["isolation"].label not in page.text
    assert ("<rt>ばんごう</rt>" in page.text) == (language == "ja-easy")

    pdf = await _slip(quiet_world, recorded, f".pdf?language={language}", _DESK)
    assert pdf.headers["content-type"] == "application/pdf"
    text = _text(pdf.content)
    assert recorded["code"] in text
    assert "ハローワーク" in text
    assert codes_on(pdf.content) == [recorded["code"].replace("-", "")]


async def test_a_slip_is_its_own_desks_alone(quiet_world: World) -> None:
    recorded = await _record(quiet_world)
    kept = await quiet_world.post(_PATH, _DESK, consultation())
    joined = await quiet_world.post(_PATH, "csw", consultation(case_code=recorded["code"]))
    for end in ("", ".pdf"):
        assert (await _slip(quiet_world, recorded, end, "csw")).status_code == 404
        assert (await _slip(quiet_world, kept, end, _DESK)).status_code == 404
        assert (await _slip(quiet_world, joined, end, "csw")).status_code == 404
        unknown = await _slip(quiet_world, recorded, f"{end}?language=xx", _DESK)
        assert unknown.status_code == 404


async def test_of_violence_no_slip_is_there_unless_staff_choose_a_neutral_one(
    quiet_world: World, plan: Plan
) -> None:
    recorded = await _record(quiet_world, **_DV)
    page = await quiet_world.call("GET", f"/intake/consultations/{recorded['id']}", _DESK)
    assert f'{recorded["id"]}/slip"' in page.text
    assert "控えを印刷する" not in page.text
    assert (await _slip(quiet_world, recorded, "", _DESK)).status_code == 409
    assert (await _slip(quiet_world, recorded, ".pdf", _DESK)).status_code == 409
    refused = await _choose(quiet_world, recorded)
    assert (refused.status_code, "ご本人と確かめてください" in refused.text) == (422, True)

    assert (await _choose(quiet_world, recorded, safe="true")).status_code == 303
    for language in SLIP_LANGUAGES:
        page = await _slip(quiet_world, recorded, f"?language={language}", _DESK)
        slip = page.text.split("<section", 1)[1].split("</section>")[0]
        text = _text(
            (await _slip(quiet_world, recorded, f".pdf?language={language}", _DESK)).content
        )
        for said in (slip, text):
            assert recorded["code"] in said
            for word in ("CSW", "ハローワーク", plan.city, "福祉", "相談", "つなぎ", "DV", "窓口"):
                assert word not in said, (language, word)


async def test_a_case_that_turns_out_to_be_about_violence_loses_its_plain_slip(
    quiet_world: World,
) -> None:
    recorded = await _record(quiet_world)
    assert (await _slip(quiet_world, recorded, "", _DESK)).status_code == 200
    again = consultation(case_code=recorded["code"], **_DV)
    await quiet_world.post(_PATH, _DESK, again)
    assert (await _slip(quiet_world, recorded, "", _DESK)).status_code == 409


@pytest.fixture
async def agency(world: World) -> World:
    await add_accounts(world.settings, "csw")
    await world.client.post("/sign-in", data={"login": "csw", "password": PASSWORD})
    return world


async def test_a_receiver_sees_the_code_on_no_page_and_in_no_answer(agency: World) -> None:
    world = agency
    recorded = await _record(world)
    await world.settle()
    path = f"/referral/api/cases/{recorded['case_id']}"
    leg = next(one for one in (await world.get(path, "csw"))["legs"] if one["to"] == "csw")
    shown = []

    async def walk() -> None:
        for where in (
            "/referral/inbox",
            "/referral/cases",
            f"/referral/cases/{recorded['case_id']}",
            "/intake/consultations",
            f"/referral/cases/{recorded['case_id']}/referrals/{leg['id']}/sheet",
        ):
            page = await world.client.get(where)
            shown.append(page.text)
        for where in (path, "/referral/api/inbox"):
            answer = await world.call("GET", where, "csw")
            shown.append(answer.text)

    await walk()
    base = f"/referral/api/referrals/{leg['id']}"
    await world.post(f"{base}/accept", "csw", {})
    await world.post(f"{base}/confirm", "csw", {"code": recorded["code"].replace("-", "") + "\r"})
    await walk()
    for text in shown:
        assert recorded["code"] not in text
        assert recorded["code"].replace("-", "") not in text
