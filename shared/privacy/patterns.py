"""The identifiers that have a shape: a table of patterns, read over normalised text.

Every repetition is bounded, so that no text takes long. A group `hit` narrows what is reported;
without one it is the whole match. Patterns read kanji digits as digits.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from shared.privacy.checks import (
    is_card_number,
    is_my_number,
    is_not_blank,
    is_number_of,
    is_telephone,
)
from shared.privacy.normalising import KANJI_DIGITS
from shared.privacy.plates import REGIONS

#: Kinds that letters make; every other has a digit, and most memos have neither.
_SPELLED = frozenset({"e-mail", "messaging-id"})
_A_DIGIT, _A_LETTER = re.compile(r"[\d十]"), re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One shape of a kind. `check` gets the match's text and may still say no."""

    kind: str
    shape: re.Pattern[str]
    check: Callable[[str], bool]


def _pattern(kind: str, shape: str, check: Callable[[str], bool] | None = None) -> Pattern:
    # Zeros stand for what was left out, but in an address of letters they are letters.
    default = bool if kind in _SPELLED else is_not_blank
    return Pattern(kind, re.compile(shape, re.IGNORECASE), check or default)


#: What may stand between the digits of one number.
_GAP = r"[\s\-.()・~_*/]{0,3}"
#: A number of 3 to 17 digits.
_NUMBER = r"\d(?:[\s\-.・_/]{0,2}\d){2,16}"
#: What makes a number a count, an amount or a day.
_UNITS = (
    r"(?:円|万|千|億|人|名(?!義|前)|件|回|年(?!金)|月|日|時|分|歳|才|%|割|倍|級|世帯|食|個|枚|km|kg"
    r"|m(?![a-z])|通(?!帳)|冊|点"
    r"|階|戸|部屋|ヶ|か所|か月|カ所|カ月|ページ|歩|単位)"
)
_NO_COUNT = rf"(?![\d,]|\.\d|\s?{_UNITS})"
#: Something other than a digit, within the same sentence.
_TO = r"[^\d\n。]"

_LETTER = r"(?<![a-z])[mtshr]|(?<![一-龠])[明大昭平令](?=[\d十])"
_ERA = rf"(?:明治|大正|昭和|平成|令和|{_LETTER})"
_YEAR = rf"(?:(?:19|20)\d{{2}}|{_ERA}\s?(?:[\d十]{{1,3}}|元))"
_DAY_IN_MONTH = r"[\d十]{1,3}\s?[月./\-・]\s?[\d十]{1,3}(?:\s?日|(?!\s?[\d日]))"
_DATE = rf"{_YEAR}\s?[年./\-・]\s?{_DAY_IN_MONTH}"
_MONTH = rf"{_YEAR}\s?[年./\-]\s?[\d十]{{1,3}}\s?月"
_MONTH_DAY = r"[\d十]{1,3}\s?月\s?[\d十]{1,3}\s?日"
_OLD_ERA = r"(?:明治|大正|昭和|(?<![a-z])[mts](?=\d)|(?<![一-龠])昭(?=[\d十]))"
_OLD_YEAR = rf"{_OLD_ERA}\s?(?:[\d十]{{1,3}}|元)"
_PUBLIC_DAY = (
    r"(?:に|の|より|から)?\s?(?:以前|以降|以後|築|建|施行|制定|開|設|改正|付|創立|公布|竣工)"
)
_BORN = r"(?:生まれ|うまれ|誕生(?!日?会)|出生|生(?=[\s。、,.)」の]|$))"

#: Beside 丁目, these make a place that many people use, not somebody's home.
_PLACES = (
    r"(?:町内会|自治会|会館|集会所|集会|公園|交差点|バス停|児童館|公民館|市民センター|サロン|地区|地域"
    r"|班|付近|周辺|全域|エリア|商店会|老人会|子ども会|防災)"
)
_HOMES = (
    r"(?:マンション|アパート|ハイツ|コーポ|メゾン|レジデンス|ハイム|荘|団地|コート|パレス|ヴィラ"
    r"|市営住宅|県営住宅|公営住宅|棟|寮|ハウス)"
)
_BLOCK_END = rf"(?![\d年月/]|-\d|\s?{_UNITS}|で勝|対)"

