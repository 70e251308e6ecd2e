"""The consultation form at a busy counter: by keyboard, without JavaScript, never losing a word."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.office import Office

FORM = "/intake/consultations/new"
#: Radio groups that have no first choice.
CHOICES = {
    "caller": "self",
    "age_band": "40s",
    "sex": "female",
    "district": "east",
    "household": "single",
    "response": "refer",
    "basis": "consent",
    "mode": "phone",
}
_TYPED = """() => [...new FormData(document.querySelector('main form'))]
  .filter(([name]) => name !== 'form_key')"""


def _fill(page: Page, *, without: str = "") -> None:
    for name, code in CHOICES.items():
        if name != without:
            page.locator(f"[name={name}][value='{code}']").check()
    for topic in ("isolation", "debt"):
        page.locator(f"[name=topics][value={topic}]").check()
    page.locator("[name=main_topic]").select_option("debt")
    page.locator("[name=to][value=csw]").check()
    page.locator("[name=to][value=houkatsu]").check()
    page.locator("[name=repeat]").check()
    page.get_by_label("メモ").fill("仕事が続かないとのお話。\n次は来週。")
    page.get_by_label("計画とちがう相手を選んだ理由").fill("ご本人の希望。")
    page.get_by_label("承認した人").fill("課長")
    page.get_by_label("つなぐ理由").fill("話し相手を探している。")


def _send(page: Page) -> int:
    with page.expect_navigation() as sent:
        page.get_by_role("button", name="この相談を記録する").click()
    return sent.value.status if sent.value else 0


def test_a_refused_form_keeps_everything_typed(office: Office, browser: Browser) -> None:
    page = office.page(browser, "counter")
    page.goto(FORM)
    _fill(page, without="sex")
    typed = page.evaluate(_TYPED)

    assert _send(page) == 422
    assert sorted(page.evaluate(_TYPED)) == sorted(typed)  # destinations are put in order
    expect(page.get_by_role("alert").get_by_role("listitem")).to_have_text(
        ["性別を選んでください。"]
    )

    page.locator("[name=sex][value=female]").check()
    _send(page)
    expect(page.get_by_role("status")).to_contain_text("相談を記録しました。")
    expect(page.locator("dd.written")).to_contain_text("次は来週。")


def test_a_double_click_is_one_consultation(office: Office, browser: Browser) -> None:
    with office.visit(browser, "counter") as context:
        page = context.new_page()
        page.goto(FORM)
        _fill(page)
        sent = page.evaluate("() => `${new URLSearchParams(new FormData(document.forms[1]))}`")
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answers = [
            context.request.post(FORM, data=sent, headers=kind, max_redirects=0) for _ in range(2)
        ]

        assert [answer.status for answer in answers] == [303, 303]
        assert answers[0].headers["location"] == answers[1].headers["location"]


def test_works_without_javascript(office: Office, browser: Browser) -> None:
    page = office.page(browser, "counter", scripted=False)
    page.goto(FORM)
    _fill(page)
    page.get_by_role("button", name="この相談を記録する").click()

    expect(page).to_have_title("相談を記録しました｜相談の記録 | つなぎ")
    expect(page.locator(".code-given")).to_have_text(page.locator("dd strong").inner_text())


def _tab_to(page: Page, selector: str) -> int:
    """Press Tab until the field has the focus; how often that was."""
    for pressed in range(1, 15):
        page.keyboard.press("Tab")
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            return pressed
    raise AssertionError(f"Tab does not come to {selector}")


def _choose(page: Page, name: str, *, down: int = 0) -> int:
    """Come to a radio group, and take its first choice or one further down."""
    pressed = _tab_to(page, f"[name={name}]")
    page.keyboard.press("Space")
    for _ in range(down):
        page.keyboard.press("ArrowDown")
    return pressed


def test_can_be_written_with_the_keyboard_alone(office: Office, browser: Browser) -> None:
    page = office.page(browser, "counter")
    page.goto(FORM)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    names = ("caller", "age_band", "sex", "district", "household")
    tabs = sum(_choose(page, name) for name in names)
    tabs += _tab_to(page, "a.onward")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main_topic"
    page.keyboard.press("ArrowDown")
    tabs += _tab_to(page, "#memo")
    page.keyboard.type("memo by hand")
    tabs += _choose(page, "response", down=6)
    tabs += _tab_to(page, "[name=show]")
    page.keyboard.press("Enter")
    expect(page.get_by_text("計画では、次の機関が担当です")).to_be_focused()
    tabs += _tab_to(page, "[name=to]")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "override"
    tabs += _tab_to(page, "#refer_reason")
    page.keyboard.type("someone to talk to")
    tabs += _choose(page, "basis") + _choose(page, "mode")
    tabs += _tab_to(page, "main form button")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("相談を記録しました。")
    expect(page.locator(".code-given")).to_be_visible()
    assert tabs < 40


def test_what_only_a_referral_needs_is_out_of_the_way(office: Office, browser: Browser) -> None:
    page = office.page(browser, "counter")
    page.goto(FORM)
    expect(page.get_by_label("つなぐ理由")).to_be_hidden()
    page.locator("[name=response][value=refer]").check()
    expect(page.get_by_label("つなぐ理由")).to_be_visible()
