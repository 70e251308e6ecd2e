"""What the desk asks for when it refers: to whom, why, and on which basis."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.consultation import GRACE
from shared.errors import FieldFault
from shared.japanese_time import japanese_day
from shared.plan import Plan

MOST_DESTINATIONS = 5
MOST_REASON = 200
MOST_AUTHORISER = 40
MOST_OVERRIDE = 200


@dataclass(frozen=True, slots=True)
class ReferralRequest:
    """Destinations in order; `lead` is one of them, or None for side legs only.

    `override` says why an agency was chosen that the plan does not suggest: blank if the page
    asked and nothing was written, None where `reason` alone is asked for.
    """

    to: tuple[str, ...]
    lead: str | None
    reason: str
    basis: str
    mode: str
    authorised_by: str
    at: datetime
    override: str | None = None


def faults_of_request(
    request: ReferralRequest, desk: str, received_at: datetime, plan: Plan, now: datetime
) -> Iterator[FieldFault]:
    """Every reason why this request cannot be taken; `loc` begins with `refer`."""
    day = japanese_day(request.at)
    for index, agency in enumerate(request.to):
        if agency not in plan.agencies:
            yield FieldFault(("refer", "to", index), "unknown-agency", "一覧にない機関です。")
        elif not plan.agencies[agency].valid_on(day):
            detail = f"「{plan.agency_name(agency)}」は、この日にはない機関です。"
            yield FieldFault(("refer", "to", index), "agency-not-valid", detail)
        elif agency == desk:
            yield FieldFault(("refer", "to", index), "own-desk", "自分の窓口にはつなげません。")
    if len(set(request.to)) != len(request.to):
        yield FieldFault(("refer", "to"), "twice", "同じ機関が二度選ばれています。")
    if len(request.to) > MOST_DESTINATIONS:
        yield FieldFault(("refer", "to"), "too-many", "つなぎ先は5か所までです。")
    if request.lead is not None and request.lead not in request.to:
        yield FieldFault(
            ("refer", "lead"), "not-among-to", "主担当はつなぎ先の中から選んでください。"
        )
    if not request.reason.strip():
        yield FieldFault(("refer", "reason"), "missing", "つなぐ理由を書いてください。")
    if len(request.reason) > MOST_REASON:
        yield FieldFault(("refer", "reason"), "too-long", "つなぐ理由は200字までです。")
    if len(request.authorised_by) > MOST_AUTHORISER:
        yield FieldFault(("refer", "authorised_by"), "too-long", "承認者は40字までです。")
    if request.basis not in plan.codes["basis"]:
        yield FieldFault(("refer", "basis"), "unknown-code", "一覧にない共有の根拠です。")
    if request.mode not in plan.codes["mode"]:
        yield FieldFault(("refer", "mode"), "unknown-code", "一覧にないつなぎ方です。")
    if request.at > now + GRACE:
        yield FieldFault(("refer", "at"), "in-the-future", "つないだ日時が未来になっています。")
    if request.at < received_at:
        yield FieldFault(("refer", "at"), "too-early", "つないだ日時が受付より前になっています。")
