"""Where a webhook may go: no address leads into IPv4 or a network of ours by another way."""

from ipaddress import ip_address, ip_network

import pytest

from services.referral.notifier.addresses import check_target, is_allowed
from services.referral.notifier.undelivered import Undelivered

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
    "protocols' own in IPv4": "192.0.0.8",
    "the nearest port mapper": "192.0.0.9",
    "the nearest relay": "192.0.0.10",
    "sinks of reverse names": "192.31.196.1",
    "sinks of reverse names, older": "192.175.48.1",
    "sinks of reverse names in IPv6": "2620:4f:8000::1",
    "relays of multicast": "192.52.193.1",
}


@pytest.mark.parametrize("address", CLOSED.values(), ids=CLOSED)
def test_it_is_closed(address: str) -> None:
    assert not is_allowed(ip_address(address), [])


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "2400:3200::1"])
def test_the_world_is_open(address: str) -> None:
    assert is_allowed(ip_address(address), [])


def test_what_an_administrator_allowed_is_open() -> None:
    assert is_allowed(ip_address("fec0::1"), [ip_network("fec0::/16")])


_CITY = [ip_network("10.1.0.0/16")]


@pytest.mark.anyio
@pytest.mark.parametrize("port", [0, 1, 22, 25, 80, 993, 3306, 6379, 9443])
async def test_in_the_world_a_webhook_goes_to_no_other_service(port: int) -> None:
    with pytest.raises(Undelivered, match="forbidden-port"):
        await check_target(f"https://8.8.8.8:{port}/hook", _CITY)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "url", ["https://10.1.0.5:22/", "http://10.1.0.5:25/", "http://10.1.0.5:0/"]
)
async def test_nor_in_an_allowed_network_to_a_well_known_one(url: str) -> None:
    with pytest.raises(Undelivered, match="forbidden-port"):
        await check_target(url, _CITY)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("https://8.8.8.8/hook", 443),
        ("https://8.8.8.8:443/hook", 443),
        ("https://8.8.8.8:8443/hook", 8443),
        ("http://10.1.0.5/hook", 80),
        ("http://10.1.0.5:8080/hook", 8080),
        ("https://10.1.0.5:9443/hook", 9443),
    ],
)
async def test_ports_of_the_web_are_open(url: str, port: int) -> None:
    assert (await check_target(url, _CITY)).port == port
