"""What an installation must have before it starts: each thing that is missing, by its setting."""

import asyncio
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from urllib.parse import urlsplit

import click

from deploy.weighing.addresses import of_databases, of_mail, of_redis
from deploy.weighing.servers import shortcomings_inside
from deploy.weighing.shortcoming import WEAK, Shortcoming, is_weak, of_secret
from shared.settings import Settings
from shared.web.public_address import is_plain_http

#: The widest networks in which a city's proxies may stand, by their bits.
_NARROWEST_V4, _NARROWEST_V6 = 24, 64


def shortcomings(settings: Settings) -> list[Shortcoming]:
    """Everything that the settings alone show, in the order of the documents."""
    return [
        *_of_address(settings),
        *of_databases(settings),
        *of_redis(settings),
        *of_mail(settings),
        *_of_sign_in(settings),
    ]


def _of_address(settings: Settings) -> Iterator[Shortcoming]:
    parts = urlsplit(settings.tsunagi_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield Shortcoming(
            "TSUNAGI_URL",
            "人が開く住所がありません。https://… の形で指定してください。",
        )
    elif is_plain_http(settings.tsunagi_url) and not settings.tsunagi_allow_http:
        yield Shortcoming(
            "TSUNAGI_URL",
            "https ではない公開の住所です。https にするか、承知のうえなら"
            " TSUNAGI_ALLOW_HTTP=1 にしてください（管理者の画面に警告が出ます）。",
        )


def _of_sign_in(settings: Settings) -> Iterator[Shortcoming]:
    client = settings.tsunagi_oidc_client_secret
    if settings.tsunagi_oidc_issuer and client:
        yield from of_secret("TSUNAGI_OIDC_CLIENT_SECRET", client.get_secret_value())
    networks = settings.tsunagi_proxy_networks
    v4 = collapse_addresses([one for one in networks if isinstance(one, IPv4Network)])
    v6 = collapse_addresses([one for one in networks if isinstance(one, IPv6Network)])
    wide = [one for one in v4 if one.prefixlen < _NARROWEST_V4 and not one.is_loopback]
    if wide or any(one.prefixlen < _NARROWEST_V6 for one in v6):
        yield Shortcoming(
            "TSUNAGI_PROXY_NETWORKS",
            "広すぎます。だれでもログイン名を名乗れてしまうので、代理サーバーの住所だけ"
            "（10.1.0.7/32 など、広くても /24 か IPv6 の /64）にしてください。",
        )


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
    settings: Settings, demonstration: Sequence[str], *, signs: bool = True
) -> list[Shortcoming]:
    """All lists, where no event loop runs yet; `signs` for a process that keeps the audit trail."""
    inside = asyncio.run(shortcomings_inside(settings, demonstration))
    audit = of_audit(settings) if signs else ()
    return list(dict.fromkeys([*shortcomings(settings), *audit, *inside]))


def refuse(found: Sequence[Shortcoming]) -> None:
    """Raise ClickException that names every shortcoming; nothing without one."""
    if found:
        lines = "\n".join(f"  ・{one.line()}" for one in found)
        raise click.ClickException(f"このままでは安全に動かせません。次を直してください。\n{lines}")
