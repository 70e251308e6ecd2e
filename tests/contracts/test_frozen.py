"""Published contracts never change: each equals its frozen JSON Schema."""

import json
import re
from pathlib import Path

import pytest

from deploy.serving import clock
from services.intake import subscribers as intake
from services.metrics.subscribers import subscriptions as metrics_subscriptions
from services.referral.subscribers import subscriptions as referral_subscriptions
from shared.contracts import CONTRACTS, READERS, Contract
from shared.messaging.outbox import Outbox
from shared.plan import Plan

_FROZEN = Path(__file__).parent / "frozen"


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.__name__)
def test_a_contract_is_as_it_was_published(contract: type[Contract]) -> None:
    frozen = json.loads((_FROZEN / f"{contract.type_name()}.json").read_text(encoding="utf-8"))
    assert contract.model_json_schema(mode="serialization") == frozen


def test_no_published_contract_went_away() -> None:
    assert {path.stem for path in _FROZEN.glob("*.json")} == {c.type_name() for c in CONTRACTS}


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.__name__)
def test_a_contract_is_read_by_somebody_who_reads_its_log(
    contract: type[Contract], plan: Plan
) -> None:
    tables = {
        "intake": intake.SUBSCRIPTIONS,
        "referral": referral_subscriptions(plan, Outbox(), clock),
        "metrics": metrics_subscriptions(plan),
    }
    readers = {name for name, table in tables.items() if contract in table}
    assert readers
    assert readers <= set(READERS[contract.producer])


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.__name__)
def test_a_contract_is_written_by_its_producer_alone(contract: type[Contract]) -> None:
    services = Path(__file__).parents[2] / "services"
    writers = {
        path.relative_to(services).parts[0]
        for path in services.rglob("*.py")
        if re.search(rf"^(?!\s*case).*\b{contract.__name__}\(", path.read_text("utf-8"), re.M)
    }
    assert writers == {contract.producer}
