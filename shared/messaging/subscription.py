"""Which handler answers which event; a service lists its own in `subscribers.py`."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts import Contract
from shared.messaging.event import Event

#: Applies events in their order, inside the transaction that it is given. It must not commit.
Handler = Callable[[AsyncConnection, Sequence[Event]], Awaitable[None]]

#: The table of a service: contract to handler. Events of other contracts are passed over.
Subscriptions = Mapping[type[Contract], Handler]


def runs(
    subscriptions: Subscriptions, events: Sequence[Event]
) -> Iterator[tuple[Handler, list[Event]]]:
    """The events in order, neighbours with the same handler together."""
    wanted = ((subscriptions[type(event.data)], event) for event in events)
    for handler, group in groupby(wanted, key=lambda pair: pair[0]):
        yield handler, [event for _, event in group]
