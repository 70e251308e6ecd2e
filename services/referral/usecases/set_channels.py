"""Set how an agency is told beside the page: the administrator's mail addresses and webhooks."""

import re
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.notifier.signing import new_secret
from services.referral.notifier.undelivered import Undelivered
from services.referral.notifier.webhooks import WebhookCaller
from services.referral.storage import channels
from services.referral.storage.channels import Webhook
from services.referral.usecases.acting import Acting
from shared.errors import InvalidInput
from shared.identity.naming import refuse_identifiers

_ADDRESS = re.compile(r"(?=[!-~]+\Z)[^\s@<>,;:\"]+@[^\s@<>,;:\"]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Channels:
    """The mail address of each agency that has one, and every webhook."""

    addresses: dict[str, str]
    webhooks: list[Webhook]


async def show_channels(connection: AsyncConnection) -> Channels:
    """How everybody is told."""
    return Channels(await channels.addresses(connection), await channels.webhooks(connection))


async def put_address(
    connection: AsyncConnection, agency: str, email: str | None, acting: Acting
) -> None:
    """Set where mail for an agency goes; None stops it. Raises InvalidInput."""
    _check_agency(agency, acting)
    if email is not None and not _ADDRESS.fullmatch(email):
        detail = "メールアドレスの形をご確認ください（例 madoguchi@example.jp）。"
        raise InvalidInput.field("email", code="bad-address", detail=detail)
    by = acting.principal.name
    await channels.put_address(connection, agency, email, by, acting.now)


def _check_agency(agency: str, acting: Acting) -> None:
    if agency not in acting.plan.agencies:
        raise InvalidInput.field("agency", code="unknown-agency", detail="一覧にない機関です。")


async def check_webhook(caller: WebhookCaller, url: str) -> None:
    """Raise InvalidInput for a target that may not be called, before anything is stored."""
    try:
        await caller.check(url)
    except Undelivered as undelivered:
        if undelivered.kind == "unknown-name":
            detail = "この送り先の名前が見つかりません。つづりをご確認ください。"
        elif undelivered.kind == "forbidden-port":
            detail = (
                "このポート番号には送れません。組織の外へは 443 か 8443 に、"
                "許可したネットワークの中へは 80、443、1024 以上のどれかにしてください。"
            )
        else:
            detail = (
                "この送り先には送れません。https で始まる、組織の外から見えるアドレスにするか、"
                "TSUNAGI_WEBHOOK_NETWORKS でこのネットワークを許可してください。"
            )
        raise InvalidInput.field("url", code=undelivered.kind, detail=detail) from None


async def remove_webhook(connection: AsyncConnection, name: str) -> None:
    """Call this webhook no more."""
    await channels.remove_webhook(connection, name)


async def put_webhook(
    connection: AsyncConnection, name: str, agency: str, url: str, acting: Acting
) -> str:
    """Store a webhook under a new secret, which cannot be shown again. Raises InvalidInput."""
    refuse_identifiers(name)
    _check_agency(agency, acting)
    secret = new_secret()
    put = Webhook(name, agency, url)
    await channels.put_webhook(connection, put, secret, acting.principal.name, acting.now)
    return secret
