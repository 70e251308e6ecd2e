"""Clients of Redis: one for steady work, one for a single question."""

from collections.abc import Callable, Coroutine
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError


def connect_redis(url: str) -> Redis:
    """A client that gives up soon when the server is away, so that nobody waits for it."""
    return Redis.from_url(
        url, socket_connect_timeout=2, socket_timeout=10, health_check_interval=15
    )


def ask_redis(url: str, *, patience: float) -> Redis:
    """A client for one question: it tries once, and waits at most so many seconds."""
    return Redis.from_url(
        url,
        socket_connect_timeout=patience,
        socket_timeout=patience,
        retry=Retry(NoBackoff(), 0),
    )


def redis_check(url: str) -> Callable[[], Coroutine[Any, Any, bool]]:
    """A question that a web process asks when somebody wants to know whether it is ready."""

    async def answers() -> bool:
        client = ask_redis(url, patience=0.5)
        try:
            return bool(await client.ping())
        except (RedisError, OSError):
            return False
        finally:
            await client.aclose()

    return answers
