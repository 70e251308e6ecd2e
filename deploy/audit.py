"""`tsunagi audit`: whether the trails are whole, and the key by which others can tell."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import Any

import click

from deploy.databases import NAMES
from deploy.installation import addresses
from deploy.leaving import leave_row
from shared.audit.checkpoints import public_key, read, signing_key, written_key
from shared.audit.verifying import Fault, Finding, Verified, verify
from shared.database import make_engine
from shared.japanese_time import written
from shared.settings import Settings, load_settings

_WORDS = {
    Fault.CHANGED: "{place} 番の行（{row}）が書き換えられています。",
    Fault.REMOVED: "{place} 番からの行がありません。消されたか、番号が変えられています。",
    Fault.INSERTED: "{place} 番の行（{row}）は、あとから差し込まれたものです。",
    Fault.REPLACED: "{place} 番の行（{row}）が、次の行の知らないものです。"
    "書き換えられたか、この次の行が消されています。",
    Fault.CUT_OFF: "{place} 番から後ろの行がありません。終わりが切り取られています"
    "（残っている最後の行は {row}）。",
    Fault.RECHAINED: "{place} 番の行（{row}）が、署名のある控えと違います。"
    "それまでの行が、つなぎ直されています。",
    Fault.FORGED_CHECKPOINT: "控えの {place} 行目は、この鍵で署名されたものではありません。",
    Fault.NO_CHECKPOINT: "{place} 番の行（{row}）から後ろに、署名のある控えがありません。"
    "控えが減らされたか、worker が署名できていません。",
    Fault.CHECKPOINTS_GONE: "署名の正しい控えが一つもありません。ファイルがないか、空か、"
    "書き換えられています。{place} 番までのどの行も、保証されていません。",
}


def _public_key(settings: Settings) -> str | None:
    """The key to verify with: the one that was kept elsewhere, or that of our own secret."""
    if settings.tsunagi_audit_public_key:
        return settings.tsunagi_audit_public_key
    secret = settings.tsunagi_audit_secret
    if secret is None:
        return None
    return written_key(signing_key(secret.get_secret_value()).public_key())


async def verify_all(settings: Settings, now: datetime) -> dict[str, Verified]:
    """Every database that this process knows the address of."""
    key, folder = _public_key(settings), settings.tsunagi_audit_folder
    found = {}
    for name in NAMES:
        if getattr(settings, f"{name}_database_url") is None:
            continue
        lines = read(folder, name, public_key(key)) if key and folder else None
        engine = make_engine(settings.database_url(name), pool_size=1, application="audit")
        try:
            found[name] = await verify(engine, lines, now)
        finally:
            await engine.dispose()
    return found


def _report(finding: Finding) -> dict[str, Any]:
    row = None if finding.row is None else str(finding.row)
    return {"fault": finding.fault.value, "position": finding.position, "row": row}


def _vouched(one: Verified) -> dict[str, Any] | None:
    if one.vouched is None:
        return None
    return {"position": one.vouched.position, "at": one.vouched.at.isoformat()}


def _standing(one: Verified) -> str:
    """Up to where signatures answer for the trail, and how much lies behind."""
    if one.vouched is None:
        return f"控えが保証している行はありません。保証のない行 {one.unvouched:,}"
    return (
        f"{one.vouched.position:,} 番（{written(one.vouched.at)} の署名）までの行は、"
        f"控えが保証しています。そのあとの保証のない行 {one.unvouched:,}"
    )


@click.group()
def audit() -> None:
    """監査の記録。"""


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True, help="JSON で表示")
def audit_verify(*, as_json: bool) -> None:
    """監査の記録が書かれたままかを調べます。違いがあるか、控えを見られなければ終了コード 1。"""
    settings = load_settings(addresses())
    known = [name for name in NAMES if getattr(settings, f"{name}_database_url") is not None]
    asyncio.run(leave_row([settings.database_url(name) for name in known], "audit-verify"))
    found = asyncio.run(verify_all(settings, datetime.now(UTC)))
    signed = _public_key(settings) is not None and settings.tsunagi_audit_folder is not None
    whole = signed and not any(one.findings for one in found.values())
    if as_json:
        databases = {
            name: {
                "chained": one.chained,
                "unchained": one.unchained,
                "checkpoints": one.checkpoints,
                "vouched_to": _vouched(one),
                "unvouched": one.unvouched,
                "findings": [_report(finding) for finding in one.findings],
            }
            for name, one in found.items()
        }
        report = {"ok": whole, "checkpoints_read": signed, "databases": databases}
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        for name, one in found.items():
            click.echo(
                f"{name}: 鎖につながった行 {one.chained:,}、これからの行 {one.unchained:,}、"
                f"署名のある控え {one.checkpoints:,}"
            )
            click.echo(f"  {_standing(one)}")
            for finding in one.findings:
                words = _WORDS[finding.fault]
                click.echo("  " + words.format(place=finding.position, row=finding.row or "なし"))
        if not signed:
            click.echo(
                "控えは見ていないので、終わりが切り取られていてもわかりません。"
                "TSUNAGI_AUDIT_FOLDER と鍵を指定してください。"
            )
    sys.exit(0 if whole else 1)


@audit.command("public-key")
def audit_public_key() -> None:
    """控えの署名を確かめる鍵。別の場所に控えておきます（TSUNAGI_AUDIT_PUBLIC_KEY）。"""
    key = _public_key(load_settings(addresses()))
    if key is None:
        raise click.ClickException("TSUNAGI_AUDIT_SECRET を指定してください。")
    click.echo(key)
