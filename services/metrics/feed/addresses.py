"""Where the feed's files are: permanent addresses of a release, and those of the newest."""

import hashlib
import json
from dataclasses import dataclass

from shared.plan import Plan


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of the feed under the address that people type."""

    base: str

    def file(self, ending: str, number: int | None = None) -> str:
        """`json`, `csv`, `atom` or `xlsx` of a release, or of whichever is the newest."""
        query = "" if number is None else f"?release={number}"
        return f"{self.base}/metrics/feed/indicators.{ending}{query}"

    def older(self, before: int, fiscal_year: int | None) -> str:
        """The feed of the releases before this one, of all or of those of a fiscal year."""
        of_year = "" if fiscal_year is None else f"fy={fiscal_year}&"
        return f"{self.file('atom')}?{of_year}before={before}"

    def page(self, number: int | None = None) -> str:
        """The page of a release for people."""
        place = "" if number is None else f"releases/{number}"
        return f"{self.base}/metrics/{place}"

    @property
    def schema(self) -> str:
        """The JSON Schema of the JSON file."""
        return f"{self.base}/metrics/feed/schema/v1.json"

    @property
    def columns(self) -> str:
        """What the columns of the CSV mean."""
        return f"{self.base}/metrics/feed/columns.csv"

    @property
    def codes(self) -> str:
        """What the codes in the CSV mean."""
        return f"{self.base}/metrics/feed/codes.csv"


def naming_digest(plan: Plan, addresses: Addresses) -> str:
    """What the files say beside the release: the names of codes, and addresses.

    It is part of each entity tag: a renamed agency is another file of the same release.
    """
    named = [
        addresses.base,
        plan.area_code,
        [plan.baseline_year, plan.first_year, plan.target_year],
        list(plan.goals.items()),
        [[*place, name] for place, name in plan.directions.items()],
        [[name, list(codes.items())] for name, codes in plan.codes.items()],
        [[agency.id, agency.name] for agency in plan.agencies.values()],
        [[topic.id, topic.label] for topic in plan.topics.values()],
    ]
    text = json.dumps(named, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
