"""The plan's table of a release as XHTML, for the entry that tells of it in the feed."""

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from services.metrics.domain.published import PlanLine
from services.metrics.feed.figures import Figure, figures_of_plan
from services.metrics.feed.plain import one_line
from services.metrics.feed.words import (
    IN_WORDS,
    STATUS_SYMBOLS,
    VALUE_SYMBOLS,
    VERDICTS,
    written_value,
)
from services.metrics.storage.releases import StoredRelease
from shared.plan import Plan

_XHTML = "http://www.w3.org/1999/xhtml"


def add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    """An element below `parent` with this text on one line."""
    child = ET.SubElement(parent, tag, attributes)
    child.text = one_line(text) or None
    return child


def _legend() -> str:
    """The symbols that can stand in the table, each with its name."""
    named = {**VALUE_SYMBOLS, **STATUS_SYMBOLS}
    return "記号：" + "　".join(f"{sign} {one.name}" for sign, one in named.items() if sign)


def _row(parent: ET.Element, cells: Iterable[str]) -> ET.Element:
    row = ET.SubElement(parent, "tr")
    for words in cells:
        add(row, "td", words)
    return row


def _add_figure(row: ET.Element, figure: Figure | None, line: PlanLine) -> None:
    """The number, the word or the symbol of a year, and 速報 or 訂正 beside it."""
    if figure is None:
        add(row, "td", "…")
        return
    number = figure.value
    shown = figure.state if number is None else written_value(number, line.decimals, "")
    cell = add(row, "td", shown or figure.mark)
    if figure.status_symbol:
        add(cell, "sup", figure.status_symbol)


def add_table(content: ET.Element, release: StoredRelease, plan: Plan) -> None:
    """現状, each year, 目標 and 進み具合 of every row of the plan, with what the symbols mean."""
    document = release.document
    years = sorted({cell.fiscal_year for line in document.lines for cell in line.years})
    said = figures_of_plan(document)
    page = ET.SubElement(content, "div", {"xmlns": _XHTML})
    table = ET.SubElement(page, "table")
    head = ET.SubElement(ET.SubElement(table, "thead"), "tr")
    for words in (
        *("行", "指標", "単位", f"{plan.baseline_year}年度（現状）"),
        *(f"{year}年度" for year in years),
        *(f"{plan.target_year}年度（目標）", "進み具合"),
    ):
        add(head, "th", words)
    body = ET.SubElement(table, "tbody")
    for line in document.lines:
        before = (str(line.row), line.name, line.unit or IN_WORDS, line.baseline or "-")
        row = _row(body, before)
        for year in years:
            _add_figure(row, said.get((line.row, year)), line)
        add(row, "td", line.target or "-")
        add(row, "td", VERDICTS[line.progress.verdict])
    add(page, "p", _legend())
