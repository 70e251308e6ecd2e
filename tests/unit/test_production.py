"""A production that misses something does not start, and is told all of it at once, by setting."""

from pathlib import Path

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
        *(
            _OF_INTAKE.format(word=_GOOD, place="db.city.example", more=f"{_VERIFIED}&{more}")
            for more in ("service=other", "passfile=/etc/pass", "sslkeylogfile=/tmp/keys")
        ),
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
    monkeypatch.delenv("PGHOST")
    monkeypatch.setenv("PGPASSFILE", "/etc/passwords")
    assert _named(**here) == ["IDENTITY_DATABASE_URL", "INTAKE_DATABASE_URL"]


def test_a_service_of_libpqs_own_files_takes_no_tls_away(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    services = tmp_path / "services.conf"
    services.write_text("[elsewhere]\nuser=postgres\nsslmode=disable\n", encoding="utf-8")
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    assert _named() == []
    monkeypatch.setenv("PGSERVICE", "elsewhere")
    assert _named() == ["IDENTITY_DATABASE_URL", "INTAKE_DATABASE_URL"]


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
        (_GOOD[:-1], True),
        ("f3b1c0d3f1b0cd3f", True),
        ("qwertyuiopasdfgh", True),
        ("zxcvbnm,./asdfghjkl", True),
        ("passw0rdPassw0rd!", True),
        ("P@55w0rd-Summer-2026", True),
        ("abcdefghijklmnopqrstuvwx", True),
        ("acegikmoqsuwy24680", True),
        ("00112233445566778899aabbccddeeff", True),
        ("0001000200030004000500060007", True),
        (bytes(range(32)).hex(), True),
        (bytes(range(255, 223, -1)).hex(), True),
        ("k7Qx-mV2p_Zr9TdW", False),
        ("おおきなくじらがとおくのうみでねむる", False),
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
    for weak in ("0" * 64, "0f" * 32, bytes(range(32)).hex()):
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
