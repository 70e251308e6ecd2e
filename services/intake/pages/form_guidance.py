"""What the consultation form says on demand: the plan's destinations, and whom to call now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.consultation import EARLIEST, REFER
from services.intake.domain.destinations import candidates
from shared.plan import Plan
from shared.plan.calling import Call, calls_now
from shared.plan.routing import Suggestion
from shared.web.forms import Typed


@dataclass(frozen=True, slots=True)
class Guidance:
    """`asked`: the button was pressed, so this is what the page is about now."""

    shown: bool = False
    asked: bool = False
    suggested: Sequence[Suggestion] = ()
    calls: Sequence[Call] = ()

    @property
    def named(self) -> dict[str, Suggestion]:
        """The plan's suggestion for an agency, by its id."""
        return {found.agency: found for found in self.suggested}

    def first(self, agencies: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Destinations with those of the plan before all others, in the plan's order."""
        place = {agency: index for index, agency in enumerate(self.named)}
        return sorted(agencies, key=lambda one: place.get(one[0], len(place)))


def guidance(
    typed: Typed, topics: Sequence[str], desk: str, plan: Plan, now: datetime, *, asked: bool
) -> Guidance:
    """What a form says that was not recorded, from as much of it as was filled in."""
    known = [topic for topic in topics if topic in plan.topics]
    calls = calls_now(plan, known, typed.optional("urgency"))
    if not asked and typed.one("response") != REFER:
        return Guidance(calls=calls)
    suggested = candidates(
        plan,
        desk,
        known,
        age_band=typed.optional("age_band"),
        district=typed.optional("district"),
        received_at=_received(typed, now),
    )
    return Guidance(shown=True, asked=asked, suggested=suggested, calls=calls)


def _received(typed: Typed, now: datetime) -> datetime:
    """The time of receipt; now while it is not one that a consultation can have."""
    try:
        received = datetime.fromisoformat(typed.local_time("received_at"))
    except ValueError:
        return now
    return received if received.tzinfo is not None and EARLIEST <= received <= now else now
