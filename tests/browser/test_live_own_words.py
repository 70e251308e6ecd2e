"""What somebody was writing stays to be copied when the page loses what it was about."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.look import assert_good
from tests.browser.office import Desk, Office, desk_of
from tests.browser.watching import SOON, listen, return_without_reason, severe

_WORDS = "昨日から<b>三度</b>訪ねた"


def _given_back(page: Page, *texts: str) -> None:
    box = page.locator("section").filter(has=page.get_by_role("heading", name="書いた文"))
    expect(box).to_have_count(1, timeout=SOON)
    copies = box.get_by_role("textbox")
    expect(copies).to_have_count(len(texts))
    for copy, text in zip(copies.all(), texts, strict=True):
        expect(copy).to_have_value(text)
        expect(copy).not_to_be_editable()
    expect(page.get_by_role("main")).not_to_contain_text("家計の相談が必要")
    expect(page.get_by_role("main")).not_to_contain_text("債務について")
    assert_good(page)


@pytest.mark.parametrize("refused", [True, False], ids=["refused form", "open form"])
def test_a_leg_that_is_taken_back_leaves_the_text(
    office: Office, browser: Browser, kyosei: Desk, *, refused: bool
) -> None:
    case, leg = severe(kyosei)
    with office.visit(browser, "csw") as there:
        page = there.new_page()
        listen(page, f"/referral/cases/{case}")
        page.get_by_text("差し戻す", exact=True).first.click()
        page.get_by_label("ひとこと").first.fill(_WORDS)
        if refused:
            return_without_reason(page)
        kyosei.post(f"/referral/api/referrals/{leg}/withdraw", {"reason": "別の機関で対応"})
        head = page.get_by_role("heading", level=1)
        expect(head).to_contain_text("見られなくなりました", timeout=SOON)
        _given_back(page, _WORDS)


def test_consent_that_is_withdrawn_leaves_the_text(
    office: Office, browser: Browser, kyosei: Desk
) -> None:
    case, leg = severe(kyosei)
    environment = {"TSUNAGI_VAR": str(office.folder.path)}
    with (
        office.visit(browser, "csw") as there,
        desk_of(office.url, environment, "csw") as csw,
    ):
        csw.post(f"/referral/api/referrals/{leg}/accept", {})
        page = there.new_page()
        listen(page, f"/referral/cases/{case}")
        page.get_by_text("連絡を記録する", exact=True).first.click()
        page.get_by_label("支援のメモ").fill(_WORDS)
        kyosei.post(f"/referral/api/referrals/{leg}/consent-withdrawn", {})
        gone = page.get_by_role("heading", name="ご本人の同意がなくなりました")
        expect(gone).to_be_visible(timeout=SOON)
        _given_back(page, _WORDS)


def test_what_the_page_filled_in_goes_with_it(
    office: Office, browser: Browser, kyosei: Desk
) -> None:
    case, leg = severe(kyosei)
    environment = {"TSUNAGI_VAR": str(office.folder.path)}
    goals = [{"goal": "家計の相談が必要", "roles": [{"agency": "csw", "role": "訪問"}]}]
    with (
        office.visit(browser, "csw") as there,
        desk_of(office.url, environment, "csw") as csw,
    ):
        csw.post(f"/referral/api/referrals/{leg}/accept", {})
        plan = {"goals": goals, "review_on": "2199-01-01"}
        csw.post(f"/referral/api/cases/{case}/plan", plan)
        page = there.new_page()
        listen(page, f"/referral/cases/{case}/plan")
        page.get_by_text("新しい案を書く").click()
        page.get_by_label("目標2", exact=True).fill(_WORDS)
        csw.post(f"/referral/api/referrals/{leg}/consent-withdrawn", {})
        gone = page.get_by_text("決めるのを待っている案")
        expect(gone).to_have_count(0, timeout=SOON)
        _given_back(page, _WORDS)
        expect(page.get_by_label("目標1", exact=False).first).to_have_value("")
