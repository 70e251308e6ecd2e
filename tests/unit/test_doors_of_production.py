"""Where people come in is weighed before a production starts: addresses, proxies, the provider."""

import pytest
from click.testing import CliRunner

from deploy.cli import main
from deploy.production import everything_missing, shortcomings
from shared.settings import SettingsError, load_settings

_EVERY = "0.0.0.0"  # noqa: S104  what is to be refused
_GOOD = "f3b1c09de7a24c58"
_SAFE = {
    "TSUNAGI_URL": "https://tsunagi.city.example",
    "REDIS_URL": f"redis://tsunagi-web:{_GOOD}@127.0.0.1:1/0",
}


def _named(**changes: str) -> list[str]:
    return [one.setting for one in shortcomings(load_settings(_SAFE | changes))]


@pytest.mark.parametrize(
    ("networks", "named"),
    [
        ("0.0.0.0/0", True),
        ("::/0", True),
        ("10.1.0.7/32,10.0.0.0/8", True),
        ("10.1.0.0/25,10.1.0.128/25,10.1.1.0/24", True),
        ("2001:db8::/48", True),
        ("::ffff:0:0/96", True),
        ("::/64", True),
        ("::ffff:10.1.0.0/119,::ffff:10.2.0.7/128", True),
        ("::ffff:10.1.0.0/120", False),
        ("::ffff:127.0.0.1/128,10.1.0.0/24", False),
        ("10.1.0.7/32", False),
        ("10.1.0.0/24,2001:db8::/64", False),
        (",".join(f"10.{one}.{two}.0/24" for one in range(5) for two in range(256)), True),
        ("10.1.0.0/25,10.2.0.0/25,10.3.0.1/32", True),
        ("10.1.0.0/25,10.2.0.0/25", False),
        ("2001:db8::/64,2001:db9::/128", True),
        ("10.1.0.0/25,10.1.0.0/24", False),
        ("127.0.0.0/8", False),
    ],
)
def test_a_proxy_is_not_believed_from_everywhere(networks: str, named: bool) -> None:
    told = {"TSUNAGI_PROXY_LOGIN_HEADER": "X-Login", "TSUNAGI_PROXY_NETWORKS": networks}
    assert _named(**told) == ["TSUNAGI_PROXY_NETWORKS"] * named


@pytest.mark.parametrize(
    "url",
    [
        "",
        "tsunagi.city.example",
        "ftp://tsunagi.city.example",
        "https:",
        "https://tsunagi.city.example@elsewhere.example",
        "http://127.0.0.1:80@elsewhere.example/",
        "https://tsunagi .city.example",
        "https://tsunagi.city\t.example",
        "https://tsunagi.city.example/path",
        "https://tsunagi.city.example/?x",
        "https://tsunagi.city.example#x",
        "https://tsunagi.city.example:http",
        "https://[::1",
    ],
)
def test_an_address_that_nobody_can_type_is_named(url: str) -> None:
    assert _named(TSUNAGI_URL=url) == ["TSUNAGI_URL"]
    assert _named(TSUNAGI_URL=url, TSUNAGI_ALLOW_HTTP="1") == ["TSUNAGI_URL"]


def test_http_outside_this_machine_needs_a_word() -> None:
    assert _named(TSUNAGI_URL="http://tsunagi.city.example") == ["TSUNAGI_URL"]
    assert _named(TSUNAGI_URL="http://10.1.2.3:8000") == ["TSUNAGI_URL"]
    assert _named(TSUNAGI_URL="http://10.1.2.3:8000", TSUNAGI_ALLOW_HTTP="1") == []
    for own in ("http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"):
        assert _named(TSUNAGI_URL=own) == []


@pytest.mark.parametrize(
    ("listening", "named"),
    [
        ({}, []),
        ({"TSUNAGI_URL": "http://127.0.0.1:8000"}, ["TSUNAGI_URL"]),
        ({"TSUNAGI_URL": "http://localhost:8000", "TSUNAGI_LISTEN": "8000"}, ["TSUNAGI_URL"]),
        ({"TSUNAGI_URL": "http://[::1]:8000", "TSUNAGI_LISTEN": "[::]:80"}, ["TSUNAGI_URL"]),
        ({"TSUNAGI_URL": "http://127.0.0.1:8000", "TSUNAGI_LISTEN": "127.0.0.1:8000"}, []),
        ({"TSUNAGI_LISTEN": "0.0.0.0:80"}, []),
    ],
)
def test_who_listens_to_everybody_has_an_address_for_them(
    listening: dict[str, str], named: list[str]
) -> None:
    settings = load_settings(_SAFE | listening)
    found = everything_missing(settings, [], host=_EVERY, signs=False)
    assert [one.setting for one in found] == named
    with_its_own = {"TSUNAGI_URL": "http://127.0.0.1:8000"}
    assert everything_missing(load_settings(_SAFE | with_its_own), [], signs=False) == []


def test_a_process_is_weighed_by_where_it_listens() -> None:
    told = {
        "INTAKE_DATABASE_URL": f"postgresql://intake:{_GOOD}@127.0.0.1:1/intake",
        "REDIS_URL": _SAFE["REDIS_URL"],
        "HOST": _EVERY,
    }
    done = CliRunner().invoke(main, ["serve", "intake", "--web"], None, told)
    assert done.exit_code == 1
    assert "・TSUNAGI_URL：0.0.0.0 で待ち受けていて" in done.output


@pytest.mark.parametrize(
    ("proxies", "named"),
    [
        ("*", True),
        ("10.1.0.7,*", True),
        ("proxy", True),
        ("10.1.0.7/24", True),
        ("0.0.0.0/0", True),
        ("10.1.0.0/24,10.2.0.7", True),
        ("", False),
        ("127.0.0.1", False),
        ("10.1.0.7, 172.16.255.240/28", False),
    ],
)
def test_a_forwarded_address_is_not_believed_from_everywhere(proxies: str, named: bool) -> None:
    assert _named(FORWARDED_ALLOW_IPS=proxies) == ["FORWARDED_ALLOW_IPS"] * named


@pytest.mark.parametrize(
    ("issuer", "taken"),
    [
        ("https://id.city.example", True),
        ("https://id.city.example:8443/realms/city", True),
        ("http://127.0.0.1:9000", True),
        ("http://localhost:9000/realm", True),
        ("http://127.0.0.1:80@evil/", False),
        ("http://localhost:80@evil.example:9000/", False),
        ("https://id.city.example@evil.example", False),
        ("https://id.city.example\\@evil.example", False),
        ("https://id.city.example/realms?city", False),
        ("https:///realms", False),
        ("http://id.city.example", False),
    ],
)
def test_an_issuer_is_whom_it_seems_to_be(issuer: str, taken: bool) -> None:
    told = {"TSUNAGI_OIDC_CLIENT_ID": "tsunagi", "TSUNAGI_OIDC_CLIENT_SECRET": _GOOD}
    told = _SAFE | told | {"TSUNAGI_OIDC_ISSUER": issuer}
    if taken:
        assert load_settings(told).tsunagi_oidc_issuer == issuer
    else:
        with pytest.raises(SettingsError, match="TSUNAGI_OIDC_ISSUER"):
            load_settings(told)
