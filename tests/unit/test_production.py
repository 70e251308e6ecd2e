"""A production that misses something does not start, and is told all of it at once, by setting."""

import pytest
from click import ClickException

from deploy.production import everything_missing, is_weak, of_audit, refuse, shortcomings
from shared.settings import SettingsError, load_settings

_GOOD = "f3b1c09de7a24c58"
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
    return [one.setting for one in shortcomings(load_settings(_SAFE | changes))]


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


def test_a_server_on_this_machine_needs_no_tls() -> None:
    own = f"postgresql://intake:{_GOOD}@127.0.0.1/intake"
    assert _named(INTAKE_DATABASE_URL=own, REDIS_URL=f"redis://:{_GOOD}@localhost/0") == []
    assert _named(INTAKE_DATABASE_URL="postgresql:///intake?host=/run/postgresql") == []


def test_a_closed_network_is_believed_where_it_is_named() -> None:
    plain = {
        "INTAKE_DATABASE_URL": f"postgresql://intake:{_GOOD}@postgres/intake",
        "REDIS_URL": f"redis://:{_GOOD}@redis/0",
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
    assert len(found) == 9
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
        (_GOOD, False),
    ],
)
def test_what_is_a_weak_secret(secret: str, weak: bool) -> None:
    assert is_weak(secret) is weak


def test_a_worker_that_cannot_sign_its_trail_does_not_start() -> None:
    def named(**changes: str) -> list[str]:
        return [one.setting for one in of_audit(load_settings(_SAFE | changes))]

    key = {"TSUNAGI_AUDIT_SECRET": "0f" * 32}
    assert named() == ["TSUNAGI_AUDIT_FOLDER", "TSUNAGI_AUDIT_SECRET"]
    assert named(**key) == ["TSUNAGI_AUDIT_FOLDER"]
    assert named(**key, TSUNAGI_AUDIT_FOLDER="/var/lib/tsunagi/audit") == []
    for wrong in ("", "0f" * 31, "xy" * 32):
        with pytest.raises(SettingsError, match="TSUNAGI_AUDIT_SECRET"):
            load_settings(_SAFE | {"TSUNAGI_AUDIT_SECRET": wrong})


def test_only_what_keeps_the_trail_is_asked_for_its_key() -> None:
    away = f"postgresql://intake:{_GOOD}@127.0.0.1:1/intake"
    addresses = {"INTAKE_DATABASE_URL": away, "IDENTITY_DATABASE_URL": away}
    settings = load_settings(_SAFE | addresses)
    assert everything_missing(settings, [], signs=False) == []
    missing = [one.setting for one in everything_missing(settings, [])]
    assert missing == ["TSUNAGI_AUDIT_FOLDER", "TSUNAGI_AUDIT_SECRET"]
