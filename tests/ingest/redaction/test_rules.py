"""A project's own patterns: what they put in, and what happens to one that would never end."""

import pytest

from ingest.redaction import OwnRule, Redactor, RuleFault, check_pattern
from ingest.redaction.rules import REQUEST_SECONDS, WITHHELD

KEY = b"a project's key"
BOMB = OwnRule("bomb", r"(?:a|aa)+$", "[never]")


def redactor(*own: OwnRule, builtins: tuple[str, ...] = ()) -> Redactor:
    return Redactor(KEY, builtins, own)


def test_own_rule_replaces() -> None:
    redaction = redactor(OwnRule("case", r"CASE-\d+", "[case]")).start()
    assert redaction.text("See CASE-12 and CASE-13.") == "See [case] and [case]."
    assert redaction.counts == {"case": 2}


def test_own_rule_can_tell_matches_apart() -> None:
    redaction = redactor(OwnRule("customer", r"C\d+", "[customer {id}]")).start()
    first, second, third = redaction.text("C1 C2 C1").split("] [")
    assert first.removeprefix("[") == third.removesuffix("]") != second


def test_own_rule_changes_nothing_that_redaction_put_in() -> None:
    rules = redactor(OwnRule("words", r"(?i)[a-z]+", "[word]"), builtins=("email",))
    once = rules.start().text("ada@example.com Said")
    assert rules.start().text(once) == once
    assert once.endswith(" [word]")


def test_rule_that_takes_too_long_withholds_the_whole_value() -> None:
    redaction = redactor(BOMB).start()
    assert redaction.text("a" * 40 + "!") == WITHHELD
    assert redaction.counts == {"bomb (took too long)": 1}
    assert redaction.text("b") == "b"


def test_request_whose_time_is_up_withholds_what_was_not_read() -> None:
    redaction = redactor(BOMB).start(seconds=0.0)
    assert redaction.text("harmless") == WITHHELD


def test_time_is_counted_over_the_whole_request() -> None:
    redaction = redactor(BOMB).start()
    for number in range(40):
        redaction.text("a" * 40 + "!" * (number + 1))
    assert redaction.left <= 0 < REQUEST_SECONDS
    assert redaction.text("harmless") == WITHHELD


def test_withheld_value_stays_withheld() -> None:
    rules = redactor(OwnRule("words", r"\w+", "[word]"))
    assert rules.start().text(WITHHELD) == WITHHELD


@pytest.mark.parametrize("pattern", ["(", "[a", "a{2,1}", r"\p{Nothing}", "(?P<a>x)(?P=b)"])
def test_pattern_that_is_none_is_refused(pattern: str) -> None:
    with pytest.raises(RuleFault, match="no regular expression"):
        check_pattern(pattern)


@pytest.mark.parametrize("pattern", ["", "a*", "x?", "^"])
def test_pattern_that_matches_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(RuleFault, match="at least one character"):
        check_pattern(pattern)


@pytest.mark.parametrize("pattern", [r"CASE-\d+", r"(?i)case", r"(\w)\1{3}", r"(?P<x>a)(?P=x)"])
def test_good_pattern_is_taken(pattern: str) -> None:
    check_pattern(pattern)


def test_back_reference_means_the_pattern_s_own_group() -> None:
    assert redactor(OwnRule("twins", r"(\w)\1{3}", "[x]")).start().text("aaaa abab") == "[x] abab"


def test_case_is_ignored_only_where_the_pattern_says_so() -> None:
    assert redactor(OwnRule("a", "(?i)case", "[x]")).start().text("CASE case") == "[x] [x]"
    assert redactor(OwnRule("a", "case", "[x]")).start().text("CASE case") == "CASE [x]"
