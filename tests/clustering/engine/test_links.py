"""What people taught of rows, as bundles that hold together and pairs that never meet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering.engine.links import NONE, Bundles, Contradiction, Links, collapse

PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] != pair[1]), max_size=8)


def test_rows_are_bundled_by_what_binds_them_to_others() -> None:
    bundles, apart = collapse(6, Links(together=((4, 2), (2, 0)), apart=((1, 4),)))
    assert bundles.tolist() == [0, 1, 0, 2, 0, 3]
    assert apart == {(0, 1)}


def test_nothing_taught_leaves_every_row_alone() -> None:
    bundles, apart = collapse(3, NONE)
    assert bundles.tolist() == [0, 1, 2]
    assert apart == frozenset()


def test_contradiction_names_the_rows() -> None:
    with pytest.raises(Contradiction, match="Rows 0 and 3 are both together and apart") as caught:
        collapse(4, Links(together=((0, 1), (1, 3)), apart=((3, 0),)))
    assert caught.value.rows == (0, 3)


def test_what_is_apart_from_one_is_apart_from_whoever_is_bound_to_it_later() -> None:
    bundles = Bundles(3)
    assert bundles.keep_apart(1, 2)
    assert bundles.bind(0, 1)
    assert not bundles.bind(0, 2)


@given(together=PAIRS, apart=PAIRS)
def test_bundles_keep_every_link_or_say_that_they_cannot(
    together: list[tuple[int, int]], apart: list[tuple[int, int]]
) -> None:
    links = Links(together=tuple(together), apart=tuple(apart))
    try:
        bundles, strangers = collapse(10, links)
    except Contradiction as found:
        one, other = found.rows
        bundles, _ = collapse(10, Links(together=links.together))
        assert bundles[one] == bundles[other]
        return
    assert all(bundles[one] == bundles[other] for one, other in together)
    expected = {(min(bundles[a], bundles[b]), max(bundles[a], bundles[b])) for a, b in apart}
    assert strangers == expected


@given(together=PAIRS, apart=PAIRS)
def test_links_mean_the_same_in_any_order(together: list[tuple[int, int]], apart: list[tuple[int, int]]) -> None:
    def told(links: Links) -> object:
        try:
            bundles, strangers = collapse(10, links)
        except Contradiction as found:
            return found.rows
        return bundles.tolist(), strangers

    turned = Links(tuple((b, a) for a, b in reversed(together)), tuple((b, a) for a, b in reversed(apart)))
    assert told(Links(tuple(together), tuple(apart))) == told(turned)
