"""The streams of one service as AsyncAPI 3.0: what it sends, what it receives, in which shape."""

from typing import Any

from shared.contracts import CONTRACTS, READERS, Contract

_TEXT = {"type": "string"}
_ID = {"type": "string", "format": "uuid"}


def _message(contract: type[Contract]) -> dict[str, Any]:
    """One contract in its CloudEvents envelope, which is the `event` field of a stream's entry."""
    attributes = {
        "specversion": {"const": "1.0"},
        "id": _ID,
        "source": {"const": f"/tsunagi/{contract.producer}"},
        "type": {"const": contract.type_name()},
        "subject": _ID,
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "partitionkey": _ID,
        "correlationid": _TEXT,
        "causationid": _TEXT,
        "traceparent": _TEXT,
        "data": contract.model_json_schema(mode="serialization"),
    }
    return {
        "name": contract.type_name(),
        "summary": (contract.__doc__ or "").strip().splitlines()[0],
        "contentType": "application/cloudevents+json",
        "payload": {
            "type": "object",
            "properties": attributes,
            "required": [name for name in attributes if name != "traceparent"],
        },
    }


def _channel(producer: str) -> dict[str, Any]:
    return {
        "address": f"ev:{{{producer}.{{partition}}}}",
        "title": f"The log of {producer}",
        "description": "A Redis stream. The entry id is the position in the log, then -0;"
        " the one field, event, holds the CloudEvents JSON.",
        "parameters": {"partition": {"description": "Its number, from 0", "default": "0"}},
        "messages": {
            contract.__name__: {"$ref": f"#/components/messages/{contract.__name__}"}
            for contract in CONTRACTS
            if contract.producer == producer
        },
    }


def describe_streams(service: str) -> dict[str, Any]:
    """The document that is served at `/<service>/asyncapi.json`."""
    received = [producer for producer, groups in READERS.items() if service in groups]
    sent = [service] if service in READERS else []
    channels = {producer: _channel(producer) for producer in (*sent, *received)}
    operations = {
        f"{action}-{producer}": {
            "action": action,
            "channel": {"$ref": f"#/channels/{producer}"},
        }
        for action, producers in (("send", sent), ("receive", received))
        for producer in producers
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"Tsunagi {service}", "version": "1"},
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": {
                contract.__name__: _message(contract)
                for contract in CONTRACTS
                if contract.producer in channels
            }
        },
    }
