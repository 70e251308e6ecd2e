"""The fields of the forms on a case's page, by deed, as people know them."""

from collections.abc import Mapping

from shared.web.forms import CHOOSE, Field

_REASON = {"reason": Field("理由")}
_SHARING = {
    "basis": Field("共有の根拠", CHOOSE),
    "authorised_by": Field("根拠を認めた人・部署"),
}
#: When a reply on paper or by telephone came; its sender types it in.
_WHEN = {"at": Field("お返事のあった日時")}
_OVERRIDE = {"override": Field("計画とちがう相手を選んだ理由")}

#: What the form of each deed asks; `offer` is for the case, the others are for a leg.
DEED_FIELDS: Mapping[str, Mapping[str, Field]] = {
    "accept": _WHEN,
    "check-in": _WHEN,
    "confirm": {"code": Field("つなぎ番号"), **_WHEN},
    "assign": {"account": Field("担当する人", CHOOSE)},
    "hand-on": {
        "to": Field("引き継ぎ先", CHOOSE),
        **_OVERRIDE,
        "reason": Field("引き継ぐ理由"),
        **_SHARING,
        "mode": Field("つなぎ方", CHOOSE),
    },
    "return": {
        "reason": Field("差し戻しの理由", CHOOSE),
        "suggest": Field("ほかに合いそうな機関"),
        "note": Field("ひとこと"),
        **_WHEN,
    },
    "withdraw": {"reason": Field("理由"), "siblings": Field("ほかの依頼")},
    "take-over": _REASON,
    "close-case": {
        "end": Field("終わり方", CHOOSE),
        "outcome": Field("結果", CHOOSE),
        "ended_by": Field("だれが終えたか", CHOOSE),
    },
    "reopen": _REASON,
    "contacts": {
        "on": Field("連絡した日"),
        "kind": Field("方法", CHOOSE),
        "memo": Field("支援のメモ"),
        "authorised_by": Field("承認した人や会議"),
        **_WHEN,
    },
    "close": {
        "outcome": Field("結果", CHOOSE),
        "ended_by": Field("だれが終えたか", CHOOSE),
        **_WHEN,
    },
    "offer": {
        "to": Field("つなぎ先", CHOOSE),
        "lead": Field("主担当"),
        **_OVERRIDE,
        "reason": Field("つなぐ理由"),
        **_SHARING,
        "mode": Field("つなぎ方", CHOOSE),
    },
    "basis": {**_SHARING, "expires_on": Field("同意の期限")},
    "consent-withdrawn": {"reason": Field("ひとこと")},
    "call": {"whom": Field("電話した相手", CHOOSE)},
}

#: What the inbox can be narrowed down by, and the search by the code that a person carries.
INBOX_SEARCH: Mapping[str, Field] = {
    "part": Field("状況"),
    "urgency": Field("急ぎの度合い"),
    "role": Field("役割"),
    "sender": Field("どこから"),
    "topic": Field("相談の内容"),
    "late": Field("期限"),
    "mine": Field("担当"),
}
CODE_SEARCH: Mapping[str, Field] = {"code": Field("つなぎ番号", "入力してください。")}

VOID: Mapping[str, Field] = _REASON

#: The forms of an agency's life: a pause, a person's legs, an agency's cases.
PAUSE: Mapping[str, Field] = {
    "agency": Field("止める機関", CHOOSE),
    "from": Field("いつから"),
    "until": Field("いつまで"),
    "substitute": Field("代わりに受ける機関", CHOOSE),
    "reason": Field("理由"),
}
REASSIGNMENT: Mapping[str, Field] = {
    "leaving": Field("担当を離れる人", CHOOSE),
    "to": Field("引き継ぐ人", CHOOSE),
}
SUCCESSION: Mapping[str, Field] = {
    "agency": Field("なくなる機関", CHOOSE),
    "to": Field("引き継ぐ機関", CHOOSE),
    "reason": Field("理由"),
}

#: What the administrator's forms of channels ask.
MAIL_FIELDS: Mapping[str, Field] = {
    "agency": Field("機関", CHOOSE),
    "email": Field("メールアドレス"),
}
WEBHOOK_FIELDS: Mapping[str, Field] = {
    "name": Field("名前"),
    "agency": Field("機関", CHOOSE),
    "url": Field("送り先のURL"),
}

#: What the page says after a deed, with the next step where there is one.
DONE: Mapping[str, str] = {
    "accept": "受け入れました。ご本人と連絡がついたら、「連絡を記録する」に残してください。",
    "return": "差し戻しました。つないだ機関の画面に理由が出ます。",
    "withdraw": "依頼を取り下げました。",
    "reopen": "もう一度依頼しました。返事を待っています。",
    "contacts": "連絡を記録しました。",
    "close": "支援を終えました。結果は、つないだ機関と主担当の画面に出ます。",
    "offer": "つなぎを依頼しました。返事を待っています。",
    "check-in": "支援が続いていることを記録しました。",
    "confirm": "ご本人がいらしたことを記録しました。つないだ機関の画面にも出ます。",
    "assign": "担当する人を決めました。",
    "hand-on": "引き継ぎを依頼しました。受け入れられるまで、こちらで支援を続けてください。",
    "take-over": "調整役が主担当になりました。つなぎ先を決めてください。",
    "close-case": "ケースを終えました。",
    "told": "お知らせしたことを記録しました。",
    "basis": "共有の根拠を変えました。これから受け手に見える内容が変わります。",
    "consent-withdrawn": "同意の取り下げを記録しました。受け手には自身の記録だけが見えます。",
    "call": "電話したことを記録しました。",
}
