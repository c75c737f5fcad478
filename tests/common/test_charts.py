from common.charts import Bar, bars


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
