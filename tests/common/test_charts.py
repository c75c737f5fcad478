"""Numbers as shapes in a box."""

from common.charts import Bar, Interval, TrendPoint, bars, interval, trend


def test_bars_fill_the_box_from_left_to_right() -> None:
    assert bars([("a", 1), ("b", 4)], width=100, height=20) == [
        Bar(x=5.0, y=15.0, width=40.0, height=5.0, label="a", value=1, last=False),
        Bar(x=55.0, y=0.0, width=40.0, height=20.0, label="b", value=4, last=True),
    ]


def test_no_values_are_no_bars() -> None:
    assert bars([], width=100, height=20) == []


def test_zero_everywhere_is_drawn_as_nothing() -> None:
    assert [bar.height for bar in bars([("a", 0), ("b", 0)], width=10, height=10)] == [0, 0]


def test_gap_is_a_share_of_the_pitch() -> None:
    (bar,) = bars([("a", 1)], width=100, height=10, gap=0.5)
    assert (bar.x, bar.width) == (25, 50)


def test_interval_stands_on_a_scale_from_zero() -> None:
    assert interval(0.2, 0.1, 0.3, most=0.5, width=100) == Interval(dot=40.0, low=20.0, high=60.0)
    assert interval(0.2, 0.1, 0.3, most=0.5, width=100).width == 40


def test_interval_ends_where_its_chart_does() -> None:
    assert interval(2, -1, 9, most=1, width=100) == Interval(dot=100, low=0, high=100)
    assert interval(0, 0, 0, most=0, width=100) == Interval(0, 0, 0)


def test_trend_breaks_where_nothing_is_known() -> None:
    points = [TrendPoint("a", 1, 4), TrendPoint("b", 2, 3), TrendPoint("c", None), TrendPoint("d", 0, 2)]
    drawn = trend(points, width=30, height=40)
    assert drawn.lines == ["0.0,30.0 10.0,20.0", "30.0,40.0"]
    assert drawn.bands == ["0.0,0.0 10.0,10.0 10.0,20.0 0.0,30.0", "30.0,20.0 30.0,40.0"]
    assert [(x, y, point.label) for x, y, point in drawn.dots] == [(0, 30, "a"), (10, 20, "b"), (30, 40, "d")]
    assert drawn.top == 4


def test_trend_of_nothing_is_empty() -> None:
    drawn = trend([TrendPoint("a", None)], width=30, height=40)
    assert (drawn.lines, drawn.bands, drawn.dots, drawn.top) == ([], [], [], 0)
