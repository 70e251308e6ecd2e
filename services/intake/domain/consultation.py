"""A consultation 相談: its facts, and why some cannot be taken."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.errors import FieldFault
from shared.japanese_time import JST, fiscal_year_of, japanese_day
from shared.plan import Plan

EARLIEST = datetime(2000, 1, 1, tzinfo=JST)
#: Clocks of counter machines differ; a consultation may be this far ahead of ours.
GRACE = timedelta(minutes=5)
#: The response that opens a case.
REFER = "refer"

#: The fields that hold one code of the plan's list of the same name.
CODED = ("caller", "channel", "age_band", "sex", "district", "household", "urgency", "response")


@dataclass(frozen=True, slots=True)
class ConsultationFacts:
    """What was written down, without the memo. Codes are those of the plan's lists."""

    received_at: datetime
    caller: str
    channel: str
    anonymous: bool
    repeat: bool
    age_band: str
    sex: str
    district: str
    household: str
    topics: tuple[str, ...]
    main_topic: str
    urgency: str
    response: str

    @property
    def fiscal_year(self) -> int:
        """The fiscal year (April to March, JST) of the day it was received."""
        return fiscal_year_of(japanese_day(self.received_at))


FACT_NAMES = tuple(field.name for field in fields(ConsultationFacts))


@dataclass(frozen=True, slots=True)
class Consultation:
    """A consultation as it stands: the desk that wrote it, its newest facts, its case."""

    id: UUID
    desk: str
    revision: int
    facts: ConsultationFacts
    case_id: UUID | None
    cancelled: bool


def faults_of(facts: ConsultationFacts, plan: Plan, now: datetime) -> Iterator[FieldFault]:
    """Every reason why these facts cannot be taken, each naming its field."""
    if facts.received_at < EARLIEST:
        yield FieldFault(("received_at",), "too-early", "2000年より前の日時は書けません。")
    if facts.received_at > now.astimezone(UTC) + GRACE:
        yield FieldFault(("received_at",), "in-the-future", "受付日時が未来になっています。")
    for name in CODED:
        if getattr(facts, name) not in plan.codes[name]:
            yield FieldFault((name,), "unknown-code", "一覧にない値です。選び直してください。")
    if not facts.topics:
        yield FieldFault(("topics",), "missing", "相談の内容を一つ以上選んでください。")
    for index, topic in enumerate(facts.topics):
        if topic not in plan.topics:
            yield FieldFault(("topics", index), "unknown-code", "一覧にない相談内容です。")
    if len(set(facts.topics)) != len(facts.topics):
        yield FieldFault(("topics",), "twice", "同じ相談内容が二度選ばれています。")
    if facts.main_topic not in facts.topics:
        yield FieldFault(
            ("main_topic",),
            "not-among-topics",
            "◎（いちばんの困りごと）は○の中から選んでください。",
        )
