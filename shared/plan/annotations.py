"""Read `annotations.csv`: what happened that a reader of the figures should know."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, get_args

from shared.plan.faults import PlanFault
from shared.plan.files import read_rows

#: `law` 制度改正, `desk` 窓口新設, `counting` 数え方の変更.
AnnotationKind = Literal["law", "desk", "counting"]

_COLUMNS = ("on", "kind", "breaks", "indicators", "words", "source_line")
#: Stands for every indicator.
_ALL = "*"


@dataclass(frozen=True, slots=True)
class Annotation:
    """What happened on a day to these indicators.

    `breaks`: the figures from this day on cannot be compared with those before.
    """

    on: date
    kind: AnnotationKind
    breaks: bool
    indicators: tuple[str, ...]
    words: str
    source_line: str


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words) if len(words) == len("2025-07-01") else None
    except ValueError:
        return None


def read_annotations(
    folder: Path, indicators: Collection[str], faults: list[PlanFault]
) -> tuple[Annotation, ...]:
    """The annotations by their days, checked against the plan's indicators."""
    path = folder / "annotations.csv"
    known = dict.fromkeys(indicators)
    found: list[Annotation] = []
    for line, row in read_rows(path, _COLUMNS, faults):
        on = _day(row["on"])
        named = tuple(known) if row["indicators"] == _ALL else tuple(row["indicators"].split(";"))
        wrong = [] if row["kind"] in get_args(AnnotationKind) else ["kind"]
        wrong += [] if row["breaks"] in ("yes", "no") else ["breaks"]
        wrong += [] if row["words"].strip() else ["words"]
        faults += [PlanFault(path.name, line, f"「{name}」の値が読めません。") for name in wrong]
        if on is None:
            reason = f"「{row['on']}」は日付ではありません（例 2025-07-01）。"
            faults.append(PlanFault(path.name, line, reason))
        faults += [
            PlanFault(path.name, line, f"指標「{one}」は indicators.csv にありません。")
            for one in named
            if one not in known
        ]
        if on is not None and not wrong:
            kind: AnnotationKind = row["kind"]  # type: ignore[assignment] # checked above
            breaks, words = row["breaks"] == "yes", row["words"]
            found.append(Annotation(on, kind, breaks, named, words, row["source_line"]))
    return tuple(sorted(found, key=lambda one: one.on))
