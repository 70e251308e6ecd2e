"""The web process of the intake service: reads settings, builds everything once."""

from pathlib import Path

from fastapi import FastAPI

from services.intake.pages import (
    accounts,
    consultations,
    consultations_api,
    oidc,
    own_account,
    records,
    records_api,
    security_txt,
    sign_in,
    slips,
    tokens,
)
from services.intake.pages.audited import AUDITED
from shared.database import make_engine
from shared.identity.gate import Gate
from shared.identity.oidc_provider import Provider, Registration
from shared.identity.passwords import PasswordCheck
from shared.messaging.connecting import redis_check
from shared.messaging.outbox import Outbox
from shared.plan import load_plan
from shared.privacy.guard import Guard
from shared.settings import Settings
from shared.web.app import create_app
from shared.web.audit_pages import audit_router
from shared.web.trusted_proxy import TrustedProxy


def _provider(settings: Settings) -> Provider | None:
    """The city's OpenID provider, None unless an issuer is set."""
    if settings.tsunagi_oidc_issuer is None:
        return None
    secret = settings.tsunagi_oidc_client_secret
    return Provider(
        Registration(
            issuer=settings.tsunagi_oidc_issuer,
            client_id=settings.tsunagi_oidc_client_id,
            secret="" if secret is None else secret.get_secret_value(),
            redirect_uri=f"{settings.tsunagi_url.rstrip('/')}/sign-in/oidc/callback",
            login_claim=settings.tsunagi_oidc_login_claim,
            provision_claim=settings.tsunagi_oidc_provision_claim,
        )
    )


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
            security_txt.router,
            oidc.router,
            own_account.router,
            accounts.router,
            tokens.router,
            audit_router("/admin/audit", identity=True),
            audit_router("/intake/audit"),
            consultations_api.router,
            records_api.router,
            slips.router,
            consultations.router,
            records.router,
        ],
        redis_answers=redis_check(settings.redis_url_of("web")),
        audited=AUDITED,
        guard=Guard(telephones=plan.telephones, places=plan.places),
    )
    app.state.outbox = Outbox(settings.tsunagi_partitions)
    app.state.passwords = PasswordCheck()
    app.state.oidc = _provider(settings)
    app.state.trusted_proxy = TrustedProxy(
        settings.tsunagi_proxy_login_header, settings.tsunagi_proxy_networks
    )
    return app
