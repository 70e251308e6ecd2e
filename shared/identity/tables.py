"""The tables of the identity database. Secrets are stored as hashes only."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    false,
    text,
)

metadata = MetaData()

_ROLES = "role IN ('counter', 'agency', 'manager', 'admin')"
_AGENCY = "agency IS NOT NULL OR role IN ('manager', 'admin')"

account = Table(
    "account",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("agency", Text),
    Column("password_hash", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("disabled_at", DateTime(timezone=True)),
    Column("must_change", Boolean, nullable=False, server_default=false()),
    Column("subject", Text, unique=True),
    CheckConstraint(_ROLES, name="account_role"),
    CheckConstraint(_AGENCY, name="account_agency"),
    Index("account_login_alike", text("lower(login)"), unique=True),
)

session = Table(
    "session",
    metadata,
    Column("secret_hash", LargeBinary, primary_key=True),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("id", Uuid, nullable=False, unique=True),
    Column("browser", Text, nullable=False),
    Column("method", Text, nullable=False),
    CheckConstraint("method IN ('password', 'oidc', 'proxy')", name="session_method"),
    Index("session_account", "account_id"),
)

token = Table(
    "token",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("agency", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    Column("last_used_at", DateTime(timezone=True)),
    CheckConstraint(_ROLES, name="token_role"),
    CheckConstraint(_AGENCY, name="token_agency"),
)

#: A login that nobody has may be a password typed in the wrong field: only its hash is kept.
sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("login", LargeBinary, nullable=False),
    Column("address", Text, nullable=False),
    Column("device", LargeBinary),
    Column("tried_at", DateTime(timezone=True), nullable=False),
    Index("sign_in_attempt_login", "login", "tried_at"),
    Index("sign_in_attempt_address", "address", "tried_at"),
)

device = Table(
    "device",
    metadata,
    Column("secret_hash", LargeBinary, primary_key=True),
    Column("account_id", Uuid, ForeignKey("account.id"), primary_key=True),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("device_account", "account_id"),
)

oidc_attempt = Table(
    "oidc_attempt",
    metadata,
    Column("state_hash", LargeBinary, primary_key=True),
    Column("nonce", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)
