"""What the addresses of the servers say: encrypted, as whom, with which secret, to one's own."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from psycopg import pq
from redis.asyncio.connection import SSLConnection, parse_url
from sqlalchemy.engine import make_url

from deploy.databases import NAMES
from deploy.redis_users import PROCESSES
from deploy.weighing.shortcoming import Shortcoming, of_secret
from shared.database import driver_url
from shared.settings import Settings
from shared.web.public_address import is_local

_PLAIN = (
    "別のサーバーへ暗号化せずにつなごうとしています。{how}"
    "ほかに誰もいない閉じた網なら、TSUNAGI_PLAIN_HOSTS に {host} を書いてください。"
)
_HOW_DATABASE = "sslmode=verify-full と sslrootcert を付けてください。"
_HOW_REDIS = "rediss:// と ssl_ca_certs を使ってください。"
_HOW_MAIL = "smtps:// にするか、終わりに ?starttls=required を付けてください。"
OWNER = "持ち主か管理用の役割です。行の決まりが効かなくなるので、仕事用の役割にしてください。"
_ELSEWHERE = (
    "つなぎ方の一部（{names}）が、この住所の外から読まれます。暗号化や役割が変わってしまうので、"
    "住所にすべて書き、PGSERVICE、PGPASSFILE、SSLKEYLOGFILE も外してください。"
)
_READ_ELSEWHERE = ("service", "passfile", "sslkeylogfile")
_SAME_ROLE = "{other} と同じ役割です。データベースごとに一つの役割にしてください。"
_SAME_DATABASE = "{other} と同じデータベースです。サービスごとに分けてください。"
EVERYTHING = (
    "何でもできる利用者でつないでいます。deploy/redis/users.acl のように、"
    "プロセスごとの利用者にしてください。"
)
_SAME_USER = "{other} と同じ利用者です。プロセスごとに分けてください。"


def of_databases(settings: Settings) -> Iterator[Shortcoming]:
    """Each address by itself, and then whether two share a role or a database."""
    roles: dict[str, str] = {}
    places: dict[tuple[str, ...], str] = {}
    for name in NAMES:
        given = getattr(settings, f"{name}_database_url")
        if given is None:
            continue
        setting, options = f"{name.upper()}_DATABASE_URL", connects_with(given.get_secret_value())
        yield from _of_database(setting, options, settings)
        role = options.get("user", "")
        place = tuple(options.get(part, "") for part in ("host", "hostaddr", "port", "dbname"))
        if (other := roles.setdefault(role, setting)) != setting:
            yield Shortcoming(setting, _SAME_ROLE.format(other=other))
        if (other := places.setdefault(place, setting)) != setting:
            yield Shortcoming(setting, _SAME_DATABASE.format(other=other))


def connects_with(url: str) -> dict[str, str]:
    """Everything that the driver is told: by the address, its query, or libpq's own variables."""
    address = make_url(driver_url(url))
    _, given = address.get_dialect()().create_connect_args(address)
    known = {
        one.keyword.decode(): one.val.decode() for one in pq.Conninfo.get_defaults() if one.val
    }
    return known | {name: str(value) for name, value in given.items()}


def _of_database(
    setting: str, options: dict[str, str], settings: Settings
) -> Iterator[Shortcoming]:
    elsewhere = [name for name in _READ_ELSEWHERE if options.get(name)]
    if elsewhere:
        yield Shortcoming(setting, _ELSEWHERE.format(names="、".join(elsewhere)))
    verified = options.get("sslmode") == "verify-full" and "sslrootcert" in options
    named, numbered = (options.get(key, "").split(",") for key in ("host", "hostaddr"))
    # libpq goes to the number where there is one, whatever the name says.
    for name, number in zip_longest(named, numbered, fillvalue=""):
        host = number or name
        if not verified and not _is_closed(host, settings):
            yield Shortcoming(setting, _PLAIN.format(how=_HOW_DATABASE, host=host))
    role = options.get("user", "")
    if role == "postgres" or role.endswith("_owner"):
        yield Shortcoming(setting, OWNER)
    # A server may know its client in another way: by a certificate, or by a socket.
    if "password" in options:
        yield from of_secret(setting, options["password"])


def redis_settings(settings: Settings) -> dict[str, str]:
    """The setting by which each kind of process reaches Redis."""
    own = {process: f"{process}_redis_url" for process in PROCESSES}
    return {
        process: (name if getattr(settings, name) is not None else "redis_url").upper()
        for process, name in own.items()
    }


def of_redis(settings: Settings) -> Iterator[Shortcoming]:
    """Each address by itself, and whether every process comes as a user of its own."""
    used = set(redis_settings(settings).values())
    users: dict[str, str] = {}
    for name in ("redis", *(f"{process}_redis" for process in PROCESSES)):
        given, setting = getattr(settings, f"{name}_url"), f"{name.upper()}_URL"
        if given is None:
            continue
        options: dict[str, Any] = dict(parse_url(given.get_secret_value()))
        yield from _of_one_redis(setting, options, settings)
        user = str(options.get("username") or "default")
        if setting in used and user == "default":
            yield Shortcoming(setting, EVERYTHING)
        elif name != "redis" and (other := users.setdefault(user, setting)) != setting:
            yield Shortcoming(setting, _SAME_USER.format(other=other))


def _of_one_redis(
    setting: str, options: dict[str, Any], settings: Settings
) -> Iterator[Shortcoming]:
    unchecked = str(options.get("ssl_cert_reqs", "required")) != "required"
    unchecked = unchecked or str(options.get("ssl_check_hostname", True)).lower() != "true"
    encrypted = options.get("connection_class") is SSLConnection and not unchecked
    host = str(options.get("host", ""))
    if "path" not in options and not encrypted and not _is_closed(host, settings):
        yield Shortcoming(setting, _PLAIN.format(how=_HOW_REDIS, host=host))
    yield from of_secret(setting, options.get("password"))


def of_mail(settings: Settings) -> Iterator[Shortcoming]:
    """A mail server that is told a password: over TLS alone, and no weak one."""
    if settings.tsunagi_smtp_url is None:
        return
    parts = urlsplit(settings.tsunagi_smtp_url.get_secret_value())
    if parts.password is None:
        return
    required = parse_qs(parts.query).get("starttls") == ["required"]
    host = parts.hostname or ""
    if parts.scheme != "smtps" and not required and not _is_closed(host, settings):
        yield Shortcoming("TSUNAGI_SMTP_URL", _PLAIN.format(how=_HOW_MAIL, host=host))
    yield from of_secret("TSUNAGI_SMTP_URL", unquote(parts.password))


def _is_closed(host: str, settings: Settings) -> bool:
    return is_local(host) or host in settings.tsunagi_plain_hosts
