"""An indicator's year as it was published in release after release, as one system of sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict

from services.metrics.domain.disclosure.hiding import UNBOUNDED, Figures, Hidden, shown, span
from services.metrics.domain.disclosure.worlds import System, Term
from shared.plan.model import Disclosure

Part = Literal["district", "age_band"]
#: What a reader takes for one and the same: figures that did not change, all that look alike, or
#: nothing across releases.
Supposing = Literal["true", "alike", "apart"]


@dataclass(frozen=True, slots=True)
class Counts:
    """The exact counts of one year so far: by month (none left out), and by the other parts.

    The parts leave out what is not known and what is about violence. `version` is that of the
    rule by which it was counted.
    """

    months: Mapping[str, int]
    parts: Mapping[Part, Mapping[str, int]] = field(default_factory=dict)
    version: int = 1

    @property
    def total(self) -> int:
        """The sum to the end of the last month."""
        return sum(self.months.values())


class Series(BaseModel):
    """The same counts as a release has them. A part that is not in the release is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    months: Figures
    total: Hidden
    parts: dict[Part, Figures] = {}
    version: int = 1

    @property
    def last_month(self) -> str:
        """The month to whose end the total goes."""
        return next(reversed(self.months))

    def cells(self) -> dict[str, Hidden]:
        """Every figure by its name; a total is another figure with every month."""
        found = {f"month {key}": figure for key, figure in self.months.items()}
        found[f"total {self.last_month}"] = self.total
        for part, figures in self.parts.items():
            found |= {f"{part} {key}": figure for key, figure in figures.items()}
        return found


def names_of(
    releases: Sequence[Mapping[str, Hidden]], supposing: Supposing, rule: Disclosure
) -> list[dict[str, str]]:
    """For each release, which unknown number each of its figures is to this reader.

    Nobody is told that a total which is not shown stayed the same.
    """
    found: list[dict[str, str]] = []
    latest: dict[str, tuple[object, str]] = {}
    for number, cells in enumerate(releases):
        names: dict[str, str] = {}
        for cell, figure in cells.items():
            if supposing == "true":
                untold = figure.how == "withheld" and cell.startswith("total ")
                names[cell] = f"{cell} untold {number}" if untold else f"{cell} = {figure.exact}"
                continue
            if supposing == "apart":
                names[cell] = f"{cell} since {number}"
                continue
            looks = shown(figure, rule)
            before = latest.get(cell)
            name = before[1] if before and before[0] == looks else f"{cell} since {number}"
            latest[cell] = looks, name
            names[cell] = name
        found.append(names)
    return found


def state(
    system: System,
    owner: str,
    releases: Sequence[Mapping[str, Hidden]],
    supposing: Supposing,
    rule: Disclosure,
) -> list[dict[str, int]]:
    """Tell the system what each figure may be, and which must stay hidden; by release, the
    variable of each figure. A figure that some release tells is not hidden in another.
    """
    told: set[int] = set()
    masked: set[int] = set()
    withheld: set[int] = set()
    found = []
    for cells, names in zip(releases, names_of(releases, supposing, rule), strict=True):
        known: dict[str, int] = {}
        for cell, figure in cells.items():
            low, high = span(figure, rule)
            one = known[cell] = system.variable(f"{owner} {names[cell]}", figure.exact, low, high)
            group = masked if figure.masked else withheld if figure.how == "withheld" else told
            group.add(one)
        found.append(known)
    for one in masked - told:
        system.examine(one)
    for one in withheld - masked - told:
        system.examine(one, or_zero=True)
    return found


def add_series(
    system: System,
    owner: str,
    releases: Sequence[Series],
    supposing: Supposing,
    rule: Disclosure,
) -> list[dict[str, int]]:
    """Add all that was published of one indicator: months to totals, parts to totals, and the
    differences of releases. What a breakdown leaves out is hidden too, wherever it is shown.
    """
    variables = state(system, owner, [one.cells() for one in releases], supposing, rule)
    equations: list[dict[str, list[Term]]] = []
    for number, (release, known) in enumerate(zip(releases, variables, strict=True)):
        total = known[f"total {release.last_month}"]
        whole: dict[str, list[Term]] = {
            "month": [(total, -1), *((known[f"month {key}"], 1) for key in release.months)]
        }
        for part, figures in release.parts.items():
            rest = release.total.exact - sum(one.exact for one in figures.values())
            suffix = f"= {rest}" if supposing == "true" else f"since {number}"
            left_out = system.variable(f"{owner} rest of {part} {suffix}", rest)
            whole[part] = [
                (total, -1),
                (left_out, 1),
                *((known[f"{part} {key}"], 1) for key in figures),
            ]
            open_ = any(one.how != "withheld" for one in figures.values())
            if open_ and span(release.total, rule) != (0, 0):
                system.examine(left_out)
        for terms in whole.values():
            system.add(terms, 0, 0)
        equations.append(whole)
    for earlier, later in _pairs(equations):
        for table in earlier.keys() & later.keys():
            system.add([*later[table], *((v, -c) for v, c in earlier[table])], 0, 0)
    return variables


def _pairs(
    equations: Sequence[dict[str, list[Term]]],
) -> list[tuple[dict[str, list[Term]], dict[str, list[Term]]]]:
    """Each release with the next, and each with the last: the differences follow from the sums,
    and narrow far sooner than those.
    """
    steps = [(equations[i], equations[i + 1]) for i in range(len(equations) - 1)]
    return steps + [(one, equations[-1]) for one in equations[:-2]]


def add_versions(
    system: System,
    owner: str,
    releases: Mapping[int, Series],
    variables: Mapping[int, Mapping[str, int]],
    rule: Disclosure,
) -> None:
    """What another version of the rule counts more or less is a count of people too: hidden where
    it is small, between the last release and each that was counted by another version.
    """
    last = max(releases)
    for number, release in releases.items():
        if release.version == releases[last].version:
            continue
        after = releases[last].cells()
        for cell, figure in release.cells().items():
            step = 0 if cell not in after else figure.exact - after[cell].exact
            if not 0 < abs(step) < rule.threshold:
                continue
            versions = f"by version {release.version} in {number} and {releases[last].version}"
            one = system.variable(f"{owner} {cell} {versions} in {last}", abs(step))
            sign = 1 if step > 0 else -1
            terms = [(variables[number][cell], sign), (variables[last][cell], -sign), (one, -1)]
            system.add(terms, 0, 0)
            system.examine(one)


def add_containment(
    system: System,
    inner: Mapping[int, Mapping[str, int]],
    outer: Sequence[Mapping[int, Mapping[str, int]]],
) -> None:
    """The first counts only records that one of the others counts too: cell by cell, in each
    release (by its number) that has them all.
    """
    for number, cells in inner.items():
        if not all(number in variables for variables in outer):
            continue
        for cell, one in cells.items():
            if all(cell in variables[number] for variables in outer):
                terms = [(one, -1), *((variables[number][cell], 1) for variables in outer)]
                system.add(terms, 0, UNBOUNDED * 100)
