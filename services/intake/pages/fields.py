"""The fields of intake's forms in the order of their pages, as people know them."""

from shared.web.forms import CHOOSE, Field

SIGN_IN = {"login": Field("ログイン名"), "password": Field("パスワード")}

CONSULTATION = {
    "received_at": Field("受付日時"),
    "case_code": Field("つなぎ番号"),
    "caller": Field("相談に来た人", CHOOSE),
    "channel": Field("方法", CHOOSE),
    "age_band": Field("年齢", CHOOSE),
    "sex": Field("性別", CHOOSE),
    "district": Field("地区", CHOOSE),
    "household": Field("世帯", CHOOSE),
    "topics": Field("○ 相談の内容", CHOOSE),
    "main_topic": Field("◎ いちばんの困りごと", CHOOSE),
    "urgency": Field("急ぎの度合い", CHOOSE),
    "memo": Field("メモ（窓口の控え）"),
    "response": Field("対応", CHOOSE),
    "to": Field("つなぎ先", CHOOSE, ("refer", "to")),
    "lead": Field("主担当", loc=("refer", "lead")),
    "override": Field("計画とちがう相手を選んだ理由", loc=("refer", "override")),
    "refer_reason": Field("つなぐ理由", loc=("refer", "reason")),
    "basis": Field("共有の根拠", CHOOSE, ("refer", "basis")),
    "authorised_by": Field("承認した人（役職）", loc=("refer", "authorised_by")),
    "mode": Field("つなぎ方", CHOOSE, ("refer", "mode")),
}

SEARCH = {
    "from": Field("受付日（この日から）"),
    "to": Field("受付日（この日まで）"),
    "code": Field("つなぎ番号", loc=("case_code",)),
}

SLIP_CHOICE = {"safe": Field("安全の確認", CHOOSE)}

CANCELLATION = {"reason": Field("取消の理由")}

ACTIVITY = {
    "kind": Field("活動の種類", CHOOSE),
    "held_on": Field("行った日"),
    "quantity": Field("回数・件数"),
    "district": Field("地区", CHOOSE),
    "attendance": Field("参加者数（人）"),
    "amount": Field("金額（円）"),
    "note": Field("備考"),
}

FIGURE = {
    "indicator": Field("指標", CHOOSE),
    "part": Field("内訳", CHOOSE),
    "as_of": Field("基準日"),
    "value": Field("値"),
    "numerator": Field("分子"),
    "denominator": Field("分母"),
    "state": Field("状態"),
}

ACCOUNT = {
    "login": Field("ログイン名"),
    "name": Field("職名"),
    "role": Field("役割", CHOOSE),
    "agency": Field("機関", CHOOSE),
}

TOKEN = {
    "name": Field("何のための鍵か"),
    "role": Field("役割", CHOOSE),
    "agency": Field("機関", CHOOSE),
    "days": Field("期限", CHOOSE),
}

PASSWORD = {
    "password": Field("今のパスワード"),
    "new_password": Field("新しいパスワード"),
    "again": Field("新しいパスワード（もう一度）"),
}
