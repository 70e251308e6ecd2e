"""What people do about deliveries: hand over a sheet, telephone, have it tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.delivering import CHANNEL_WORDS, FAILURES, Channel, DeliveryState
from services.referral.storage import deliveries
from services.referral.storage.deliveries import Delivery
from services.referral.usecases.acting import Acting
from services.referral.usecases.read_notifications import words_of
from shared.errors import Conflict, NotFound

#: So long a sheet that was handed over still stands on the page.
DONE_FOR = timedelta(days=7)
MOST = 200


@dataclass(frozen=True, slots=True)
class ShownDelivery:
    """A delivery in words. `why` is empty where nothing went wrong."""

    delivery: Delivery
    words: str
    channel: str
    why: str


@dataclass(frozen=True, slots=True)
class PaperQueue:
    """The sheets to hand over, and those that were handed over of late."""

    waiting: list[ShownDelivery]
    done: list[ShownDelivery]


def _shown(found: list[Delivery]) -> list[ShownDelivery]:
    return [
        ShownDelivery(
            one,
            words_of(one.kind),
            CHANNEL_WORDS[Channel(one.channel)],
            FAILURES.get(one.error or "", ""),
        )
        for one in found
    ]


def _not_found() -> NotFound:
    return NotFound("delivery-not-found", "このお知らせは見つかりませんでした。")


async def show_paper(connection: AsyncConnection, agency: str, now: datetime) -> PaperQueue:
    """What this agency hands over on paper to agencies without a terminal."""
    waiting, done = await deliveries.paper_of(
        connection, agency, done_since=now - DONE_FOR, limit=MOST
    )
    return PaperQueue(_shown(waiting), _shown(done))


async def show_failed(
    connection: AsyncConnection, case_id: UUID, agency: str
) -> list[ShownDelivery]:
    """What did not arrive and is now this agency's to tell by telephone."""
    return _shown(await deliveries.failed_of_case(connection, case_id, agency))


async def show_troubled(connection: AsyncConnection) -> list[ShownDelivery]:
    """What did not arrive yet, for the administrator."""
    return _shown(await deliveries.in_trouble(connection, MOST))


async def tell_by_hand(connection: AsyncConnection, delivery_id: UUID, acting: Acting) -> Delivery:
    """Somebody of the agency in charge handed the sheet over, or told it by telephone.

    A second time changes nothing. Raises NotFound for every other agency.
    """
    found = await deliveries.find(connection, delivery_id, acting.agency, lock=True)
    if found is None:
        raise _not_found()
    on_paper = found.channel == Channel.PAPER.value
    if found.state == DeliveryState.DONE.value:
        return found
    if not on_paper and found.state != DeliveryState.FAILED.value:
        detail = "このお知らせは、まだ送っているところです。"
        raise Conflict("not-now", detail, extra={"allowed": []})
    await deliveries.hand_over(connection, delivery_id, acting.principal.name, acting.now)
    return found


async def try_delivery_again(
    connection: AsyncConnection, delivery_id: UUID, acting: Acting
) -> None:
    """Begin anew with one that was given up. Raises Conflict for any other."""
    found = await deliveries.find(connection, delivery_id, None, lock=True)
    if found is None:
        raise _not_found()
    if found.state != DeliveryState.FAILED.value:
        detail = "このお知らせは、もう一度送るところか、すでに届いています。"
        raise Conflict("not-now", detail, extra={"allowed": []})
    await deliveries.try_again(connection, delivery_id, acting.now)
