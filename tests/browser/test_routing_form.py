"""The plan's destinations on the form: asked for without JavaScript, usable by everybody."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.look import assert_good, nothing_from_elsewhere
from tests.browser.office import Office
from tests.browser.test_consultation_form import CHOICES, FORM

_ASK = "つなぎ先の候補を見る"
_RECORD = "この相談を記録する"
_WHY = "計画とちがう相手を選んだ理由"
_CALL_NOW = "いま電話してください"


def _write(page: Page, *topics: str, to: str = "", without: str = "") -> None:
    page.goto(FORM)
    for name, code in CHOICES.items():
        if name != without:
            page.locator(f"[name={name}][value='{code}']").check()
    for topic in topics:
        page.locator(f"[name=topics][value={topic}]").check()
    if to:
        page.locator(f"[name=to][value={to}]").check()
    page.get_by_label("つなぐ理由").fill("話し相手を探している。")
    page.get_by_label("メモ").fill("来週また来る。")


def _press(page: Page, button: str) -> int:
    with page.expect_navigation() as sent:
        page.get_by_role("button", name=button).click()
    return sent.value.status if sent.value else 0


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(request: pytest.FixtureRequest, office: Office, browser: Browser) -> Iterator[Page]:
    page = office.page(browser, "counter", scripted=request.param)
    with nothing_from_elsewhere(page.context, office.url):
        yield page


def test_candidates_come_first_and_nothing_typed_is_lost(page: Page) -> None:
    _write(page, "isolation", "care", to="hoiku")
    assert _press(page, _ASK) == 200
    tiles = page.get_by_role("group", name="つなぎ先", exact=True).get_by_role("checkbox")
    values = [tiles.nth(place).get_attribute("value") for place in range(2)]
    assert values == ["houkatsu", "csw"]
    expect(page.get_by_role("status").filter(has_text="計画では")).not_to_contain_text("主担当")
    expect(page.get_by_label("社協 CSW")).to_be_visible()
    expect(page.locator("label", has=page.locator("[name=to][value=csw]"))).to_contain_text(
        "「孤独・孤立」の担当 計画本文 60/690 行"
    )
    expect(page.locator("[name=to][value=hoiku]")).to_be_checked()
    expect(page.get_by_label("つなぐ理由")).to_have_value("話し相手を探している。")
    expect(page.get_by_label("メモ")).to_have_value("来週また来る。")
    page.locator("[name=to][value=csw]").check()
    _press(page, _ASK)
    expect(page.get_by_text("いまの選び方では、主担当の候補は社協 CSWです。")).to_be_visible()
    page.locator("[name=to][value=hoiku]").uncheck()
    assert _press(page, _RECORD) == 200
    expect(page.get_by_role("heading", name="相談を記録しました。")).to_be_visible()


def test_another_choice_asks_for_its_why_and_keeps_it(page: Page) -> None:
    _write(page, "isolation", to="hoiku")
    assert _press(page, _RECORD) == 422
    expect(page.get_by_role("alert").get_by_role("link")).to_have_text(f"{_WHY}を書いてください。")
    page.get_by_label(_WHY).fill("ご本人の希望。")
    assert _press(page, _RECORD) == 200
    expect(page.locator("dd", has_text="ご本人の希望。")).to_be_visible()


@pytest.fixture
def counter(office: Office, browser: Browser) -> Page:
    return office.page(browser, "counter")


def test_the_form_with_candidates_is_good(counter: Page) -> None:
    _write(counter, "isolation", "care")
    _press(counter, _ASK)
    expect(counter.get_by_text("計画では、次の機関が担当です")).to_be_focused()
    assert_good(counter)


def test_the_form_without_a_topic_asks_for_one_and_is_good(counter: Page) -> None:
    _write(counter)
    _press(counter, _ASK)
    expect(counter.get_by_text("選んでから、もう一度押してください。")).to_be_focused()
    assert_good(counter)


def test_the_form_with_whom_to_call_is_good(counter: Page) -> None:
    _write(counter, "dv")
    _press(counter, _ASK)
    expect(counter.get_by_role("region", name=_CALL_NOW)).to_contain_text("#8008")
    assert_good(counter)


def test_a_refused_form_with_whom_to_call_is_good(counter: Page) -> None:
    _write(counter, "dv", to="hoiku")
    assert _press(counter, _RECORD) == 422
    expect(counter.get_by_role("alert")).to_be_focused()
    expect(counter.get_by_role("region", name=_CALL_NOW)).to_contain_text("110")
    assert_good(counter)
    counter.get_by_role("alert").get_by_role("link").click()
    expect(counter.get_by_label(_WHY)).to_be_focused()


def test_what_was_recorded_says_whom_to_call_and_is_good(counter: Page) -> None:
    _write(counter, "dv", to="jinken-shomu")
    assert _press(counter, _RECORD) == 200
    panel = counter.get_by_role("region", name=_CALL_NOW)
    expect(panel.get_by_role("link", name="ケースの画面")).to_be_visible()
    assert_good(counter)


def test_what_was_recorded_twice_warns_and_is_good(counter: Page) -> None:
    for _ in range(2):
        _write(counter, "isolation", to="csw")
        assert _press(counter, _RECORD) == 200
    expect(counter.get_by_role("heading", name="条件の近い相談があります")).to_be_visible()
    assert_good(counter)


def test_enter_in_a_field_records_and_does_not_ask(counter: Page) -> None:
    _write(counter, "isolation", to="csw", without="sex")
    with counter.expect_navigation() as sent:
        counter.get_by_label("承認した人").press("Enter")
    assert sent.value is not None
    assert sent.value.status == 422
    expect(counter.get_by_role("alert").get_by_role("listitem")).to_have_text(
        ["性別を選んでください。"]
    )
