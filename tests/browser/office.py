"""An office for the browser tests: one running installation with a little work in it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from deploy.embedded.folder import Folder, free_port
from deploy.first_accounts import password_of
from tests.processes import Process, tsunagi
from tests.world import consultation, refer

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
#: Seconds for which a session is used again; unused for half an hour, it has ended.
_KEPT = 20 * 60
PHONE: ViewportSize = {"width": 390, "height": 844}


@dataclass
class Office:
    """Where it is, how people sign in, and the records that the tests may look at."""

    url: str
    folder: Folder
    records: dict[str, str] = field(default_factory=dict)
    _sessions: dict[str, tuple[float, Any]] = field(default_factory=dict)
    _pages: dict[tuple[Browser, str | None, bool], tuple[float, Page]] = field(default_factory=dict)

    def password(self, login: str) -> str:
        """The first password of this account."""
        return password_of(self.folder, login)

    def path(self, pattern: str) -> str:
        """A path with the records' ids in it."""
        return pattern.format(**self.records)

    @contextmanager
    def visit(self, browser: Browser, login: str | None, **more: Any) -> Iterator[BrowserContext]:
        """A browser's context, signed in once for the whole run as `login`."""
        context = self._context(browser, login, **more)
        try:
            yield context
        finally:
            context.close()

    def page(self, browser: Browser, login: str | None, *, scripted: bool = True) -> Page:
        """This person's one page, kept while the browser runs: to start a page costs a second."""
        key = browser, login, scripted
        used, page = self._pages.get(key, (0.0, None))
        if page is None or time.monotonic() > used + _KEPT:
            page = self._context(browser, login, java_script_enabled=scripted).new_page()
        self._pages[key] = time.monotonic(), page
        page.set_viewport_size(DESKTOP)
        return page

    def _context(self, browser: Browser, login: str | None, **more: Any) -> BrowserContext:
        state = None if login is None else self._session(browser, login)
        return browser.new_context(
            base_url=self.url,
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            storage_state=state,
            **{"viewport": DESKTOP} | more,
        )

    def _session(self, browser: Browser, login: str) -> Any:
        made, state = self._sessions.get(login, (0.0, None))
        if state is None or time.monotonic() > made + _KEPT:
            made, state = time.monotonic(), self._sign_in(browser, login)
        self._sessions[login] = made, state
        return state

    def _sign_in(self, browser: Browser, login: str) -> Any:
        context = browser.new_context(base_url=self.url)
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("ログイン名").fill(login)
        page.get_by_label("パスワード").fill(self.password(login))
        page.get_by_role("button", name="サインイン").click()
        page.get_by_role("button", name="サインアウト").wait_for()
        state = context.storage_state()
        context.close()
        return state


class Desk:
    """Calls of one agency over the machine interface."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The JSON of a successful POST."""
        answer = self._client.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def legs(self, case_id: str) -> list[str]:
        """The ids of the case's legs, once the referral service has opened it."""
        for _ in range(100):
            answer = self._client.get(f"/referral/api/cases/{case_id}")
            if answer.is_success and answer.json()["legs"]:
                return [leg["id"] for leg in answer.json()["legs"]]
            time.sleep(0.05)
        raise AssertionError(f"case {case_id} did not open")


@contextmanager
def desk_of(url: str, environment: dict[str, str], agency: str) -> Iterator[Desk]:
    """An agency over the machine interface, with a token of its own."""
    token = tsunagi(environment, "token", "create", "--role", "agency", "--agency", agency)
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=url, headers=headers, trust_env=False) as client:
        yield Desk(client)


def _fill(kyosei: Desk, csw: Desk) -> dict[str, str]:
    """Cases that wait, that are supported, that were returned, and one that came to 共生課."""
    path = "/intake/api/consultations"
    waiting = kyosei.post(path, consultation(memo="窓口の控え", **refer("csw")))
    supported = kyosei.post(path, consultation(**refer("csw", "houkatsu")))
    returned = kyosei.post(path, consultation(topics=["dv"], main_topic="dv", **refer("csw")))
    arrived = csw.post(path, consultation(**refer("chiiki-kyosei")))
    on_paper = kyosei.post(path, consultation(**refer("hello-work")))
    leg = csw.legs(supported["case_id"])[0]
    csw.post(f"/referral/api/referrals/{leg}/accept", {})
    leg = csw.legs(returned["case_id"])[0]
    csw.post(f"/referral/api/referrals/{leg}/return", {"reason": "not-ours"})
    proposed = kyosei.post(path, consultation(**refer("csw")))
    leg = csw.legs(proposed["case_id"])[0]
    answer = {"reason": "no-capacity", "suggest": "houkatsu"}
    csw.post(f"/referral/api/referrals/{leg}/return", answer)
    kyosei.legs(waiting["case_id"])
    kyosei.legs(arrived["case_id"])
    met, scored = (
        kyosei.post(path, consultation(**refer("kodomo-katei")))["case_id"] for _ in range(2)
    )
    ended = kyosei.post(path, consultation(**refer("csw", lead=None)))["case_id"]
    for case in (met, scored):
        kyosei.legs(case)
    [side] = csw.legs(ended)
    csw.post(f"/referral/api/referrals/{side}/accept", {})
    end = {"outcome": "resolved", "ended_by": "person"}
    csw.post(f"/referral/api/referrals/{side}/close", end)
    kyosei.legs(on_paper["case_id"])
    return {
        "met": met,
        "ended": ended,
        "scored": scored,
        "waiting": waiting["case_id"],
        "supported": supported["case_id"],
        "returned": returned["case_id"],
        "arrived": arrived["case_id"],
        "proposed": proposed["case_id"],
        "on_paper": on_paper["case_id"],
        "consultation": waiting["id"],
        "dv": returned["id"],
    }


@contextmanager
def empty_office(var: Path) -> Iterator[Office]:
    """`tsunagi up` with its data in `var`, and no record yet."""
    process = Process(["up", "--no-demo"], free_port(), {"TSUNAGI_VAR": str(var)})
    try:
        process.wait_ready()
        yield Office(process.url, Folder(var))
    finally:
        process.close()


@contextmanager
def running_office(var: Path) -> Iterator[Office]:
    """An office with a little work in it."""
    environment = {"TSUNAGI_VAR": str(var)}
    with (
        empty_office(var) as office,
        desk_of(office.url, environment, "chiiki-kyosei") as kyosei,
        desk_of(office.url, environment, "csw") as csw,
    ):
        office.records = _fill(kyosei, csw)
        yield office
