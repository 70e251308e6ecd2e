"""How each agency wants to be told beside the page: its mail address and its webhooks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.storage.notice_tables import agency_channel, webhook


@dataclass(frozen=True, slots=True)
class Webhook:
    """A machine that is told what an agency is told."""

    name: str
    agency: str
    url: str


async def addresses(connection: AsyncConnection) -> dict[str, str]:
    """The mail address of each agency that has one."""
    query = select(agency_channel.c.agency, agency_channel.c.email)
    return {row.agency: row.email for row in await connection.execute(query)}


async def put_address(
    connection: AsyncConnection, agency: str, email: str | None, by: str, now: datetime
) -> None:
    """Store where mail for this agency goes; None is nowhere."""
    if email is None:
        await connection.execute(delete(agency_channel).where(agency_channel.c.agency == agency))
        return
    values = {"agency": agency, "email": email, "changed_at": now, "changed_by": by}
    await connection.execute(
        insert(agency_channel)
        .values(values)
        .on_conflict_do_update(index_elements=[agency_channel.c.agency], set_=values)
    )


async def webhooks(connection: AsyncConnection) -> list[Webhook]:
    """Every webhook, by name. Their secrets are not shown again."""
    query = select(webhook.c.name, webhook.c.agency, webhook.c.url).order_by(webhook.c.name)
    return [Webhook(**row) for row in (await connection.execute(query)).mappings()]


async def put_webhook(
    connection: AsyncConnection, put: Webhook, secret: str, by: str, now: datetime
) -> None:
    """Store a webhook in the place of the one with this name."""
    values = {
        "name": put.name,
        "agency": put.agency,
        "url": put.url,
        "secret": secret,
        "changed_at": now,
        "changed_by": by,
    }
    await connection.execute(
        insert(webhook)
        .values(values)
        .on_conflict_do_update(index_elements=[webhook.c.name], set_=values)
    )


async def remove_webhook(connection: AsyncConnection, name: str) -> None:
    """Forget a webhook; what still waits for it will say that its target is gone."""
    await connection.execute(delete(webhook).where(webhook.c.name == name))


async def targets(
    connection: AsyncConnection, agencies: Collection[str]
) -> list[tuple[str, str, str]]:
    """Agency, channel and target of everything beside page and paper that these want."""
    mail = select(agency_channel.c.agency).where(agency_channel.c.agency.in_(agencies))
    hooks = select(webhook.c.agency, webhook.c.name).where(webhook.c.agency.in_(agencies))
    found = [(row.agency, "mail", row.agency) for row in await connection.execute(mail)]
    return found + [(row.agency, "webhook", row.name) for row in await connection.execute(hooks)]
