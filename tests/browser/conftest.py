"""Fixtures of the browser tests: one office for the run, one browser for a module."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser

from tests.browser.office import Desk, Office, desk_of, running_office
from tests.browser.open import open_browser


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    with TemporaryDirectory(prefix="tsunagi-") as folder, running_office(Path(folder)) as opened:
        yield opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A module's own, because its event loop would stand in the way of other tests' loops."""
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def kyosei(office: Office) -> Iterator[Desk]:
    """地域共生社会課 over the machine interface."""
    with desk_of(office.url, {"TSUNAGI_VAR": str(office.folder.path)}, "chiiki-kyosei") as desk:
        yield desk
