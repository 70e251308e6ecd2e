"""The codes of the long table with their meanings, for those who read it without asking us."""

from collections.abc import Iterator

from services.metrics.feed.words import (
    DIMENSIONS,
    KINDS,
    MEASURES,
    STATUS_SYMBOLS,
    STATUSES,
    TABLES,
    VALUE_SYMBOLS,
    VERDICTS,
)
from shared.plan import Plan

#: The head of the table of codes.
HEAD = ("column", "list", "code", "label", "meaning")


def codes_of(plan: Plan) -> Iterator[tuple[str, str, str, str, str]]:
    """One row for each code: the column it stands in, of which list, its label and meaning."""
    for code, symbol in VALUE_SYMBOLS.items():
        yield "value_symbol", "value_symbol", code, symbol.name, symbol.handling
    for code, symbol in STATUS_SYMBOLS.items():
        yield "status_symbol", "status_symbol", code, symbol.name, symbol.handling
    for column in ("release_status", "status"):
        for code, label in STATUSES.items():
            yield column, "status", code, label, ""
    for column, words in (("table", TABLES), ("kind", KINDS), ("dimension", DIMENSIONS)):
        for code, label in words.items():
            yield column, column, code, label, ""
    for code, measured in MEASURES.items():
        yield "measure", "measure", code, measured.name, f"単位は{measured.unit or '指標の単位'}"
    for code, label in VERDICTS.items():
        yield "state", "verdict", code, label, ""
    for dimension in ("district", "age_band"):
        for code, label in plan.codes[dimension].items():
            yield "key", dimension, code, label, ""
    for agency in plan.agencies.values():
        yield "key", "agency", agency.id, agency.name, ""
    for topic in plan.topics.values():
        yield "key", "topic", topic.id, topic.label, ""
