"""A production that misses something does not start, and is told all of it at once, by setting."""

import pytest
from click import ClickException

from deploy.production import everything_missing, of_audit, refuse, shortcomings
from deploy.weighing.shortcoming import is_weak
from shared.settings import SettingsError, load_settings

_GOOD = "f3b1c09de7a24c58"
_KEY = "4fd1c0e9b7a25386" + _GOOD + "9be0d7136ac84f52" + "17c3e5a9d0b4826f"
_PROCESSES = ("WEB", "INTAKE", "REFERRAL", "METRICS", "DOCTOR")
_SAFE = {
    "TSUNAGI_URL": "https://tsunagi.city.example",
    "REDIS_URL": f"rediss://tsunagi-web:{_GOOD}@redis.city.example:6380/0?ssl_ca_certs=/etc/ca.pem",
    "IDENTITY_DATABASE_URL": (
        f"postgresql://identity:{_GOOD}@db.city.example/identity"
        "?sslmode=verify-full&sslrootcert=/etc/ca.pem"
    ),
    "INTAKE_DATABASE_URL": (
        f"postgresql://intake:{_GOOD}@db.city.example/intake"
        "?sslmode=verify-full&sslrootcert=/etc/ca.pem"
    ),
}


def _named(**changes: str) -> list[str]:
    found = shortcomings(load_settings(_SAFE | changes))
    return list(dict.fromkeys(one.setting for one in found))


def test_a_safe_production_starts() -> None:
    assert _named() == []
    refuse([])


_OF_INTAKE = "postgresql://intake:{word}@{place}/intake{more}"
_VERIFIED = "?sslmode=verify-full&sslrootcert=/etc/ca.pem"


@pytest.mark.parametrize(
    "url",
    [
        _OF_INTAKE.format(word=_GOOD, place="db.city.example", more=""),
        _OF_INTAKE.format(word=_GOOD, place="10.1.2.3", more="?sslmode=require"),
        _OF_INTAKE.format(word=_GOOD, place="db.city.example", more="?sslmode=verify-full"),
        _OF_INTAKE.format(word=_GOOD, place="db", more="?sslmode=verify-ca&sslrootcert=/ca.pem"),
        _OF_INTAKE.format(word=_GOOD, place="", more="?host=db.city.example"),
        _OF_INTAKE.format(word="short", place="db.city.example", more=_VERIFIED),
        _OF_INTAKE.format(word="changeme-changeme", place="127.0.0.1", more=""),
        f"postgresql://intake_owner:{_GOOD}@127.0.0.1/intake",
        f"postgresql://postgres:{_GOOD}@127.0.0.1/intake",
        "postgresql://intake@127.0.0.1/intake?password=abc",
        f"postgresql://intake:{_GOOD}@127.0.0.1/intake?password=abc",
        f"postgresql://127.0.0.1/intake?user=intake_owner&password={_GOOD}",
        f"postgresql://intake:{_GOOD}@localhost/intake?hostaddr=10.0.0.9",
        f"postgresql://intake:{_GOOD}@localhost,10.0.0.9/intake",
        f"postgresql://intake:{_GOOD}@/intake?host=10.0.0.9&host=localhost",
    ],
)
def test_a_database_without_tls_with_a_weak_word_or_as_its_owner_is_named(url: str) -> None:
    assert _named(INTAKE_DATABASE_URL=url) == ["INTAKE_DATABASE_URL"]


@pytest.mark.parametrize(
    "url",
    [
        f"redis://tsunagi-web:{_GOOD}@redis.city.example:6379/0",
        f"rediss://tsunagi-web:{_GOOD}@redis.city.example:6379/0?ssl_cert_reqs=none",
        f"rediss://tsunagi-web:{_GOOD}@redis.city.example:6379/0?ssl_check_hostname=false",
        "redis://127.0.0.1:6379/0",
        "redis://:aaaaaaaaaaaaaaaaaaaa@127.0.0.1:6379/0",
    ],
)
@pytest.mark.parametrize("name", ["REDIS_URL", "WEB_REDIS_URL", "METRICS_REDIS_URL"])
def test_a_redis_without_tls_or_with_a_weak_word_is_named(name: str, url: str) -> None:
    assert _named(**{name: url}) == [name]


