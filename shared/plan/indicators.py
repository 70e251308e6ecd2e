"""Read the indicator rows and their counting rules, and check them against the rest of the plan."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shared.plan.counting import CountingRule, read_rule
from shared.plan.faults import PlanFault
from shared.plan.files import line_of, read_rows, read_toml
from shared.plan.model import Agency, IndicatorRow, Topic

_KINDS = ("consultation", "outcome", "activity", "stock", "ratio", "milestone")
_OWNERS = ("市", "社協")
_SENSES = ("increase", "maintain", "allow-decrease", "reach", "neutral")
_VALUE = re.compile(r"^(?:延べ)?([0-9][0-9,]*(?:\.[0-9]+)?)\D*$")
_COLUMNS = (
    "row",
    "id",
    "goal",
    "direction",
    "owner",
    "name",
    "baseline",
    "target",
    "unit",
    "kind",
    "sense",
    "same_as",
    "source_line",
)


def parse_value(words: str) -> Decimal | None:
    """The number in the plan's words: `延べ175件` is 175, `1.34%` is 1.34, `150 団体` is 150."""
    text = unicodedata.normalize("NFKC", words).replace(" ", "")
    match = _VALUE.match(text)
    return None if match is None else Decimal(match[1].replace(",", ""))


def read_indicators(folder: Path, faults: list[PlanFault]) -> tuple[IndicatorRow, ...]:
    """The rows in the plan's order."""
    path = folder / "indicators.csv"
    rows: list[IndicatorRow] = []
    for line, row in read_rows(path, _COLUMNS, faults):
        wrong = [n for n in ("row", "goal", "direction") if not row[n].isdecimal()]
        wrong += [] if row["kind"] in _KINDS else ["kind"]
        wrong += [] if row["owner"] in _OWNERS else ["owner"]
        wrong += [] if row["sense"] in _SENSES else ["sense"]
        wrong += [] if row["same_as"] == "" or row["same_as"].isdecimal() else ["same_as"]
        values: dict[str, Decimal | None] = {}
        for name in ("baseline", "target"):
            words = row[name]
            counted = row["kind"] != "milestone" and words != "-"
            values[name] = parse_value(words) if counted else None
            if counted and values[name] is None:
                wrong.append(name)
        if wrong:
            faults += [PlanFault(path.name, line, f"「{n}」の値が読めません。") for n in wrong]
            continue
        if int(row["row"]) != line - 1:
            faults.append(PlanFault(path.name, line, "row は 1 から順に並べてください。"))
        rows.append(
            IndicatorRow(
                row=int(row["row"]),
                id=row["id"],
                goal=int(row["goal"]),
                direction=int(row["direction"]),
                owner=row["owner"],
                name=row["name"],
                baseline=None if row["baseline"] == "-" else row["baseline"],
                target=None if row["target"] == "-" else row["target"],
                baseline_value=values["baseline"],
                target_value=values["target"],
                unit=row["unit"],
                kind=row["kind"],  # type: ignore[arg-type] # checked above
                sense=row["sense"],  # type: ignore[arg-type] # checked above
                same_as=int(row["same_as"]) if row["same_as"] else None,
                source_line=row["source_line"],
            )
        )
    _check_repeats(path.name, rows, faults)
    return tuple(rows)


def _check_repeats(file: str, rows: list[IndicatorRow], faults: list[PlanFault]) -> None:
    first: dict[str, IndicatorRow] = {}
    for line, row in enumerate(rows, start=2):
        known = first.setdefault(row.id, row)
        expected = None if known is row else known.row
        if row.same_as != expected:
            reason = f"same_as が「{row.id}」の最初の行と合いません。"
            faults.append(PlanFault(file, line, reason))


def read_rules(
    folder: Path,
    rows: tuple[IndicatorRow, ...],
    agencies: Mapping[str, Agency],
    topics: Mapping[str, Topic],
    codes: Mapping[str, Mapping[str, str]],
    faults: list[PlanFault],
) -> dict[str, CountingRule]:
    """The counting rule of each indicator."""
    path = folder / "counting.toml"
    table = read_toml(path, faults)
    wanted = {row.id for row in rows}
    rules: dict[str, CountingRule] = {}
    known: dict[str, set[Any]] = {
        "desks": set(agencies),
        "agency": set(agencies),
        "desk_kinds": {agency.kind for agency in agencies.values()},
        "desk_kind": {agency.kind for agency in agencies.values()},
        "conferences_with": {agency.kind for agency in agencies.values()},
        "callers": set(codes.get("caller", {})),
        "topic_group": {topic.group for topic in topics.values()},
        "activity": set(codes.get("activity", {})),
        "districts": set(codes.get("district", {})),
        "response": set(codes.get("response", {})),
        "outcomes": set(codes.get("outcome", {})),
        "outcome": set(codes.get("outcome", {})),
    }
    for name, entry in table.items():
        line = line_of(path, name)
        if name not in wanted:
            faults.append(
                PlanFault(path.name, line, f"指標「{name}」は indicators.csv にありません。")
            )
            continue
        try:
            rules[name] = read_rule(entry)
        except ValidationError as error:
            places = (".".join(map(str, fault["loc"])) or "method" for fault in error.errors())
            reason = f"「{name}」の規則が読めません（{', '.join(places)}）。"
            faults.append(PlanFault(path.name, line, reason))
            continue
        for field, value in entry.items():
            for code in _as_list(value) if field in known else ():
                if code not in known[field]:
                    reason = f"「{name}」の {field} に知らない値「{code}」があります。"
                    faults.append(PlanFault(path.name, line, reason))
    faults += [
        PlanFault(path.name, None, f"指標「{name}」の数え方がありません。")
        for name in sorted(wanted - table.keys())
    ]
    return rules


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
