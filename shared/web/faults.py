"""What no other part answered: a fault without its details, or a database that is away."""

import asyncio

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.problems import fault_problem, problem_answer

#: Seconds until an answer must begin. A database that is frozen is as good as away; what is sent
#: again with its key is done once all the same.
LONGEST = 15.0


class Faults:
    """ASGI middleware: what nobody else answered is 500; a database away, or too slow, is 503."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def note(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                limit.reschedule(None)
            await send(message)

        try:
            async with asyncio.timeout(LONGEST) as limit:
                await self._app(scope, receive, note)
        except Exception as error:
            if begun:
                raise
            answer = problem_answer(Request(scope), fault_problem(error))
            await answer(scope, receive, send)
