"""What no other part answered: a fault without its details, or a database that is away."""

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.problems import fault_problem, problem_answer


class Faults:
    """ASGI middleware: what nobody else answered is 500, without details; or 503 as above."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def note(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, note)
        except Exception as error:
            if begun:
                raise
            answer = problem_answer(Request(scope), fault_problem(error))
            await answer(scope, receive, send)
