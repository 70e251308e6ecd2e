"""Where the servers are and how the processes listen: read from the environment or from files."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    SecretStr,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

#: A site as browsers name it, or `*` for every one.
Origin = Annotated[str, StringConstraints(pattern=r"^(\*|https?://[^/\s?#]+)$")]
#: An Ed25519 key, of which both halves are as long.
HexKey = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_HEX_KEY = re.compile(r"[0-9a-f]{64}")
#: Whose name stands right after the slashes: `http://127.0.0.1:80@elsewhere/` is elsewhere.
_ISSUER = re.compile(
    r"(https://[^\s/?#@\\:]+(:\d+)?|https://\[[0-9a-fA-F:.]+\](:\d+)?|http://(127\.0\.0\.1|localhost):\d+)"
    r"(/[^\s?#@\\]*)?"
)
_SCHEMES = ("postgresql://", "postgres://")


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which."""


def read_files(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with each `NAME_FILE` read into `NAME`, so that secrets can stay files.

    Raises SettingsError for a file that cannot be read.
    """
    values = dict(environment)
    for name, path in environment.items():
        base = name.removesuffix("_FILE")
        if base != name and base.endswith(("_URL", "_PASSWORD", "_SECRET")):
            try:
                values[base] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise SettingsError(
                    f"{name} の {path} が読めません（{error.strerror}）。"
                ) from None
    return values


class Settings(BaseModel):
    """Every process reads the same names; it needs only the databases that it works with."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    identity_database_url: SecretStr | None = None
    intake_database_url: SecretStr | None = None
    referral_database_url: SecretStr | None = None
    metrics_database_url: SecretStr | None = None
    redis_url: SecretStr
    #: The same server as users that may do less; without one, `redis_url` is taken.
    web_redis_url: SecretStr | None = None
    intake_redis_url: SecretStr | None = None
    referral_redis_url: SecretStr | None = None
    metrics_redis_url: SecretStr | None = None
    doctor_redis_url: SecretStr | None = None
    tsunagi_plan: Path = Field(default=Path(__file__).parent.parent / "deploy/plans/asaka")
    tsunagi_url: str = "http://127.0.0.1:8000"
    #: Where the proxy in front of us is reached, as compose is told; else where a process listens.
    tsunagi_listen: str = ""
    #: Whose `X-Forwarded-For` is believed.
    forwarded_allow_ips: tuple[str, ...] = ()
    tsunagi_partitions: int = Field(default=1, ge=1, le=64)
    tsunagi_log: str = "info"
    #: People come by http to a public address, and the city knows; the pages say so.
    tsunagi_allow_http: bool = False
    #: Servers reached without TLS because their network is closed, as compose's is.
    tsunagi_plain_hosts: tuple[str, ...] = ()
    tsunagi_smtp_url: SecretStr | None = None
    tsunagi_smtp_from: str = ""
    #: Our own networks that webhooks may be sent into; none unless an administrator says so.
    tsunagi_webhook_networks: tuple[IPvAnyNetwork, ...] = ()

    #: Where the checkpoints of the audit trail are kept, the 32 bytes in hexadecimal of the key
    #: that signs them, and the public key alone for whoever only verifies.
    tsunagi_audit_folder: Path | None = None
    tsunagi_audit_secret: SecretStr | None = None
    tsunagi_audit_public_key: HexKey | None = None

    #: Other sites whose pages may read the public feed (CORS); none unless it is said.
    tsunagi_feed_origins: tuple[Origin, ...] = ()

    #: The city's OpenID provider; none unless an issuer is set.
    tsunagi_oidc_issuer: str | None = None
    tsunagi_oidc_client_id: str = ""
    tsunagi_oidc_client_secret: SecretStr | None = None
    #: Which claim is the login of an account here.
    tsunagi_oidc_login_claim: str = Field(default="preferred_username", min_length=1)
    #: Which claim says `agency:csw` or `manager`, so that unknown logins get an account.
    tsunagi_oidc_provision_claim: str | None = None

    #: The header in which the city's proxy names a login, and from where it is believed.
    tsunagi_proxy_login_header: str | None = None
    tsunagi_proxy_networks: tuple[IPvAnyNetwork, ...] = ()

    @field_validator("tsunagi_url")
    @classmethod
    def _scheme_in_small_letters(cls, url: str) -> str:
        """So that https is https to everybody who asks."""
        scheme, mark, rest = url.partition("://")
        return f"{scheme.lower()}{mark}{rest}"

    @field_validator(
        "tsunagi_oidc_issuer", "tsunagi_oidc_provision_claim", "tsunagi_proxy_login_header"
    )
    @classmethod
    def _is_given(cls, value: str | None) -> str | None:
        return value or None

    @field_validator("tsunagi_oidc_issuer")
    @classmethod
    def _is_secure(cls, value: str | None) -> str | None:
        if value and not _ISSUER.fullmatch(value):
            raise ValueError("must begin with https://, without user, query or fragment")
        return value

    @model_validator(mode="after")
    def _knows_its_provider(self) -> "Settings":
        secret = self.tsunagi_oidc_client_secret
        given = secret is not None and secret.get_secret_value()
        if self.tsunagi_oidc_issuer and not (self.tsunagi_oidc_client_id and given):
            raise ValueError("TSUNAGI_OIDC_CLIENT_ID and TSUNAGI_OIDC_CLIENT_SECRET are needed too")
        return self

    @model_validator(mode="after")
    def _knows_its_proxy(self) -> "Settings":
        if bool(self.tsunagi_proxy_login_header) != bool(self.tsunagi_proxy_networks):
            raise ValueError("TSUNAGI_PROXY_LOGIN_HEADER and TSUNAGI_PROXY_NETWORKS go together")
        return self

    @field_validator(
        "tsunagi_webhook_networks",
        "tsunagi_feed_origins",
        "tsunagi_proxy_networks",
        "tsunagi_plain_hosts",
        "forwarded_allow_ips",
        mode="before",
    )
    @classmethod
    def _is_a_list(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(one.strip() for one in value.split(",") if one.strip())
        return value

    @field_validator("tsunagi_audit_secret")
    @classmethod
    def _is_a_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _HEX_KEY.fullmatch(value.get_secret_value()):
            raise ValueError("must be 64 hexadecimal digits")
        return value

    @field_validator("tsunagi_smtp_url")
    @classmethod
    def _is_smtp(cls, value: SecretStr | None) -> SecretStr | None:
        given = "" if value is None else value.get_secret_value()
        if given and not given.startswith(("smtp://", "smtps://")):
            raise ValueError("must begin with smtp:// or smtps://")
        return value if given else None

    @field_validator(
        "identity_database_url",
        "intake_database_url",
        "referral_database_url",
        "metrics_database_url",
    )
    @classmethod
    def _is_postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(_SCHEMES):
            raise ValueError("must begin with postgresql://")
        return value

    def redis_url_of(self, process: str) -> str:
        """The address of Redis for `web`, `doctor` or the worker of a service, as its own user."""
        own: SecretStr | None = getattr(self, f"{process}_redis_url")
        return (own or self.redis_url).get_secret_value()

    def database_url(self, name: str) -> str:
        """The address of one of the four databases, as its runtime role.

        Raises SettingsError where this process was not told.
        """
        value: SecretStr | None = getattr(self, f"{name}_database_url")
        if value is None:
            raise SettingsError(f"{name.upper()}_DATABASE_URL を指定してください。")
        return value.get_secret_value()


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Raises SettingsError that names each missing one."""
    values = read_files(os.environ if environment is None else environment)
    wanted = {
        name: values[name.upper()] for name in Settings.model_fields if name.upper() in values
    }
    try:
        return Settings.model_validate(wanted)
    except ValidationError as error:
        faults = "; ".join(
            ": ".join([*(str(name).upper() for name in fault["loc"][:1]), fault["msg"]])
            for fault in error.errors()
        )
        raise SettingsError(f"設定を確認してください: {faults}") from None
