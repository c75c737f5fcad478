"""How far judgements of one session differ."""

import pytest

from annotate.differences import Answer, Difference, Judgement, Kind, difference

F, S, U = "failure", "success", "unknown"


def failing(*types: str, root: int | None = None) -> Judgement:
    return Judgement(F, frozenset(types), root)


def answering(*labels: str, place: float | None = None, question: str = "Polite?") -> Judgement:
    return Judgement(S, answers={question: Answer(question, labels, place)})


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([Judgement(S), Judgement(S)], None),
        ([Judgement(F), Judgement(S)], Difference(Kind.OUTCOME, 0.5, "1 × failure, 1 × success")),
        (
            [Judgement(F), Judgement(S), Judgement(F), Judgement(U)],
            Difference(Kind.OUTCOME, 0.5, "2 × failure, 1 × success, 1 × can't tell"),
        ),
        ([Judgement(F), Judgement(U)], Difference(Kind.UNSURE, 0.5, "1 × failure, 1 × can't tell")),
        ([failing("Lied"), failing("Late")], Difference(Kind.FAILURE_TYPE, 0.5, "Late or Lied")),
        ([failing("Lied", "Late"), failing("Late")], None),
        ([failing("Lied"), failing()], None),
        ([failing(root=3), failing(root=5)], None),
        ([failing(root=3), failing(root=6)], Difference(Kind.ROOT_STEP, 3, "step 3 or 6")),
        ([failing("Lied", root=1), failing("Late", root=9)], Difference(Kind.FAILURE_TYPE, 0.5, "Late or Lied")),
        (
            [answering("Pass"), answering("Fail"), answering("Fail")],
            Difference(Kind.ANSWER, 1, "“Polite?” Fail or Pass"),
        ),
        ([answering("Pass"), answering("Fail", question="Quick?")], None),
        ([answering("Pass"), Judgement(S)], None),
        ([answering("Tone", "Facts"), answering("Facts")], None),
        ([answering("4", place=0.75), answering("5", place=1)], None),
        (
            [answering("3", place=0.5), answering("5", place=1), answering("4", place=0.75)],
            Difference(Kind.ANSWER, 0.5, "“Polite?” 3 or 4 or 5"),
        ),
        (
            [
                Judgement(S, answers={1: Answer("Near?", ("3",), 0.5), 2: Answer("Far?", ("1",), 0)}),
                Judgement(S, answers={1: Answer("Near?", ("5",), 1), 2: Answer("Far?", ("5",), 1)}),
            ],
            Difference(Kind.ANSWER, 1, "“Far?” 1 or 5"),
        ),
    ],
)
def test_the_worst_difference_is_told(told: list[Judgement], expected: Difference | None) -> None:
    assert difference(told) == expected
    found = difference(told[::-1])
    assert (found and found.kind) == (expected and expected.kind)


def test_kinds_are_in_order_of_what_they_cost() -> None:
    assert sorted(Kind) == [Kind.ANSWER, Kind.ROOT_STEP, Kind.FAILURE_TYPE, Kind.UNSURE, Kind.OUTCOME]
