"""`tsunagi account` and `tsunagi token`: made, listed, stopped and set anew by command."""

import pytest
from click.testing import CliRunner, Result

from deploy.access import account, token


@pytest.fixture
def run(environment: dict[str, str]) -> "Run":
    return Run(environment)


class Run:
    """Both commands against the test's servers, in this process."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment

    def account(self, *words: str) -> Result:
        return CliRunner().invoke(account, words, env=self._environment)

    def token(self, *words: str) -> Result:
        return CliRunner().invoke(token, words, env=self._environment)

    def standing(self) -> list[str]:
        return [line.rsplit("\t", 1)[1] for line in self.account("list").stdout.splitlines()]


def test_an_account_is_made_listed_stopped_and_its_password_set_anew(run: Run) -> None:
    made = run.account("create", "sato", "--role", "counter", "--agency", "csw")
    first = made.stdout.strip()
    assert (made.exit_code, len(first) >= 12) == (0, True)
    assert run.account("list").stdout == "sato\tcounter\tcsw\t担当\t初回待ち\n"
    again = run.account("reset", "sato").stdout.strip()
    assert len(again) >= 12
    assert again != first
    assert run.account("disable", "sato").exit_code == 0
    assert run.standing() == ["停止中"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["create", "sato", "--role", "counter"], "機関"),
        (["create", "sato", "--role", "counter", "--agency", "nowhere"], "機関"),
        (["create", "sato", "--role", "manager", "--agency", "csw"], "機関"),
        (["disable", "nobody"], "ログイン名"),
        (["reset", "nobody"], "ログイン名"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(run: Run, words: list[str], said: str) -> None:
    refused = run.account(*words)
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert refused.stdout == ""
    assert run.standing() == []


def test_the_same_login_is_not_made_twice(run: Run) -> None:
    words = ("create", "sato", "--role", "manager")
    assert run.account(*words).exit_code == 0
    assert run.account(*words).exit_code == 1
    assert run.standing() == ["初回待ち"]


def test_a_token_is_listed_without_its_secret_and_revoked(run: Run) -> None:
    secret = run.token(
        "create", "--role", "agency", "--agency", "csw", "--name", "帳票"
    ).stdout.strip()
    [line] = run.token("list").stdout.splitlines()
    assert secret not in line
    number, role, agency, name, *_ = line.split("\t")
    assert (role, agency, name) == ("agency", "csw", "帳票")
    assert run.token("revoke", number).exit_code == 0
    assert "取り消し済み" in run.token("list").stdout
