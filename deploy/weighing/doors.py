"""Where people come in: the address they type, where we listen, and which proxies are believed."""

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from urllib.parse import urlsplit

from deploy.weighing.shortcoming import Shortcoming
from shared.settings import Settings
from shared.web.public_address import is_local, is_plain_http

#: How many addresses may be believed together: those of a /24, and of an IPv6 /64.
_MOST_V4, _MOST_V6 = 2**8, 2**64
_MAPPED = IPv6Network("::ffff:0:0/96")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]")
_UNREACHED = (
    "{listening} で待ち受けていて、この機械の外から届きますが、人が開く住所がこの機械の中の"
    "ままです。https://… の形で指定してください。"
)
_EVERYBODY = (
    "だれの X-Forwarded-For でも信じてしまう広さか、住所として読めない書き方です。"
    "代理サーバーの住所だけ（10.1.0.7 など、合わせて /24 か IPv6 の /64 まで）にしてください。"
)
_TOO_WIDE = (
    "広すぎます。だれでもログイン名を名乗れてしまうので、代理サーバーの住所だけ"
    "（10.1.0.7/32 など、合わせて /24 か IPv6 の /64 まで）にしてください。"
)


def of_address(settings: Settings) -> Iterator[Shortcoming]:
    """The address that people type: one that leads somewhere, and by https."""
    if not _leads_somewhere(settings.tsunagi_url):
        yield Shortcoming(
            "TSUNAGI_URL",
            "人が開く住所がありません。https://tsunagi.example.jp の形で、空白と、名前や"
            "ポートより後ろの部分なしで指定してください。",
        )
    elif is_plain_http(settings.tsunagi_url) and not settings.tsunagi_allow_http:
        yield Shortcoming(
            "TSUNAGI_URL",
            "https ではない公開の住所です。https にするか、承知のうえなら"
            " TSUNAGI_ALLOW_HTTP=1 にしてください（管理者の画面に警告が出ます）。",
        )


def _leads_somewhere(url: str) -> bool:
    """Whether it is scheme, host and port alone: our pages have no path before their own."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    named = bool(parts.hostname) and port != 0 and "@" not in parts.netloc
    bare = parts.path in ("", "/") and not {"?", "#", "\\"} & set(url)
    return parts.scheme in ("http", "https") and named and bare and _SPACE.search(url) is None


def of_listening(settings: Settings, host: str) -> Iterator[Shortcoming]:
    """A process that others reach, and an address by which only this machine does.

    In a container every host is reached by its neighbours; there the proxy's own address counts.
    """
    listening = _host_of(settings.tsunagi_listen or host)
    if not is_local(listening) and is_local(urlsplit(settings.tsunagi_url).hostname or ""):
        yield Shortcoming("TSUNAGI_URL", _UNREACHED.format(listening=listening))


def _host_of(listening: str) -> str:
    """The host of `127.0.0.1:8000` or `[::1]:8000`; a port alone, or nothing, is every host's."""
    if not listening or listening.isdecimal():
        return "0.0.0.0"  # noqa: S104  the name of what is refused
    return urlsplit(f"//{listening}").hostname or listening


def of_proxies(settings: Settings) -> Iterator[Shortcoming]:
    """Those whose word is taken for an address or a login: a few, whatever they are written as."""
    try:
        forwarding = [ip_network(one) for one in settings.forwarded_allow_ips]
    except ValueError:
        yield Shortcoming("FORWARDED_ALLOW_IPS", _EVERYBODY)
    else:
        if _is_wide(forwarding):
            yield Shortcoming("FORWARDED_ALLOW_IPS", _EVERYBODY)
    if _is_wide(settings.tsunagi_proxy_networks):
        yield Shortcoming("TSUNAGI_PROXY_NETWORKS", _TOO_WIDE)


def _as_met(network: IPv4Network | IPv6Network) -> IPv4Network | IPv6Network:
    """A network of IPv4 addresses written as IPv6 (RFC 4291, 2.5.5.2) is theirs, not IPv6's."""
    if isinstance(network, IPv4Network) or not network.overlaps(_MAPPED):
        return network
    mapped = int(network.network_address) & 0xFFFFFFFF
    return IPv4Network((mapped if network.prefixlen >= 96 else 0, max(0, network.prefixlen - 96)))


def _is_wide(networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    others = [one for one in map(_as_met, networks) if not one.is_loopback]
    v4 = collapse_addresses(one for one in others if isinstance(one, IPv4Network))
    v6 = collapse_addresses(one for one in others if isinstance(one, IPv6Network))
    return (
        sum(one.num_addresses for one in v4) > _MOST_V4
        or sum(one.num_addresses for one in v6) > _MOST_V6
    )
