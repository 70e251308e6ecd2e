"""The command line: `tsunagi …`. What a command needs is imported when it is called."""

import importlib
from typing import Any

import click

#: Each command's place, in the order in which the help shows them.
COMMANDS = {
    "up": "deploy.running:up",
    "serve": "deploy.running:serve",
    "migrate": "deploy.upkeep:migrate",
    "env": "deploy.upkeep:env",
    "doctor": "deploy.upkeep:doctor",
    "check-plan": "deploy.upkeep:check_plan",
    "demo": "deploy.demo:demo",
    "token": "deploy.access:token",
    "account": "deploy.access:account",
    "year-end": "deploy.year_end:year_end",
    "rebuild": "deploy.rebuild:rebuild",
    "audit": "deploy.audit:audit",
    "dead-letters": "deploy.dead_letters:dead_letters",
}


class _Tsunagi(click.Group):
    """Every command says in one line which setting it lacks, or which server is away."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  as click calls it
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found: click.Command = getattr(importlib.import_module(module), name)
        return found

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise  # whoever read what we print has read enough; click ends quietly
        except Exception as error:
            words = _explained(error)
            if words is None:
                raise
            raise click.ClickException(words) from None


def _explained(error: Exception) -> str | None:
    """What a person at the command line can do about it; None if this is a fault of ours."""
    settings, plan = (importlib.import_module(name) for name in ("shared.settings", "shared.plan"))
    if isinstance(error, settings.SettingsError | plan.PlanError):
        return str(error)
    away: tuple[type[Exception], ...] = (importlib.import_module("redis.exceptions").RedisError,)
    if isinstance(error, away) or importlib.import_module("shared.database").is_transient(error):
        return (
            "データベースか Redis に届きません。つなぎ（またはサーバー）が動いているか"
            "確かめて、もう一度どうぞ。記録は失われません。"
        )
    return None


@click.group(cls=_Tsunagi)
def main() -> None:
    """つなぎ: 相談を一度だけ書き、届くべきところへ届けます。"""


if __name__ == "__main__":
    main()
