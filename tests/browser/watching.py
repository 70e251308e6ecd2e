"""Pages that listen, and cases that other desks act on meanwhile."""

import re

from playwright.sync_api import Page, expect

from tests.browser.office import Desk
from tests.integration.meetings import today
from tests.world import consultation, refer

#: Milliseconds in which another desk's act must show.
SOON = 2000
NEWS = "[data-news]"
#: The answer after which a page hears of what others do.
STREAM = re.compile("/notifications/stream")
_SEVERE = refer("csw") | {"topics": ["debt"], "main_topic": "debt", "urgency": "emergency"}


def offer(kyosei: Desk, *to: str) -> str:
    """A new case, offered."""
    body = consultation(**refer(*to))
    case: str = kyosei.post("/intake/api/consultations", body)["case_id"]
    kyosei.legs(case)
    return case


def severe(kyosei: Desk) -> tuple[str, str]:
    """An urgent case that 社協 CSW was asked to lead: its id, and that of its leg."""
    case = kyosei.post("/intake/api/consultations", consultation(**_SEVERE))["case_id"]
    [leg] = kyosei.legs(case)
    return case, leg


def hold(convener: Desk, case: str, kind: str, *attended: str) -> str:
    """A conference of today about a case, where nothing was decided."""
    body = {
        "kind": kind,
        "held_on": today(),
        "agencies": list(attended),
        "cases": [case],
        "decisions": [],
    }
    held: str = convener.post("/referral/api/conferences", body)["id"]
    return held


def unread(page: Page) -> int:
    """The number in the title."""
    found = re.match(r"\((\d+)\) ", page.title())
    return int(found[1]) if found else 0


def listen(page: Page, path: str) -> None:
    """Open a page and wait until its line is open."""
    with page.expect_response(STREAM):
        page.goto(path)


def return_without_reason(page: Page) -> None:
    """Send the open form of a return as it is; the page comes back with what is wrong."""
    with page.expect_response(STREAM):
        page.get_by_role("button", name="差し戻す").click()
    expect(page.get_by_role("alert")).to_be_visible()
