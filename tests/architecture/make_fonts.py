"""Make the vendored fonts anew from Debian's: `python -m tests.architecture.make_fonts FOLDER`.

Needs fonts-morisawa-bizud-gothic, fonts-noto-cjk and fonts-noto-core.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

_FONTS = Path("/usr/share/fonts")
_ASCII = set(range(0x20, 0x7F))
_SIGNS = set(map(ord, "‘’“”…—–・·、。「」『』（）《》〈〉【】～〜℃○●◎□■→←↑↓※〒々ー　"))
_SIGNS |= set(range(0xFF01, 0xFF5F))
_LATIN = _ASCII | set(range(0xA0, 0x250)) | set(range(0x1E00, 0x1F00)) | set(range(0x2010, 0x2028))
_HANGUL = set(range(0xAC00, 0xD7A4)) | set(range(0x3131, 0x318F))
_DROPPED = ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG", "DSIG", "meta"]


def _gb2312_level_1() -> set[int]:
    rows = [*range(0xA1, 0xAA), *range(0xB0, 0xD8)]
    pairs = (bytes([row, cell]) for row in rows for cell in range(0xA1, 0xFF))
    return {ord(text) for pair in pairs if (text := pair.decode("gb2312", errors="ignore"))}


def _cjk(weight: str, region: str) -> TTFont:
    path = _FONTS / f"opentype/noto/NotoSansCJK-{weight}.ttc"
    faces = (TTFont(path, fontNumber=number, lazy=True) for number in range(10))
    return next(face for face in faces if face["name"].getDebugName(1).endswith(f"CJK {region}"))


def _make(font: TTFont, letters: set[int] | None, to: Path) -> None:
    options = subset.Options(
        hinting=False, layout_features=[], notdef_outline=True, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13]
    )
    options.drop_tables += _DROPPED
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=letters or font.getBestCmap().keys())
    subsetter.subset(font)
    font.save(to)


def main(folder: Path) -> None:
    """Write the eight files into the folder."""
    for weight in ("Regular", "Bold"):
        end = weight.lower()
        biz = _FONTS / f"truetype/bizud-gothic/BIZUDPGothic-{weight}.ttf"
        noto = _FONTS / f"truetype/noto/NotoSans-{weight}.ttf"
        chinese = _gb2312_level_1() | _ASCII | _SIGNS
        _make(TTFont(biz, lazy=True), None, folder / f"ja-{end}.ttf")
        _make(_cjk(weight, "SC"), chinese, folder / f"zh-{end}.otf")
        _make(_cjk(weight, "KR"), _HANGUL | _ASCII | _SIGNS, folder / f"ko-{end}.otf")
        _make(TTFont(noto, lazy=True), _LATIN, folder / f"latin-{end}.ttf")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