def test_where_the_drivers_own_variables_lead_is_weighed_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = {"INTAKE_DATABASE_URL": f"postgresql://intake:{_GOOD}@/intake"}
    assert _named(**here) == []
    monkeypatch.setenv("PGHOST", "10.0.0.9")
    assert _named(**here) == ["INTAKE_DATABASE_URL"]


@pytest.mark.parametrize(
    ("who", "where"),
    [("identity", "intake"), ("intake", "identity"), ("identity", "identity")],
)
def test_one_role_or_one_database_for_two_services_is_named(who: str, where: str) -> None:
    shared = f"postgresql://{who}:{_GOOD}@db.city.example/{where}{_VERIFIED}"
    assert _named(INTAKE_DATABASE_URL=shared) == ["INTAKE_DATABASE_URL"]


@pytest.mark.parametrize("who", ["", "default"])
def test_redis_as_the_user_who_may_do_everything_is_named(who: str) -> None:
    secure = "redis.city.example:6380/0?ssl_ca_certs=/etc/ca.pem"
    assert _named(REDIS_URL=f"rediss://{who}:{_GOOD}@{secure}") == ["REDIS_URL"]
    own = {f"{name}_REDIS_URL": f"rediss://tsunagi-{name}:{_GOOD}@{secure}" for name in _PROCESSES}
    assert _named(REDIS_URL=f"rediss://:{_GOOD}@{secure}", **own) == []
    one = own | {"METRICS_REDIS_URL": own["INTAKE_REDIS_URL"]}
    assert _named(REDIS_URL=f"rediss://:{_GOOD}@{secure}", **one) == ["METRICS_REDIS_URL"]


@pytest.mark.parametrize(
    ("url", "named"),
    [
        (f"smtp://tsunagi:{_GOOD}@mail.city.example", True),
        (f"smtp://tsunagi:{_GOOD}@mail.city.example:587?starttls=offered", True),
        ("smtps://tsunagi:password@mail.city.example", True),
        (f"smtp://tsunagi:{_GOOD}@mail.city.example:587?starttls=required", False),
        (f"smtps://tsunagi:{_GOOD}@mail.city.example", False),
        (f"smtp://tsunagi:{_GOOD}@127.0.0.1:25", False),
        ("smtp://mail.city.example:25", False),
    ],
)
def test_a_mail_servers_password_goes_over_tls_alone(url: str, named: bool) -> None:
    assert _named(TSUNAGI_SMTP_URL=url) == ["TSUNAGI_SMTP_URL"] * named


@pytest.mark.parametrize(
    ("networks", "named"),
    [
        ("0.0.0.0/0", True),
        ("::/0", True),
        ("10.1.0.7/32,10.0.0.0/8", True),
        ("10.1.0.0/25,10.1.0.128/25,10.1.1.0/24", True),
        ("2001:db8::/48", True),
        ("10.1.0.7/32", False),
        ("10.1.0.0/24,2001:db8::/64", False),
        ("127.0.0.0/8", False),
    ],
)
def test_a_proxy_is_not_believed_from_everywhere(networks: str, named: bool) -> None:
    told = {"TSUNAGI_PROXY_LOGIN_HEADER": "X-Login", "TSUNAGI_PROXY_NETWORKS": networks}
    assert _named(**told) == ["TSUNAGI_PROXY_NETWORKS"] * named


@pytest.mark.parametrize(
    "url", ["", "tsunagi.city.example", "ftp://tsunagi.city.example", "https:"]
)
def test_an_address_that_nobody_can_type_is_named(url: str) -> None:
    assert _named(TSUNAGI_URL=url) == ["TSUNAGI_URL"]
    assert _named(TSUNAGI_URL=url, TSUNAGI_ALLOW_HTTP="1") == ["TSUNAGI_URL"]


def test_a_server_on_this_machine_needs_no_tls() -> None:
    own = f"postgresql://intake:{_GOOD}@127.0.0.1/intake"
    web = f"redis://tsunagi-web:{_GOOD}@localhost/0"
    assert _named(INTAKE_DATABASE_URL=own, REDIS_URL=web) == []
    assert _named(INTAKE_DATABASE_URL="postgresql:///intake?host=/run/postgresql") == []


def test_a_closed_network_is_believed_where_it_is_named() -> None:
    plain = {
        "INTAKE_DATABASE_URL": f"postgresql://intake:{_GOOD}@postgres/intake",
        "REDIS_URL": f"redis://tsunagi-web:{_GOOD}@redis/0",
    }
    assert _named(**plain) == ["INTAKE_DATABASE_URL", "REDIS_URL"]
    assert _named(**plain, TSUNAGI_PLAIN_HOSTS="postgres,redis") == []


