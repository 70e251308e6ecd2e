"""Logs of a size that is asked for: consultations with what became of them, activities, figures."""

import random
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from uuid_utils.compat import uuid7

from shared.contracts import (
    ActivityRecordedV1,
    ConsultationCancelledV1,
    ConsultationCorrectedV1,
    ConsultationRecordedV1,
    Contract,
    FigureReportedV1,
    HolderChangedV1,
    ReferralAcceptedV1,
    ReferralClosedV1,
    ReferralOfferedV1,
)
from shared.database import AS_SERVICE
from shared.messaging.event import Cause, Event
from shared.plan import Plan

_BEGINS = datetime(2021, 4, 1, tzinfo=UTC)
#: How many events of other records come between a record and what happens to it later.
_LATER = 3_000
_COPY = "COPY outbox (partition, position, event_id, subject, type, event) FROM STDIN"


class _City:
    """Tells events in the order in which they were written, the same in every run but for ids."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._chance = random.Random(1)
        self._lists = {name: list(codes) for name, codes in plan.codes.items()}
        self._desks, self._topics = list(plan.agencies), list(plan.topics)
        self._later: deque[tuple[UUID, datetime, Contract]] = deque()
        self._at = _BEGINS

    def events(self) -> Iterator[tuple[UUID, datetime, Contract]]:
        """Events without end: subject, time, data."""
        while True:
            self._at += timedelta(minutes=4)
            yield from self._record()
            while len(self._later) > _LATER:
                yield self._later.popleft()

    def _likely(self, share: float) -> bool:
        return self._chance.random() < share

    def _code(self, name: str) -> str:
        return self._chance.choice(self._lists[name])

    def _record(self) -> Iterator[tuple[UUID, datetime, Contract]]:
        subject, desk = uuid7(), self._chance.choice(self._desks)
        yield subject, self._at, self._consultation(ConsultationRecordedV1, desk, 1)
        if self._likely(0.12):
            again = self._consultation(ConsultationCorrectedV1, desk, 2)
            self._later.append((subject, self._at, again))
        elif self._likely(0.03):
            gone = ConsultationCancelledV1(desk=desk, received_at=self._at, revision=2)
            self._later.append((subject, self._at, gone))
        if self._likely(0.25):
            yield from self._referral(subject, desk)
        if self._likely(0.12):
            yield uuid7(), self._at, self._activity(desk)
        if self._likely(0.01):
            yield uuid7(), self._at, self._figure()

    def _consultation(self, contract: type[Any], desk: str, revision: int) -> Contract:
        topics = self._chance.sample(self._topics, self._chance.randint(1, 3))
        names = ("caller", "channel", "age_band", "sex", "district", "household", "urgency")
        told: Contract = contract(
            desk=desk,
            received_at=self._at,
            anonymous=False,
            repeat=False,
            topics=tuple(topics),
            main_topic=topics[0],
            revision=revision,
            response=self._code("response"),
            **{name: self._code(name) for name in names},
        )
        return told

    def _referral(self, subject: UUID, desk: str) -> Iterator[tuple[UUID, datetime, Contract]]:
        case, receiver = uuid7(), self._chance.choice(self._desks)
        leg: dict[str, Any] = {
            "case_id": case,
            "referral_id": uuid7(),
            "consultation_id": subject,
            "sender": desk,
            "receiver": receiver,
            "lead": True,
        }
        due = self._at + timedelta(days=3)
        yield case, self._at, ReferralOfferedV1(**leg, basis="consent", mode="phone", due_at=due)
        if not self._likely(0.8):
            return
        at = self._at + timedelta(days=1)
        self._later.append((case, at, ReferralAcceptedV1(**leg)))
        words = {"case_id": case, "consultation_id": subject, "previous": desk}
        taken = HolderChangedV1(**words, holder=receiver, cause="accepted")
        self._later.append((case, at, taken))
        if self._likely(0.6):
            closed = ReferralClosedV1(**leg, outcome=self._code("outcome"), ended_by="person")
            self._later.append((case, at + timedelta(days=30), closed))

    def _activity(self, desk: str) -> Contract:
        return ActivityRecordedV1(
            desk=desk,
            kind=self._code("activity"),
            held_on=self._at.date(),
            district=self._code("district"),
            quantity=self._chance.randint(1, 3),
            attendance=self._chance.choice([None, 12]),
            amount=self._chance.choice([None, 30_000]),
            revision=1,
        )

    def _figure(self) -> Contract:
        return FigureReportedV1(
            desk=None,
            indicator="volunteer-hosts",
            part=None,
            as_of=self._at.date(),
            value=self._chance.randint(1, 900),
            revision=1,
        )


def write_logs(environment: dict[str, str], plan: Plan, how_many: int) -> dict[str, int]:
    """Fill both producers' logs with this many events together; how many each has."""
    told = _City(plan).events()
    places = {"intake": 0, "referral": 0}
    with (
        psycopg.connect(environment["INTAKE_OWNER_DATABASE_URL"], options=AS_SERVICE) as intake,
        psycopg.connect(environment["REFERRAL_OWNER_DATABASE_URL"], options=AS_SERVICE) as referral,
    ):
        for connection in (intake, referral):
            connection.execute("TRUNCATE outbox")
            connection.execute("ALTER TABLE outbox NO FORCE ROW LEVEL SECURITY")
        with intake.cursor().copy(_COPY) as first, referral.cursor().copy(_COPY) as second:
            logs = {"intake": first, "referral": second}
            for _ in range(how_many):
                subject, at, data = next(told)
                event = Event.of(data, subject=subject, time=at, cause=Cause("bench", "bench"))
                places[data.producer] += 1
                row = (event.id, subject, data.type_name(), event.to_json())
                logs[data.producer].write_row((0, places[data.producer], *row))
        for connection in (intake, referral):
            connection.execute("ALTER TABLE outbox FORCE ROW LEVEL SECURITY")
    return places
