"""JSON: the release's document as it was hashed, with its number, its hash and its addresses."""

import json
from typing import Any, Literal

from pydantic import AnyHttpUrl, AwareDatetime, BaseModel, ConfigDict, Field

from services.metrics.domain.published import Published
from services.metrics.feed.addresses import Addresses
from services.metrics.storage.releases import StoredRelease

SCHEMA_VERSION: Literal[1] = 1


class Links(BaseModel):
    """The same release in other forms, all permanent; `newest` moves with each release."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    permanent: AnyHttpUrl
    newest: AnyHttpUrl
    csv: AnyHttpUrl
    xlsx: AnyHttpUrl
    atom: AnyHttpUrl
    page: AnyHttpUrl
    columns: AnyHttpUrl
    codes: AnyHttpUrl
    schema_: AnyHttpUrl = Field(alias="schema")


class ReleasedJson(BaseModel):
    """A release of the plan's indicators.

    `hash` is the SHA-256 of `document` written as JSON with sorted keys, no spaces, in UTF-8.
    `area_code` is the 全国地方公共団体コード with its check digit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = SCHEMA_VERSION
    number: int = Field(ge=1)
    hash: str = Field(pattern="^[0-9a-f]{64}$")
    made_at: AwareDatetime
    area_code: str = Field(pattern="^[0-9]{6}$")
    links: Links
    document: Published


def make_json(release: StoredRelease, area_code: str, addresses: Addresses) -> bytes:
    """The file, in UTF-8."""
    number = release.number
    links = {
        "permanent": addresses.file("json", number),
        "newest": addresses.file("json"),
        "csv": addresses.file("csv", number),
        "xlsx": addresses.file("xlsx", number),
        "atom": addresses.file("atom"),
        "page": addresses.page(number),
        "columns": addresses.columns,
        "codes": addresses.codes,
        "schema": addresses.schema,
    }
    released = ReleasedJson(
        number=number,
        hash=release.hash,
        made_at=release.made_at,
        area_code=area_code,
        links=Links.model_validate(links),
        document=release.document,
    )
    said = released.model_dump(mode="json", by_alias=True)
    # As the document was hashed: its part of the file is that text, letter for letter.
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def json_schema(addresses: Addresses) -> dict[str, Any]:
    """The JSON Schema of the file. A change of meaning is a v2 at another address."""
    described = ReleasedJson.model_json_schema(mode="serialization", by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": addresses.schema,
        **described,
    }
