"""The つなぐシート: what the basis shows, without the code, for those who send and hold."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from tests.integration.paper_codes import codes_on
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio


async def _sheet(world: World, **changes: Any) -> tuple[str, dict[str, Any]]:
    body = consultation(**(refer("jidou-soudan") | changes))
    recorded = await world.post("/intake/api/consultations", "shakyo-sogo", body)
    await world.settle()
    case = await world.get(f"/referral/api/cases/{recorded['case_id']}", "shakyo-sogo")
    leg = case["legs"][0]["id"]
    return f"/referral/cases/{recorded['case_id']}/referrals/{leg}/sheet", recorded


async def _read(world: World, path: str, who: str = "shakyo-sogo") -> tuple[str, str]:
    page = await world.call("GET", path, who)
    pdf = await world.call("GET", f"{path}.pdf", who)
    assert (page.status_code, pdf.status_code) == (200, 200)
    [paper] = PdfReader(io.BytesIO(pdf.content)).pages
    assert [round(float(side) / 72 * 25.4) for side in paper.mediabox[2:]] == [210, 297]
    article = page.text.split("<article", 1)[1].split("</article>")[0]
    return article, paper.extract_text().replace("\n", "")


async def test_it_shows_what_the_receiver_may_see_and_never_the_code(world: World) -> None:
    path, recorded = await _sheet(world)
    for text in await _read(world, path):
        for said in ("児童相談所", "社協 総合相談窓口", "家計の相談が必要", "18〜64歳", "差し戻す"):
            assert said in text
        assert "余力なし" in text
        assert "東" not in text
        assert recorded["code"] not in text
        assert recorded["code"].replace("-", "") not in text


async def test_its_qr_code_opens_the_case_where_the_answer_is_typed_in(world: World) -> None:
    path, recorded = await _sheet(world)
    pdf = await world.call("GET", f"{path}.pdf", "shakyo-sogo")
    [found] = codes_on(pdf.content)
    assert found == f"{world.settings.tsunagi_url}/referral/cases/{recorded['case_id']}"


async def test_on_an_anonymous_basis_it_shows_topics_only(world: World) -> None:
    path, _ = await _sheet(world, **refer("jidou-soudan", basis="anonymous"))
    for text in await _read(world, path):
        assert "孤独・孤立" in text
        assert "家計の相談が必要" not in text
        assert "18〜64歳" not in text


async def test_of_violence_it_hides_where_and_who(world: World) -> None:
    path, _ = await _sheet(world, topics=["child-abuse"], main_topic="child-abuse")
    for text in await _read(world, path):
        assert "児童虐待" in text
        assert "地区" not in text
        assert "相談に来た人" not in text
    assert (await world.call("GET", path, "chiiki-kyosei")).status_code == 404


async def test_it_is_for_sender_holder_and_coordinator(world: World) -> None:
    path, _ = await _sheet(world)
    assert (await world.call("GET", path, "chiiki-kyosei")).status_code == 200
    for who in ("csw", "jidou-soudan"):
        for end in ("", ".pdf"):
            assert (await world.call("GET", f"{path}{end}", who)).status_code == 404


async def test_the_longest_reason_still_fits_on_one_page(world: World) -> None:
    reason = "長い理由です。" * 28
    path, _ = await _sheet(world, **refer("jidou-soudan", reason=reason))
    for text in await _read(world, path):
        assert reason[-14:] in text.replace(" ", "")
