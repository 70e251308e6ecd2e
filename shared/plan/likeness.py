"""When two consultations may be about the same person: a soft warning, never a match."""

from collections.abc import Mapping
from datetime import timedelta

#: What describes the person, and what troubles it most.
PERSON = ("age_band", "sex", "district", "household")
MATTER = "main_topic"
#: What must be the same. There is no name to compare, so all of it must be.
SAME = (*PERSON, MATTER)
#: What is asked for again within a month is often the same matter, brought to a second counter.
WITHIN = timedelta(days=30)


def tells_apart(facts: Mapping[str, str]) -> bool:
    """Whether everything that is compared is known: two that know nothing are not alike."""
    return all(facts.get(name, "unknown") != "unknown" for name in SAME)
