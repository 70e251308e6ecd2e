"""One event on the wire: a structured CloudEvents 1.0 JSON envelope around a contract."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import from_json
from uuid_utils.compat import uuid7

from shared.contracts import BY_TYPE_NAME, Contract


class UnreadableEvent(Exception):
    """An envelope that this reader cannot take: bad JSON, an unknown type, or a bad shape."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why an event happened: the request or event before it, and the trace it belongs to."""

    correlation_id: str
    causation_id: str
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A fact that happened; events of one aggregate, its `subject`, keep their order."""

    id: UUID
    subject: UUID
    time: datetime
    data: Contract
    cause: Cause

    @classmethod
    def of(cls, data: Contract, *, subject: UUID, time: datetime, cause: Cause) -> "Event":
        """A new event with an id of its own."""
        return cls(uuid7(), subject, time, data, cause)

    def follow(self) -> Cause:
        """The cause that an event which follows from this one carries."""
        return Cause(self.cause.correlation_id, str(self.id), self.cause.traceparent)

    def to_json(self) -> str:
        """The envelope as it is stored in the log and shown on the stream."""
        envelope: dict[str, Any] = {
            "specversion": "1.0",
            "id": str(self.id),
            "source": f"/tsunagi/{self.data.producer}",
            "type": self.data.type_name(),
            "subject": str(self.subject),
            "time": self.time.isoformat(),
            "datacontenttype": "application/json",
            "partitionkey": str(self.subject),
            "correlationid": self.cause.correlation_id,
            "causationid": self.cause.causation_id,
        }
        if self.cause.traceparent is not None:
            envelope["traceparent"] = self.cause.traceparent
        text = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
        return f'{text[:-1]},"data":{self.data.model_dump_json()}}}'

    @classmethod
    def from_json(cls, text: str | bytes) -> "Event":
        """Read an envelope. Raises UnreadableEvent that says why, without the content."""
        try:
            envelope = from_json(text)
            contract = BY_TYPE_NAME[envelope["type"]]
            return cls(
                id=UUID(envelope["id"]),
                subject=UUID(envelope["subject"]),
                time=datetime.fromisoformat(envelope["time"]),
                data=contract.model_validate(envelope["data"]),
                cause=Cause(
                    envelope["correlationid"],
                    envelope["causationid"],
                    envelope.get("traceparent"),
                ),
            )
        except ValidationError as error:
            fields = sorted({".".join(map(str, fault["loc"])) for fault in error.errors()})
            raise UnreadableEvent(f"invalid data: {', '.join(fields)}") from None
        except KeyError as error:
            raise UnreadableEvent(f"unknown type or missing attribute: {error}") from None
        except (ValueError, TypeError, AttributeError) as error:
            raise UnreadableEvent(f"not an event: {type(error).__name__}") from None
