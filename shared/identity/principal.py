"""Who acts: the role, the agency and the account or token behind a request."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What an account or token may do (the calls of each role stand in the OpenAPI)."""

    COUNTER = "counter"
    AGENCY = "agency"
    MANAGER = "manager"
    ADMIN = "admin"


#: Roles that act for one agency, and cannot exist without it.
DESK_ROLES = frozenset({Role.COUNTER, Role.AGENCY})


@dataclass(frozen=True, slots=True)
class Principal:
    """The one who acts. `key` is stable per account or token: idempotency is scoped to it.

    With `must_change` somebody came in with a first password, and may change it or leave.
    `login` is the account's, or `token:` and the token's id; empty for what acts by itself.
    """

    key: UUID
    name: str
    role: Role
    agency: str | None
    must_change: bool = False
    login: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """An account of an agency, as its colleagues know it."""

    key: UUID
    login: str
    name: str