def test_http_outside_this_machine_needs_a_word() -> None:
    assert _named(TSUNAGI_URL="http://tsunagi.city.example") == ["TSUNAGI_URL"]
    assert _named(TSUNAGI_URL="http://10.1.2.3:8000") == ["TSUNAGI_URL"]
    assert _named(TSUNAGI_URL="http://10.1.2.3:8000", TSUNAGI_ALLOW_HTTP="1") == []
    for own in ("http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"):
        assert _named(TSUNAGI_URL=own) == []


def test_the_providers_secret_is_weighed_too() -> None:
    provider = {"TSUNAGI_OIDC_ISSUER": "https://id.example", "TSUNAGI_OIDC_CLIENT_ID": "tsunagi"}
    assert _named(**provider, TSUNAGI_OIDC_CLIENT_SECRET="short") == ["TSUNAGI_OIDC_CLIENT_SECRET"]
    assert _named(**provider, TSUNAGI_OIDC_CLIENT_SECRET=_GOOD) == []


def test_everything_is_told_at_once_without_a_secret() -> None:
    found = shortcomings(
        load_settings(
            {
                "TSUNAGI_URL": "http://tsunagi.city.example",
                "REDIS_URL": "redis://:password@redis/0",
                "IDENTITY_DATABASE_URL": "postgresql://identity_owner:identity@db/identity",
                "INTAKE_DATABASE_URL": "postgresql://postgres:postgres@db/intake",
            }
        )
    )
    assert {one.setting for one in found} == {
        "TSUNAGI_URL",
        "REDIS_URL",
        "IDENTITY_DATABASE_URL",
        "INTAKE_DATABASE_URL",
    }
    assert len(found) == 10
    with pytest.raises(ClickException) as refused:
        refuse(found)
    words = refused.value.message
    assert all(one.line() in words for one in found)
    assert ":password@" not in words
    assert ":identity@" not in words


@pytest.mark.parametrize(
    ("secret", "weak"),
    [
        ("", True),
        ("password", True),
        ("a" * 40, True),
        ("my-Password-is-long-1", True),
        ("0123456789abcdef", True),
        ("0" * 64, True),
        ("0123456789abcdef" * 4, True),
        ("deadbeefcafe0f19" * 4, True),
        (_GOOD, False),
    ],
)
def test_what_is_a_weak_secret(secret: str, weak: bool) -> None:
    assert is_weak(secret) is weak


def test_a_worker_that_cannot_sign_its_trail_does_not_start() -> None:
    def named(**changes: str) -> list[str]:
        return [one.setting for one in of_audit(load_settings(_SAFE | changes))]

    key = {"TSUNAGI_AUDIT_SECRET": _KEY}
    assert named() == ["TSUNAGI_AUDIT_FOLDER", "TSUNAGI_AUDIT_SECRET"]
    assert named(**key) == ["TSUNAGI_AUDIT_FOLDER"]
    assert named(**key, TSUNAGI_AUDIT_FOLDER="/var/lib/tsunagi/audit") == []
    for weak in ("0" * 64, "0f" * 32):
        guessed = {"TSUNAGI_AUDIT_SECRET": weak, "TSUNAGI_AUDIT_FOLDER": "/var/lib/tsunagi/audit"}
        assert named(**guessed) == ["TSUNAGI_AUDIT_SECRET"]
    for wrong in ("", "0f" * 31, "xy" * 32):
        with pytest.raises(SettingsError, match="TSUNAGI_AUDIT_SECRET"):
            load_settings(_SAFE | {"TSUNAGI_AUDIT_SECRET": wrong})


def test_only_what_keeps_the_trail_is_asked_for_its_key() -> None:
    addresses = {
        f"{name.upper()}_DATABASE_URL": f"postgresql://{name}:{_GOOD}@127.0.0.1:1/{name}"
        for name in ("intake", "identity")
    }
    addresses["REDIS_URL"] = f"redis://tsunagi-web:{_GOOD}@127.0.0.1:1/0"
    settings = load_settings(_SAFE | addresses)
    assert everything_missing(settings, [], signs=False) == []
    missing = [one.setting for one in everything_missing(settings, [])]
    assert missing == ["TSUNAGI_AUDIT_FOLDER", "TSUNAGI_AUDIT_SECRET"]
