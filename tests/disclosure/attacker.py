"""The attacker: reads published documents and nothing else, and works out what was masked.

It knows the rules of publication. An x in a table that shows other figures, where there was no x
before, is from 1 to below the threshold; any other x may be any number. An x before does not count
where its whole table was x and shows a number later: what is masked once is never shown again, so
that table was withheld. Every question is an integer programme (`puzzle.py`). The insider is told
more by the test: which x are small, and which figures changed between two releases. All that it is
told is true; what looks alike may be false, and then no whole numbers fit and nothing follows.

Each figure says by which version of its rule it was counted (`definition_version`). Across versions
nothing is one and the same, and what one counts more than the other is asked for as well, where
the test says that it is small, and which of the two counts more.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any, Literal

import numpy as np

from tests.disclosure.puzzle import Finding, Puzzle

Document = dict[str, Any]
#: What it takes for one and the same figure: nothing across releases, all that looks alike, or
#: (the insider) all that did not change.
Mode = Literal["apart", "alike", "told"]
#: For the insider: a name that two cells share if nothing changed between them, and whether the
#: cell is masked for being small.
Truth = Callable[[int, str, str], tuple[str, bool]]

#: How much more the first of two releases, which two versions counted, has in a cell in truth.
Step = Callable[[int, int, str, str], int]

#: What a cell last showed, its unknown, and whether it may have been masked so far.
Seen = tuple[Any, str, bool]

_NESTED = [
    ("accepted", "offered"),
    ("returned", "offered"),
    ("overdue", "offered"),
    ("returned-again", "returned"),
    ("closed", "accepted"),
    ("confirmed", "closed"),
]


class Attacker:
    """Reads releases in their order."""

    def __init__(
        self, documents: Sequence[Document], mode: Mode, minimum: int, truth: Truth | None = None
    ) -> None:
        self._documents = documents
        self._mode = mode
        self._minimum = minimum
        self._truth = truth
        self._by_version: dict[str, int] = {}

    def findings(self) -> list[Finding]:
        """All that it can narrow too far."""
        found: list[Finding] = []
        protected = {
            line["id"]
            for line in self._documents[-1]["lines"]
            if line["protected"] and "same_as" not in line
        }
        for group in self._groups(sorted(protected)):
            puzzle = Puzzle()
            for indicator in group:
                self._add_indicator(puzzle, indicator)
            self._add_within(puzzle, group)
            found += puzzle.findings(self._minimum)
        for owner in sorted({(one["agency"], one["month"]) for one in self._flow()}):
            puzzle = Puzzle()
            self._add_line(puzzle, *owner)
            found += puzzle.findings(self._minimum)
        for topic in sorted({one["topic"] for one in self._documents[-1]["unmet"]}):
            puzzle = Puzzle()
            self._add_unmet(puzzle, topic)
            found += puzzle.findings(self._minimum)
        return found

    #: Indicators of which it knows that the first is part of the second, by which versions.
    within: Sequence[tuple[str, str, Mapping[str, int]]] = ()
    step: Step | None = None

    def _version(self, release: int, indicator: str) -> int:
        lines = self._documents[release]["lines"]
        year = next(one for one in lines if one["id"] == indicator)["years"][-1]
        version: int = year["definition_version"]
        return version

    def _groups(self, indicators: list[str]) -> list[list[str]]:
        tied = {one for inner, outer, _ in self.within for one in (inner, outer)}
        alone = [[one] for one in indicators if one not in tied]
        return [*alone, *([sorted(tied)] if tied else [])]

    def _flow(self) -> list[dict[str, Any]]:
        return [one for document in self._documents for one in document["flow"]]

    def _cell(
        self,
        puzzle: Puzzle,
        seen: dict[str, Seen],
        place: tuple[str, str],
        release: int,
        cell: Document,
        *,
        shown_table: bool,
        withheld: bool = False,
        exact: bool = False,
    ) -> int:
        """The unknown behind a cell, with what the cell says of it."""
        document = self._documents[release]
        base, threshold = document["rounding_base"], document["threshold"]
        owner, key = place
        name = f"{owner} {key} in {release}"
        version = self._by_version.get(owner)
        looks = (cell["value"], cell["mark"], version)
        last, same, crossed = seen.get(key, (None, "", False))
        small = cell["mark"] == "x" and shown_table and not crossed
        if self._mode == "alike" and last == looks:
            name = same
        if self._mode == "told" and self._truth is not None:
            value, small = self._truth(release, owner, key)
            name = f"{owner} {key} {value} by {version}"
        seen[key] = looks, name, crossed or (cell["mark"] == "x" and not withheld)
        if cell["value"] is not None:
            value = round(cell["value"])
            if value == 0 or exact:
                one = puzzle.number(name, value, value)
            else:
                least = -(-(2 * value - base) // 2)
                greatest = (2 * value + base - 1) // 2
                one = puzzle.number(name, max(threshold, least), greatest)
            puzzle.told.add(one)
            return one
        one = puzzle.number(name, 1, threshold - 1) if small else puzzle.number(name)
        (puzzle.crossed if shown_table else puzzle.unshown).add(one)
        puzzle.masked.setdefault(one, f"{owner} {key} in release {document['number']}")
        return one

    def _add_indicator(self, puzzle: Puzzle, indicator: str) -> None:
        seen: dict[str, Seen] = {}
        known: dict[int, dict[str, int]] = {}
        for release, document in enumerate(self._documents):
            self._by_version[indicator] = self._version(release, indicator)
            line = next(one for one in document["lines"] if one["id"] == indicator)
            year = line["years"][-1]
            tables = {
                one["by"]: [cell for cell in one["cells"] if cell["mark"] != "…"]
                for one in document["breakdowns"]
                if one["indicator"] == indicator
            }
            if not tables:
                continue
            shows = {by: any(cell["mark"] != "x" for cell in cells) for by, cells in tables.items()}
            last = max(cell["key"] for cell in tables["month"])
            exact = document["finished"] and len(document["period"]) == 4
            total = self._cell(
                puzzle,
                seen,
                (indicator, f"total {last}"),
                release,
                year,
                shown_table=shows["month"],
                exact=exact,
            )
            known[release] = {f"total {last}": total}
            for by, cells in tables.items():
                withheld = not shows[by] and self._shown_later(indicator, by, cells, release)
                terms = {total: -1}
                for cell in cells:
                    place = (indicator, f"{by} {cell['key']}")
                    one = self._cell(
                        puzzle,
                        seen,
                        place,
                        release,
                        cell,
                        shown_table=shows[by],
                        withheld=withheld,
                    )
                    terms[one] = terms.get(one, 0) + 1
                    known[release][f"{by} {cell['key']}"] = one
                if by != "month":
                    rest = puzzle.number(f"{indicator} rest {by} {release}")
                    terms[rest] = 1
                    if shows[by] and year["value"] != 0:
                        puzzle.masked[rest] = f"{indicator} rest of {by} in {document['number']}"
                puzzle.rows.append((terms, 0, 0))
        self._add_versions(puzzle, indicator, known)

    def _add_versions(
        self, puzzle: Puzzle, indicator: str, known: Mapping[int, Mapping[str, int]]
    ) -> None:
        """What two versions of the rule count differently, in each pair of their releases."""
        for one, other in combinations(known, 2):
            if self.step is None or self._version(one, indicator) == self._version(
                other, indicator
            ):
                continue
            for key in known[one].keys() & known[other].keys():
                step = self.step(one, other, indicator, key)
                if not 0 < abs(step) < self._documents[other]["threshold"]:
                    continue
                what = f"difference of {indicator} {key} in {one + 1} and {other + 1}"
                more = puzzle.number(what)
                sign = 1 if step > 0 else -1
                terms = {known[one][key]: sign, known[other][key]: -sign, more: -1}
                puzzle.rows.append((terms, 0, 0))
                puzzle.masked[more] = what

    def _shown_later(
        self, indicator: str, by: str, cells: Sequence[Document], release: int
    ) -> bool:
        """Whether a later release gives a number for any of these cells."""
        keys = {cell["key"] for cell in cells}
        return any(
            cell["value"] is not None and cell["key"] in keys
            for document in self._documents[release + 1 :]
            for one in document["breakdowns"]
            if (one["indicator"], one["by"]) == (indicator, by)
            for cell in one["cells"]
        )

    def _add_within(self, puzzle: Puzzle, group: list[str]) -> None:
        """What one indicator counts, another counts too, in every month and part."""
        for inner, outer, versions in self.within:
            if inner not in group:
                continue
            for name, one in list(puzzle.names.items()):
                if not name.startswith(f"{inner} "):
                    continue
                other = puzzle.names.get(outer + name.removeprefix(inner))
                if other is None or self._mode != "apart" or " rest " in name:
                    continue
                release = int(name.rpartition(" in ")[2])
                if all(self._version(release, key) == told for key, told in versions.items()):
                    puzzle.rows.append(({one: -1, other: 1}, 0, np.inf))

    def _add_line(self, puzzle: Puzzle, agency: str, month: str) -> None:
        seen: dict[str, Seen] = {}
        for release, document in enumerate(self._documents):
            for line in document["flow"]:
                if (line["agency"], line["month"]) != (agency, month):
                    continue
                names = {name for pair in _NESTED for name in pair}
                shows = any(line["cells"][name]["mark"] != "x" for name in names)
                known = {
                    name: self._cell(
                        puzzle,
                        seen,
                        (f"flow {agency} {month}", name),
                        release,
                        line["cells"][name],
                        shown_table=shows,
                    )
                    for name in sorted(names)
                }
                for inner, outer in _NESTED:
                    if known[inner] != known[outer]:
                        puzzle.rows.append(({known[inner]: -1, known[outer]: 1}, 0, np.inf))

    def _add_unmet(self, puzzle: Puzzle, topic: str) -> None:
        """A need that is recorded stays: later sums are no less than earlier ones."""
        seen: dict[str, Seen] = {}
        sums: list[tuple[str, int]] = []
        for release, document in enumerate(self._documents):
            for one in document["unmet"]:
                if one["topic"] == topic:
                    key = f"total {document['until'][:7]}"
                    place = (f"unmet {topic}", key)
                    sums.append(
                        (
                            document["until"],
                            self._cell(puzzle, seen, place, release, one["cell"], shown_table=True),
                        )
                    )
        for (before, one), (after, other) in pairwise(sums):
            if before < after and one != other:
                puzzle.rows.append(({one: -1, other: 1}, 0, np.inf))
