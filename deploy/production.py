"""What an installation must have before it starts: each thing that is missing, by its setting."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

import click
import psycopg
from sqlalchemy import text

from deploy.databases import NAMES
from deploy.redis_users import PROCESSES
from shared.database import is_transient, make_engine
from shared.settings import Settings
from shared.web.public_address import is_local, is_plain_http

_SHORTEST, _FEWEST_LETTERS = 16, 8
#: Words that documents and examples print; a secret that holds one of them is no secret.
_DEFAULTS = ("password", "changeme", "postgres", "secret", "example", "tsunagi", "12345678")
_REDIS = ("redis", *(f"{process}_redis" for process in PROCESSES))
_WEAK = "短いか、見本のままの秘密です。16文字以上の乱数にしてください（make secrets で作れます）。"
_PLAIN = (
    "別のサーバーへ暗号化せずにつなごうとしています。{how}"
    "ほかに誰もいない閉じた網なら、TSUNAGI_PLAIN_HOSTS に {host} を書いてください。"
)
_HOW_DATABASE = "sslmode=verify-full と sslrootcert を付けてください。"
_HOW_REDIS = "rediss:// と ssl_ca_certs を使ってください。"
_OWNER = "持ち主か管理用の役割です。行の決まりが効かなくなるので、仕事用の役割にしてください。"
#: A superuser passes by every rule of rows, and an owner may switch the rules off.
_RULES = text(
    "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb"
    " OR EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user)"
    " FROM pg_roles WHERE rolname = current_user"
)
_ACTIVE = text("SELECT login FROM account WHERE disabled_at IS NULL AND login = ANY(:logins)")


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """One setting, and what is wrong with it, in Japanese; never its value."""

    setting: str
    words: str

    def line(self) -> str:
        """The shortcoming as it is shown."""
        return f"{self.setting}：{self.words}"


def is_weak(secret: str) -> bool:
    """Whether a secret is short, monotonous, or one that examples print."""
    return (
        len(secret) < _SHORTEST
        or len(set(secret)) < _FEWEST_LETTERS
        or any(word in secret.lower() for word in _DEFAULTS)
    )


def shortcomings(settings: Settings) -> list[Shortcoming]:
    """Everything that the settings alone show, in the order of the documents."""
    found = [*_of_address(settings)]
    for name in NAMES:
        given = getattr(settings, f"{name}_database_url")
        if given is not None:
            url = given.get_secret_value()
            found += _of_database(f"{name.upper()}_DATABASE_URL", url, settings)
    for name in _REDIS:
        given = getattr(settings, f"{name}_url")
        if given is not None:
            found += _of_redis(f"{name.upper()}_URL", given.get_secret_value(), settings)
    client = settings.tsunagi_oidc_client_secret
    if settings.tsunagi_oidc_issuer and client and is_weak(client.get_secret_value()):
        found.append(Shortcoming("TSUNAGI_OIDC_CLIENT_SECRET", _WEAK))
    return found


def _of_address(settings: Settings) -> Iterator[Shortcoming]:
    if is_plain_http(settings.tsunagi_url) and not settings.tsunagi_allow_http:
        yield Shortcoming(
            "TSUNAGI_URL",
            "https ではない公開の住所です。https にするか、承知のうえなら"
            " TSUNAGI_ALLOW_HTTP=1 にしてください（管理者の画面に警告が出ます）。",
        )


def _of_database(setting: str, url: str, settings: Settings) -> Iterator[Shortcoming]:
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    host = options.get("host") or parts.hostname or ""
    verified = options.get("sslmode") == "verify-full" and "sslrootcert" in options
    if not verified and not _is_closed(host, settings):
        yield Shortcoming(setting, _PLAIN.format(how=_HOW_DATABASE, host=host))
    if parts.username == "postgres" or (parts.username or "").endswith("_owner"):
        yield Shortcoming(setting, _OWNER)
    yield from _of_password(setting, parts.password, needed=False)


def _of_redis(setting: str, url: str, settings: Settings) -> Iterator[Shortcoming]:
    parts = urlsplit(url)
    options = parse_qs(parts.query)
    unchecked = options.get("ssl_cert_reqs", ["required"])[-1] != "required"
    unchecked = unchecked or options.get("ssl_check_hostname", ["true"])[-1].lower() != "true"
    encrypted = parts.scheme == "rediss" and not unchecked
    if parts.scheme != "unix" and not encrypted and not _is_closed(parts.hostname or "", settings):
        yield Shortcoming(setting, _PLAIN.format(how=_HOW_REDIS, host=parts.hostname))
    yield from _of_password(setting, parts.password, needed=True)


def _of_password(setting: str, password: str | None, *, needed: bool) -> Iterator[Shortcoming]:
    """A database may know its client in another way (a certificate, a socket); Redis has none."""
    if password is None and not needed:
        return
    if is_weak(unquote(password or "")):
        yield Shortcoming(setting, _WEAK)


def _is_closed(host: str, settings: Settings) -> bool:
    return is_local(host) or host in settings.tsunagi_plain_hosts


async def shortcomings_inside(
    settings: Settings, demonstration: Sequence[str]
) -> list[Shortcoming]:
    """What only the databases show: what a role may do, and accounts of the demonstration.

    A database that is away shows nothing; the process waits for it anyway.
    """
    found: list[Shortcoming] = []
    for name in NAMES:
        if getattr(settings, f"{name}_database_url") is None:
            continue
        setting = f"{name.upper()}_DATABASE_URL"
        engine = make_engine(settings.database_url(name), pool_size=1, application="check")
        try:
            async with engine.connect() as connection:
                if (await connection.execute(_RULES)).scalar():
                    found.append(Shortcoming(setting, _OWNER))
                if name == "identity" and not is_local(
                    urlsplit(settings.tsunagi_url).hostname or ""
                ):
                    named = await connection.execute(_ACTIVE, {"logins": list(demonstration)})
                    found += _of_demonstration(named.scalars(), demonstration)
        except Exception as error:
            missing = isinstance(getattr(error, "orig", None), psycopg.errors.UndefinedTable)
            if not missing and not is_transient(error):
                raise
        finally:
            await engine.dispose()
    return found


def _of_demonstration(active: Iterable[str], all_of_it: Sequence[str]) -> Iterator[Shortcoming]:
    if set(active) == set(all_of_it):
        yield Shortcoming(
            "DEMO",
            "見本のアカウントが使える状態です。別のデータの置き場所で始めるか、"
            "tsunagi account disable で使えなくしてください。",
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
