"""The web process of the metrics service: reads settings, builds everything once."""

from pathlib import Path

from fastapi import FastAPI

from services.metrics.pages import (
    api,
    indicators,
    releases,
    releases_api,
    rules,
    rules_api,
    series,
    series_api,
)
from shared.database import make_engine
from shared.identity.gate import Gate
from shared.messaging.connecting import redis_check
from shared.plan import load_plan
from shared.settings import Settings
from shared.web.app import create_app


def build_app(settings: Settings) -> FastAPI:
    """The application, ready to serve."""
    return create_app(
        "metrics",
        title="Tsunagi metrics",
        engine=make_engine(settings.database_url("metrics"), application="metrics-web"),
        gate=Gate(
            make_engine(settings.database_url("identity"), pool_size=8, application="metrics-gate")
        ),
        plan=load_plan(settings.tsunagi_plan),
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
        ],
        redis_answers=redis_check(settings.redis_url.get_secret_value()),
    )
