"""How refusals look, for the description of the machine interface (RFC 9457)."""

from typing import Any

_PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string", "description": "In Japanese"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["loc", "code", "detail"],
                "properties": {
                    "loc": {"type": "array", "items": {"type": ["string", "integer"]}},
                    "code": {"type": "string"},
                    "detail": {"type": "string", "description": "In Japanese"},
                },
            },
        },
        "allowed": {
            "type": "array",
            "items": {"type": "string"},
            "description": "With 409: what this caller may do now",
        },
    },
}
_PROBLEM = {"content": {"application/problem+json": {"schema": _PROBLEM_SCHEMA}}}
#: The refusals that every route may answer with, for the description of the interface.
DESCRIBED_PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "Refused: RFC 9457", **_PROBLEM},
    "503": {"description": "The database is away; see Retry-After", **_PROBLEM},
}
