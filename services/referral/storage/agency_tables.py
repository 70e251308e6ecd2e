"""The tables of agencies' lives, and what keeps large inboxes and boards quick."""

from sqlalchemy import Column, Date, DateTime, Index, Table, Text, Uuid, text

from services.referral.storage.tables import case, consultation, leg, metadata

_LIVE = text("state IN ('offered', 'accepted', 'supporting')")
_OPEN = text("state = 'open'")

#: An agency takes no offers for a while 受入停止. A row that was ended early keeps its days.
agency_pause = Table(
    "agency_pause",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("agency", Text, nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date),
    Column("substitute", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Index("agency_pause_agency", "agency", postgresql_where=text("ended_at IS NULL")),
)

#: An agency ended or was reorganised, and another one answers for what it had.
agency_succession = Table(
    "agency_succession",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("successor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("named_by", Text, nullable=False),
    Column("named_at", DateTime(timezone=True), nullable=False),
)

# An inbox is read in the order of time left, a page at a time, by what its reader asks for.
_OFFERED = text("state = 'offered'")
_AT_WORK = text("state IN ('accepted', 'supporting')")
Index("leg_waiting", leg.c.receiver, leg.c.due_at, leg.c.id, postgresql_where=_OFFERED)
Index("leg_working", leg.c.receiver, leg.c.due_at, leg.c.id, postgresql_where=_AT_WORK)
Index("leg_assigned", leg.c.assigned_to, leg.c.due_at, leg.c.id, postgresql_where=_LIVE)
Index("leg_sent", leg.c.sender, leg.c.receiver, leg.c.due_at, leg.c.id, postgresql_where=_LIVE)
Index("consultation_urgency", consultation.c.urgency, consultation.c.case_id)
Index("consultation_topics", consultation.c.topics, postgresql_using="gin")
# The coordinator's board, and the newest cases first.
Index("leg_lead_due", leg.c.due_at, postgresql_where=text("lead AND state = 'offered'"))
Index("case_open_holder", case.c.holder, postgresql_where=_OPEN)
Index("case_open_due", case.c.due_at, postgresql_where=_OPEN)
Index("case_newest", case.c.opened_at, case.c.id)
Index("case_consultation", case.c.consultation_id)
Index("case_code", case.c.code)
