"""What one may not see any more leaves the pages that are open."""

import psycopg
import pytest
from playwright.sync_api import Browser, expect

from deploy.embedded.servers import environment_of
from shared.database import AS_SERVICE
from tests.browser.look import assert_good
from tests.browser.office import Desk, Office, desk_of
from tests.browser.watching import (
    NEWS,
    SOON,
    STREAM,
    hold,
    listen,
    offer,
    return_without_reason,
    severe,
)
from tests.integration.meetings import in_days, today
from tests.world import consultation, refer


def test_what_a_colleague_gave_back_leaves_the_other_screens(
    office: Office, browser: Browser, kyosei: Desk
) -> None:
    case = offer(kyosei, "csw")
    environment = {"TSUNAGI_VAR": str(office.folder.path)}
    with (
        office.visit(browser, "csw") as context,
        desk_of(office.url, environment, "csw") as colleague,
    ):
        page, inbox = context.new_page(), context.new_page()
        listen(page, f"/referral/cases/{case}")
        listen(inbox, "/referral/inbox")
        row = inbox.locator(f"a[href='/referral/cases/{case}']")
        expect(row).to_be_visible()
        [leg] = colleague.legs(case)
        colleague.post(f"/referral/api/referrals/{leg}/return", {"reason": "not-ours"})
        expect(row).to_have_count(0, timeout=SOON)
        expect(page.get_by_role("button", name="受け入れる")).to_have_count(0, timeout=SOON)
        expect(page.locator(NEWS)).to_contain_text("見られなくなりました")
        expect(page.get_by_role("heading", level=1)).to_contain_text("見られなくなりました")
        assert_good(page)


def test_a_page_that_is_open_shows_nothing_more_once_consent_is_withdrawn(
    office: Office, browser: Browser, kyosei: Desk
) -> None:
    case, leg = severe(kyosei)
    with office.visit(browser, "csw") as there:
        page = there.new_page()
        listen(page, f"/referral/cases/{case}")
        main = page.get_by_role("main")
        expect(page.get_by_role("heading", level=1)).to_contain_text("債務について")
        expect(main.get_by_role("heading", name="いま電話してください")).to_be_visible()
        kyosei.post(f"/referral/api/referrals/{leg}/consent-withdrawn", {})
        gone = main.get_by_role("heading", name="ご本人の同意がなくなりました")
        expect(gone).to_be_visible(timeout=SOON)
        expect(main).not_to_contain_text("債務について", timeout=SOON)
        expect(main).not_to_contain_text("いま電話してください", timeout=SOON)
        expect(page.get_by_role("heading", level=1)).to_contain_text("内容は見られません")
        assert_good(page)


def test_consent_that_ends_with_the_day_blanks_a_page_that_is_open(
    office: Office, browser: Browser, kyosei: Desk
) -> None:
    case = offer(kyosei, "csw")
    with office.visit(browser, "csw") as context:
        page = context.new_page()
        page.clock.install()
        listen(page, f"/referral/cases/{case}")
        head = page.get_by_role("heading", level=1)
        expect(head).to_contain_text("孤独・孤立")
        with psycopg.connect(
            environment_of(office.folder)["REFERRAL_DATABASE_URL"], options=AS_SERVICE
        ) as connection:
            connection.execute(
                "UPDATE leg SET consent_until = current_date - 2 WHERE case_id = %s", [case]
            )
        page.clock.run_for(24 * 60 * 60 * 1000 + 5000)
        expect(head).not_to_contain_text("孤独・孤立", timeout=SOON)
        expect(page.get_by_text("内容は見られません").first).to_be_visible()


def test_a_conference_that_is_open_says_nothing_more_once_consent_is_withdrawn(
    office: Office, browser: Browser, kyosei: Desk
) -> None:
    case, leg = severe(kyosei)
    held = hold(kyosei, case, "integrated-conference", "csw", "chiiki-kyosei")
    with office.visit(browser, "csw") as there:
        page, every = there.new_page(), there.new_page()
        listen(page, f"/referral/conferences/{held}")
        listen(every, "/referral/conferences")
        row = every.get_by_role("row").filter(has=every.locator(f"a[href$='{held}']"))
        expect(page.get_by_role("main")).to_contain_text("債務")
        expect(row).to_contain_text("債務")
        kyosei.post(f"/referral/api/referrals/{leg}/consent-withdrawn", {})
        expect(page.get_by_role("main")).not_to_contain_text("債務", timeout=SOON)
        expect(row).not_to_contain_text("債務", timeout=SOON)
        assert_good(page)


