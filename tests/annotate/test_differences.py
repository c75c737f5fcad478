"""How far judgements of one session differ."""

import pytest

from annotate.differences import Difference, Judgement, Kind, difference

F, S, U = "failure", "success", "unknown"


def failing(*types: str, root: int | None = None) -> Judgement:
    return Judgement(F, frozenset(types), root)


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
    ],
)
def test_the_worst_difference_is_told(told: list[Judgement], expected: Difference | None) -> None:
    assert difference(told) == expected
    found = difference(told[::-1])
    assert (found and found.kind) == (expected and expected.kind)


def test_kinds_are_in_order_of_what_they_cost() -> None:
    assert sorted(Kind) == [Kind.ROOT_STEP, Kind.FAILURE_TYPE, Kind.UNSURE, Kind.OUTCOME]
