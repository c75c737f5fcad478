"""What a group is called, and which words set it apart."""

import numpy as np

from clustering.engine.describe import by_centrality, choose_title, count_words, distinguishing_words, title_of


def test_title_is_the_first_sentence_without_its_full_stop() -> None:
    assert title_of("Claimed the refund went through. It had not.") == "Claimed the refund went through"


def test_title_keeps_more_than_a_very_short_first_sentence() -> None:
    assert title_of("Wrong. It refunded twice.") == "Wrong. It refunded twice"


def test_long_title_is_cut_at_a_word() -> None:
    title = title_of("word " * 60)
    assert (len(title) <= 90, title.endswith("word…")) == (True, True)


def test_empty_note_still_has_a_title() -> None:
    assert title_of("  ") == "Untitled"


def test_medoid_comes_first() -> None:
    vectors = np.array([[0, 1], [1, 0], [0.8, 0.6]], dtype=np.float32)
    assert by_centrality(["a", "b", "c"], vectors)[0] == 2


def test_taken_titles_are_avoided_by_the_next_note_then_by_words_then_by_number() -> None:
    notes = ["Lost the token", "Token was lost"]
    assert choose_title(notes, ["token"], set()) == "Lost the token"
    assert choose_title(notes, ["token"], {"lost the token"}) == "Token was lost"
    both = {"lost the token", "token was lost"}
    assert choose_title(notes, ["token"], both) == "Lost the token (token)"
    assert choose_title(notes, ["token"], {*both, "lost the token (token)"}) == "Lost the token (token) #2"


def test_words_set_a_group_apart_from_the_rest() -> None:
    group = ["refund token expired", "token expired on refund", "expired token"]
    rest = ["refund over policy", "refund for wrong customer", "refund twice"]
    assert distinguishing_words(group, count_words([*group, *rest]), 6)[:2] == ["expired", "token"]


def test_a_line_without_spaces_is_no_word() -> None:
    group = [f"{'a' * 900} token", "token expired"]
    assert distinguishing_words(group, count_words(group), 2) == ["expired", "token"]
