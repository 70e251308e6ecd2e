"""What of each protected series a release may say: by the first rule, and then by an audit.

The audit asks what everything published so far together with the new release lets one work out,
of three readers: one who knows which figures changed between releases, and which masked ones are
small; one who supposes that what looks alike did not change; and one who ties no release to
another. Where any could narrow a masked figure too far, more is withheld, in a fixed order.
Withholding all that is new tells nothing new, so the last step needs no audit.
"""

from collections.abc import Iterator, Mapping, Sequence

from services.metrics.domain.disclosure.hiding import Figures, Hidden, first_rule
from services.metrics.domain.disclosure.overlaps import Containment
from services.metrics.domain.disclosure.series import (
    Counts,
    Part,
    Series,
    Supposing,
    add_containment,
    add_series,
    add_versions,
)
from services.metrics.domain.disclosure.worlds import System
from shared.plan.model import Disclosure

#: What is withheld, step by step, until nothing can be narrowed: the total goes last.
STEPS: tuple[frozenset[str], ...] = (
    frozenset(),
    frozenset({"age_band"}),
    frozenset({"district"}),
    frozenset({"age_band", "district"}),
    frozenset({"month"}),
    frozenset({"month", "age_band"}),
    frozenset({"month", "district"}),
    frozenset({"month", "age_band", "district"}),
    frozenset({"month", "age_band", "district", "total"}),
)
SUPPOSED: tuple[Supposing, ...] = ("true", "alike", "apart")

#: The series of one release by their names.
Published = Mapping[str, Series]


def protect(
    counts: Mapping[str, Counts],
    history: Sequence[Published],
    within: Sequence[Containment],
    rule: Disclosure,
    *,
    final: bool,
    never: frozenset[str] = frozenset(),
) -> dict[str, Series]:
    """What the next release of a fiscal year may say of each series.

    `history` is what the earlier releases of that year said, in their order. `final`: the year is
    over, and totals are told exactly. `never` are tables that no release shows.
    """
    decided: dict[str, Series] = {}
    steps = [step | never for step in STEPS]
    for name, exact in counts.items():
        past = [release[name] for release in history if name in release]
        for step in steps:
            tried = published(exact, past, rule, step, final=final)
            settled = step == steps[-1] or (step == steps[0] and _says_nothing_new(tried, past))
            if settled or _safe(name, decided | {name: tried}, history, within, rule):
                decided[name] = tried
                break
    return decided


def published(
    exact: Counts, past: Sequence[Series], rule: Disclosure, step: frozenset[str], *, final: bool
) -> Series:
    """The series by the first rule, with these tables withheld."""
    masked: dict[str, Hidden] = {}
    for release in past:
        masked |= {cell: figure for cell, figure in release.cells().items() if figure.masked}

    def figure(table: str, key: str, value: int) -> Hidden:
        if table in step:
            return Hidden(exact=value, how="withheld")
        before = masked.get(f"{table} {key}")
        how = first_rule(value, rule, before, final=final and table == "total")
        return Hidden(exact=value, how=how)

    def figures(table: str, values: Mapping[str, int]) -> Figures:
        return {key: figure(table, key, value) for key, value in values.items()}

    parts: dict[Part, Figures] = {part: figures(part, cut) for part, cut in exact.parts.items()}
    last = next(reversed(list(exact.months)))
    return Series(
        months=figures("month", exact.months),
        total=figure("total", last, exact.total),
        parts=parts,
        version=exact.version,
    )


def _says_nothing_new(tried: Series, past: Sequence[Series]) -> bool:
    """Whether one earlier release said all of this; parts of several may fit together anew."""
    said = tried.cells().items()
    return any(said <= release.cells().items() for release in past)


def _safe(
    name: str,
    candidate: Published,
    history: Sequence[Published],
    within: Sequence[Containment],
    rule: Disclosure,
) -> bool:
    """Whether the candidate narrows nothing; what was narrow before it is not its doing."""
    related = _related(name, within)
    for supposing in SUPPOSED:
        before: set[str] | None = None
        for found in _narrowed(related, (*history, candidate), within, supposing, rule):
            if before is None:
                before = set(_narrowed(related, history, within, supposing, rule))
            if found not in before:
                return False
    return True


def _narrowed(
    related: set[str],
    releases: Sequence[Published],
    within: Sequence[Containment],
    supposing: Supposing,
    rule: Disclosure,
) -> Iterator[str]:
    """The unknown numbers behind these releases that a reader could narrow too far."""
    system = System()
    variables: dict[str, dict[int, dict[str, int]]] = {}
    for one in sorted(related):
        series = {number: release[one] for number, release in enumerate(releases) if one in release}
        for version in {found.version for found in series.values()}:
            same = {number: found for number, found in series.items() if found.version == version}
            owner = f"{one} by version {version}"
            added = add_series(system, owner, list(same.values()), supposing, rule)
            variables.setdefault(one, {}).update(zip(same, added, strict=True))
        if series:
            add_versions(system, one, series, variables[one], rule)
    versions = [{one: found.version for one, found in release.items()} for release in releases]
    for containment in within:
        outer = [variables[one] for one in containment.outer if one in variables]
        if containment.inner in variables and len(outer) == len(containment.outer):
            inner = variables[containment.inner].items()
            held = {number: known for number, known in inner if containment.holds(versions[number])}
            add_containment(system, held, outer)
    return system.narrowed(rule.minimum_possible, supposed=supposing == "alike")


def _related(name: str, within: Sequence[Containment]) -> set[str]:
    """The series that are tied to this one, at one remove or more."""
    found = {name}
    while True:
        more = {
            one
            for containment in within
            if not found.isdisjoint((containment.inner, *containment.outer))
            for one in (containment.inner, *containment.outer)
        }
        if more <= found:
            return found
        found |= more
