"""What an account or a token may do: its role, and the agency for which it acts."""

from datetime import datetime

from fastapi import Request

from shared.errors import InvalidInput
from shared.identity.accounts import check_scope
from shared.identity.principal import Role
from shared.japanese_time import japanese_day
from shared.plan import Plan
from shared.web.forms import Typed

ROLES = (
    (Role.COUNTER.value, "窓口（相談を書く）"),
    (Role.AGENCY.value, "機関（つなぎを受ける）"),
    (Role.MANAGER.value, "管理職（指標を見る）"),
    (Role.ADMIN.value, "管理者"),
)


def agencies_of(request: Request, now: datetime) -> list[tuple[str, str]]:
    """The plan's agencies, to choose one: those that are there, or will be."""
    plan: Plan = request.app.state.plan
    ended = plan.ended_on(japanese_day(now))
    return [(one.id, one.name) for one in plan.agencies.values() if one.id not in ended]


def read_scope(request: Request, typed: Typed, now: datetime) -> tuple[Role, str | None]:
    """The role and agency of the form. Raises InvalidInput unless they fit each other."""
    if typed.one("role") not in {value for value, _ in ROLES}:
        raise InvalidInput.field("role", code="missing", detail="役割を選んでください。")
    role, agency = Role(typed.one("role")), typed.optional("agency")
    check_scope(role, agency, request.app.state.plan, now)
    return role, agency
