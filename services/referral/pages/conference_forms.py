"""The forms of conferences: the agenda, and one set of decisions for each of its cases."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from services.referral.domain.conference import Conference
from services.referral.pages.conference_kept import KEPT
from services.referral.pages.plan_forms import MOST
from services.referral.usecases.show_conferences import AgendaCase
from shared.web.forms import CHOOSE, Field, Typed

AGENDA: Mapping[str, Field] = {
    "kind": Field("会議の種類", CHOOSE),
    "held_on": Field("会議の日"),
    "cases": Field("話し合ったケース", CHOOSE),
    "agencies": Field("参加した機関", CHOOSE),
}
#: How a case ends, as the page asks it.
_END = {"end": "終わり方", "outcome": "結果", "ended_by": "だれが終えたか"}
CANCEL: Mapping[str, Field] = {"reason": Field("取り消す理由")}


def agenda_values(typed: Typed) -> dict[str, Any]:
    """The agenda as the model takes it; a list that was left empty is one not given."""
    values: dict[str, Any] = {name: typed.one(name) for name in ("kind", "held_on")}
    lists = {name: typed.many(name) for name in ("agencies", "cases")}
    return values | {name: chosen for name, chosen in lists.items() if chosen}


def agenda_page(conference: Conference) -> str:
    """Where the decisions on this agenda are written down."""
    chosen = [
        *(("step", "decisions"), ("kind", conference.kind), ("held_on", conference.held_on)),
        *(("agencies", one) for one in conference.agencies if one != conference.convener),
        *(("cases", one) for one in conference.cases),
    ]
    return f"/referral/conferences/new?{urlencode(chosen)}"


class DecisionSheet:
    """What was typed about each case of an agenda, as decisions, and as fields that a refusal of
    one of them leads to. The fields of the first case end in `-0`.
    """

    def __init__(self, typed: Typed) -> None:
        self._typed = typed
        self._cases = typed.many("cases")
        self._numbers = {
            (index, decision["kind"]): number
            for number, (index, decision) in enumerate(self._decided())
        }

    def decisions(self) -> list[dict[str, Any]]:
        """The decisions as the model takes them."""
        return [decision for _, decision in self._decided()]

    def fields(self, agenda: Sequence[AgendaCase | None]) -> dict[str, Field]:
        """The fields of the form, in the page's order, each with its place in the model."""
        fields: dict[str, Field] = {}
        for index, one in enumerate(agenda):
            goals = () if one is None or one.plan is None else one.plan.goals
            fields |= dict(self._fields_of(index, [goal.number for goal in goals]))
        return fields | KEPT

    def _decided(self) -> Iterator[tuple[int, dict[str, Any]]]:
        for index, case in enumerate(self._cases):
            for kind, words in self._words_on(index):
                yield index, {"kind": kind, "case": case} | words

    def _words_on(self, index: int) -> Iterator[tuple[str, dict[str, Any]]]:
        """Kind and words of each decision on one case, in the order in which they act."""
        if lead := self._one("lead", index):
            yield "name-lead", {"agency": lead}
        scores = [
            {"goal": number, "score": score}
            for number in range(1, MOST + 1)
            if (score := self._one("score", index, number))
        ]
        review = _given({"scores": scores, "next_review": self._one("next", index)})
        if review:
            yield "review-plan", review
        if self._one("adopt", index):
            yield "adopt-plan", {}
        end = _given({name: self._one(name, index) for name in _END})
        if end:
            yield "close-case", end

    def _fields_of(self, index: int, goals: list[int]) -> Iterator[tuple[str, Field]]:
        yield f"lead-{index}", Field("主担当", CHOOSE, self._place(index, "name-lead"))
        review = self._place(index, "review-plan")
        left = [number for number in goals if not self._one("score", index, number)]
        for number in goals:
            place = (*review, "scores") if number in left[:1] else (*review, "scores", -number)
            yield f"score-{index}-{number}", Field(f"目標{number}の評価", CHOOSE, place)
        yield f"next-{index}", Field("次に評価する日", loc=(*review, "next_review"))
        yield f"adopt-{index}", Field("支援プラン", CHOOSE, self._place(index, "adopt-plan"))
        for name, label in _END.items():
            place = (*self._place(index, "close-case"), name)
            yield f"{name}-{index}", Field(label, CHOOSE, place)

    def _one(self, name: str, *numbers: int) -> str:
        return self._typed.one("-".join([name, *map(str, numbers)]))

    def _place(self, index: int, kind: str) -> tuple[str | int, ...]:
        """Where a decision stands in the model; nowhere, if it was not made."""
        return ("decisions", self._numbers.get((index, kind), -1))


def _given(words: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in words.items() if value}
