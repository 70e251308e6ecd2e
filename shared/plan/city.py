"""Read `plan.toml`: the city, its goals, its telephone numbers, and what each basis shows."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from shared.plan.area_code import is_area_code
from shared.plan.faults import PlanFault
from shared.plan.files import read_toml
from shared.plan.model import Basis

FILE = "plan.toml"

Words = Annotated[str, StringConstraints(min_length=1)]
GoalNumber = Annotated[str, StringConstraints(pattern=r"^[1-9]$")]
DirectionNumber = Annotated[str, StringConstraints(pattern=r"^[1-9]-[1-9]$")]
Fact = Literal[
    "topics",
    "urgency",
    "reason",
    "age_band",
    "age_group",
    "household",
    "sex",
    "district",
    "caller",
]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DisclosureTable(_Table):
    """Counts below `threshold` are not published; others are rounded to `rounding_base`.

    A masked count keeps `minimum_possible` values that it may have, so the threshold is above.
    """

    threshold: Annotated[int, Field(ge=1)]
    rounding_base: Annotated[int, Field(ge=1)]
    minimum_possible: Annotated[int, Field(ge=2)]


class RetentionTable(_Table):
    """How long words stay: whole fiscal years after the one in which a record was finished."""

    years: Annotated[int, Field(ge=1, le=30)]


class OfferedWhen(_Table):
    """The state that a milestone must have before a basis is offered."""

    indicator: Words
    state: Words


class BasisTable(_Table):
    """What a receiver sees before and after accepting."""

    before: frozenset[Fact]
    after: frozenset[Fact]
    offered_when: OfferedWhen | None = None


class CityFile(_Table):
    """The whole file."""

    city: Words
    area_code: str
    coordinator: Words
    baseline_year: Annotated[int, Field(ge=2000, le=2200)]
    first_year: Annotated[int, Field(ge=2000, le=2200)]
    target_year: Annotated[int, Field(ge=2000, le=2200)]
    security_contact: Annotated[str, StringConstraints(pattern=r"^(mailto:|tel:|https://)[!-~]+$")]
    disclosure: DisclosureTable
    retention: RetentionTable
    telephones: dict[Words, Words]
    agency_telephones: dict[Words, Words] = {}
    calls: dict[Words, tuple[Words, ...]] = {}
    places: tuple[Words, ...] = ()
    goals: dict[GoalNumber, Words]
    directions: dict[DirectionNumber, Words]
    age_groups: dict[Words, tuple[Words, ...]]
    bases: dict[Words, BasisTable]

    def basis_rules(self) -> dict[str, Basis]:
        """What each sharing basis shows."""
        return {
            name: Basis(
                before=table.before,
                after=table.after,
                offered_when=None
                if table.offered_when is None
                else (table.offered_when.indicator, table.offered_when.state),
            )
            for name, table in self.bases.items()
        }


def _age_faults(city: CityFile, codes: Mapping[str, Mapping[str, str]]) -> Iterator[PlanFault]:
    """Every age band belongs to one group, and every group has a label."""
    grouped = Counter(band for bands in city.age_groups.values() for band in bands)
    for group in sorted(city.age_groups.keys() ^ codes.get("age_group", {}).keys()):
        reason = f"age_groups と codes.csv の age_group で「{group}」が合いません。"
        yield PlanFault(FILE, None, reason)
    for band in sorted(grouped.keys() | codes.get("age_band", {}).keys()):
        if grouped[band] != 1 or band not in codes.get("age_band", {}):
            reason = f"年齢区分「{band}」は、age_groups のどれか一つに入れてください。"
            yield PlanFault(FILE, None, reason)


_REASONS = {"missing": "がありません。", "extra_forbidden": "は使いません。"}


def read_city(
    folder: Path,
    agencies: Mapping[str, object],
    topics: Mapping[str, object],
    codes: Mapping[str, Mapping[str, str]],
    faults: list[PlanFault],
) -> CityFile | None:
    """The city's table, checked against agencies, topics and the code lists."""
    before, bases = len(faults), codes.get("basis", {})
    table = read_toml(folder / FILE, faults)
    if len(faults) > before:
        return None
    try:
        city = CityFile.model_validate(table)
    except ValidationError as error:
        for fault in error.errors():
            place = ".".join(str(part) for part in fault["loc"])
            reason = _REASONS.get(fault["type"], "の値が正しくありません。")
            faults.append(PlanFault(FILE, None, f"「{place}」{reason}"))
        return None
    if not is_area_code(city.area_code):
        reason = "area_code は検査数字までの 6 桁の全国地方公共団体コードです。"
        faults.append(PlanFault(FILE, None, reason))
    if city.coordinator not in agencies:
        faults.append(PlanFault(FILE, None, "coordinator が agencies.csv にありません。"))
    control = city.disclosure
    if not max(control.rounding_base - 1, control.minimum_possible) < control.threshold:
        faults.append(
            PlanFault(
                FILE,
                None,
                "disclosure の threshold は、minimum_possible より大きく、"
                "rounding_base 以上にしてください。",
            )
        )
    if not city.baseline_year < city.first_year <= city.target_year:
        faults.append(PlanFault(FILE, None, "年度の順が正しくありません。"))
    faults += _age_faults(city, codes)
    faults += [
        PlanFault(FILE, None, f"共有の根拠「{name}」の範囲がありません。")
        for name in sorted(bases.keys() - city.bases.keys())
    ]
    faults += [
        PlanFault(FILE, None, f"共有の根拠「{name}」は codes.csv にありません。")
        for name in sorted(city.bases.keys() - bases.keys())
    ]
    faults += [
        PlanFault(FILE, None, f"agency_telephones の「{name}」は agencies.csv にありません。")
        for name in sorted(city.agency_telephones.keys() - agencies.keys())
    ]
    for topic, numbers in city.calls.items():
        if topic not in topics and topic != "emergency":
            faults.append(PlanFault(FILE, None, f"calls の「{topic}」は topics.csv にありません。"))
        faults += [
            PlanFault(FILE, None, f"calls の「{number}」は telephones にありません。")
            for number in numbers
            if number not in city.telephones
        ]
    return city
