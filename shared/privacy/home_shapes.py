"""Where somebody lives: down to a block, a house or a room."""

import re
from collections.abc import Collection

from shared.privacy.checks import is_not_blank
from shared.privacy.shapes import NO_COUNT, TO, UNITS, Pattern, one_of, pattern

#: Beside 丁目, these make a place that many people use, not somebody's home.
_PLACES = (
    r"(?:町内会|自治会|会館|集会所|集会|公園|交差点|バス停|児童館|公民館|市民センター|サロン|地区|地域"
    r"|班|付近|周辺|全域|エリア|商店会|老人会|子ども会|防災)"
)
_HOMES = (
    r"(?:マンション|アパート|ハイツ|コーポ|メゾン|レジデンス|ハイム|荘|団地|コート|パレス|ヴィラ"
    r"|市営住宅|県営住宅|公営住宅|棟|寮|ハウス)"
)
_BLOCK_END = rf"(?![\d年月/]|-\d|\s?{UNITS}|で勝|対)"
_JOINT = r"\s?[\-のノ]\s?"
_HOUSE = rf"[\d十]{{1,4}}{_JOINT}[\d十]{{1,4}}(?:{_JOINT}[\d十]{{1,4}}){{0,2}}{_BLOCK_END}"
_NO_LIST = rf"(?!\s?(?:丁目|[番区組級号]|{_PLACES}))"
#: Dots between its parts are no list of blocks, districts or days.
_DOTTED = rf"[\d十]{{1,4}}(?:\s?・\s?[\d十]{{1,4}}){{1,3}}{_BLOCK_END}{_NO_LIST}"
#: Behind a place and の, nothing may be counted: what follows is a sign, a particle, the end.
_OF_PLACE = rf"の\s?{_HOUSE}(?=[\s、。,.()「」/:]|$|[にへをがはも]|で(?!勝)|から|まで|在住|居住)"
_HOUSE_SHAPE = re.compile(rf"\s?{_HOUSE}")

HOMES: tuple[Pattern, ...] = (
    pattern(
        "address",
        rf"[\d十]{{1,4}}\s?丁目(?!\s?の?\s?{_PLACES})(?:\s?[\d十]{{1,4}}\s?(?:番地?|号|-)?){{0,3}}",
        needs=("丁目",),
    ),
    pattern(
        "address",
        r"[\d十]{1,4}\s?番(?:地|\s?[\d十]{1,4}\s?号)(?:\s?[の\-]?\s?[\d十]{1,4}(?:\s?号)?)?",
        needs=("番",),
    ),
    pattern(
        "address",
        rf"(?:(?<=[町台原沼戸丘丁岡島崎字市村里])|(?<=[東西南北条通]))\s?{_HOUSE}",
    ),
    pattern(
        "address",
        rf"(?<=[一-龠々ヶケ])(?<!令和)(?<!平成)(?<!昭和)(?<!年度)(?<!番号)\s?[1-9]\d{{0,2}}{_JOINT}\d{{1,4}}"
        rf"{_JOINT}\d{{1,4}}{_BLOCK_END}",
    ),
    pattern(
        "address",
        rf"大字[^\d\n。、]{{1,6}}(?P<hit>\d{{1,5}}(?:-\d{{1,4}})?){NO_COUNT}",
        needs=("大字",),
    ),
    pattern("address", r"(?<![室\d])\d{1,4}\s?号室", needs=("室",)),
    pattern(
        "address",
        rf"{_HOMES}[^\n。、]{{0,8}}?(?<!\d)(?P<hit>(?:\d{{1,2}}-)?\d{{2,4}}(?:号室?)?){NO_COUNT}",
    ),
    pattern("address", rf"(?:部屋番号|\d{{1,3}}号棟){TO}{{0,4}}(?P<hit>\d{{1,4}}){NO_COUNT}"),
)


def house_in(places: Collection[str]) -> tuple[Pattern, ...]:
    """The pattern of a house number behind one of these place names; none without a name."""
    if not places:
        return ()
    return (
        pattern(
            "address", rf"(?:{one_of(places)})(?P<hit>[\s・]?(?:{_HOUSE}|{_DOTTED})|{_OF_PLACE})"
        ),
    )


def house_at(text: str, at: int) -> tuple[int, int] | None:
    """The span of a house number that begins here, behind a place; None without one."""
    found = _HOUSE_SHAPE.match(text, at)
    return found.span() if found is not None and is_not_blank(found[0]) else None
