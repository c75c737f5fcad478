"""Where a tool was asked the same again."""

from collections.abc import Iterable
from unittest.mock import patch

import pytest

from tests.traces.talks import call, talk, user
from traces.records import StepFacts
from traces.repeats import COMPARED_WITH, LINE, MOST_COMPARED, MOST_LINES, SHOWN_LINES, Line, Repeat, Repeats


def repeats(*steps: StepFacts) -> list[Repeat | None]:
    walk = Repeats()
    return [walk.of(step, step.result) for step in talk(*steps).steps]


def look(answer: str, order: int = 7) -> StepFacts:
    return call("look_up", answer, arguments={"order": order})


def kinds(lines: Iterable[Line]) -> list[str]:
    return [line.kind for line in lines]


def test_the_same_answer_again_names_the_first_that_gave_it() -> None:
    found = repeats(look("open"), user("And now?"), look("open"), look("open"))
    assert found == [None, None, Repeat(1, is_same=True, is_exact=True), Repeat(1, is_same=True, is_exact=True)]


def test_another_answer_is_compared_with_the_last_one() -> None:
    found = repeats(
        look("id: 7\nstate: open\nby: Ada"), look("id: 7\nstate: sent\nby: Ada"), look("id: 7\nstate: gone")
    )
    assert [repeat and repeat.position for repeat in found] == [None, 1, 2]
    assert found[1] == Repeat(
        1,
        is_same=False,
        is_exact=True,
        lines=(Line("same", "id: 7"), Line("gone", "state: open"), Line("new", "state: sent"), Line("same", "by: Ada")),
    )


def test_an_answer_that_comes_back_names_the_step_that_gave_it() -> None:
    found = repeats(look("open"), look("sent"), look("open"))
    assert found[2] == Repeat(1, is_same=True, is_exact=True)


def test_nearly_the_same_arguments_count_and_are_told_apart() -> None:
    one, other = (call("look_up", "open", arguments={"order": 7, "request_id": number}) for number in (1, 2))
    assert repeats(one, other)[1] == Repeat(1, is_same=True, is_exact=False)


def test_other_questions_and_silence_repeat_nothing() -> None:
    assert repeats(look("open", 1), look("open", 2), call("other", "open", arguments={"order": 1})) == [None] * 3
    assert repeats(look(""), look(" ")) == [None, None]
    by_user = call("reboot", "done", flags=("user_side",))
    assert repeats(by_user, by_user) == [None, None]


def test_a_text_on_one_line_is_compared_by_its_sentences() -> None:
    [_, found] = repeats(look("It is open. Ask Ada."), look("It is sent. Ask Ada."))
    assert found is not None
    assert kinds(found.lines) == ["gone", "new", "same"]


def test_what_lies_between_two_differences_is_left_out() -> None:
    one = [f"line {number}" for number in range(30)]
    other = [*one]
    other[2], other[20] = "changed", "changed"
    [_, found] = repeats(look("\n".join(one)), look("\n".join(other)))
    assert found is not None
    assert kinds(found.lines) == ["same", "gone", "new", "same", "skip", "same", "gone", "new", "same"]


def test_what_is_shown_is_bounded() -> None:
    [_, found] = repeats(look("\n".join("a" * 1000 for _ in range(60))), look("\n".join("b" * 1000 for _ in range(60))))
    assert found is not None
    assert (len(found.lines), found.is_cut, max(len(line.text) for line in found.lines)) == (SHOWN_LINES, True, LINE)


def test_long_answers_are_told_apart_but_not_compared() -> None:
    one, other = ("\n".join(f"{turn} {line}" for line in range(MOST_LINES + 1)) for turn in "ab")
    assert repeats(look(one), look(other))[1] == Repeat(1, is_same=False, is_exact=True)


@pytest.mark.parametrize("place", [0, 1, 2500, 4998, 4999])
def test_one_changed_line_is_found_in_an_answer_of_any_length(place: int) -> None:
    one = [f"line {number}" for number in range(5000)]
    other = [*one[:place], "changed", *one[place + 1 :]]
    [_, found] = repeats(look("\n".join(one)), look("\n".join(other)))
    around = [Line("same", line) for line in one[max(place - 1, 0) : place + 2] if line != one[place]]
    changed = [Line("gone", one[place]), Line("new", "changed")]
    assert found is not None
    assert list(found.lines) == [*around[: place > 0], *changed, *around[place > 0 :]]


def test_lines_that_were_added_are_found_in_a_long_answer() -> None:
    one = [f"line {number}" for number in range(1000)]
    [_, found] = repeats(look("\n".join(one)), look("\n".join([*one, "more"])))
    assert found is not None
    assert found.lines == (Line("same", "line 999"), Line("new", "more"))


def test_one_session_costs_no_more_than_its_share() -> None:
    answers = ["\n".join(f"{turn} {line}" for line in range(MOST_LINES)) for turn in range(120)]
    with patch("traces.repeats.difflib.unified_diff", return_value=[]) as compared:
        found = repeats(*map(look, answers))
    assert compared.call_count == MOST_COMPARED // (2 * MOST_LINES)
    assert found[-1] == Repeat(119, is_same=False, is_exact=True)


def test_each_call_is_compared_with_a_bounded_number_of_others() -> None:
    with patch("traces.repeats.near", return_value=False) as near:
        repeats(*[look("open", order) for order in range(200)])
    assert near.call_count <= 200 * COMPARED_WITH
