"""Where a webhook may lead: never into our own networks unless an administrator allows them."""

import asyncio
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import urlsplit

from services.referral.notifier.undelivered import Undelivered

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

#: What IPv6 hands out to the world. All else is local, reserved, or IPv4 in other words, which
#: could lead anywhere: compatible, mapped, translated (RFC 4291, 6052, 7915, 8215).
_WORLD = ip_network("2000::/3")
#: And within it, and within IPv4: tunnels (Teredo, 6to4 and its relays), ORCHID, benchmarks and
#: other protocols' own, documentation, and what was handed back (IANA's registries).
_APART = (
    *map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3ffe::/16", "3fff::/20")),
    # Python 3.11 takes most of these for the world's.
    *map(ip_network, ("192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.175.48.0/24")),
    *map(ip_network, ("192.88.99.0/24", "2620:4f:8000::/48")),
)
#: Where https is served in the world. In an allowed network it and http may be on any port that
#: no other service is known for; below 1024 those are many.
_WORLDS_PORTS, _WEB_PORTS, _FIRST_FREE = frozenset({443, 8443}), frozenset({80, 443}), 1024
#: What parsers drop or read differently: spaces, ends of lines, control characters, backslashes.
_UNWRITTEN = re.compile(r"[^!-\[\]-~]")


@dataclass(frozen=True, slots=True)
class Target:
    """A checked target, and the one address to connect to."""

    url: str
    port: int
    address: Address


def _plain(text: str) -> Address:
    address = ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_allowed(address: Address, networks: Sequence[Network]) -> bool:
    """Whether a webhook may go to this address.

    Private, local, multicast and reserved ones, and those that lead into IPv4 by another way, need
    an allowed network.
    """
    if any(address in network for network in networks):
        return True
    if address.version == 6 and address not in _WORLD:
        return False
    if address.is_multicast or any(address in network for network in _APART):
        return False
    return address.is_global


async def check_target(url: str, networks: Sequence[Network]) -> Target:
    """Look the target's name up and check every address of it. Raises Undelivered.

    The caller connects to the address that was checked, so that a name which changes its
    meaning between the look and the call gains nothing.
    """
    if _UNWRITTEN.search(url):
        raise Undelivered("forbidden-address")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Undelivered("unknown-name") from None
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise Undelivered("forbidden-address")
    encrypted = parts.scheme == "https"
    port = (443 if encrypted else 80) if port is None else port
    try:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(5):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError):
        raise Undelivered("unknown-name") from None
    addresses = [_plain(str(entry[4][0])) for entry in found]
    if not addresses:
        raise Undelivered("unknown-name")
    if not all(is_allowed(address, networks) for address in addresses):
        raise Undelivered("forbidden-address")
    inside = all(any(address in network for network in networks) for address in addresses)
    if not encrypted and not inside:
        raise Undelivered("forbidden-address")
    free = port in _WEB_PORTS or port >= _FIRST_FREE
    if not (free if inside else port in _WORLDS_PORTS):
        raise Undelivered("forbidden-port")
    return Target(url, port, addresses[0])
