"""The accounts that a first start makes, with passwords of this installation's own.

They need no change: nobody chose them, and they stand in the data folder of whoever starts it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.embedded.folder import Folder
from shared.identity.accounts import create_account
from shared.identity.principal import Role
from shared.identity.tables import account


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """One account of the first start."""

    login: str
    name: str
    role: Role
    agency: str | None
    words: str


FIRST = (
    FirstAccount("counter", "窓口担当", Role.COUNTER, "chiiki-kyosei", "窓口（地域共生社会課）"),
    FirstAccount("houkatsu", "担当", Role.AGENCY, "houkatsu", "機関（地域包括支援センター）"),
    FirstAccount("csw", "担当", Role.AGENCY, "csw", "機関（社協 CSW）"),
    FirstAccount("seikatsu-engo", "担当", Role.AGENCY, "seikatsu-engo", "機関（生活援護課）"),
    FirstAccount("kodomo-katei", "担当", Role.AGENCY, "kodomo-katei", "機関（こども家庭課）"),
    FirstAccount("manager", "管理職", Role.MANAGER, None, "管理職"),
    FirstAccount("admin", "管理者", Role.ADMIN, None, "管理者"),
)


def password_of(folder: Folder, login: str) -> str:
    """The account's first password, made at random and kept in the data folder."""
    return folder.secret(f"password {login}")[:16]


async def ensure_first_accounts(engine: AsyncEngine, folder: Folder) -> None:
    """Make those that are missing; a password that somebody changed stays changed."""
    async with engine.begin() as connection:
        known = set((await connection.execute(select(account.c.login))).scalars())
        for first in FIRST:
            if first.login not in known:
                await create_account(
                    connection,
                    login=first.login,
                    name=first.name,
                    role=first.role,
                    agency=first.agency,
                    password=password_of(folder, first.login),
                    now=datetime.now(UTC),
                    must_change=False,
                )
