"""The applications that take consultations: the real one, one without outbox, and a bare one."""

import asyncio
import os
import sys
from datetime import UTC, datetime

from fastapi import FastAPI
from sqlalchemy import insert
from uuid_utils.compat import uuid7

from deploy.serving import build_app, listen, run, serve
from services.intake.pages.bodies import ConsultationBody
from services.intake.storage.consultations import fact_values
from services.intake.storage.tables import consultation
from shared.database import AS_SERVICE, make_engine
from shared.logging import configure_logging
from shared.messaging.outbox import Outbox
from shared.settings import Settings, load_settings
from tests.performance.load import PATH


class _NoOutbox(Outbox):
    """Keeps no event."""

    async def append(self, *_: object) -> None:
        return


def real(settings: Settings) -> FastAPI:
    """What `tsunagi serve intake --web` serves."""
    return build_app("intake", settings)


def without_outbox(settings: Settings) -> FastAPI:
    """The same application, but no event is kept."""
    app = real(settings)
    app.state.outbox = _NoOutbox()
    return app


def bare(settings: Settings) -> FastAPI:
    """FastAPI and SQLAlchemy inserting the same row, and nothing else."""
    engine = make_engine(settings.database_url("intake"), application="bare", options=AS_SERVICE)
    app = FastAPI()
    app.state.ending = asyncio.Event()

    @app.post(PATH, status_code=201)
    async def post(body: ConsultationBody) -> dict[str, str]:
        row = fact_values(body.facts()) | {
            "id": uuid7(),
            "desk": "chiiki-kyosei",
            "revision": 1,
            "recorded_by": "bench",
            "recorded_at": datetime.now(UTC),
        }
        async with engine.begin() as connection:
            await connection.execute(insert(consultation).values(row))
        return {"id": str(row["id"])}

    return app


KINDS = {"real": real, "without outbox": without_outbox, "bare": bare}


def main() -> None:
    """Serve one of them on a port until told to end, as the launcher serves."""
    kind, port = sys.argv[1], int(sys.argv[2])
    configure_logging("warning")
    app = KINDS[kind](load_settings(os.environ))
    run(serve(app, listen("127.0.0.1", port), []))


if __name__ == "__main__":
    main()
