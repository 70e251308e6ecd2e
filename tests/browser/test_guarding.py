"""What the guard found is shown in place, to whoever typed it, and nothing typed is lost."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.look import assert_good
from tests.browser.office import Office
from tests.browser.test_consultation_form import FORM, _fill, _send

_CONFIRM = "名前ではありません。このまま記録する"


def _write(page: Page, memo: str) -> None:
    page.goto(FORM)
    _fill(page)
    page.get_by_label("メモ").fill(memo)


def test_a_telephone_number_is_marked_and_cannot_be_confirmed(
    office: Office, browser: Browser
) -> None:
    page = office.page(browser, "counter")
    _write(page, "家賃の相談。\n折り返しは０９０−１２３４−５６７８へ。")
    assert _send(page) == 422
    expect(page.locator("mark")).to_have_text("０９０−１２３４−５６７８")
    expect(page.get_by_label("メモ")).to_have_attribute(
        "aria-describedby", "memo-hint memo-fault memo-found"
    )
    expect(page.get_by_role("button", name=_CONFIRM)).to_have_count(0)
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page.get_by_label("メモ")).to_be_focused()
    assert_good(page)


def test_a_likely_name_can_be_confirmed_with_one_press(office: Office, browser: Browser) -> None:
    page = office.page(browser, "counter")
    _write(page, "長男の翔太と来所。")
    assert _send(page) == 422
    expect(page.locator("mark")).to_have_text("翔太")
    assert_good(page)
    page.get_by_role("button", name=_CONFIRM).click()
    expect(page.get_by_role("status")).to_contain_text("相談を記録しました。")
    expect(page.get_by_text("長男の翔太と来所。")).to_be_visible()


def test_a_colleague_in_a_memo_is_only_mentioned(office: Office, browser: Browser) -> None:
    page = office.page(browser, "counter")
    _write(page, "社協の佐藤CSWに引き継いだ。")
    _send(page)
    expect(page.get_by_text("職員の名前のようです。")).to_be_visible()
    assert_good(page)
