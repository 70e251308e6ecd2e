"""Charts show what they are given and nothing else: gaps, breaks, the plan's way, notes."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.metrics.domain.published import Note
from services.metrics.pages.charts import Drawing, Plot, Point, Way, draw
from services.metrics.pages.scales import scale_of, written_tick
from services.metrics.pages.sparks import spark_of

_YEARS = range(2024, 2031)


def _point(year: int, value: int | None, sign: str = "") -> Point:
    number = None if value is None else Decimal(value)
    words = "" if value is None else str(value)
    return Point(str(year), date(year, 4, 1), date(year + 1, 3, 31), number, words, sign)


def _drawn(
    values: dict[int, int | None], *, bars: bool = False, notes: tuple[Note, ...] = ()
) -> Drawing:
    points = [_point(year, values.get(year), "x" if year in values else "") for year in _YEARS]
    way = Way((0, Decimal(100)), (6, Decimal(160)))
    numbered = list(enumerate(notes, start=1))
    return draw(Plot("id", "title", "words", points, 0, bars=bars, way=way, notes=numbered))


def _note(day: date, *, breaks: bool) -> Note:
    return Note(on=day, kind="counting", breaks=breaks, indicators=("one",), words="変更")


def test_a_masked_year_is_a_gap_with_its_sign() -> None:
    drawing = _drawn({2025: 110, 2026: None, 2027: 130, 2028: 140})
    assert [one.words for one in drawing.signs] == ["x"]
    assert [len(run.split()) for run in drawing.lines] == [1, 2]
    assert [one.words for one in drawing.values] == ["110", "130", "140"]
    assert len(drawing.dots) == 3


def test_a_year_to_come_is_empty() -> None:
    drawing = _drawn({2025: 110}, bars=True)
    assert (len(drawing.bars), drawing.signs) == (1, [])
    assert [one.words for one in drawing.labels] == [str(year) for year in _YEARS]


def test_a_series_break_parts_every_line_that_would_cross_it() -> None:
    values: dict[int, int | None] = {2025: 110, 2026: 120, 2027: 130}
    whole = _drawn(values, notes=(_note(date(2026, 4, 1), breaks=False),))
    parted = _drawn(values, notes=(_note(date(2026, 4, 1), breaks=True),))
    assert (len(whole.lines), len(whole.way), whole.breaks) == (1, 1, [])
    assert [len(run.split()) for run in parted.lines] == [1, 2]
    assert len(parted.way) == 2
    [at] = parted.breaks
    assert parted.dots[0][0].x < at < parted.dots[1][0].x


def test_a_note_stands_at_its_day_and_one_outside_does_not_stand() -> None:
    drawing = _drawn({}, notes=(_note(date(2025, 10, 1), breaks=False),))
    [mark] = drawing.notes
    middle = next(one.x for one in drawing.labels if one.words == "2025")
    assert abs(mark.x - middle) < 1
    assert _drawn({}, notes=(_note(date(2020, 1, 1), breaks=True),)).notes == []


def test_a_value_to_be_kept_has_a_level_way() -> None:
    points = [_point(year, None) for year in _YEARS]
    way = Way((0, Decimal(82)), (6, Decimal(80)), level=True)
    drawing = draw(Plot("id", "title", "words", points, 0, bars=True, way=way))
    [line] = drawing.way
    begins, ends = (point.split(",")[1] for point in line.split())
    assert begins == ends
    judged = Way((0, Decimal(134)), (6, Decimal(136)), judged=False)
    drawing = draw(Plot("id", "title", "words", points, 0, bars=False, way=judged))
    assert drawing.way == []
    assert drawing.begins is not None
    assert drawing.ends is not None


@given(
    st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1, max_size=12),
    st.booleans(),
    st.sampled_from([0, 2]),
)
def test_a_scale_holds_every_value(values: list[Decimal], zero: bool, decimals: int) -> None:
    scale = scale_of(values, decimals, from_zero=zero)
    assert all(-1e-6 <= scale.share(float(value)) <= 1 + 1e-6 for value in values)
    assert scale.ticks == tuple(sorted(set(scale.ticks)))
    assert 2 <= len(scale.ticks) <= 12
    if zero:
        assert scale.low <= 0 <= scale.high
    written = [written_tick(tick, decimals) for tick in scale.ticks]
    assert len(set(written)) == len(written)


def test_numbers_beside_a_chart_are_short() -> None:
    assert written_tick(10_500_000, 0) == "1,050万"
    assert written_tick(1_500, 0) == "1,500"
    assert written_tick(1.34, 2) == "1.34"


def test_a_line_in_a_row_leaves_out_what_is_not_there() -> None:
    assert spark_of([None, Decimal(3)]).last is None
    spark = spark_of([Decimal(1), Decimal(2), None, Decimal(3), Decimal(3)])
    assert [len(run.split()) for run in spark.runs] == [2, 2]


def test_no_small_line_leads_over_a_break() -> None:
    values = [Decimal(one) for one in (1, 2, 3, 4)]
    whole, broken = spark_of(values), spark_of(values, breaks={2})
    assert [len(run.split(" ")) for run in whole.runs] == [4]
    assert [len(run.split(" ")) for run in broken.runs] == [2, 2]
    assert broken.last == whole.last
