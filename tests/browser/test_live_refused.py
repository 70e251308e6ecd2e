"""A page with a refused form has the address that was posted to; it still looks at its own."""

from playwright.sync_api import Browser, expect

from tests.browser.look import assert_good
from tests.browser.office import Desk, Office, desk_of
from tests.browser.watching import SOON, STREAM, hold, listen, severe


def test_refused_forms_of_meetings_and_plans_show_nothing_more_once_consent_is_withdrawn(
    office: Office, browser: Browser, kyosei: Desk
) -> None:
    case, leg = severe(kyosei)
    environment = {"TSUNAGI_VAR": str(office.folder.path)}
    with office.visit(browser, "csw") as there:
        with desk_of(office.url, environment, "csw") as csw:
            csw.post(f"/referral/api/referrals/{leg}/accept", {})
            held = hold(csw, case, "integrated-conference", "csw", "chiiki-kyosei")
        sheet, plan = there.new_page(), there.new_page()
        listen(sheet, f"/referral/conferences/{held}")
        sheet.get_by_text("この記録を取り消す").click()
        with sheet.expect_response(STREAM):
            sheet.get_by_role("button", name="記録を取り消す").click()
        listen(plan, f"/referral/cases/{case}/plan")
        with plan.expect_response(STREAM):
            plan.get_by_role("button", name="案を記録する").click()
        for page in (sheet, plan):
            expect(page.get_by_role("alert")).to_be_visible()
            expect(page.get_by_role("main")).to_contain_text("債務")
        reason = sheet.get_by_label("理由", exact=False)
        reason.fill("入力の途中")
        kyosei.post(f"/referral/api/referrals/{leg}/consent-withdrawn", {})
        for page in (sheet, plan):
            expect(page.get_by_role("main")).not_to_contain_text("債務", timeout=SOON)
            assert_good(page)
        expect(reason).to_be_visible()
        expect(reason).to_have_value("入力の途中")
