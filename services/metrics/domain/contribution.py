"""One fact's share in one indicator."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from shared.japanese_time import fiscal_year_of


@dataclass(frozen=True, slots=True)
class Contribution:
    """One fact's share in one indicator: `flow` adds up, `reported` is a figure somebody gave.

    `shielded` where the consultation is about violence, or where that is not known yet: it
    counts in totals and in no breakdown by district or age.
    """

    subject: UUID
    indicator: str
    rule_version: int
    role: Literal["flow", "reported"]
    day: date
    shielded: bool = False
    part: str | None = None
    quantity: int | Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    state: str | None = None
    desk: str | None = None
    district: str | None = None
    age_band: str | None = None

    @property
    def fiscal_year(self) -> int:
        """The fiscal year that it counts in."""
        return fiscal_year_of(self.day)
