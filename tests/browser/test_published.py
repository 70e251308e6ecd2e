"""The public pages in each state: good for everybody, on a phone, and on A4 landscape."""

import asyncio
import io
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from deploy.embedded.servers import environment_of
from services.metrics.domain.published import Published
from shared.plan import Plan
from shared.settings import Settings, load_settings
from tests.browser.look import assert_good, nothing_from_elsewhere, overflow
from tests.browser.office import Office, empty_office
from tests.dashboard.years import city_release
from tests.feed.samples import publish, sample

#: What a release may be: its number, and the words that its pages must have.
STATES = {1: "確定", 2: "速報", 3: "訂正しました", 4: "確定"}
_INDICATOR = "/indicators/"
#: Pages by release: every kind of page, and every kind of chart.
PAGES = (
    (1, ""),
    (2, ""),
    (2, "/paper"),
    (2, _INDICATOR + "csw-consultations"),
    (2, _INDICATOR + "dementia-supporters"),
    (2, _INDICATOR + "integrated-support-system"),
    (2, _INDICATOR + "public-assistance-rate"),
    (3, ""),
    (3, "/handoffs"),
    (3, _INDICATOR + "hardship-support"),
    (4, ""),
    (4, _INDICATOR + "donations"),
)
_NARROW = 320


def _releases(plan: Plan) -> list[Published]:
    """A closed year; a month; the same once more with masked and revised cells; ten years."""
    revised = {"status": "revised", "reason": "締めの後に相談の取消しが届きました。"}
    return [
        city_release(plan, date(2026, 3, 31)),
        city_release(plan, date(2026, 10, 31), number=2, previous=1, status="provisional"),
        sample(plan, number=3, previous=2, **revised),
        city_release(plan, date(2035, 3, 31), number=4, previous=3),
    ]


@pytest.fixture(scope="module")
def city(browser: Browser, plan: Plan) -> Iterator[Office]:
    """An installation of its own, looked at before anything was published, then with releases."""
    with TemporaryDirectory(prefix="tsunagi-") as name, empty_office(Path(name)) as office:
        page = office.page(browser, None)
        page.goto("/metrics/")
        assert "まだありません" in page.locator("main").inner_text()
        assert_good(page)
        _publish(load_settings(environment_of(office.folder)), _releases(plan))
        yield office


def _publish(settings: Settings, documents: list[Published]) -> None:
    """In a thread: the browser's event loop stands in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, publish(settings, *documents)).result()


@pytest.mark.parametrize(("number", "path"), PAGES)
def test_a_published_page_is_good(city: Office, browser: Browser, number: int, path: str) -> None:
    page = city.page(browser, None)
    with nothing_from_elsewhere(page.context, city.url):
        page.goto(f"/metrics/releases/{number}{path}")
        assert STATES[number] in page.locator("main").inner_text()
        assert_good(page)
        page.set_viewport_size({"width": _NARROW, "height": 700})
        assert overflow(page) <= 0


def _lines_of_paper(page: Page) -> list[str]:
    content = page.pdf(prefer_css_page_size=True)
    pages = PdfReader(io.BytesIO(content)).pages
    for one in pages:
        assert [round(float(side) / 72 * 25.4) for side in one.mediabox[2:]] == [297, 210]
    # Chromium writes some signs as their radicals; they look and read the same.
    return ["".join(unicodedata.normalize("NFKC", one.extract_text()).split()) for one in pages]


@pytest.mark.parametrize("path", ["", "/paper"])
def test_each_sheet_says_which_release_it_is_and_which_page(
    city: Office, browser: Browser, path: str
) -> None:
    page = city.page(browser, None)
    page.goto(f"/metrics/releases/2{path}")
    sheets = _lines_of_paper(page)
    assert 4 <= len(sheets) <= 40
    for number, words in enumerate(sheets, start=1):
        assert "朝霞市地域福祉計画の指標" in words
        assert "公表版2(速報)2026年10月" in words
        assert f"{number}/{len(sheets)}" in words
    assert "サインアウト" not in "".join(sheets)


def test_a_row_is_never_torn_and_its_head_stands_above_it(city: Office, browser: Browser) -> None:
    with city.visit(browser, None) as context:
        page = context.new_page()
        page.goto("/metrics/releases/4")
        page.emulate_media(media="print")
        row = page.locator(".published tbody tr").first
        assert row.evaluate("one => getComputedStyle(one).breakInside") == "avoid"
        head = page.locator(".published thead").first
        assert head.evaluate("one => getComputedStyle(one).display") == "table-header-group"


def test_by_keyboard_from_the_tables_to_an_indicator_and_back(
    city: Office, browser: Browser
) -> None:
    page = city.page(browser, None)
    page.goto("/metrics/releases/2")
    page.get_by_role("link", name="認知症サポーター数").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/indicators/dementia-supporters")
    chart = page.get_by_role("img", name="認知症サポーター数")
    assert chart.count() == 1
    page.get_by_role("link", name="指標の表へ戻る").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/releases/2#row-9")


def test_the_managers_years_are_good(city: Office, browser: Browser) -> None:
    page = city.page(browser, "manager")
    for indicator in ("donations", "csw-consultations", "integrated-support-system"):
        page.goto(f"/metrics/indicators/{indicator}/years?number=10")
        assert_good(page)
