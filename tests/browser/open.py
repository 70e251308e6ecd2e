"""A real browser for the tests; without one they fail with the line that says what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Error, sync_playwright

from tests.browser.install import browser_path


class NoBrowser(AssertionError):
    """There is no browser on this machine."""


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Chromium without a window. Raises NoBrowser."""
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=browser_path(), args=["--no-sandbox"]
            )
        except Error:
            raise NoBrowser(
                "No browser here: install Chromium (apt-get install chromium fonts-noto-cjk), "
                "or name one in TSUNAGI_BROWSER."
            ) from None
        try:
            yield browser
        finally:
            browser.close()
