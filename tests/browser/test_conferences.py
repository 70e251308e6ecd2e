"""A conference on the pages: choose the agenda, write down what was decided, print the sheet."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.look import assert_good, nothing_from_elsewhere, overflow
from tests.browser.office import Office
from tests.integration.meetings import in_days, today


def _case(page: Page, office: Office, name: str) -> None:
    page.locator(f"input[name=cases][value='{office.records[name]}']").check()


def _choose_agenda(page: Page, office: Office, kind: str, *cases: str) -> None:
    page.goto("/referral/conferences/new")
    page.get_by_role("group", name="会議の種類").get_by_label(kind, exact=True).check()
    page.get_by_label("会議の日").fill(today())
    for case in cases:
        _case(page, office, case)
    agencies = page.get_by_role("group", name="参加した機関")
    agencies.get_by_label("こども家庭課").check()
    agencies.get_by_label("社協 CSW").check()
    page.get_by_role("button", name="次へ").click()


def test_a_conference_is_held_and_its_sheet_fits_on_a4(office: Office, browser: Browser) -> None:
    with office.visit(browser, "counter") as context, nothing_from_elsewhere(context, office.url):
        page = context.new_page()
        page.goto("/referral/conferences")
        expect(page.get_by_role("link", name="会議", exact=True)).to_have_attribute(
            "aria-current", "page"
        )
        assert_good(page)
        _choose_agenda(page, office, "支援会議", "met")
        assert_good(page)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.get_by_label("主担当").select_option("kodomo-katei")
        page.get_by_label("話し合ったこと").fill(
            "家計と子どもの居場所を、二つの機関で見る。\n次は来月。"
        )
        page.get_by_role("button", name="この会議を記録する").click()

        expect(page.get_by_role("status")).to_contain_text("会議を記録しました。")
        expect(page.get_by_text("主担当の決定：こども家庭課")).to_be_visible()
        assert_good(page)
        page.set_viewport_size({"width": 680, "height": 1009})
        page.emulate_media(media="print")
        assert overflow(page) <= 0
        expect(page.get_by_role("navigation")).to_have_count(0)
        expect(page.get_by_text("この記録を取り消す")).to_be_hidden()
        expect(page.get_by_text("次は来月。")).to_be_visible()

        page.emulate_media(media="screen")
        page.goto(office.path("/referral/cases/{met}"))
        holder = page.locator("dt:text-is('主担当') + dd")
        expect(holder).to_contain_text("こども家庭課")
        expect(page.get_by_role("heading", name="会議")).to_be_visible()
        assert_good(page)


def test_a_refused_decision_comes_back_with_everything_typed(
    office: Office, browser: Browser
) -> None:
    page = office.page(browser, "counter")
    _choose_agenda(page, office, "重層的支援会議", "ended")
    page.get_by_role("group", name="終わり方").get_by_label("終結").check()
    page.get_by_label("話し合ったこと").fill("終わりについて")
    page.get_by_role("button", name="この会議を記録する").click()

    expect(page.get_by_role("alert")).to_contain_text("結果を選んでください。")
    expect(page.get_by_label("話し合ったこと")).to_have_value("終わりについて")
    expect(page.get_by_role("group", name="終わり方").get_by_label("終結")).to_be_checked()
    page.get_by_role("link", name="結果を選んでください。").click()
    assert page.evaluate("document.activeElement.id") == "outcome-0"
    assert_good(page)


def test_the_agenda_is_chosen_anew_and_what_was_written_stays(
    office: Office, browser: Browser
) -> None:
    page = office.page(browser, "counter")
    _choose_agenda(page, office, "支援会議", "met", "ended")
    place = page.locator(f"input[name=cases][value='{office.records['ended']}']")
    leads = page.get_by_label("主担当")
    order = page.locator("main form > input[name=cases]").evaluate_all(
        "found => found.map(one => one.value)"
    )
    leads.nth(order.index(office.records["ended"])).select_option("kodomo-katei")
    page.get_by_label("話し合ったこと").fill("居場所から始める。")
    page.get_by_role("button", name="話し合ったことを選び直す").click()

    expect(page.get_by_label("話し合ったこと")).to_have_value("居場所から始める。")
    expect(place).to_be_checked()
    assert_good(page)
    page.locator(f"input[name=cases][value='{office.records['met']}']").uncheck()
    page.get_by_role("button", name="次へ").click()
    expect(page.get_by_label("話し合ったこと")).to_have_value("居場所から始める。")
    expect(leads).to_have_count(1)
    expect(leads).to_have_value("kodomo-katei")
    assert_good(page)


def test_an_agenda_without_cases_or_agencies_says_so(office: Office, browser: Browser) -> None:
    page = office.page(browser, "counter")
    page.goto("/referral/conferences/new")
    page.get_by_role("button", name="次へ").click()
    alert = page.get_by_role("alert")
    for words in ("会議の種類を選んで", "話し合ったケースを選んで", "参加した機関を選んで"):
        expect(alert).to_contain_text(words)
    assert_good(page)


def test_a_plan_is_written_decided_and_scored(office: Office, browser: Browser) -> None:
    page = office.page(browser, "counter")
    with nothing_from_elsewhere(page.context, office.url):
        page.goto(office.path("/referral/cases/{scored}/plan"))
        page.get_by_role("button", name="案を記録する").click()
        expect(page.get_by_role("alert")).to_contain_text("目標1を書いてください。")
        assert_good(page)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.get_by_label("目標1必須").fill("家計の見通しを立てる")
        page.get_by_label("目標1の機関1").select_option("chiiki-kyosei")
        page.get_by_label("目標1の役割1").fill("月に一度、家計簿を一緒に見る")
        page.get_by_label("評価する日").fill(in_days(90))
        page.get_by_role("button", name="案を記録する").click()
        expect(page.get_by_role("status")).to_contain_text("案を書きました。")
        page.get_by_role("button", name="この案を支援プランに決める").click()
        expect(page.get_by_role("status")).to_contain_text("支援プランに決めました。")

        page.get_by_text("目標を評価する").click()
        page.get_by_role("button", name="評価を記録する").click()
        expect(page.get_by_role("alert")).to_contain_text("目標1の評価を選んでください。")
        page.get_by_role("group", name="目標1の評価").get_by_label("一部達成").check()
        page.get_by_role("button", name="評価を記録する").click()
        expect(page.get_by_role("status")).to_contain_text("評価を記録しました。")
        expect(page.get_by_role("cell", name="一部達成")).to_be_visible()
        assert_good(page)


@pytest.mark.parametrize("login", ["csw", "seikatsu-engo"])
def test_an_agency_without_cases_to_lead_is_told_so(
    office: Office, browser: Browser, login: str
) -> None:
    page = office.page(browser, login)
    page.goto("/referral/conferences/new")
    assert_good(page)
