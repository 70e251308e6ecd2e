"""Every column that can hold a text is known: words that end with their time, or none at all."""

from collections.abc import Iterator
from typing import Any, get_args

import psycopg
import pytest

from deploy.databases import NAMES
from shared.contracts import CONTRACTS
from shared.contracts.base import Code
from tests.architecture.test_guarded_fields import guarded_fields

#: Where what somebody typed is kept, until the retention time is over (ADR 26).
WORDS = {
    "intake": "memo.body revision.reason override.reason activity.note",
    "referral": "leg.reason leg.authorised_by history.detail contact.memo plan_goal.words"
    " plan_role.words conference_words.minutes conference_words.cancel_reason"
    " agency_pause.reason agency_succession.reason",
    "metrics": "",
    "identity": "",
}
#: Where copies of them are: the log and its dead letters, and answers for a month.
COPIES = "outbox.event dead_letter.event idempotency_key.answer"
#: A release says why it corrects another one. It is published, and never changes.
PUBLISHED = "release.reason release.document release_exact.figures"
#: Columns that hold no words, by their kind.
CODES = (
    "age_band ended_by state urgency topics main_topic caller channel district household response"
    " sex kind mode basis outcome part indicator contact_clocks stopped_clocks clock cause role"
    " period status score scores rule action method type error act ground"
)
AGENCIES = (
    "desk agency agencies holder previous sender receiver successor substitute convener"
    " instead_of charge target"
)
ACCOUNTS = (
    "recorded_by changed_by confirmed_by chosen_by set_by named_by drafted_by done_by actor"
    " assigned_name login name subject browser address password_hash who"
)
MACHINES = "stream key hash code version_num url secret email nonce verifier trace"
#: Names that say nothing by themselves, each looked at.
SINGLE = {
    **dict.fromkeys(
        (f"{name}.audit.record" for name in NAMES),
        "an id; the database refuses any other form of it",
    ),
    "intake.revision.facts": "the codes of a record before it was changed",
    "intake.leg_standing.reason": "the code with which a leg was returned",
    "referral.consultation.facts": "codes",
    "referral.conference_decision.detail": "codes, numbers and days",
}
#: Where each guarded field of a body is kept.
FIELDS = {
    "authorised_by": "referral.leg.authorised_by referral.history.detail",
    "goal": "referral.plan_goal.words",
    "memo": "intake.memo.body referral.contact.memo",
    "minutes": "referral.conference_words.minutes",
    "note": "intake.activity.note referral.history.detail",
    "override": "intake.override.reason referral.history.detail",
    "reason": "intake.revision.reason referral.leg.reason referral.history.detail"
    " referral.conference_words.cancel_reason referral.agency_pause.reason"
    " referral.agency_succession.reason metrics.release.reason",
    "role": "referral.plan_role.words",
}
_NO_TEXT = [
    *("uuid", "boolean", "bigint", "integer", "smallint", "numeric", "date", "bytea"),
    "timestamp_with_time_zone",
]


def _columns(environment: dict[str, str], name: str) -> set[str]:
    with psycopg.connect(environment[f"{name.upper()}_OWNER_DATABASE_URL"]) as connection:
        rows = connection.execute(
            "SELECT table_name || '.' || column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND replace(data_type, ' ', '_') <> ALL(%s)",
            (_NO_TEXT,),
        ).fetchall()
    return {str(column) for (column,) in rows}


@pytest.mark.parametrize("name", NAMES)
def test_every_column_is_known(servers: dict[str, str], name: str) -> None:
    columns = _columns(servers, name)
    held = {*WORDS[name].split(), *COPIES.split(), *PUBLISHED.split()}
    assert set(WORDS[name].split()) <= columns
    harmless = {*CODES.split(), *AGENCIES.split(), *ACCOUNTS.split(), *MACHINES.split()}
    unknown = {
        column
        for column in columns - held
        if column.partition(".")[2] not in harmless and f"{name}.{column}" not in SINGLE
    }
    assert unknown == set()


def test_every_guarded_field_goes_where_words_end_with_their_time() -> None:
    assert set(FIELDS) == guarded_fields()
    kept = {f"{name}.{column}" for name, columns in WORDS.items() for column in columns.split()}
    named = {place for places in FIELDS.values() for place in places.split()}
    assert named - kept == {"metrics.release.reason"}
    assert kept - named == set()


def _free_texts() -> Iterator[tuple[str, str]]:
    for contract in CONTRACTS:
        for name, field in contract.model_fields.items():
            kinds: Any = (field.annotation, *get_args(field.annotation))
            coded = get_args(Code)[1] in field.metadata or Code in kinds
            if str in kinds and not coded:
                yield contract.__name__, name


def test_only_a_request_says_something_in_words() -> None:
    assert {(name, field) for name, field in _free_texts() if field not in ("code", "state")} == {
        ("ReferralRequestedV1", "reason"),
        ("ReferralRequestedV1", "authorised_by"),
    }
