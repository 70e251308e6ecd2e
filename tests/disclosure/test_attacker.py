"""From all that was ever published, no attacker narrows a masked figure below five values."""

from collections.abc import Mapping, Sequence

import pytest

from services.metrics.domain.disclosure.control import STEPS, protect, published
from services.metrics.domain.disclosure.overlaps import Containment
from services.metrics.domain.disclosure.series import Counts, Series
from shared.plan import Plan
from shared.plan.model import Disclosure
from tests.disclosure.attacker import Attacker, Finding, Mode
from tests.disclosure.cities import City, grown

#: Which of the monthly releases may come first: two or three in a row, or most of a year.
_FEW, _MANY = (10, 11), (6, 8, 9)


def _findings(city: City) -> list[tuple[str, Finding]]:
    documents = [one.model_dump(mode="json") for one in city.documents]
    minimum = city.plan.disclosure.minimum_possible

    def truth(release: int, owner: str, key: str) -> tuple[str, bool]:
        if owner.startswith("flow "):
            _, agency, month = owner.split(" ")
            figure = city.flow_history[release][agency, month][key]
        elif owner.startswith("unmet "):
            figure = city.unmet_history[release][owner.removeprefix("unmet ")].total
        else:
            figure = city.history[release][owner].cells()[key]
        if figure.how == "withheld" and key.startswith("total "):
            return f"not told in {release}", False
        return f"= {figure.exact}", figure.how == "small"

    def step(one: int, other: int, owner: str, key: str) -> int:
        before, after = (city.history[release][owner].cells()[key] for release in (one, other))
        return before.exact - after.exact

    found: list[tuple[str, Finding]] = []

    def attack(mode: Mode, until: int) -> None:
        attacker = Attacker(documents[:until], mode, minimum, truth)
        attacker.within = [(one.inner, one.outer[0], dict(one.versions)) for one in city.within]
        attacker.step = step
        found.extend(
            (f"{mode} {until}", one) for one in attacker.findings() if not open_(mode, one)
        )

    def open_(mode: Mode, one: Finding) -> bool:
        # Who knows or supposes that nothing changed reads a large total where it was once told.
        large = one.least >= city.plan.disclosure.threshold
        return mode != "apart" and large and _told_before(city, one.what)

    attack("apart", len(documents))
    attack("told", len(documents))
    for until in (len(documents) - 1, len(documents)):
        attack("alike", until)
    return found


def _told_before(city: City, what: str) -> bool:
    """Whether this is an indicator's total of which an earlier release gave the number."""
    owner, _, place = what.partition(" total ")
    month, _, number = place.partition(" in release ")
    if owner not in city.history[0]:
        return False
    earlier = [release[owner].cells() for release in city.history[: int(number) - 1]]
    figures = [cells[f"total {month}"] for cells in earlier if f"total {month}" in cells]
    return any(figure.how in ("exact", "rounded") for figure in figures)


#: In 1016 a revision says what was said before, each part in another release; in 1025 a month rises
#: from 0 to an x while another x, which looks alike, falls; in 1048 after the months were withheld;
#: in 1037 a total that was told is withheld, because it fell by one with a month that looks alike;
#: in 1197 a part of another indicator was 0, then an x, then 0 again, and the other shows its 0.
_SEEDS = (0, 1, 2, 3, 1_016, 1_025, 1_037, 1_048, 1_197)


@pytest.mark.parametrize("seed", _SEEDS)
def test_an_attacker_finds_nothing(plan: Plan, seed: int) -> None:
    assert _findings(grown(plan, seed, begin=_FEW)) == []


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(1_000, 1_210))
def test_an_attacker_finds_nothing_for_long(plan: Plan, seed: int) -> None:
    assert _findings(grown(plan, seed, begin=_FEW if seed % 7 else _MANY)) == []


#: In 6 one version tells the year, and another that counts two records more revises it.
_SWITCHED = (6, 1_003)


@pytest.mark.parametrize("seed", _SWITCHED)
def test_an_attacker_that_reads_versions_finds_nothing(plan: Plan, seed: int) -> None:
    city = grown(plan, seed, begin=_FEW if seed % 7 else _MANY, switched=True)
    told = {
        line.years[-1].definition_version
        for document in city.documents
        for line in document.lines
        if city.switch is not None and line.id == city.switch.indicator
    }
    assert len(told) == 2
    assert _findings(city) == []


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(1_000, 1_050))
def test_an_attacker_that_reads_versions_finds_nothing_for_long(plan: Plan, seed: int) -> None:
    city = grown(plan, seed, begin=_FEW if seed % 7 else _MANY, switched=True)
    assert _findings(city) == []


def by_the_first_rule_alone(
    counts: Mapping[str, Counts],
    history: Sequence[Mapping[str, Series]],
    within: Sequence[Containment],  # noqa: ARG001  as the real control is called
    rule: Disclosure,
    *,
    final: bool,
) -> dict[str, Series]:
    """Masking small figures and rounding the others, without an audit."""
    found = {}
    for name, exact in counts.items():
        past = [release[name] for release in history if name in release]
        found[name] = published(exact, past, rule, STEPS[0], final=final)
    return found


def forgetting_what_was_masked(
    counts: Mapping[str, Counts],
    history: Sequence[Mapping[str, Series]],  # noqa: ARG001  as the real control is called
    within: Sequence[Containment],  # noqa: ARG001  as the real control is called
    rule: Disclosure,
    *,
    final: bool,
) -> dict[str, Series]:
    """Each release by itself, as if none had been before."""
    return protect(counts, [], (), rule, final=final)


#: Cities in which the audit has something to do.
_NARROW = (1, 2)


def test_an_attacker_breaks_a_release_without_the_audit(plan: Plan) -> None:
    for seed in _NARROW:
        city = grown(plan, seed, by_the_first_rule_alone, begin=_FEW)
        assert _findings(city), f"seed {seed}"


def test_an_attacker_breaks_releases_that_do_not_know_each_other(plan: Plan) -> None:
    for seed in _NARROW:
        city = grown(plan, seed, forgetting_what_was_masked, begin=_FEW)
        assert _findings(city), f"seed {seed}"


def test_an_attacker_breaks_two_versions_without_the_audit(plan: Plan) -> None:
    city = grown(plan, _SWITCHED[0], by_the_first_rule_alone, begin=_FEW, switched=True)
    assert any(one.what.startswith("difference of ") for _, one in _findings(city))