_WEAK_INSURANCE = r"(?:国保|社保|健康保険|国民健康保険|後期高齢者?医療?|共済|雇用保険)"
_INSURANCE = (
    r"(?:保険証|保険者番号|被保険者番号|記号・?番号|年金番号|基礎年金番号|年金手帳|年金証書|受給者証"
    r"|受給者番号|手帳番号|手帳の番号|医療証|医療券|限度額認定証|資格確認書|診察券番号|診察券|免許証番号|免許証|ケース番号|整理番号)"
)
_ACCOUNT = r"(?:口座|普通(?![ぁ-ん])|当座|預金|通帳|記号|店番|キャッシュカード)"
#: From the word for an account to its number, not to what is on it.
_TO_ACCOUNT = r"(?:(?!残|入金|額|借)[^\d\n。]){0,10}"
_BANK = r"(?:銀行|信金|信用金庫|労金|農協|ja|ゆうちょ|郵便局)"
_SERVICES = (
    r"(?:line|ライン|twitter|ツイッター|(?<![a-z])x(?![a-z])|旧twitter|インスタ(?:グラム)?|instagram"
    r"|facebook|フェイスブック|tiktok|discord|ディスコード|カカオ(?:トーク)?|kakaotalk|whatsapp|skype"
    r"|スカイプ|telegram|テレグラム|wechat|微信|signal|シグナル|zoom|messenger|sns)"
)
_ID_WORD = r"(?:id|アイディー?|アカウント(?:名)?|アカ|ユーザー(?:名|id)?|垢)"
_HANDLE = r"[a-z0-9][a-z0-9_.\-]{2,29}"
#: What stands behind the word for a service and is nobody's name there.
_NO_THING = r"(?!wi-?fi|iphone|android|ipad|windows|e-?mail|line|zoom|app|docomo|softbank|http)"


def _one_of(names: Collection[str]) -> str:
    """Any of these names, as they are and with their kanji digits read as digits."""
    read = {name.translate(KANJI_DIGITS) for name in names}
    return "|".join(re.escape(name) for name in sorted({*names, *read}, key=len, reverse=True))


_JOINT = r"\s?[\-のノ]\s?"
_HOUSE = rf"[\d十]{{1,4}}{_JOINT}[\d十]{{1,4}}(?:{_JOINT}[\d十]{{1,4}}){{0,2}}{_BLOCK_END}"
_HOUSE_SHAPE = re.compile(rf"\s?{_HOUSE}")