def test_a_conference_that_is_being_written_loses_what_may_not_be_seen_and_keeps_the_minutes(
    office: Office, browser: Browser, kyosei: Desk
) -> None:
    case, leg = severe(kyosei)
    environment = {"TSUNAGI_VAR": str(office.folder.path)}
    with (
        office.visit(browser, "csw") as there,
        desk_of(office.url, environment, "csw") as csw,
    ):
        csw.post(f"/referral/api/referrals/{leg}/accept", {})
        agenda, decisions = there.new_page(), there.new_page()
        new = "/referral/conferences/new"
        chosen = f"kind=support-conference&held_on={today()}&agencies=houkatsu&cases={case}"
        listen(agenda, new)
        listen(decisions, f"{new}?step=decisions&{chosen}")
        row = agenda.locator("label").filter(has=agenda.locator(f"input[value='{case}']"))
        sheet = decisions.locator("#live-agenda-0")
        row.click()
        sheet.get_by_label("主担当").select_option("houkatsu")
        decisions.get_by_label("話し合ったこと").fill("家計の相談から始める。")
        expect(row).to_contain_text("債務")
        expect(sheet).to_contain_text("債務")
        kyosei.post(f"/referral/api/referrals/{leg}/consent-withdrawn", {})
        for shown in (row, sheet):
            expect(shown).to_contain_text("内容は見られません", timeout=SOON)
            expect(shown).not_to_contain_text("債務")
        expect(row.get_by_role("checkbox")).to_be_checked()
        expect(sheet.get_by_label("主担当")).to_have_value("houkatsu")
        kyosei.post(f"/referral/api/cases/{case}/take-over", {"reason": "調整のため"})
        expect(row).to_have_count(0, timeout=SOON)
        expect(sheet).to_contain_text("いまはこの会議で話し合えません", timeout=SOON)
        expect(decisions.get_by_label("話し合ったこと")).to_have_value("家計の相談から始める。")
        assert_good(decisions)
        assert_good(agenda)


@pytest.mark.parametrize("way", ["open", "refused", "kept"])
def test_cases_that_leave_an_agenda_one_by_one_leave_the_other_choices_as_they_are(
    office: Office, browser: Browser, kyosei: Desk, *, way: str
) -> None:
    environment = {"TSUNAGI_VAR": str(office.folder.path)}
    with (
        office.visit(browser, "csw") as there,
        desk_of(office.url, environment, "csw") as csw,
    ):
        cases = [severe(kyosei) for _ in range(3)]
        for _, leg in cases:
            csw.post(f"/referral/api/referrals/{leg}/accept", {})
        page = there.new_page()
        listen(page, "/referral/conferences/new")
        kind = page.get_by_role("radio", name="支援会議", exact=True)
        agency = page.locator("input[name=agencies][value=houkatsu]")
        boxes = [page.locator(f"#live-agenda input[value='{case}']") for case, _ in cases]
        chosen = [*boxes, agency] if way == "refused" else [*boxes, agency, kind]
        for box in chosen:
            box.check()
        # Cases that began today cannot be decided on yesterday, but a day in refusal stays too.
        day = today() if way == "kept" else in_days(-1)
        page.get_by_label("会議の日").fill(day)
        if way != "open":
            with page.expect_response(STREAM):
                page.get_by_role("button", name="次へ").click()
        if way == "refused":
            expect(page.get_by_role("alert")).to_contain_text("会議の種類を選んで")
        if way == "kept":
            page.get_by_label("話し合ったこと").fill("家計の相談から始める。")
            with page.expect_response(STREAM):
                page.get_by_role("button", name="話し合ったことを選び直す").click()
        for (case, _), box in list(zip(cases, boxes, strict=True))[:2]:
            expect(box).to_be_checked()
            kyosei.post(f"/referral/api/cases/{case}/take-over", {"reason": "調整のため"})
            expect(box).to_have_count(0, timeout=SOON)
            chosen.remove(box)
            for still in chosen:
                expect(still).to_be_checked()
            expect(page.get_by_label("会議の日")).to_have_value(day)
        if way == "kept":
            expect(page.get_by_label("話し合ったこと")).to_have_value("家計の相談から始める。")
        assert_good(page)


