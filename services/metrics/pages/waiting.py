"""How many events wait, said with every list of exact figures: with one that is empty, too."""

from typing import Annotated, Any

from fastapi import Depends, Response

from services.metrics.usecases.count_waiting import count_waiting
from shared.web.requests import Transaction

HEADER = "Waiting-Events"

#: What the interface's description says of such a list.
SAID: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            HEADER: {
                "description": "So many events could not be counted yet: the rows' "
                "`waiting_events`, of a list without rows as well. For managers.",
                "schema": {"type": "integer", "minimum": 0},
            }
        }
    }
}


async def say_waiting(response: Response, connection: Transaction) -> int:
    """The number for the rows, said beside them as well."""
    waiting = await count_waiting(connection)
    response.headers[HEADER] = str(waiting)
    return waiting


Waiting = Annotated[int, Depends(say_waiting)]
