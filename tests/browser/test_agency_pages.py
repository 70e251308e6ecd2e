"""Inbox, board, takeover and pause: good in every state, and done with the keyboard alone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.look import assert_good, nothing_from_elsewhere
from tests.browser.office import Office

PAGES = [
    ("csw", "/referral/inbox?part=waiting&urgency=normal"),
    ("csw", "/referral/inbox?topic=debt&mine=1"),
    ("csw", "/referral/cases?state=open"),
    ("csw", "/referral/cases?state=ended"),
    ("csw", "/referral/reassign"),
    ("csw", "/referral/pauses"),
    ("counter", "/referral/board"),
    ("counter", "/referral/board?part=terms"),
    ("counter", "/referral/pauses"),
    ("admin", "/referral/agencies"),
]

#: Forms that are sent empty, by the words of their button.
SENT_EMPTY = [
    ("csw", "/referral/inbox", "番号でさがす"),
    ("csw", "/referral/pauses", "受け入れを止める"),
    ("admin", "/referral/agencies", "引き継ぐ"),
]


@pytest.mark.parametrize(("login", "path"), PAGES)
def test_a_page_is_good(office: Office, browser: Browser, login: str, path: str) -> None:
    page = office.page(browser, login)
    with nothing_from_elsewhere(page.context, office.url):
        page.goto(path)
        assert_good(page)


@pytest.mark.parametrize(("login", "path", "button"), SENT_EMPTY)
def test_a_refused_form_is_good(
    office: Office, browser: Browser, login: str, path: str, button: str
) -> None:
    page = office.page(browser, login)
    page.goto(path)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    with page.expect_navigation() as sent:
        page.get_by_role("button", name=button, exact=True).first.click()
    assert sent.value.status == 422
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert_good(page)


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            return
    raise AssertionError(f"Tab does not come to {selector}")


def _pick(page: Page, name: str, code: str) -> None:
    """Come to a list of choices and walk down to one of them."""
    _tab_to(page, f"[name={name}]")
    for _ in range(40):
        if page.evaluate("document.activeElement.value") == code:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{code} is not among {name}")


@pytest.mark.parametrize("scripted", [True, False])
def test_the_inbox_is_narrowed_with_the_keyboard(
    office: Office, browser: Browser, scripted: bool
) -> None:
    page = office.page(browser, "csw", scripted=scripted)
    page.goto("/referral/inbox")
    if scripted:
        _tab_to(page, "details.narrow > summary")
        page.keyboard.press("Enter")
        _pick(page, "part", "working")
        _tab_to(page, "details.narrow button")
        page.keyboard.press("Enter")
    else:
        page.locator("summary", has_text="しぼりこむ").click()
        page.get_by_label("状況").select_option("working")
        page.get_by_role("button", name="しぼりこむ").click()
    expect(page).to_have_url(re.compile("part=working"))
    expect(page.get_by_role("heading", name="支援しているもの")).to_be_visible()
    expect(page.get_by_role("heading", name="お返事を待っているもの")).to_have_count(0)
    page.get_by_role("link", name="条件を消す").click()
    expect(page.get_by_role("heading", name="お返事を待っているもの")).to_be_visible()


def test_a_code_that_somebody_carries_finds_its_leg(office: Office, browser: Browser) -> None:
    page = office.page(browser, "counter")
    page.goto(office.path("/intake/consultations/{consultation}"))
    code = page.locator("dd strong").inner_text()
    page = office.page(browser, "csw")
    page.goto("/referral/inbox")
    page.locator("summary", has_text="つなぎ番号でさがす").click()
    page.locator("#find-code").fill(code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="開く")).to_have_count(1)
    assert code not in page.url
    assert_good(page)


def test_a_pause_is_set_and_ended(office: Office, browser: Browser) -> None:
    page = office.page(browser, "seikatsu-engo")
    page.goto("/referral/inbox")
    page.get_by_role("link", name="受け入れの停止").click()
    _pick(page, "substitute", "houkatsu")
    _tab_to(page, "[name=reason]")
    page.keyboard.type("training")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("受け入れを止めました。")
    expect(page.get_by_text("停止中", exact=True)).to_be_visible()
    assert_good(page)
    page = office.page(browser, "csw")
    page.goto(office.path("/referral/cases/{supported}"))
    page.get_by_text("ほかの機関に引き継ぐ").first.click()
    option = page.locator("option[value=seikatsu-engo]").first
    expect(option).to_have_text("生活援護課（受け入れ停止中。地域包括支援センターに届きます）")
    page = office.page(browser, "seikatsu-engo")
    page.goto("/referral/pauses")
    page.get_by_role("button", name="受け入れを再開する").click()
    expect(page.get_by_role("status")).to_contain_text("受け入れを再開しました。")
    expect(page.get_by_text("受け入れを止めている機関はありません。")).to_be_visible()


def test_one_persons_legs_go_to_a_colleague(office: Office, browser: Browser) -> None:
    page = office.page(browser, "csw")
    page.goto(office.path("/referral/cases/{supported}"))
    page.get_by_text("担当する人を決める").first.click()
    page.get_by_label("担当する人").first.select_option(label="担当")
    page.get_by_role("button", name="担当にする").first.click()
    page.goto("/referral/inbox?mine=1")
    expect(page.get_by_role("link", name="開く")).to_have_count(1)
    page.get_by_role("link", name="担当の引き継ぎ").click()
    expect(page.get_by_role("row", name="担当 1件")).to_be_visible()
    assert_good(page)
    page.get_by_role("button", name="まとめて引き継ぐ").click()
    expect(page.get_by_role("alert").get_by_role("listitem")).to_have_text(
        ["担当を離れる人を選んでください。", "引き継ぐ人を選んでください。"]
    )
    assert_good(page)


def test_an_agency_is_followed_by_another(office: Office, browser: Browser) -> None:
    page = office.page(browser, "admin")
    page.goto("/referral/agencies")
    _pick(page, "agency", "doro-seibi")
    _pick(page, "to", "kaihatsu-kenchiku")
    _tab_to(page, "[name=reason]")
    page.keyboard.type("reorganised in April")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("引き継ぎを始めました。")
    expect(page.get_by_role("row", name="道路整備課")).to_contain_text("ありません")
    assert_good(page)


def test_the_sender_goes_on_with_the_proposed_agency(office: Office, browser: Browser) -> None:
    page = office.page(browser, "counter")
    page.goto(office.path("/referral/cases/{proposed}"))
    form = page.locator("form", has=page.get_by_role("button", name="につなぐ"))
    expect(form.get_by_label("つなぐ理由")).to_have_value("家計の相談が必要")
    assert_good(page)
    expect(page.locator("ol.timeline > li")).to_have_count(3)
    expect(page.locator("ol.timeline > li").last).to_contain_text("地域包括支援センターを提案")
