"""A form that is sent twice is done once, and both answers lead to the same place."""

from typing import Any

import pytest

from tests.people import PASSWORD, add_accounts
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio


def _form(**changes: Any) -> dict[str, Any]:
    """What a browser sends for this consultation."""
    fields = {
        name: value
        for name, value in consultation(**changes).items()
        if not isinstance(value, bool)
    }
    return fields | {"received_at": "2026-05-20T10:00", "form_key": "of-this-page"}


async def _signed_in(world: World, login: str) -> None:
    await add_accounts(world.settings, "csw")
    answer = await world.client.post("/sign-in", data={"login": login, "password": PASSWORD})
    assert answer.status_code == 303


async def test_a_consultation_is_recorded_once(quiet_world: World) -> None:
    await _signed_in(quiet_world, "counter")
    answers = [
        await quiet_world.client.post("/intake/consultations/new", data=_form()) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len(await quiet_world.get("/intake/api/consultations", "chiiki-kyosei")) == 1


async def test_a_form_of_another_page_is_another_record(quiet_world: World) -> None:
    await _signed_in(quiet_world, "counter")
    for key in ("one", "two"):
        form = _form() | {"form_key": key}
        await quiet_world.client.post("/intake/consultations/new", data=form)
    assert len(await quiet_world.get("/intake/api/consultations", "chiiki-kyosei")) == 2


async def test_the_same_page_with_other_words_is_asked_about(quiet_world: World) -> None:
    await _signed_in(quiet_world, "counter")
    await quiet_world.client.post("/intake/consultations/new", data=_form())
    other = _form(caller="family")
    answer = await quiet_world.client.post("/intake/consultations/new", data=other)
    assert answer.status_code == 409
    assert "別の内容がすでに記録されています" in answer.text
    assert len(await quiet_world.get("/intake/api/consultations", "chiiki-kyosei")) == 1


async def test_a_contact_is_recorded_once_and_an_acceptance_is_no_error(world: World) -> None:
    body = consultation(**refer("csw", at="2026-05-20T11:00:00+09:00"))
    recorded = await world.post("/intake/api/consultations", "counter:shakyo-sogo", body)
    await world.settle()
    case = recorded["case_id"]
    leg = (await world.get(f"/referral/api/cases/{case}", "csw"))["legs"][0]["id"]
    await _signed_in(world, "csw")
    path = f"/referral/cases/{case}/referrals/{leg}"
    contact = {"on": "2026-05-21", "kind": "phone", "form_key": "b"}
    for action, form in (("accept", {"form_key": "a"}), ("contacts", contact)):
        for _ in range(2):
            answer = await world.client.post(f"{path}/{action}", data=form)
            assert answer.status_code == 303, answer.text
    shown = await world.get(f"/referral/api/cases/{case}", "csw")
    acts = [act["action"] for act in shown["history"]]
    assert (acts.count("accept"), acts.count("contact")) == (1, 1)


async def test_a_page_whose_leg_was_taken_back_says_who_did_it(world: World) -> None:
    body = consultation(**refer("csw", at="2026-05-20T11:00:00+09:00"))
    recorded = await world.post("/intake/api/consultations", "counter:shakyo-sogo", body)
    await world.settle()
    case = recorded["case_id"]
    leg = (await world.get(f"/referral/api/cases/{case}", "csw"))["legs"][0]["id"]
    await _signed_in(world, "csw")
    taken_back = {"reason": "ご本人の希望"}
    await world.post(f"/referral/api/referrals/{leg}/withdraw", "counter:shakyo-sogo", taken_back)
    form = {"form_key": "a"}
    answer = await world.client.post(f"/referral/cases/{case}/referrals/{leg}/accept", data=form)
    assert answer.status_code == 409
    assert "取り下げ" in answer.text
    assert "社協 総合相談窓口" in answer.text
    assert "ご本人の希望" not in answer.text