def test_a_case_that_turns_out_to_be_violence_leaves_the_pages_of_others(
    office: Office, browser: Browser, kyosei: Desk
) -> None:
    environment = {"TSUNAGI_VAR": str(office.folder.path)}
    with (
        desk_of(office.url, environment, "csw") as desk,
        office.visit(browser, "counter") as context,
    ):
        recorded = desk.post("/intake/api/consultations", consultation(**refer("houkatsu")))
        case = recorded["case_id"]
        kyosei.legs(case)
        page, every = context.new_page(), context.new_page()
        listen(page, f"/referral/cases/{case}")
        listen(every, "/referral/cases")
        row = every.locator(f"a[href='/referral/cases/{case}']")
        main = page.get_by_role("main")
        expect(main).to_contain_text("年齢")
        expect(row).to_be_visible()
        change = {"topics": ["dv"], "main_topic": "dv", "reason": "聞き直したため"}
        desk.post(f"/intake/api/consultations/{recorded['id']}/corrections", change)
        head = page.get_by_role("heading", level=1)
        expect(head).to_contain_text("見られなくなりました", timeout=SOON)
        expect(main).not_to_contain_text("年齢")
        expect(row).to_have_count(0, timeout=SOON)
        assert_good(page)


def test_a_conference_shows_and_is_cancelled_on_the_open_pages_of_who_attended(
    office: Office, browser: Browser, kyosei: Desk
) -> None:
    case = offer(kyosei, "csw")
    with office.visit(browser, "seikatsu-engo") as there:
        page, every = there.new_page(), there.new_page()
        listen(every, "/referral/conferences")
        held = hold(kyosei, case, "support-conference", "seikatsu-engo", "chiiki-kyosei")
        row = every.get_by_role("row").filter(has=every.locator(f"a[href$='{held}']"))
        expect(row).to_be_visible(timeout=SOON)
        listen(page, f"/referral/conferences/{held}")
        head = page.get_by_role("heading", level=1)
        expect(head).not_to_contain_text("取消")
        kyosei.post(f"/referral/api/conferences/{held}/cancellation", {"reason": "まちがい"})
        expect(head).to_contain_text("取消", timeout=SOON)
        expect(page.get_by_text("回数には数えません").first).to_be_visible()
        expect(row).to_contain_text("取消", timeout=SOON)
        assert_good(page)


@pytest.mark.parametrize("refused", [True, False], ids=["refused form", "open form"])
def test_what_is_being_typed_holds_back_nothing_that_may_not_be_seen(
    office: Office, browser: Browser, kyosei: Desk, *, refused: bool
) -> None:
    case, leg = severe(kyosei)
    with office.visit(browser, "csw") as there:
        page = there.new_page()
        listen(page, f"/referral/cases/{case}")
        page.get_by_text("差し戻す", exact=True).first.click()
        if refused:
            return_without_reason(page)
        main = page.get_by_role("main")
        expect(main).to_contain_text("家計の相談が必要")
        kyosei.post(f"/referral/api/referrals/{leg}/consent-withdrawn", {})
        expect(main).not_to_contain_text("家計の相談が必要", timeout=SOON)
        expect(main).not_to_contain_text("債務について", timeout=SOON)


_HIDE = """() => {
  Math.random = () => 0.9;
  Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
}"""
_SHOW = """() => {
  delete document.hidden;
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_a_tab_looks_again_that_was_hidden_while_no_tab_had_a_line(
    office: Office, browser: Browser, kyosei: Desk
) -> None:
    case = offer(kyosei, "csw")
    environment = {"TSUNAGI_VAR": str(office.folder.path)}
    with (
        office.visit(browser, "csw") as context,
        desk_of(office.url, environment, "csw") as colleague,
    ):
        [leg] = colleague.legs(case)
        page, other = context.new_page(), context.new_page()
        listen(page, f"/referral/cases/{case}")
        page.evaluate(_HIDE)
        listen(other, "/referral/inbox")
        with page.expect_response(STREAM):
            other.close(run_before_unload=False)
            colleague.post(f"/referral/api/referrals/{leg}/return", {"reason": "not-ours"})
        page.evaluate(_SHOW)
        expect(page.get_by_role("heading", level=1)).to_contain_text(
            "見られなくなりました", timeout=SOON
        )
