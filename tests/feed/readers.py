"""Read the figures of each file as a stranger would: what each says of every figure.

A page that shows figures joins by one more reader in `READERS`.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

from openpyxl import load_workbook

#: Table, plan row or indicator or agency or topic, measure, month or year, breakdown, its key.
Key = tuple[str, str, str, str, str, str]


@dataclass(frozen=True)
class Told:
    """What a file tells of a figure: the value or a word, and the symbols beside it."""

    value: Decimal | None
    symbol: str
    status: str
    state: str | None = None


Figures = dict[Key, Told]


def _number(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value)).normalize()


def _told(cell: Mapping[str, Any], status: str) -> Told:
    symbol = "r" if cell["revised"] else "p" if status == "provisional" else ""
    return Told(_number(cell["value"]), cell["mark"], symbol, cell.get("state"))


def _json_years(line: Mapping[str, Any]) -> Iterator[tuple[Key, Told]]:
    for cell in line["years"]:
        where = (str(cell["fiscal_year"]), "total", "total")
        told = _told(cell, cell["status"])
        yield ("plan", str(line["row"]), "value", *where), told
        for measure in ("numerator", "denominator") if line["kind"] == "ratio" else ():
            part = _number(cell[measure])
            mark = "" if part is not None else cell["mark"]
            yield ("plan", str(line["row"]), measure, *where), Told(part, mark, told.status)


def read_json(content: bytes) -> Figures:
    """The figures of the JSON file."""
    document = json.loads(content, parse_float=str)["document"]
    status, year = document["status"], str(document["fiscal_year"])
    symbol = "p" if status == "provisional" else ""
    found: Figures = {}
    for line in document["lines"]:
        found |= dict(_json_years(line))
        for measure, ratio in (("progress", "ratio"), ("expected", "expected")):
            value = _number(line["progress"][ratio])
            told = Told(value, "-" if value is None else "", symbol)
            found["plan", str(line["row"]), measure, year, "total", "total"] = told
        verdict = Told(None, "", symbol, line["progress"]["verdict"])
        found["plan", str(line["row"]), "verdict", year, "total", "total"] = verdict
    for part in document["breakdowns"]:
        for cell in part["cells"]:
            when = cell["key"] if part["by"] == "month" else year
            key = ("breakdown", part["indicator"], "value", when, part["by"], cell["key"])
            found[key] = _told(cell, status)
    for flow in document["flow"]:
        for measure, cell in flow["cells"].items():
            key = ("flow", flow["agency"], measure, flow["month"], "agency", flow["agency"])
            found[key] = _told(cell, status)
    for one in document["unmet"]:
        key = ("unmet", one["topic"], "unmet", year, "topic", one["topic"])
        found[key] = _told(one["cell"], status)
    return found


def read_csv(content: bytes) -> Figures:
    """The figures of the CSV file."""
    found: Figures = {}
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True):
        whose = {"plan": row["plan_row"], "breakdown": row["indicator"]}.get(row["table"])
        key = (
            row["table"],
            row["key"] if whose is None else whose,
            row["measure"],
            row["month"] or row["fiscal_year"],
            row["dimension"],
            row["key"],
        )
        assert key not in found
        found[key] = Told(
            _number(row["value"]), row["value_symbol"], row["status_symbol"], row["state"] or None
        )
    return found


def _rows(sheet: Any) -> Iterator[dict[str, Any]]:
    grid = sheet.iter_rows(values_only=True)
    head = next(grid, ())
    yield from (dict(zip(head, row, strict=True)) for row in grid)


_VERDICTS = {
    "目標に届いています": "reached",
    "順調です": "on-track",
    "遅れています": "behind",
    "評価の対象外です": "not-judged",
}
_MEASURES = {"進んだ分": "progress", "進んでいるはずの分": "expected"}


def read_xlsx(content: bytes) -> Figures:
    """The figures of the workbook, from its sheets."""
    book = load_workbook(io.BytesIO(content))
    about = {row["項目"]: row["内容"] for row in _rows(book["この公表版"])}
    year = str(int(str(about["期間"])[:4]) - (str(about["期間"])[5:] in ("01", "02", "03")))
    symbol = "p" if about["段階"] == "速報" else ""
    found: Figures = {}
    for row in _rows(book["計画の指標"]):
        whose = ("plan", str(row["行"]))
        for name in row:
            if name.endswith("年度"):
                key = (*whose, "value", name.removesuffix("年度"), "total", "total")
                found[key] = _beside(row, name, name, row[f"{name}の言葉の値"])
        for name, measure in _MEASURES.items():
            value = _number(row[name])
            told = Told(value, "-" if value is None else "", symbol)
            found[*whose, measure, year, "total", "total"] = told
        verdict = _VERDICTS[row["進み具合"]]
        found[*whose, "verdict", year, "total", "total"] = Told(None, "", symbol, verdict)
    for row in _rows(book["割合の分子と分母"]):
        key = ("plan", str(row["行"]), row["測るもの"], str(row["年度"]), "total", "total")
        found[key] = _beside(row)
    for row in _rows(book["月別"]):
        for name in row:
            if len(name) == len("2026-04"):
                key = ("breakdown", row["指標ID"], "value", name, "month", name)
                found[key] = _beside(row, name, name)
    for row in _rows(book["地区と年齢の内訳"]):
        by = {"地区": "district", "年齢区分": "age_band"}[row["内訳"]]
        found["breakdown", row["指標ID"], "value", year, by, row["区分"]] = _beside(row)
    for row in _rows(book["つなぎの流れ"]):
        agency = row["機関ID"]
        found["flow", agency, row["測るもの"], row["月"], "agency", agency] = _beside(row)
    for row in _rows(book["受け止め先がなかった相談"]):
        topic = row["相談の内容のコード"]
        found["unmet", topic, "unmet", year, "topic", topic] = _beside(row)
    return found


def _beside(
    row: Mapping[str, Any], name: str = "値", of: str = "", state: str | None = None
) -> Told:
    """The figure in this column, and the symbols in the columns beside it."""
    prefix = f"{of}の" if of else ""
    symbols = [row[f"{prefix}{words}"] or "" for words in ("記号", "段階の記号")]
    return Told(_number(row[name]), symbols[0], symbols[1], state)


def read_atom(content: str, year: str) -> Figures:
    """The plan's table in an entry of the feed; the progress is that of this fiscal year."""
    table = ET.fromstring(f"<page>{content}</page>").find(".//table")  # noqa: S314  our own feed
    assert table is not None
    names = ["".join(one.itertext()) for one in table.iterfind("thead/tr/th")]
    found: Figures = {}
    for line in table.iterfind("tbody/tr"):
        cells = dict(zip(names, line.iterfind("td"), strict=True))
        number = str(cells["行"].text)
        for name, cell in cells.items():
            if re.fullmatch("[0-9]{4}年度", name):
                found["plan", number, "value", name[:4], "total", "total"] = _in_entry(cell)
        verdict = Told(None, "", "", _VERDICTS[str(cells["進み具合"].text)])
        found["plan", number, "verdict", year, "total", "total"] = verdict
    return found


def _in_entry(cell: ET.Element) -> Told:
    said, status = str(cell.text), cell.findtext("sup") or ""
    if said in ("x", "-", "…"):
        return Told(None, said, status)
    if re.fullmatch("-?[0-9,]+([.][0-9]+)?", said):
        return Told(_number(said.replace(",", "")), "", status)
    return Told(None, "", status, said)


#: How each file is read, by the ending of its address.
READERS: Mapping[str, Callable[[bytes], Figures]] = {
    "json": read_json,
    "csv": read_csv,
    "xlsx": read_xlsx,
}
