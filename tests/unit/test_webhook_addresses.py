"""Where a webhook may go: no address leads into IPv4 or a network of ours by another way."""

from ipaddress import ip_address, ip_network

import pytest

from services.referral.notifier.addresses import is_allowed

CLOSED = {
    "unspecified": "::",
    "site-local": "fec0::1",
    "IPv4-compatible": "::127.0.0.1",
    "IPv4-compatible, of the world": "::8.8.8.8",
    "IPv4-mapped": "::ffff:10.0.0.1",
    "IPv4-translated": "::ffff:0:127.0.0.1",
    "NAT64": "64:ff9b::10.0.0.1",
    "local NAT64": "64:ff9b:1::10.0.0.1",
    "6to4": "2002:7f00:1::",
    "relays of 6to4": "192.88.99.1",
    "Teredo": "2001:0:a00:1::1",
    "benchmarks": "2001:2::1",
    "ORCHID": "2001:10::1",
    "ORCHIDv2": "2001:20::1",
    "documentation": "2001:db8::1",
    "newer documentation": "3fff::1",
    "handed back": "3ffe::1",
    "discard": "100::1",
    "segment routing": "5f00::1",
    "multicast": "ff02::1",
    "multicast, of the world": "ff0e::1",
    "documentation in IPv4": "192.0.2.1",
    "benchmarks in IPv4": "198.18.0.1",
    "broadcast": "255.255.255.255",
}


@pytest.mark.parametrize("address", CLOSED.values(), ids=CLOSED)
def test_it_is_closed(address: str) -> None:
    assert not is_allowed(ip_address(address), [])


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "2400:3200::1"])
def test_the_world_is_open(address: str) -> None:
    assert is_allowed(ip_address(address), [])


def test_what_an_administrator_allowed_is_open() -> None:
    assert is_allowed(ip_address("fec0::1"), [ip_network("fec0::/16")])
