"""The web process of the referral service: reads settings, builds everything once."""

from pathlib import Path

from fastapi import FastAPI

from services.referral.notifier.webhooks import WebhookCaller
from services.referral.pages import (
    agencies,
    agencies_api,
    board,
    cases,
    cases_api,
    conferences,
    conferences_api,
    deliveries,
    inbox,
    legs_api,
    notifications,
    notifications_api,
    plans,
    plans_api,
    reading_api,
    records,
    sharing_api,
    sheets,
    successions,
    voids,
)
from services.referral.pages.audited import AUDITED
from services.referral.storage.ties import tie_of
from services.referral.usecases.follow_news import Feed
from shared.database import make_engine
from shared.identity.gate import Gate
from shared.messaging.connecting import redis_check
from shared.messaging.outbox import Outbox
from shared.plan import load_plan
from shared.privacy.guard import Guard
from shared.settings import Settings
from shared.web.app import create_app
from shared.web.audit_pages import audit_router


def build_app(settings: Settings) -> FastAPI:
    """The application, ready to serve."""
    plan = load_plan(settings.tsunagi_plan)
    app = create_app(
        "referral",
        title="Tsunagi referral",
        engine=make_engine(settings.database_url("referral"), application="referral-web"),
        gate=Gate(
            make_engine(settings.database_url("identity"), pool_size=8, application="referral-gate")
        ),
        plan=plan,
        public_url=settings.tsunagi_url,
        templates=Path(__file__).parent / "pages/templates",
        routers=[
            reading_api.router,
            cases_api.router,
            sharing_api.router,
            legs_api.router,
            records.router,
            sheets.router,
            agencies_api.router,
            inbox.router,
            board.router,
            agencies.router,
            successions.router,
            voids.router,
            conferences_api.router,
            plans_api.router,
            conferences.router,
            plans.router,
            notifications_api.router,
            cases.router,
            notifications.router,
            deliveries.router,
            audit_router("/referral/audit"),
        ],
        redis_answers=redis_check(settings.redis_url_of("web")),
        audited=AUDITED,
        guard=Guard(telephones=plan.telephones, places=plan.places),
    )
    app.state.outbox = Outbox(settings.tsunagi_partitions)
    app.state.webhooks = WebhookCaller(settings.tsunagi_webhook_networks)
    app.state.feed = Feed(app.state.engine, app.state.plan, app.state.ending)
    app.state.tie_of = tie_of
    app.state.count_news = app.state.feed.count
    app.state.finish = app.state.feed.finish
    return app
