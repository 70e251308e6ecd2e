"""The web process of the metrics service: reads settings, builds everything once."""

from pathlib import Path

from fastapi import FastAPI

from services.metrics.feed.addresses import Addresses, naming_digest
from services.metrics.pages import (
    api,
    dashboard,
    exact_years,
    feed,
    feed_definitions,
    indicators,
    releases,
    releases_api,
    rules,
    rules_api,
    series,
    series_api,
    year_end,
)
from services.metrics.pages.audited import AUDITED
from shared.database import make_engine
from shared.identity.gate import Gate
from shared.messaging.connecting import redis_check
from shared.plan import load_plan
from shared.privacy.guard import Guard
from shared.settings import Settings
from shared.web.app import create_app
from shared.web.audit_pages import audit_router


def build_app(settings: Settings) -> FastAPI:
    """The application, ready to serve."""
    plan = load_plan(settings.tsunagi_plan)
    app = create_app(
        "metrics",
        title="Tsunagi metrics",
        engine=make_engine(settings.database_url("metrics"), application="metrics-web"),
        gate=Gate(
            make_engine(settings.database_url("identity"), pool_size=8, application="metrics-gate")
        ),
        plan=plan,
        public_url=settings.tsunagi_url,
        templates=Path(__file__).parent / "pages/templates",
        routers=[
            api.router,
            series_api.router,
            rules_api.router,
            releases_api.router,
            indicators.router,
            series.router,
            rules.router,
            releases.router,
            feed.router,
            feed_definitions.router,
            year_end.router,
            dashboard.router,
            exact_years.router,
            audit_router("/metrics/audit"),
        ],
        redis_answers=redis_check(settings.redis_url_of("web")),
        audited=AUDITED,
        guard=Guard(telephones=plan.telephones, places=plan.places),
    )
    addresses = Addresses(settings.tsunagi_url.rstrip("/"))
    app.state.feed = feed.Feed(
        addresses, naming_digest(plan, addresses), settings.tsunagi_feed_origins
    )
    return app
