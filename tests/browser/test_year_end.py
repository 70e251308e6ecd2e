"""The page of a year's end, before and after the year was closed."""

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser

from deploy.embedded.servers import environment_of
from shared.plan import Plan
from shared.settings import load_settings
from tests.browser.look import assert_good, nothing_from_elsewhere
from tests.browser.office import Office, empty_office
from tests.feed.samples import first, publish

_OPEN, _CLOSED = "/metrics/year-end?fy=2024", "/metrics/year-end?fy=2025"


@pytest.fixture(scope="module")
def closed_office(plan: Plan) -> Iterator[Office]:
    """An office of its own, because releases cannot be taken back: 2025 is closed, 2024 is not."""
    with TemporaryDirectory(prefix="tsunagi-") as folder, empty_office(Path(folder)) as opened:
        settings = load_settings(environment_of(opened.folder))
        asyncio.run(publish(settings, first(plan)))
        yield opened


@pytest.mark.parametrize("path", [_OPEN, _CLOSED])
def test_the_page_is_good(closed_office: Office, browser: Browser, path: str) -> None:
    with (
        closed_office.visit(browser, "manager") as context,
        nothing_from_elsewhere(context, closed_office.url),
    ):
        page = context.new_page()
        page.goto(path)
        assert_good(page)


def test_a_manager_takes_the_files_with_the_keyboard(
    closed_office: Office, browser: Browser
) -> None:
    page = closed_office.page(browser, "manager")
    page.goto(_CLOSED)
    taken = []
    for link in page.get_by_role("main").get_by_role("listitem").get_by_role("link").all():
        link.focus()
        with page.expect_download() as waiting:
            page.keyboard.press("Enter")
        download = waiting.value
        content = download.path().read_bytes()
        taken.append((download.suggested_filename, hashlib.sha256(content).hexdigest()))
    assert [name for name, _ in taken] == [
        "progress-2025-release-1.xlsx",
        "summary-2025-release-1.pdf",
        "indicators-112275-release-1.csv",
    ]
    assert len({digest for _, digest in taken}) == 3
