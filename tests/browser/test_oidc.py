"""Sign-in at the city's own provider, in a real browser against a real provider."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.embedded.folder import free_port
from tests.browser.look import assert_good
from tests.browser.office import DESKTOP
from tests.oidc_provider import OidcProvider, running_provider
from tests.processes import Process


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcProvider]:
    with running_provider() as started:
        yield started


@pytest.fixture(scope="module")
def url(provider: OidcProvider) -> Iterator[str]:
    """An installation that knows the provider."""
    with TemporaryDirectory(prefix="tsunagi-") as folder:
        environment = {"TSUNAGI_VAR": str(Path(folder) / "var")} | provider.settings()
        process = Process(["up", "--no-demo"], free_port(), environment)
        try:
            process.wait_ready()
            yield process.url
        finally:
            process.close()


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    context = browser.new_context(base_url=url, locale="ja-JP", viewport=DESKTOP)
    yield context.new_page()
    context.close()


def test_one_signs_in_at_the_provider_and_out_of_both(page: Page, provider: OidcProvider) -> None:
    page.goto("/referral/inbox")
    assert_good(page)
    page.get_by_role("link", name="庁内のアカウントでサインイン").press("Enter")
    page.get_by_role("button", name="csw").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("受付箱")
    page.goto("/account")
    assert page.get_by_text("この画面").count() == 1
    page.get_by_role("button", name="サインアウト").click()
    expect(page.get_by_role("status")).to_contain_text("庁内のサインインは続いています")
    assert_good(page)
    page.get_by_role("link", name="庁内のサインインからも出て").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("サインイン")
    assert provider.ended == ["tsunagi"]
    page.goto("/referral/inbox")
    assert "/sign-in" in page.url


def test_whoever_has_no_account_reads_whom_to_ask(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_role("link", name="庁内のアカウントでサインイン").click()
    page.get_by_role("button", name="nobody-here").click()

    expect(page.get_by_role("alert")).to_contain_text("管理者にお声がけください")
    assert_good(page)


def test_a_provider_that_is_away_leaves_the_other_door_open(
    page: Page, provider: OidcProvider
) -> None:
    provider.discovers = False
    try:
        page.goto("/sign-in/oidc")
    finally:
        provider.discovers = True

    expect(page.get_by_role("alert")).to_contain_text("いま届きません")
    assert_good(page)
    page.get_by_label("ログイン名").fill("csw")
    page.get_by_label("パスワード").fill("not-this-one")
    page.get_by_role("button", name="サインイン", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("パスワードが違います")
