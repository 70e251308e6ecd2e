"""How often a message is tried, and what is said of one that did not arrive."""

from datetime import datetime, timedelta
from enum import StrEnum


class Channel(StrEnum):
    """How a notification leaves the house."""

    MAIL = "mail"
    WEBHOOK = "webhook"
    PAPER = "paper"


class DeliveryState(StrEnum):
    """Where a delivery stands. `sending` is an attempt whose end is not known yet."""

    WAITING = "waiting"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"


#: The rest after each failed attempt; after the last one it is given up and shown.
BACK_OFF = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
)

#: An attempt that was cut off (a power cut) is made again after so long.
CUT_OFF = timedelta(minutes=2)


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When to try again after so many failed attempts; None when it was the last."""
    return now + BACK_OFF[attempts - 1] if attempts <= len(BACK_OFF) else None


#: Why a message did not arrive, as a colleague would say it.
FAILURES = {
    "not-configured": "メールサーバーが設定されていません",
    "no-target": "送り先の登録がなくなっています",
    "unreachable": "相手のサーバーにつながりません",
    "too-slow": "相手のサーバーの返事が時間内に終わりませんでした",
    "refused": "相手のサーバーが受け取りませんでした",
    "unknown-name": "送り先の名前が見つかりません",
    "forbidden-address": "送り先のアドレスには送れない決まりです",
    "forbidden-port": "送り先のポート番号には送れない決まりです",
}
CHANNEL_WORDS = {Channel.MAIL: "メール", Channel.WEBHOOK: "Webhook", Channel.PAPER: "紙"}
