"""Load a city's plan from its folder, checking everything before anything uses it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

from shared.plan.annotations import Annotation, read_annotations
from shared.plan.city import read_city
from shared.plan.counting import CountingRule
from shared.plan.desks import read_agencies, read_codes, read_routes, read_topics
from shared.plan.faults import PlanError, PlanFault
from shared.plan.files import read_rows
from shared.plan.indicators import read_indicators, read_rules
from shared.plan.model import (
    Agency,
    Basis,
    Clock,
    CodeLists,
    Disclosure,
    IndicatorRow,
    Route,
    Topic,
)
from shared.plan.slips import Slips, read_slips

_LENGTH = re.compile(r"^(\d+) (hour|day)s?$")
#: The clocks that every case and offer runs on.
_CLOCKS = ("accept-emergency", "accept-soon", "accept-normal", "case-next-step")
#: Between what starts a clock and the clock whose place it takes.
_EXTENDS = " after "
_CLOCK_COLUMNS = ("id", "applies_to", "starts", "stops", "length", "calendar", "source")


@dataclass(frozen=True, slots=True)
class Plan:
    """A city's plan. Mappings keep the order of their file."""

    city: str
    area_code: str
    coordinator: str
    baseline_year: int
    first_year: int
    target_year: int
    security_contact: str
    disclosure: Disclosure
    retention_years: int
    telephones: Mapping[str, str]
    agency_telephones: Mapping[str, str]
    calls: Mapping[str, tuple[str, ...]]
    places: tuple[str, ...]
    goals: Mapping[int, str]
    directions: Mapping[tuple[int, int], str]
    agencies: Mapping[str, Agency]
    codes: CodeLists
    topics: Mapping[str, Topic]
    routes: tuple[Route, ...]
    clocks: Mapping[str, Clock]
    age_groups: Mapping[str, str]
    bases: Mapping[str, Basis]
    indicators: tuple[IndicatorRow, ...]
    rules: Mapping[str, CountingRule]
    annotations: tuple[Annotation, ...]
    slips: Slips

    def label(self, code_list: str, code: str) -> str:
        """The Japanese label of a code; the code itself if a former plan knew it and this not."""
        return self.codes[code_list].get(code, code)

    def agency_name(self, agency: str) -> str:
        """The agency's name, or its id if a former plan knew it and this does not."""
        known = self.agencies.get(agency)
        return agency if known is None else known.name

    def ended_on(self, day: date) -> frozenset[str]:
        """The agencies that are no more on this day."""
        return frozenset(one.id for one in self.agencies.values() if one.ended_on(day))

    def staff_of(self, agency: str) -> str:
        """Who authorises where nobody is named: somebody of this agency, in 40 characters."""
        return f"{self.agency_name(agency)[:37]} 担当".strip()

    def offered_bases(self, states: Mapping[str, str]) -> dict[str, str]:
        """The sharing bases that the law offers, with their labels, in the order of the list.

        `states` are the last reported states of milestones, by indicator; a basis that waits for
        a state is not there before it has come, nor after it was taken back.
        """
        return {
            basis: label
            for basis, label in self.codes["basis"].items()
            if (when := self.bases[basis].offered_when) is None or states.get(when[0]) == when[1]
        }


def _read_clocks(folder: Path, faults: list[PlanFault]) -> dict[str, Clock]:
    path = folder / "clocks.csv"
    clocks: dict[str, Clock] = {}
    for line, row in read_rows(path, _CLOCK_COLUMNS, faults):
        length = _LENGTH.match(row["length"])
        opening = row["calendar"] == "opening"
        if length is None or (opening and length[2] != "day"):
            faults.append(PlanFault(path.name, line, f"長さ「{row['length']}」が読めません。"))
            continue
        if row["calendar"] not in ("opening", "wall"):
            faults.append(PlanFault(path.name, line, "calendar は opening か wall です。"))
            continue
        amount = int(length[1])
        starts, _, extends = row["starts"].partition(_EXTENDS)
        span = timedelta(hours=amount) if length[2] == "hour" else timedelta(days=amount)
        clocks[row["id"]] = Clock(
            id=row["id"],
            applies_to=row["applies_to"],
            starts=starts,
            extends=extends or None,
            stops=tuple(row["stops"].split("|")),
            opening_days=amount if opening else None,
            span=None if opening else span,
            source=row["source"],
        )
    faults += [
        PlanFault(path.name, None, f"期限「{name}」がありません。")
        for name in (*_CLOCKS, *(clock.extends for clock in clocks.values() if clock.extends))
        if name not in clocks
    ]
    return clocks


def load_plan(folder: Path) -> Plan:
    """The plan in this folder. Raises PlanError that lists every fault with file and row."""
    faults: list[PlanFault] = []
    agencies = read_agencies(folder, faults)
    codes = read_codes(folder, faults)
    topics = read_topics(folder, agencies, codes, faults)
    routes = read_routes(folder, agencies, faults)
    clocks = _read_clocks(folder, faults)
    city = read_city(folder, agencies, topics, codes, faults)
    indicators = read_indicators(folder, faults)
    rules = read_rules(folder, indicators, agencies, topics, codes, faults)
    annotations = read_annotations(folder, [row.id for row in indicators], faults)
    slips = read_slips(folder, agencies, faults)
    if faults or city is None or slips is None:
        raise PlanError(faults)
    return Plan(
        city=city.city,
        area_code=city.area_code,
        coordinator=city.coordinator,
        baseline_year=city.baseline_year,
        first_year=city.first_year,
        target_year=city.target_year,
        security_contact=city.security_contact,
        disclosure=Disclosure(**city.disclosure.model_dump()),
        retention_years=city.retention.years,
        telephones=MappingProxyType(city.telephones),
        agency_telephones=MappingProxyType(city.agency_telephones),
        calls=MappingProxyType(city.calls),
        places=city.places,
        goals=MappingProxyType({int(key): name for key, name in city.goals.items()}),
        directions=MappingProxyType(
            {(int(key[0]), int(key[2])): name for key, name in city.directions.items()}
        ),
        agencies=MappingProxyType(agencies),
        codes=MappingProxyType(codes),
        topics=MappingProxyType(topics),
        routes=routes,
        clocks=MappingProxyType(clocks),
        age_groups=MappingProxyType(
            {band: group for group, bands in city.age_groups.items() for band in bands}
        ),
        bases=MappingProxyType(city.basis_rules()),
        indicators=indicators,
        rules=MappingProxyType(rules),
        annotations=annotations,
        slips=slips,
    )
