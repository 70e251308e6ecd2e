"""Each ASVS requirement up to level 2 has its answer, and each yes has a test that is there."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.asvs import (
    ANSWERS,
    CHAPTERS,
    SECURITY,
    TABLE,
    Requirement,
    requirements,
    table,
    wanted,
    with_summary,
)

_TESTS = Path(__file__).parents[1]
_ROWS = requirements()
#: A test that runs in the long form alone, or not everywhere, shows nothing every day.
_NOT_DAILY = {"long", "skip", "skipif", "xfail"}


@cache
def _tests_of(path: str) -> frozenset[str]:
    """The tests of a module that run whenever the suite does; none if there is no such module."""
    file = _TESTS / path
    if not file.is_file():
        return frozenset()
    functions = [
        node
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return frozenset(
        one.name
        for one in functions
        if one.name.startswith("test_") and not any(map(_keeps_away, one.decorator_list))
    )


def _keeps_away(mark: ast.expr) -> bool:
    """Whether a decorator is a mark with which the test does not always run."""
    named = mark.func if isinstance(mark, ast.Call) else mark
    return isinstance(named, ast.Attribute) and named.attr in _NOT_DAILY


def _faults(row: Requirement) -> list[str]:
    """What is wrong with one row."""
    faults = [
        f"{test} is not there"
        for test in row.tests
        if test.partition("::")[2] not in _tests_of(test.partition("::")[0])
    ]
    if row.answer not in ANSWERS:
        faults.append(f"{row.answer!r} is no answer")
    if row.answer == "yes" and not row.tests:
        faults.append("a yes without a test")
    if row.answer != "yes" and not row.note.endswith("."):
        faults.append(f"{row.answer} without a sentence that says why")
    if row.answer == "not applicable" and row.tests:
        faults.append("a test of what is not there")
    if not row.asks or len(row.asks) > 80 or "|" in row.asks + row.note:
        faults.append("its few words are none, too many, or break the table")
    if len(row.tests) != len(set(row.tests)):
        faults.append("a test that is named twice")
    return faults


def test_every_requirement_of_levels_1_and_2_is_answered_once() -> None:
    known = list(wanted())
    assert (len(known), sum(level == 1 for _, level in known)) == (253, 70)
    assert [(row.id, row.level) for row in _ROWS] == known
    assert {row.chapter for row in _ROWS} == set(range(1, len(CHAPTERS) + 1))


def test_every_answer_is_borne_out() -> None:
    assert {row.id: faults for row in _ROWS if (faults := _faults(row))} == {}


def test_the_documents_are_made_of_the_list() -> None:
    again = "run `python -m tests.architecture.asvs`"
    assert TABLE.read_text(encoding="utf-8") == table(_ROWS), again
    document = SECURITY.read_text(encoding="utf-8")
    assert document == with_summary(document, _ROWS), again


@pytest.mark.parametrize(
    ("answer", "tests", "note"),
    [
        ("yes", (), ""),
        ("yes", ("architecture/test_asvs.py::test_that_nobody_wrote",), ""),
        ("yes", ("architecture/test_nothing.py::test_something",), ""),
        ("yes", ("disclosure/test_attacker.py::test_an_attacker_finds_nothing_for_long",), ""),
        ("partly", (), ""),
        ("no", (), "later"),
        ("not applicable", (), ""),
        ("perhaps", (), "Nobody knows."),
    ],
)
def test_the_check_finds_an_answer_that_nothing_bears_out(
    answer: str, tests: tuple[str, ...], note: str
) -> None:
    assert _faults(Requirement("V1.1.1", 2, "something", answer, tests, note))
