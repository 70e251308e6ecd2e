"""The web process of the intake service: reads settings, builds everything once."""

from pathlib import Path

from fastapi import FastAPI

from services.intake.pages import (
    accounts,
    consultations,
    consultations_api,
    own_account,
    records,
    records_api,
    sign_in,
    slips,
    tokens,
)
from shared.database import make_engine
from shared.identity.gate import Gate
from shared.identity.passwords import PasswordCheck
from shared.messaging.connecting import redis_check
from shared.messaging.outbox import Outbox
from shared.plan import load_plan
from shared.privacy.guard import Guard
from shared.settings import Settings
from shared.web.app import create_app


def build_app(settings: Settings) -> FastAPI:
    """The application, ready to serve."""
    plan = load_plan(settings.tsunagi_plan)
    app = create_app(
        "intake",
        title="Tsunagi intake",
        engine=make_engine(settings.database_url("intake"), application="intake-web"),
        gate=Gate(
            make_engine(settings.database_url("identity"), pool_size=8, application="intake-gate")
        ),
        plan=plan,
        public_url=settings.tsunagi_url,
        templates=Path(__file__).parent / "pages/templates",
        routers=[
            sign_in.router,
            own_account.router,
            accounts.router,
            tokens.router,
            consultations_api.router,
            records_api.router,
            slips.router,
            consultations.router,
            records.router,
        ],
        redis_answers=redis_check(settings.redis_url.get_secret_value()),
        guard=Guard(telephones=plan.telephones, places=plan.places),
    )
    app.state.outbox = Outbox(settings.tsunagi_partitions)
    app.state.passwords = PasswordCheck()
    return app
