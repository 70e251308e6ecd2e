"""The closed list of acts that the trail knows, and of the kinds of record that they are about."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Act:
    """An act by its name, with the words an administrator reads. One that only reads says so.

    `ground` is why it may be done, where the act alone says it.
    """

    name: str
    words: str
    reads: bool = False
    ground: str | None = None


_READING = {
    "consultations-list": "相談の一覧を見た",
    "consultation-read": "相談を見た",
    "slip-print": "つなぎカードを出した",
    "cases-list": "ケースの一覧を見た",
    "case-search": "つなぎ番号で探した",
    "case-read": "ケースを見た",
    "leg-read": "つなぎを見た",
    "sheet-print": "つなぎシートを出した",
    "plan-read": "支援プランを見た",
    "conferences-list": "会議の一覧を見た",
    "conference-read": "会議を見た",
    "notices-read": "お知らせを見た",
    "deliveries-read": "届いていない知らせを見た",
    "exact-read": "公表前の数値を見た",
    "exact-records-read": "数値のもとの記録を見た",
    "year-end-export": "年度末の資料を書き出した",
    "accounts-read": "アカウントの一覧を見た",
    "tokens-read": "機械の鍵の一覧を見た",
    "audit-search": "監査の記録を調べた",
    "audit-verify": "監査の記録を確かめた",
    "dead-letters-list": "処理できなかったイベントの一覧を見た",
    "dead-letter-read": "処理できなかったイベントを見た",
    "addresses-read": "接続先とそのパスワードを見た",
    "first-passwords-read": "見本のはじめのパスワードを見た",
}
_CHANGING = {
    "sign-in": "サインインした",
    "sign-in-failed": "サインインに失敗した",
    "sign-out": "サインアウトした",
    "session-end": "ほかの場所のサインインを終わらせた",
    "password-change": "パスワードを変えた",
    "account-create": "アカウントを作った",
    "account-reset": "はじめのパスワードを新しくした",
    "account-disable": "アカウントを停止した",
    "token-create": "機械の鍵を作った",
    "token-revoke": "機械の鍵を取り消した",
    "consultation-record": "相談を書いた",
    "consultation-correct": "相談を直した",
    "consultation-cancel": "相談を取り消した",
    "slip-choose": "つなぎカードを出すかを選んだ",
    "activity-record": "活動を書いた",
    "activity-correct": "活動を直した",
    "activity-cancel": "活動を取り消した",
    "figure-record": "報告値を書いた",
    "figure-correct": "報告値を直した",
    "figure-cancel": "報告値を取り消した",
    "case-refer": "つなぎを足した",
    "case-take-over": "主担当を引き取った",
    "case-close": "ケースを終えた",
    "case-call": "電話したことを記した",
    "leg-accept": "つなぎを受けた",
    "leg-return": "つなぎを返した",
    "leg-withdraw": "つなぎを取り下げた",
    "leg-contacts": "接触を記した",
    "leg-confirm": "来所を確かめた",
    "leg-hand-on": "つなぎを次へ渡した",
    "leg-check-in": "支援中と記した",
    "leg-assign": "担当を決めた",
    "leg-close": "つなぎを終えた",
    "leg-reopen": "つなぎを開きなおした",
    "leg-void": "つなぎを無効にした",
    "leg-basis": "共有の根拠を変えた",
    "leg-consent-withdrawn": "同意の取り下げを記した",
    "plan-draft": "支援プランを書いた",
    "plan-adopt": "支援プランを決めた",
    "plan-review": "支援プランを見直した",
    "conference-record": "会議を書いた",
    "conference-cancel": "会議を取り消した",
    "delivery-told": "紙で知らせたと記した",
    "delivery-again": "知らせを送りなおした",
    "agency-pause": "受け付けを休んだ",
    "agency-pause-end": "受け付けを始めた",
    "agency-succeed": "機関を引き継いだ",
    "channel-set": "知らせる先を決めた",
    "channel-remove": "知らせる先を外した",
    "rule-switch": "数え方を切り替えた",
    "release-make": "公表版を作った",
    "year-close": "年度を締めた",
    "dead-letter-replay": "処理できなかったイベントを届けなおした",
    "dead-letter-discard": "処理できなかったイベントをあきらめた",
    "metrics-rebuild": "指標を数えなおした",
    "database-migrate": "データベースを最新の形にした",
}
#: Why somebody may see or do it: the closed list of grounds, as an administrator reads them.
GROUNDS: Mapping[str, str] = {
    "holder": "主担当として",
    "receiver": "つなぎを受けた側として",
    "sender": "つないだ側として",
    "desk": "自分の機関の記録",
    "coordinator": "調整役として",
    "code": "つなぎ番号を聞いて",
    "management": "管理職の役目",
    "administration": "管理者の役目",
    "operation": "サーバーでの操作",
    "self": "本人のこと",
    "none": "わけがない",
}
_OF_ACT = {
    "case-search": "code",
    "case-take-over": "coordinator",
    **dict.fromkeys(("sign-in", "sign-out", "session-end", "password-change"), "self"),
}
_OF_ROLE = {
    "counter": "desk",
    "agency": "desk",
    "manager": "management",
    "admin": "administration",
    "service": "operation",
}
ACTS: Mapping[str, Act] = {
    name: Act(name, words, name in _READING, _OF_ACT.get(name))
    for name, words in (_READING | _CHANGING).items()
}


def ground_of(act: Act, role: str) -> str:
    """Why this role may do it, where nothing nearer is known."""
    return act.ground or _OF_ROLE.get(role, "none")


#: What a row may be about, as addresses and the trail name it.
KINDS: Mapping[str, str] = {
    "consultation": "相談",
    "activity": "活動",
    "figure": "報告値",
    "case": "ケース",
    "leg": "つなぎ",
    "conference": "会議",
    "delivery": "知らせ",
    "agency": "機関",
    "indicator": "指標",
    "release": "公表版",
    "year": "年度",
    "account": "アカウント",
    "session": "サインイン",
    "token": "機械の鍵",
    "webhook": "通知先",
    "dead-letter": "処理できなかったイベント",
}
