"""Sign in at the city's provider: one try from one browser, and the account that it stands for."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from uuid_utils.compat import uuid7

from shared.database import ANYBODY, transaction
from shared.errors import NotSignedIn, Problem
from shared.identity.accounts import check_scope
from shared.identity.alike_logins import refuse_alike
from shared.identity.naming import refuse_login
from shared.identity.noting import note_failure, note_of_account
from shared.identity.oidc_provider import Person, Provider
from shared.identity.principal import Role
from shared.identity.sessions import hash_secret, open_session
from shared.identity.tables import account, oidc_attempt
from shared.identity.visitor import Visitor
from shared.plan import Plan

#: So long somebody may take at the provider.
ATTEMPT = timedelta(minutes=10)


async def begin(
    engine: AsyncEngine, provider: Provider, target: str, now: datetime
) -> tuple[str, str]:
    """The provider's address, and the state that the browser brings back. Raises Unavailable."""
    state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
    address = await provider.address(state=state, nonce=nonce, verifier=verifier)
    async with engine.begin() as connection:
        await connection.execute(delete(oidc_attempt).where(oidc_attempt.c.expires_at <= now))
        await connection.execute(
            insert(oidc_attempt).values(
                state_hash=hash_secret(state),
                nonce=nonce,
                verifier=verifier,
                target=target,
                expires_at=now + ATTEMPT,
            )
        )
    return address, state


async def finish(
    engine: AsyncEngine,
    provider: Provider,
    *,
    state: str,
    code: str,
    plan: Plan,
    visitor: Visitor,
    now: datetime,
) -> tuple[str, str]:
    """A new session's secret and the page to go on to. Raises NotSignedIn, or Unavailable.

    A try is good once.
    """
    async with engine.begin() as connection:
        taken = await connection.execute(
            delete(oidc_attempt)
            .where(oidc_attempt.c.state_hash == hash_secret(state))
            .returning(oidc_attempt)
        )
        attempt = taken.one_or_none()
    if attempt is None or attempt.expires_at <= now:
        raise NotSignedIn("oidc-again", "サインインを、はじめからやり直してください。")
    person = await provider.person(
        code=code, nonce=attempt.nonce, verifier=attempt.verifier, now=now
    )
    try:
        async with transaction(engine, ANYBODY) as connection:
            account_id = await _account_of(connection, person, plan, now)
            secret = await open_session(
                connection,
                account_id,
                method="oidc",
                browser=visitor.browser,
                replaces=visitor.session,
                now=now,
            )
            await note_of_account(connection, account_id, "sign-in", now)
    except NotSignedIn:
        await note_failure(engine, person.login, None, now)
        raise
    return secret, attempt.target


async def _account_of(
    connection: AsyncConnection, person: Person, plan: Plan, now: datetime
) -> UUID:
    """By subject; or by login once, from when on the account is that subject's alone."""
    query = select(account.c.id, account.c.subject, account.c.disabled_at).with_for_update()
    found = (await connection.execute(query.where(account.c.subject == person.subject))).first()
    if found is None:
        found = (await connection.execute(query.where(account.c.login == person.login))).first()
        if found is None:
            return await _provision(connection, person, plan, now)
        if found.subject is None and found.disabled_at is None:
            await connection.execute(
                update(account).where(account.c.id == found.id).values(subject=person.subject)
            )
        elif found.subject is not None:
            raise _nobody()
    if found.disabled_at is not None:
        raise _nobody()
    account_id: UUID = found.id
    return account_id


async def _provision(
    connection: AsyncConnection, person: Person, plan: Plan, now: datetime
) -> UUID:
    """Make the account that the claim says, `agency:csw` or `manager`; never an administrator.

    Nor one whose login looks like another's, nor one of an agency that has ended.
    """
    role_name, _, agency = (person.scope or "").partition(":")
    if role_name not in {Role.COUNTER, Role.AGENCY, Role.MANAGER}:
        raise _nobody()
    role = Role(role_name)
    try:
        refuse_login(person.login)
        check_scope(role, agency or None, plan, now)
        await refuse_alike(connection, person.login)
    except Problem:
        raise _nobody() from None
    account_id = uuid7()
    made = await connection.execute(
        upsert(account)
        .values(
            id=account_id,
            login=person.login,
            name="担当",
            role=role.value,
            agency=agency or None,
            subject=person.subject,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(account.c.id)
    )
    if made.scalar_one_or_none() is None:
        raise _nobody()
    await note_of_account(connection, account_id, "account-create", now)
    return account_id


def _nobody() -> NotSignedIn:
    return NotSignedIn(
        "oidc-no-account",
        "庁内のサインインはできましたが、つなぎのアカウントがありません。管理者にお声がけください。",
    )
