"""Pages that listen, and cases that other desks act on meanwhile."""

import re

from playwright.sync_api import Page

from tests.browser.office import Desk
from tests.world import consultation, refer

#: Milliseconds in which another desk's act must show.
SOON = 2000
NEWS = "[data-news]"
#: The answer after which a page hears of what others do.
STREAM = re.compile("/notifications/stream")


def offer(kyosei: Desk, *to: str) -> str:
    """A new case, offered."""
    body = consultation(**refer(*to))
    case: str = kyosei.post("/intake/api/consultations", body)["case_id"]
    kyosei.legs(case)
    return case


def unread(page: Page) -> int:
    """The number in the title."""
    found = re.match(r"\((\d+)\) ", page.title())
    return int(found[1]) if found else 0


def listen(page: Page, path: str) -> None:
    """Open a page and wait until its line is open."""
    with page.expect_response(STREAM):
        page.goto(path)