PATTERNS: tuple[Pattern, ...] = (
    _pattern(
        "e-mail", r"[a-z0-9._%+\-]{1,64}\s?@\s?[a-z0-9\-]{1,63}(?:\s?[.。]\s?[a-z0-9\-]{2,63}){1,4}"
    ),
    _pattern(
        "e-mail",
        r"[a-z0-9._%+\-]{2,64}\s?[(\[]?\s?(?:アットマーク|アット|あっと|\bat\b)\s?[)\]]?\s?"
        r"[a-z0-9\-]{2,63}\s?(?:[.。]|\(?(?:ドット|どっと|\bdot\b)\)?)\s?[a-z]{2,10}",
    ),
    _pattern(
        "e-mail", r"[a-z0-9._%+\-]{2,64}\s?(?:[(\[]a[)\]]|[★☆◎●■◆])\s?[a-z0-9\-]{2,63}\.[a-z]{2,10}"
    ),
    _pattern("telephone", r"(?<!\d)0(?:[\s\-.()・~_*/の、:,]{0,3}\d){9,10}(?!\d)", is_telephone),
    _pattern("telephone", rf"(?:\+\s?|(?<!\d)00)81(?:{_GAP}\d){{9,11}}(?!\d)", is_telephone),
    _pattern("telephone", r"(?<!\d)[789]0-\d{4}-\d{4}(?!\d)"),
    _pattern(
        "telephone",
        rf"(?:電話|tel|携帯|ケータイ|☎|連絡先){_TO}{{0,8}}(?P<hit>\d{{2,4}}-\d{{4}})(?!\d)",
    ),
    _pattern(
        "postal-code", rf"(?:〒|郵便番号){_TO}{{0,5}}(?P<hit>\d{{3}}[\s\-の]{{0,3}}\d{{4}})(?!\d)"
    ),
    _pattern("postal-code", rf"(?<![\d\-])\d{{3}}\s?-\s?\d{{4}}(?!-){_NO_COUNT}"),
    _pattern("my-number", r"(?<![\d\-])\d(?:[\s\-・.]?\d){11}(?![\d])", is_my_number),
    _pattern(
        "my-number",
        rf"(?:マイナンバー|個人番号){_TO}{{0,12}}(?P<hit>\d(?:{_GAP}\d){{11}})(?!\d)",
    ),
    _pattern(
        "address",
        rf"[\d十]{{1,4}}\s?丁目(?!\s?の?\s?{_PLACES})(?:\s?[\d十]{{1,4}}\s?(?:番地?|号|-)?){{0,3}}",
    ),
    _pattern(
        "address",
        r"[\d十]{1,4}\s?番(?:地|\s?[\d十]{1,4}\s?号)(?:\s?[の\-]?\s?[\d十]{1,4}(?:\s?号)?)?",
    ),
    _pattern(
        "address",
        rf"(?:(?<=[町台原沼戸丘丁岡島崎字市村里])|(?<=[東西南北条通]))\s?{_HOUSE}",
    ),
    _pattern(
        "address",
        rf"(?<=[一-龠々ヶケ])(?<!令和)(?<!平成)(?<!昭和)(?<!年度)(?<!番号)\s?[1-9]\d{{0,2}}{_JOINT}\d{{1,4}}"
        rf"{_JOINT}\d{{1,4}}{_BLOCK_END}",
    ),
    _pattern("address", rf"大字[^\d\n。、]{{1,6}}(?P<hit>\d{{1,5}}(?:-\d{{1,4}})?){_NO_COUNT}"),
    _pattern("address", r"(?<!会議室)(?<!相談室)\d{1,4}\s?号室"),
    _pattern(
        "address",
        rf"{_HOMES}[^\n。、]{{0,8}}?(?<!\d)(?P<hit>(?:\d{{1,2}}-)?\d{{2,4}}(?:号室?)?){_NO_COUNT}",
    ),
    _pattern("address", rf"(?:部屋番号|\d{{1,3}}号棟){_TO}{{0,4}}(?P<hit>\d{{1,4}}){_NO_COUNT}"),
    _pattern(
        "birth-date",
        rf"(?:生年月日|誕生日|生まれ|うまれ|出生日?|バースデー|dob){_TO}{{0,8}}?"
        rf"(?P<hit>{_DATE}|{_MONTH}|{_MONTH_DAY}|\d{{8}}(?!\d)|\d{{6}}(?!\d)|\d{{2}}[./\-]\d{{1,2}}[./\-]\d{{1,2}}"
        rf"|\d{{1,2}}/\d{{1,2}}(?!\d))",
    ),
    _pattern(
        "birth-date",
        rf"(?P<hit>{_DATE}|{_MONTH}|{_MONTH_DAY}|(?<!\d)(?:19|20)\d{{6}}|(?<![\d/])\d{{1,2}}/\d{{1,2}})"
        rf"\s?(?:\([^)\n]{{1,6}}\))?\s?[にのがは]?\s?{_BORN}",
    ),
    _pattern("birth-date", rf"{_OLD_YEAR}\s?[年./\-・]\s?{_DAY_IN_MONTH}(?!\d)(?!{_PUBLIC_DAY})"),
    _pattern(
        "account-number",
        rf"{_ACCOUNT}{_TO_ACCOUNT}{_NUMBER}{_NO_COUNT}",
        partial(is_number_of, fewest=5, most=16),
    ),
    _pattern(
        "account-number",
        rf"{_BANK}{_TO}{{0,12}}(?:\d{{3,5}}{_TO}{{1,6}})?\d{{6,8}}{_NO_COUNT}",
        partial(is_number_of, fewest=6, most=13),
    ),
    _pattern(
        "account-number",
        rf"(?:カード|クレカ){_TO}{{0,12}}{_NUMBER}{_NO_COUNT}",
        partial(is_number_of, fewest=14, most=16),
    ),
    _pattern("account-number", r"(?<![\d\-])\d{4}([ \-])\d{4}\1\d{4}\1\d{4}(?!\d)"),
    _pattern("account-number", r"(?<![\d\-])\d(?:[\s\-]?\d){13,15}(?![\d\-])", is_card_number),
    _pattern(
        "care-insurance-number",
        rf"(?:介護保険|介保|介護){_TO}{{0,16}}{_NUMBER}{_NO_COUNT}",
        partial(is_number_of, fewest=10, most=10),
    ),
    _pattern(
        "insurance-number",
        rf"{_INSURANCE}{_TO}{{0,10}}{_NUMBER}{_NO_COUNT}",
        partial(is_number_of, fewest=4, most=16),
    ),
    _pattern(
        "insurance-number",
        rf"(?:保険|国保|社保){_TO}{{0,12}}記号{_TO}{{0,3}}\d{{1,8}}{_TO}{{0,4}}番号{_TO}{{0,3}}\d{{1,10}}",
    ),
    _pattern(
        "insurance-number",
        r"(?:パスポート|旅券|在留カード)[^a-z0-9\n。]{0,8}(?P<hit>[a-z]{2}\d{7,8}(?:[a-z]{2})?)",
    ),
    _pattern(
        "insurance-number",
        rf"手帳{_TO}{{0,8}}{_NUMBER}{_NO_COUNT}",
        partial(is_number_of, fewest=5, most=12),
    ),
    _pattern(
        "insurance-number",
        rf"{_WEAK_INSURANCE}{_TO}{{0,4}}(?:番号|記号|no\.?|№){_TO}{{0,6}}{_NUMBER}{_NO_COUNT}",
        partial(is_number_of, fewest=4, most=16),
    ),
    _pattern(
        "insurance-number",
        rf"{_WEAK_INSURANCE}{_TO}{{0,6}}{_NUMBER}{_NO_COUNT}",
        partial(is_number_of, fewest=8, most=16),
    ),
    _pattern(
        "messaging-id",
        rf"{_SERVICES}[^a-z0-9\n。]{{0,10}}{_ID_WORD}[^a-z0-9\n。]{{0,6}}(?P<hit>{_HANDLE})",
    ),
    _pattern("messaging-id", rf"{_SERVICES}[^a-z0-9\n。]{{0,10}}(?P<hit>@{_HANDLE})"),
    _pattern("messaging-id", rf"{_SERVICES}\s?[はが:=]?\s?「(?P<hit>[a-z]{_HANDLE})」"),
    _pattern("messaging-id", rf"{_SERVICES}\s?[は:=]\s?(?P<hit>{_NO_THING}[a-z]{_HANDLE})"),
    _pattern(
        "messaging-id",
        rf"{_SERVICES}[^a-z0-9\n。]{{0,8}}(?P<hit>(?=[a-z0-9_.\-]{{0,28}}[0-9_.])(?=[0-9_.\-]{{0,28}}[a-z]){_HANDLE})",
    ),
    _pattern(
        "messaging-id",
        rf"{_SERVICES}[^a-z0-9\n。]{{0,6}}(?:{_ID_WORD}[^a-z0-9\n。]{{0,6}})?(?P<hit>[a-z0-9_.]{{2,32}}#\d{{4}})(?!\d)",
    ),
    _pattern("messaging-id", r"(?<![a-z0-9.])@[a-z_][a-z0-9_.]{3,29}"),
    _pattern("messaging-id", rf"(?<![a-z]){_ID_WORD}\s?[はが:=]\s?(?P<hit>[a-z_]{_HANDLE})"),
    _pattern(
        "messaging-id",
        r"(?:facebook|twitter|instagram|tiktok|line|(?<![a-z])x)\.(?:com|me)/[^\s、。]{1,60}",
    ),
    _pattern(
        "car-plate",
        rf"(?:{_one_of(REGIONS)})\s?\d{{2,3}}[a-z]?\s?[あ-けこさ-もや-りるれろわを]\s?[\d・.]{{0,2}}\s?-?\s?[\d・]{{1,2}}(?!\d)",
    ),
    _pattern(
        "car-plate",
        r"(?:(?<!マイ)ナンバー|車両番号|登録番号|プレート)[^\d\n。]{0,6}(?P<hit>(?:\d{3}\s?[ぁ-ん]\s?)?\d{2}-\d{2})(?!\d)",
    ),
    _pattern(
        "car-plate",
        rf"(?:(?<!マイ)ナンバー|プレート)\s?[はが:]?\s?(?P<hit>\d{{4}}){_NO_COUNT}",
    ),
)


def house_in(places: Collection[str]) -> tuple[Pattern, ...]:
    """The pattern of a house number behind one of these place names; none without a name."""
    if not places:
        return ()
    return (_pattern("address", rf"(?:{_one_of(places)})\s?(?P<hit>{_HOUSE})"),)


def house_at(text: str, at: int) -> tuple[int, int] | None:
    """The span of a house number that begins here, behind a place; None without one."""
    found = _HOUSE_SHAPE.match(text, at)
    return found.span() if found is not None and is_not_blank(found[0]) else None


def matches(text: str, patterns: Iterable[Pattern]) -> Iterator[tuple[str, int, int]]:
    """Kind and span of every identifier in a text whose digits are digits."""
    has_digit, has_letter = _A_DIGIT.search(text) is not None, _A_LETTER.search(text) is not None
    for pattern in patterns:
        if not (has_letter if pattern.kind in _SPELLED else has_digit):
            continue
        found = pattern.shape.search(text)
        while found is not None:
            start, end = found.span("hit" if "hit" in pattern.shape.groupindex else 0)
            taken = pattern.check(found[0])
            if taken:
                yield pattern.kind, start, end
            found = pattern.shape.search(text, found.end() if taken else found.start() + 1)
