"""Read agencies, code lists, topics and routes, and check what they say of each other."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from shared.plan.faults import PlanFault
from shared.plan.files import read_rows
from shared.plan.model import SHIELDED_TOPICS, Agency, Route, SuggestedReceiver, Topic

_CODE = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_KINDS = ("city", "council", "centre", "outside")
#: The lists that forms, acts and counting rules take their codes from.
_LISTS = (
    "caller",
    "channel",
    "age_band",
    "age_group",
    "sex",
    "district",
    "household",
    "urgency",
    "response",
    "return_reason",
    "outcome",
    "ended_by",
    "mode",
    "basis",
    "activity",
    "contact_kind",
    "conference_kind",
    "decision",
    "goal_score",
)


def _day(text: str, file: str, line: int, faults: list[PlanFault]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults.append(PlanFault(file, line, f"「{text}」は日付ではありません（例 2025-07-01）。"))
        return None


def read_agencies(folder: Path, faults: list[PlanFault]) -> dict[str, Agency]:
    """The agencies by id, in the order of the file."""
    path = folder / "agencies.csv"
    columns = ("id", "name", "kind", "core", "terminal", "valid_from", "valid_to", "note")
    found: dict[str, Agency] = {}
    for line, row in read_rows(path, columns, faults):
        if row["kind"] not in _KINDS:
            faults.append(PlanFault(path.name, line, f"種別「{row['kind']}」はありません。"))
            continue
        if row["terminal"] not in ("yes", "no"):
            faults.append(PlanFault(path.name, line, "terminal は yes か no です。"))
        if row["id"] in found:
            faults.append(PlanFault(path.name, line, f"機関「{row['id']}」が二度あります。"))
        found[row["id"]] = Agency(
            id=row["id"],
            name=row["name"],
            kind=row["kind"],  # type: ignore[arg-type] # checked above
            core=row["core"] == "core",
            terminal=row["terminal"] == "yes",
            valid_from=_day(row["valid_from"], path.name, line, faults),
            valid_to=_day(row["valid_to"], path.name, line, faults),
        )
    return found


def read_codes(folder: Path, faults: list[PlanFault]) -> dict[str, dict[str, str]]:
    """The code lists: list to code to label, in the order of the file."""
    path = folder / "codes.csv"
    lists: dict[str, dict[str, str]] = {}
    for line, row in read_rows(path, ("list", "code", "label"), faults):
        codes = lists.setdefault(row["list"], {})
        if not _CODE.match(row["code"]):
            reason = f"コード「{row['code']}」は小文字の英数字とハイフンで書いてください。"
            faults.append(PlanFault(path.name, line, reason))
        if row["code"] in codes:
            faults.append(
                PlanFault(path.name, line, f"{row['list']} に「{row['code']}」が二度あります。")
            )
        codes[row["code"]] = row["label"]
    faults += [
        PlanFault(path.name, None, f"一覧「{name}」がありません。")
        for name in _LISTS
        if name not in lists
    ]
    return lists


def _limits(text: str) -> dict[str, frozenset[str]]:
    """`b: 65-74 75-84;c: 0-5` by agency: the codes that it is limited to."""
    limits: dict[str, frozenset[str]] = {}
    for part in filter(None, text.split(";")):
        agency, _, codes = part.partition(":")
        limits[agency.strip()] = frozenset(codes.split())
    return limits


def _receivers(row: Mapping[str, str]) -> tuple[SuggestedReceiver, ...]:
    """`a;b` with the limits `b: 65-74 75-84` becomes two receivers, the second for those ages."""
    ages, districts = _limits(row["only_age_bands"]), _limits(row["only_districts"])
    agencies = filter(None, row["suggested_receivers"].split(";"))
    everyone = frozenset[str]()
    return tuple(
        SuggestedReceiver(name, ages.get(name, everyone), districts.get(name, everyone))
        for name in agencies
    )


def read_topics(
    folder: Path,
    agencies: Mapping[str, Agency],
    codes: Mapping[str, Mapping[str, str]],
    faults: list[PlanFault],
) -> dict[str, Topic]:
    """The topics by id, in the order of the file."""
    path = folder / "topics.csv"
    columns = (
        "id",
        "label",
        "urgent",
        "suggested_receivers",
        "group",
        "only_age_bands",
        "only_districts",
        "source_line",
    )
    found: dict[str, Topic] = {}
    for line, row in read_rows(path, columns, faults):
        receivers = _receivers(row)
        for receiver in receivers:
            if receiver.agency not in agencies:
                reason = f"機関「{receiver.agency}」は agencies.csv にありません。"
                faults.append(PlanFault(path.name, line, reason))
            faults += [
                PlanFault(path.name, line, f"{words}「{code}」は codes.csv にありません。")
                for words, name, limit in (
                    ("年齢区分", "age_band", receiver.only_age_bands),
                    ("地区", "district", receiver.only_districts),
                )
                for code in sorted(limit - codes.get(name, {}).keys())
            ]
        if row["id"] in found:
            faults.append(PlanFault(path.name, line, f"相談内容「{row['id']}」が二度あります。"))
        found[row["id"]] = Topic(
            id=row["id"],
            label=row["label"],
            urgent=row["urgent"] == "urgent",
            receivers=receivers,
            group=row["group"] or None,
            source_line=row["source_line"],
        )
    faults += [
        PlanFault(path.name, None, f"相談内容「{name}」がありません（虐待・DV の守りに要ります）。")
        for name in sorted(SHIELDED_TOPICS - found.keys())
    ]
    return found


def read_routes(
    folder: Path, agencies: Mapping[str, Agency], faults: list[PlanFault]
) -> tuple[Route, ...]:
    """The plan's own routing lines; each agency is named as in agencies.csv."""
    path = folder / "routes.csv"
    names = {agency.name for agency in agencies.values()}
    routes = []
    for line, row in read_rows(path, ("topic", "receivers", "urgent", "source_line"), faults):
        receivers = tuple(row["receivers"].split(";"))
        faults += [
            PlanFault(path.name, line, f"機関「{name}」は agencies.csv にありません。")
            for name in receivers
            if name not in names
        ]
        routes.append(Route(row["topic"], receivers, row["urgent"], row["source_line"]))
    return tuple(routes)
