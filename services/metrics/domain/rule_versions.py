"""Versions of counting rules: which one counts, which one is counted beside it, which one left."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from shared.plan.counting import CountingRule
from shared.plan.faults import PlanFault

#: `counting`: counted anew beside the live figures; `ready`: counted, waits to be switched to;
#: `active`: what everybody sees; `leaving`: its figures are being removed; `past`: a record.
RuleState = Literal["counting", "ready", "active", "leaving", "past"]

WAITING: tuple[RuleState, ...] = ("counting", "ready")
#: The versions that new events are counted by.
COUNTED: tuple[RuleState, ...] = ("active", *WAITING)


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One version of an indicator's rule, as this installation keeps it."""

    indicator: str
    rule: CountingRule
    state: RuleState

    @property
    def version(self) -> int:
        """The version's number."""
        return self.rule.version


def versions_after(
    known: Sequence[RuleVersion], planned: Mapping[str, CountingRule]
) -> Iterator[RuleVersion]:
    """What has to be kept now that the plan says `planned`: new versions, and changed states.

    An indicator's first rule is active at once. Another version than the active one is counted
    beside it, in the place of any other that waits.
    """
    for indicator, rule in planned.items():
        mine = [one for one in known if one.indicator == indicator]
        before = next((one for one in mine if one.version == rule.version), None)
        for one in mine:
            if one.state in WAITING and one.version != rule.version:
                yield replace(one, state="leaving")
        if not mine:
            yield RuleVersion(indicator, rule, "active")
        elif before is None or before.state not in COUNTED:
            yield RuleVersion(indicator, rule, "counting")
        elif before.rule != rule:  # only its explanation was put better
            yield replace(before, rule=rule)


def version_faults(
    known: Sequence[RuleVersion], planned: Mapping[str, CountingRule]
) -> Iterator[PlanFault]:
    """Rules that were changed while their version's number was not."""
    for one in known:
        rule = planned.get(one.indicator)
        if rule is None or rule.version != one.version:
            continue
        if rule.fingerprint != one.rule.fingerprint:
            highest = max(o.version for o in known if o.indicator == one.indicator)
            reason = (
                f"「{one.indicator}」の数え方が、第{one.version}版のまま変わっています。"
                f"version を {highest + 1} にするか、もとの数え方に戻してください。"
            )
            yield PlanFault("counting.toml", None, reason)
