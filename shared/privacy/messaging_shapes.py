"""Names in messaging and social services."""

from shared.privacy.shapes import Pattern, pattern

_SERVICES = (
    r"(?:line|ライン|twitter|ツイッター|(?<![a-z])x(?![a-z])|旧twitter|インスタ(?:グラム)?|instagram"
    r"|facebook|フェイスブック|tiktok|discord|ディスコード|カカオ(?:トーク)?|kakaotalk|whatsapp|skype"
    r"|スカイプ|telegram|テレグラム|wechat|微信|signal|シグナル|zoom|messenger|sns)"
)
_ID_WORD = r"(?:id|アイディー?|アカウント(?:名)?|アカ|ユーザー(?:名|id)?|垢)"
_HANDLE = r"[a-z0-9][a-z0-9_.\-]{2,29}"
#: What stands behind the word for a service and is nobody's name there.
_NO_THING = r"(?!wi-?fi|iphone|android|ipad|windows|e-?mail|line|zoom|app|docomo|softbank|http)"

MESSAGING: tuple[Pattern, ...] = (
    pattern(
        "messaging-id",
        rf"{_SERVICES}[^a-z0-9\n。]{{0,10}}(?:{_ID_WORD}|名前?|ネーム)[^a-z0-9\n。]{{0,6}}(?P<hit>{_HANDLE})",
    ),
    pattern("messaging-id", rf"{_SERVICES}[^a-z0-9\n。]{{0,10}}(?P<hit>@{_HANDLE})"),
    pattern("messaging-id", rf"{_SERVICES}\s?[はが:=]?\s?「(?P<hit>[a-z]{_HANDLE})」"),
    pattern("messaging-id", rf"{_SERVICES}\s?[は:=]\s?(?P<hit>{_NO_THING}[a-z]{_HANDLE})"),
    pattern(
        "messaging-id",
        rf"{_SERVICES}[^a-z0-9\n。]{{0,8}}(?P<hit>(?=[a-z0-9_.\-]{{0,28}}[0-9_.])(?=[0-9_.\-]{{0,28}}[a-z]){_HANDLE})",
    ),
    pattern(
        "messaging-id",
        rf"{_SERVICES}[^a-z0-9\n。]{{0,6}}(?:{_ID_WORD}[^a-z0-9\n。]{{0,6}})?(?P<hit>[a-z0-9_.]{{2,32}}#\d{{4}})(?!\d)",
    ),
    pattern("messaging-id", r"(?<![a-z0-9.])@[a-z_][a-z0-9_.]{3,29}"),
    pattern("messaging-id", rf"(?<![a-z]){_ID_WORD}\s?[はが:=]\s?(?P<hit>[a-z_]{_HANDLE})"),
    pattern(
        "messaging-id",
        r"(?:facebook|twitter|instagram|tiktok|line|(?<![a-z])x)\.(?:com|me)/[^\s、。]{1,60}",
        needs=("/",),
    ),
)
