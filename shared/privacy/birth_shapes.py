"""Days of birth, and days so long ago that they are."""

from shared.privacy.shapes import TO, Pattern, pattern

_LETTER = r"(?<![a-z])[mtshr]|(?<![一-龠])[明大昭平令](?=[\d十])"
_ERA = rf"(?:明治|大正|昭和|平成|令和|{_LETTER})"
_YEAR = rf"(?:(?:19|20)\d{{2}}|{_ERA}[\s.]?(?:[\d十]{{1,3}}|元))"
_DAY_IN_MONTH = r"[\d十]{1,3}\s?[月./\-・]\s?[\d十]{1,3}(?:\s?日|(?!\s?[\d日]))"
_DATE = rf"{_YEAR}\s?[年./\-・]\s?{_DAY_IN_MONTH}"
_MONTH = rf"{_YEAR}\s?[年./\-]\s?[\d十]{{1,3}}\s?月"
_MONTH_DAY = r"[\d十]{1,3}\s?月\s?[\d十]{1,3}\s?日"
_OLD_ERA = r"(?:明治|大正|昭和|(?<![a-z])[mts](?=\.?\d)|(?<![一-龠])昭(?=[\d十]))"
_OLD_YEAR = rf"{_OLD_ERA}[\s.]?(?:[\d十]{{1,3}}|元)"
_PUBLIC_DAY = (
    r"(?:に|の|より|から)?\s?(?:以前|以降|以後|築|建|施行|制定|開|設|改正|付|創立|公布|竣工)"
)
#: What began on a day of the old eras, said before the day.
_FOUNDED = "".join(
    rf"(?<!{what}{joint})"
    for what in (
        "施行",
        "制定",
        "公布",
        "創立",
        "設立",
        "創業",
        "開設",
        "開業",
        "竣工",
        "完成",
        "築",
    )
    for joint in ("", "は", "が", "日は", ":", "日:")
)
_BORN = r"(?:生まれ|うまれ|誕生(?!日?会)|出生|生(?=[\s。、,.)」の]|$))"

BIRTHS: tuple[Pattern, ...] = (
    pattern(
        "birth-date",
        rf"(?:生年月日|誕生日|誕生(?=[はが:])|生まれ|うまれ|出生日?|バースデー|dob){TO}{{0,8}}?"
        rf"(?P<hit>{_DATE}|{_MONTH}|{_MONTH_DAY}|\d{{2}}\s?年\s?{_DAY_IN_MONTH}|\d{{8}}(?!\d)|\d{{6}}(?!\d)|\d{{2}}[./\-]\d{{1,2}}[./\-]\d{{1,2}}"
        rf"|\d{{1,2}}/\d{{1,2}}(?!\d))",
    ),
    pattern(
        "birth-date",
        rf"(?P<hit>{_DATE}|{_MONTH}|{_MONTH_DAY}|(?<!\d)(?:19|20)\d{{6}}|(?<![\d/])\d{{1,2}}/\d{{1,2}})"
        rf"\s?(?:\([^)\n]{{1,6}}\))?\s?[にのがは]?\s?{_BORN}",
        needs=("生", "うまれ", "誕生"),
    ),
    pattern(
        "birth-date",
        rf"(?=[明大昭mts]){_FOUNDED}{_OLD_YEAR}\s?[年./\-・]\s?{_DAY_IN_MONTH}(?!\d)(?!{_PUBLIC_DAY})",
    ),
)
