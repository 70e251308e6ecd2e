"""Random small cities: records that come late, are corrected and withdrawn between releases."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from random import Random

from services.metrics.domain.disclosure.control import protect
from services.metrics.domain.disclosure.handoffs import protect_line
from services.metrics.domain.disclosure.hiding import Figures
from services.metrics.domain.disclosure.overlaps import Containment
from services.metrics.domain.disclosure.series import Counts, Series
from services.metrics.domain.flow import COUNTS, FlowCounts
from services.metrics.domain.periods import Period, read_period
from services.metrics.domain.published import Published, Status
from services.metrics.domain.releasing import PROTECTED, Head, Material, Past, compose
from services.metrics.domain.values import Value
from shared.plan import Plan

YEAR = 2026
MONTHS = [f"2026-{n:02d}" for n in range(4, 13)] + [f"2027-{n:02d}" for n in range(1, 4)]
DISTRICTS = ["east", "west", "south", "north", "northeast", "southwest", "outside"]
AGES = ["0-5", "20s", "40s", "65-74", "85-over"]

#: How many records an indicator has in a month: next to none, few, or about the threshold.
_PACES = [[0, 0, 0, 1, 2], [0, 1, 2, 4, 8, 12], [0, 0, 9, 10, 11]]

#: Makes what one release says of every series; the real one is `protect`.
Control = Callable[..., dict[str, Series]]


@dataclass(frozen=True, slots=True)
class Record:
    """One consultation as an indicator counts it. None: not known, or about violence.

    `aside`: from the desk that one of two versions of the rule leaves out.
    """

    indicator: str
    month: int
    district: str | None
    age: str | None
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Switch:
    """A version of an indicator's rule that counts from this release on (the first is 0).

    It leaves out what comes from the desk aside, or is the first to count it (`adds`).
    """

    indicator: str
    release: int
    adds: bool
    chance: float


@dataclass(slots=True)
class City:
    """A city and everything that it has published; `exact` is the truth behind each release."""

    plan: Plan
    random: Random
    indicators: Sequence[str]
    pace: Mapping[str, Sequence[int]]
    within: Sequence[Containment] = ()
    control: Control = protect
    switch: Switch | None = None
    desks: Random = field(default_factory=Random)
    records: list[Record] = field(default_factory=list)
    flow: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    unmet: Counter[tuple[str, int]] = field(default_factory=Counter)
    history: list[dict[str, Series]] = field(default_factory=list)
    flow_history: list[dict[tuple[str, str], Figures]] = field(default_factory=list)
    unmet_history: list[dict[str, Series]] = field(default_factory=list)
    documents: list[Published] = field(default_factory=list)

    def version(self, indicator: str) -> int:
        """By which version of its rule the next release counts an indicator."""
        one = self.switch
        switched = one is not None and one.indicator == indicator
        return 2 if switched and one is not None and len(self.documents) >= one.release else 1

    def _counts_aside(self, indicator: str) -> bool:
        one = self.switch
        if one is None or one.indicator != indicator:
            return True
        return one.adds == (self.version(indicator) == 2)

    def live(self, month: int) -> None:
        """A month goes by: records come in, some of them late."""
        for indicator in self.indicators:
            busy = self.random.choice(self.pace[indicator])
            self.records += [self._record(indicator, month) for _ in range(busy)]
            if month and self.random.random() < 0.4:
                late = self.random.randrange(month)
                self.records.append(self._record(indicator, late))
        for agency in ("csw", "houkatsu"):
            offered = self.random.choice([0, 3, 9, 11, 14, 30])
            accepted = self.random.randint(0, offered)
            closed = self.random.randint(0, accepted)
            returned = self.random.randint(0, offered - accepted)
            self.flow[agency, MONTHS[month]] = {
                "offered": offered,
                "accepted": accepted,
                "returned": returned,
                "returned-again": self.random.randint(0, returned),
                "overdue": self.random.randint(0, offered),
                "closed": closed,
                "confirmed": self.random.randint(0, closed),
            }
        self.unmet["debt", month] += self.random.choice([0, 0, 1, 4, 9])

    def _record(self, indicator: str, month: int) -> Record:
        hidden = self.random.random() < 0.1
        lean = self.random.choice([DISTRICTS, DISTRICTS[:2], [None]])
        return Record(
            indicator,
            month,
            None if hidden else self.random.choice(lean),
            None if hidden else self.random.choice([*AGES, None]),
            aside=self.switch is not None and self.desks.random() < self.switch.chance,
        )

    def correct(self) -> None:
        """Some records are withdrawn, others corrected; legs go on."""
        for _ in range(self.random.choice([0, 1, 1, 2, 5])):
            if not self.records:
                return
            one = self.random.randrange(len(self.records))
            match self.random.randrange(3):
                case 0:
                    del self.records[one]
                case 1:
                    months = max(record.month for record in self.records)
                    moved = self.random.randint(0, months)
                    self.records[one] = replace(self.records[one], month=moved)
                case _:
                    place = self.random.choice(DISTRICTS)
                    self.records[one] = replace(self.records[one], district=place)
        for counts in self.flow.values():
            if self.random.random() < 0.3 and counts["accepted"] < counts["offered"]:
                counts["accepted"] += 1
            if self.random.random() < 0.3 and counts["confirmed"] < counts["closed"]:
                counts["confirmed"] += 1

    def counts(self, months: int, *, parts: bool) -> dict[str, Counts]:
        """The exact counts to the end of a month; a containing indicator has them all."""
        found = {}
        for row in self.plan.indicators:
            if row.kind not in PROTECTED or row.same_as is not None:
                continue
            inner = {one.inner for one in self.within if row.id in one.outer} | {row.id}
            aside = self._counts_aside(row.id)
            mine = [
                one
                for one in self.records
                if one.indicator in inner and one.month < months and (aside or not one.aside)
            ]
            by_month = Counter(one.month for one in mine)
            districts = Counter(one.district for one in mine)
            ages = Counter(one.age for one in mine)
            cut = {
                "district": {key: districts[key] for key in DISTRICTS},
                "age_band": {key: ages[key] for key in AGES},
            }
            found[row.id] = Counts(
                {MONTHS[n]: by_month[n] for n in range(months)},
                cut if parts else {},  # type: ignore[arg-type]
                version=self.version(row.id),
            )
        return found

    def release(self, name: str) -> Published:
        """Publish this period as the next release."""
        period = read_period(name)
        months = 12 if period.whole_year else MONTHS.index(name) + 1
        counts = self.counts(months, parts=period.whole_year)
        rule = self.plan.disclosure
        series = self.control(counts, self.history, self.within, rule, final=period.whole_year)
        lines = {}
        for key, line in self.flow.items():
            if key[1] <= MONTHS[months - 1]:
                known = [one[key] for one in self.flow_history if key in one]
                hours = tuple(float(n) for n in range(line["accepted"]))
                shown = protect_line(line, known, rule)
                lines[key] = (FlowCounts({m: line[m] for m in COUNTS}, hours), shown)
        needs = {"debt": Counts({MONTHS[n]: self.unmet["debt", n] for n in range(months)})}
        never = frozenset({"month"})
        unmet = protect(needs, self.unmet_history, (), rule, final=False, never=never)
        document = self._document(period, series, lines, unmet)
        self.history.append(series)
        self.flow_history.append({key: figures for key, (_, figures) in lines.items()})
        self.unmet_history.append(unmet)
        self.documents.append(document)
        return document

    def _document(
        self,
        period: Period,
        series: Mapping[str, Series],
        lines: Mapping[tuple[str, str], tuple[FlowCounts, Figures]],
        unmet: Mapping[str, Series],
    ) -> Published:
        before = [one for one in self.documents if one.period == period.name]
        status: Status = "revised" if before else "final"
        made_at = datetime(2027, 5, 1, tzinfo=UTC)
        head = Head(len(self.documents) + 1, period, status, None, made_at, today=date(2027, 5, 1))
        material = Material(
            values={row.id: Value() for row in self.plan.indicators},
            months={},
            series=series,
            flow=lines,
            unmet={topic: one.total for topic, one in unmet.items()},
        )
        past = Past({}, before[-1] if before else None, since={})
        rules = {
            name: rule
            if name not in series
            else rule.model_copy(update={"version": series[name].version})
            for name, rule in self.plan.rules.items()
        }
        return compose(self.plan, rules, head, material, past)


def grown(
    plan: Plan,
    seed: int,
    control: Control = protect,
    begin: Sequence[int] = (9, 10, 11),
    *,
    switched: bool = False,
) -> City:
    """A city that has published months from one of these on, the year, and a revision or two.

    `switched`: another version of a rule counts one of its indicators from some release on.
    """
    random = Random(seed)
    protected = [r.id for r in plan.indicators if r.kind in PROTECTED and r.same_as is None]
    chosen = random.sample(protected, 2)
    within = (Containment(chosen[0], (chosen[1],)),) if seed % 3 == 0 else ()
    pace = {one: random.choice(_PACES) for one in chosen}
    city = City(plan, random, chosen, pace, within, control)
    begins = random.choice(begin)
    if switched:
        city.desks = Random(seed + 1_000_000)
        city.switch = Switch(
            city.desks.choice(chosen),
            city.desks.randint(1, 12 - begins + 1),
            adds=city.desks.random() < 0.5,
            chance=city.desks.choice([0.03, 0.1, 0.25]),
        )
        city.within = tuple(_holding(one, city.switch) for one in within)
    for month in range(12):
        city.live(month)
        if month >= begins:
            city.release(MONTHS[month])
            city.correct()
    city.release(str(YEAR))
    for _ in range(random.choice([1, 1, 2])):
        city.correct()
        city.release(random.choice([str(YEAR), str(YEAR), MONTHS[random.randrange(begins, 12)]]))
    return city


def _holding(one: Containment, switch: Switch) -> Containment:
    """The containment between the versions for which it is true: the outer counts all that is."""
    if switch.indicator == one.inner:
        return one
    whole = 2 if switch.adds else 1
    return replace(one, versions=((one.inner, 1), (one.outer[0], whole)))
