"""The random share of a queue: plain values."""

from annotate.priority import is_random_member, random_place


def test_random_share_is_drawn_evenly_and_stays_as_drawn() -> None:
    drawn = [is_random_member(queue_id=1, session_id=number, share=0.2) for number in range(5000)]

    assert 0.18 < sum(drawn) / len(drawn) < 0.22
    assert drawn == [is_random_member(queue_id=1, session_id=number, share=0.2) for number in range(5000)]
    assert drawn != [is_random_member(queue_id=2, session_id=number, share=0.2) for number in range(5000)]


def test_random_share_of_none_and_of_all() -> None:
    assert not any(is_random_member(queue_id=1, session_id=number, share=0) for number in range(200))
    assert all(is_random_member(queue_id=1, session_id=number, share=1) for number in range(200))


def test_random_places_hold_their_share_in_every_front_part() -> None:
    ranked = [number / 1000 for number in range(1000)]
    places = [random_place(queue_id=1, session_id=number, ranked=ranked) for number in range(2000)]

    for front in (0.9, 0.75, 0.5):
        assert abs(sum(place >= front for place in places) / len(places) - (1 - front)) < 0.03


def test_random_place_without_ranked_sessions_is_the_draw_itself() -> None:
    assert 0 <= random_place(queue_id=1, session_id=1, ranked=[]) < 1
