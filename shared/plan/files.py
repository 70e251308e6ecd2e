"""Read the files of a plan's folder: CSV as Excel may have saved it, and TOML."""

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from shared.plan.faults import PlanFault

#: What no text of a plan may hold, and no page, sheet or feed could show.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_NOT_TEXT = "使えない文字（制御文字）が含まれています。"


def read_text(path: Path, faults: list[PlanFault]) -> str | None:
    """The file's text, with or without a byte order mark; None with a fault noted."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        faults.append(PlanFault(path.name, None, "ファイルがありません。"))
    except UnicodeDecodeError:
        faults.append(PlanFault(path.name, None, "文字コードが UTF-8 ではありません。"))
    else:
        found = _UNSEEN.search(text)
        if found is None:
            return text
        line = text.count("\n", 0, found.start()) + 1
        faults.append(PlanFault(path.name, line, _NOT_TEXT))
    return None


def read_rows(
    path: Path, columns: Sequence[str], faults: list[PlanFault]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with their line numbers. Wrong columns are a fault."""
    text = read_text(path, faults)
    if text is None:
        return
    reader = csv.DictReader(io.StringIO(text, newline=""))
    header = list(reader.fieldnames or [])
    missing = [name for name in columns if name not in header]
    unknown = [name for name in header if name not in columns]
    faults += [PlanFault(path.name, 1, f"列「{name}」がありません。") for name in missing]
    faults += [PlanFault(path.name, 1, f"列「{name}」は使いません。") for name in unknown]
    if missing or unknown:
        return
    for row in reader:
        if None in row or None in row.values():
            faults.append(PlanFault(path.name, reader.line_num, "列の数が見出しと違います。"))
            continue
        yield reader.line_num, row


def read_toml(path: Path, faults: list[PlanFault]) -> dict[str, Any]:
    """A TOML file's table; empty with a fault noted when it cannot be read."""
    text = read_text(path, faults)
    if text is None:
        return {}
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        faults.append(PlanFault(path.name, None, f"書き方が正しくありません（{error}）。"))
        return {}
    if any(_UNSEEN.search(one) for one in _texts(table)):
        faults.append(PlanFault(path.name, None, _NOT_TEXT))
        return {}
    return table


def _texts(value: Any) -> Iterator[str]:
    """Every text in a table; TOML can write any character as an escape."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def line_of(path: Path, heading: str) -> int | None:
    """The line on which a TOML table begins."""
    text = path.read_text(encoding="utf-8-sig")
    lines = enumerate(text.splitlines(), start=1)
    return next((number for number, line in lines if line.strip() == f"[{heading}]"), None)
