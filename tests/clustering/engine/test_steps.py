"""A step as one line that is alike for two customers."""

from clustering.engine.steps import SAID_UP_TO, comparable_step


def test_comparable_step_tells_a_failed_call_and_what_was_said_of_it() -> None:
    text = comparable_step("tool", "refund_order", "Done! Your refund is on its way.", error="401 token expired")

    assert text == "tool refund order failed: number token expired - Done! Your refund is on its way."


def test_comparable_step_is_alike_for_two_customers() -> None:
    texts = {
        comparable_step(
            "tool", "find_order", f"{name}, it is on its way.", answer=f"order {number}, {name}", names=[name, number]
        )
        for name, number in (("Ada Lovelace", "A-1043"), ("Kurt Gödel", "B-2217"))
    }

    assert texts == {"tool find order: order id, name - name, it is on its way."}


def test_comparable_step_of_speech_has_no_answer() -> None:
    assert comparable_step("agent", "", "I have cancelled it.") == "agent - I have cancelled it."


def test_comparable_step_is_short_whatever_was_said() -> None:
    assert len(comparable_step("agent", "", "word " * 100_000)) <= SAID_UP_TO + len("agent - ")
