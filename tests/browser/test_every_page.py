"""Every page in every role: usable by everybody, on any screen, with nothing from elsewhere."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.look import assert_good, nothing_from_elsewhere, overflow, violations
from tests.browser.office import Office

PAGES = [
    (None, "/sign-in"),
    (None, "/no-such-page"),
    ("counter", "/"),
    ("counter", "/intake/consultations"),
    ("counter", "/intake/consultations?code=000-000-001"),
    ("counter", "/intake/consultations?from=2020-01-01&to=2020-01-02"),
    ("counter", "/intake/consultations/{consultation}"),
    ("counter", "/intake/consultations/{consultation}?new=1"),
    ("counter", "/intake/consultations/{dv}?new=1"),
    ("counter", "/intake/activities/new?saved=1"),
    ("counter", "/referral/cases"),
    ("counter", "/referral/cases/{returned}"),
    ("counter", "/metrics/indicators"),
    ("counter", "/referral/notifications?done=read"),
    ("counter", "/referral/paper?done=told"),
    ("csw", "/referral/inbox?done=return"),
    ("csw", "/referral/notifications"),
    ("csw", "/referral/cases/{waiting}"),
    ("csw", "/referral/cases/{supported}?done=accept"),
    ("seikatsu-engo", "/referral/inbox"),
    ("seikatsu-engo", "/referral/cases"),
    ("seikatsu-engo", "/intake/consultations"),
    ("seikatsu-engo", "/referral/cases/{waiting}"),
    ("manager", "/"),
    ("manager", "/metrics/indicators?fy=2024"),
    ("manager", "/metrics/indicators/welfare-consultations?by=district"),
    ("manager", "/metrics/indicators/welfare-consultations/records"),
    ("manager", "/metrics/rules?done=switched"),
    ("manager", "/intake/figures/new?saved=1"),
    ("manager", "/metrics/releases?made=1"),
    ("manager", "/metrics/flow"),
    ("counter", "/metrics/releases"),
    ("admin", "/admin/accounts?done=disabled"),
    ("admin", "/admin/tokens?done=revoked"),
    ("counter", "/account?done=password"),
    ("manager", "/account/password"),
    ("admin", "/referral/deliveries?done=again"),
    ("admin", "/referral/channels?done=saved"),
    ("admin", "/referral/voids"),
    ("admin", "/admin/audit"),
    ("admin", "/referral/audit?act=case-read"),
]

#: Forms that are sent empty, by the words of their button.
SENT_EMPTY = [
    (None, "/sign-in", "サインイン"),
    ("counter", "/intake/consultations/new", "この相談を記録する"),
    ("counter", "/intake/consultations/{consultation}", "取り消す"),
    ("counter", "/intake/activities/new", "この活動を記録する"),
    ("counter", "/referral/cases/{waiting}", "依頼を取り下げる"),
    ("counter", "/referral/cases/{returned}", "もう一度依頼する"),
    ("counter", "/referral/cases/{waiting}", "つなぐ"),
    ("csw", "/referral/cases/{waiting}", "差し戻す"),
    ("csw", "/referral/cases/{supported}", "支援を終える"),
    ("manager", "/intake/figures/new", "この値を記録する"),
    ("manager", "/metrics/releases", "何が変わるか確かめる"),
    ("admin", "/admin/accounts", "アカウントを作る"),
    ("admin", "/admin/tokens", "鍵を作る"),
    ("manager", "/account/password", "パスワードを変える"),
    ("admin", "/referral/channels", "メールを登録する"),
    ("admin", "/referral/channels", "Webhook を登録する"),
    ("admin", "/referral/voids", "さがす"),
]


@pytest.mark.parametrize(("login", "path"), PAGES)
def test_a_page_is_good(office: Office, browser: Browser, login: str | None, path: str) -> None:
    page = office.page(browser, login)
    with nothing_from_elsewhere(page.context, office.url):
        page.goto(office.path(path))
        assert_good(page)


def _send_empty(page: Page, button: str) -> int:
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    with page.expect_navigation() as sent:
        page.get_by_role("button", name=button, exact=True).first.click()
    return sent.value.status if sent.value else 0


@pytest.mark.parametrize(("login", "path", "button"), SENT_EMPTY)
def test_a_refused_form_is_good_and_says_what_it_needs(
    office: Office, browser: Browser, login: str | None, path: str, button: str
) -> None:
    page = office.page(browser, login)
    with nothing_from_elsewhere(page.context, office.url):
        page.goto(office.path(path))
        status = _send_empty(page, button)

        assert status == (401 if login is None else 422)
        assert page.title().startswith("入力をご確認ください｜")
        assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
        links = page.get_by_role("alert").get_by_role("link")
        assert links.count() > 0 or login is None
        for index in range(links.count()):
            links.nth(index).click()
            target = (links.nth(index).get_attribute("href") or "").removeprefix("#")
            assert page.evaluate("document.activeElement.id") == target
        assert_good(page)


def test_the_indicator_tables_fit_on_a4_landscape(office: Office, browser: Browser) -> None:
    a4_without_margins = {"width": 1031, "height": 703}
    with office.visit(browser, "manager", viewport=a4_without_margins) as context:
        page = context.new_page()
        page.goto("/metrics/indicators?fy=2024")
        page.emulate_media(media="print")

        assert overflow(page) <= 0
        assert page.get_by_role("navigation").count() == 0
        head = page.locator("thead").first
        assert head.evaluate("one => getComputedStyle(one).display") == "table-header-group"


def test_the_checks_notice_what_is_wrong(office: Office, browser: Browser) -> None:
    with office.visit(browser, None) as context:
        page = context.new_page()
        page.goto("/sign-in")
        page.evaluate("document.querySelector('label').remove()")
        page.evaluate("document.querySelector('h1').textContent = 'x'.repeat(400)")
        page.evaluate("document.querySelector('h1').className = 'whole'")

        assert overflow(page) > 0
        assert any(found.startswith("label:") for found in violations(page))
