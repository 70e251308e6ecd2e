"""The table of reported states: which steps of the law and the plan the city has taken."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, Table, Text, Uuid, text

from services.referral.storage.tables import metadata

#: A state that intake told of, by the id of its figure; a correction replaces it.
milestone = Table(
    "milestone",
    metadata,
    Column("figure_id", Uuid, primary_key=True),
    Column("indicator", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("cancelled", Boolean, nullable=False, server_default=text("false")),
    Index("milestone_indicator", "indicator", "as_of"),
)
