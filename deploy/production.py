"""What an installation must have before it starts: each thing that is missing, by its setting."""

import asyncio
from collections.abc import Iterator, Sequence

import click

from deploy.weighing.addresses import of_databases, of_mail, of_redis
from deploy.weighing.doors import of_address, of_listening, of_proxies
from deploy.weighing.servers import shortcomings_inside
from deploy.weighing.shortcoming import WEAK, Shortcoming, is_weak, of_secret
from shared.settings import Settings


def shortcomings(settings: Settings) -> list[Shortcoming]:
    """Everything that the settings alone show, in the order of the documents."""
    return [
        *of_address(settings),
        *of_databases(settings),
        *of_redis(settings),
        *of_mail(settings),
        *_of_sign_in(settings),
        *of_proxies(settings),
    ]


def _of_sign_in(settings: Settings) -> Iterator[Shortcoming]:
    client = settings.tsunagi_oidc_client_secret
    if settings.tsunagi_oidc_issuer and client:
        yield from of_secret("TSUNAGI_OIDC_CLIENT_SECRET", client.get_secret_value())


def of_audit(settings: Settings) -> Iterator[Shortcoming]:
    """What keeps the audit trail from being signed; only workers sign."""
    if settings.tsunagi_audit_folder is None:
        yield Shortcoming(
            "TSUNAGI_AUDIT_FOLDER",
            "監査の控えを置くフォルダーを、データベースの外に決めてください。",
        )
    if settings.tsunagi_audit_secret is None:
        yield Shortcoming(
            "TSUNAGI_AUDIT_SECRET",
            "監査の控えに署名する鍵がありません（make secrets で作れます）。",
        )
    elif is_weak(settings.tsunagi_audit_secret.get_secret_value()):
        yield Shortcoming("TSUNAGI_AUDIT_SECRET", WEAK)


def everything_missing(
    settings: Settings, demonstration: Sequence[str], *, host: str = "127.0.0.1", signs: bool = True
) -> list[Shortcoming]:
    """All lists, where no event loop runs yet.

    `host` is where this process listens; `signs` is for one that keeps the audit trail.
    """
    inside = asyncio.run(shortcomings_inside(settings, demonstration))
    audit = of_audit(settings) if signs else ()
    return list(
        dict.fromkeys([*shortcomings(settings), *of_listening(settings, host), *audit, *inside])
    )


def refuse(found: Sequence[Shortcoming]) -> None:
    """Raise ClickException that names every shortcoming; nothing without one."""
    if found:
        lines = "\n".join(f"  ・{one.line()}" for one in found)
        raise click.ClickException(f"このままでは安全に動かせません。次を直してください。\n{lines}")
