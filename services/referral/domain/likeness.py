"""Whether two cases may be about the same person, judged by nothing but what both show."""

from collections.abc import Mapping

from services.referral.domain.case import Case
from services.referral.domain.sight import Sight
from shared.plan.likeness import MATTER, PERSON

TOPICS = "topics"


def compares(sight: Sight, facts: Mapping[str, str]) -> bool:
    """Whether a case shows enough of its person to be compared, and says it."""
    seen = sight.facts.issuperset(PERSON) and not sight.facts.isdisjoint({MATTER, TOPICS})
    return seen and all(facts.get(name, "unknown") != "unknown" for name in PERSON)


def alike(one: Case, sight: Sight, other: Case, other_sight: Sight) -> bool:
    """Whether everything is the same that both cases show: the person, and what troubles it.

    That is the main topic where both show it. No receiver sees that one: to it, all topics must be
    the same, in whatever order they were written.
    """
    if not (compares(sight, one.facts) and compares(other_sight, other.facts)):
        return False
    both = sight.facts & other_sight.facts
    if any(one.facts[name] != other.facts[name] for name in PERSON):
        return False
    if MATTER in both:
        return one.facts[MATTER] == other.facts[MATTER]
    return TOPICS in both and set(one.topics) == set(other.topics)
