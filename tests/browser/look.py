"""What every page must hold: WCAG 2.2 AA by axe-core, no overflow, nothing from elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files

from playwright.sync_api import BrowserContext, Page, Request

from tests.browser.office import DESKTOP, PHONE

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_OPEN_ALL = """() => {
  for (const one of document.querySelectorAll('details')) one.open = true;
  const refer = document.querySelector('[name=response][value=refer]');
  if (refer) refer.checked = true;
}"""
_VIOLATIONS = """async (tags) => {
  const wanted = {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']};
  const found = await axe.run(document, wanted);
  return found.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html}`));
}"""
_OVERFLOW = """() => {
  const page = document.scrollingElement;
  return page.scrollWidth - page.clientWidth;
}"""


@cache
def _axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds; evaluated, because the pages' policy refuses added scripts."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found: list[str] = page.evaluate(_VIOLATIONS, _TAGS)
    return found


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    found: int = page.evaluate(_OVERFLOW)
    return found


def assert_good(page: Page) -> None:
    """The page, with everything on it opened, on a desk and on a phone."""
    page.evaluate(_OPEN_ALL)
    found = violations(page)
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert overflow(page) <= 0, f"wider than {size['width']} px: {page.url}"
    if page.locator(".cards").count():  # the one layout that is another one on a phone
        found += violations(page)
    assert found == [], found
    scripts = page.locator("script").evaluate_all("all => all.map(one => one.outerHTML)")
    assert set(scripts) <= {'<script src="/static/live.js" defer=""></script>'}
    assert page.locator("h1").count() == 1


@contextmanager
def nothing_from_elsewhere(context: BrowserContext, url: str) -> Iterator[None]:
    """Fail if a page of this context asks another origin for anything."""
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    context.on("request", note)
    yield
    context.remove_listener("request", note)
    assert asked
    assert [address for address in asked if not address.startswith(f"{url}/")] == []
