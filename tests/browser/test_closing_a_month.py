"""A manager closes a month: sees what changes, makes it, and is told what a correction needs."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from shared.japanese_time import JST
from tests.browser.look import assert_good, nothing_from_elsewhere
from tests.browser.office import DESKTOP, Office


def _last_month() -> str:
    first = datetime.now(UTC).astimezone(JST).date().replace(day=1)
    return f"{first - timedelta(days=1):%Y-%m}"


def _ask(page: Page, button: str) -> None:
    page.get_by_label("公表する期間").select_option(_last_month())
    page.get_by_role("button", name=button).click()


@pytest.mark.timeout(120)
def test_a_month_is_closed_and_corrected(office: Office, browser: Browser) -> None:
    with (
        office.visit(browser, "manager") as context,
        nothing_from_elsewhere(context, office.url),
    ):
        page = context.new_page()
        page.goto("/metrics/releases")
        _ask(page, "何が変わるか確かめる")
        preview = page.get_by_role("heading", name="第1版で公表します")
        expect(preview).to_be_visible()
        assert_good(page)
        page.set_viewport_size(DESKTOP)
        page.get_by_role("button", name="この内容で公表する").click()
        expect(page.get_by_role("status")).to_contain_text("第1版を公表しました")
        assert_good(page)
        _ask(page, "何が変わるか確かめる")
        expect(page.get_by_role("alert")).to_contain_text("訂正として公表する理由")
        expect(page.get_by_label("公表する期間")).to_have_value(_last_month())
        assert_good(page)
        page.get_by_label("理由").fill("記録の誤りを直したため")
        page.get_by_role("button", name="何が変わるか確かめる").click()
        expect(page.get_by_text("変わる数はありません")).to_be_visible()
        page.get_by_role("button", name="この内容で公表する").click()
        expect(page.get_by_role("row", name="第2版")).to_contain_text("訂正")
