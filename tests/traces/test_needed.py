"""The texts that a pattern needs: where none of them stands, it cannot match."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traces import detectors, speech
from traces.needed import needed
from traces.speech import Phrases


def all_phrases() -> Iterator[tuple[str, Phrases]]:
    modules = [speech, *(importlib.import_module(f"traces.detectors.{one.name}") for one in modules_of_detectors())]
    for module in modules:
        for name, value in vars(module).items():
            if isinstance(value, Phrases):
                yield f"{module.__name__}.{name}", value


def modules_of_detectors() -> Iterator[pkgutil.ModuleInfo]:
    return pkgutil.iter_modules(detectors.__path__)


PHRASES = dict(all_phrases())


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        (r"\bcancell?ed\b", ("cancel",)),
        (r"\b(?:cancel|refund)(?:led|ed)?\b", ("cancel", "refund")),
        (r"\b(?:i|we) have (?:been|become) \w+", (" have be",)),
        (r"finali[sz]ed", ("finali",)),
        (r"(?:re)?booked", ("booked",)),
        (r"(?:so ){1,3}angry", ("angry",)),
        (r"\w+@\w+", ("@",)),
        (r"manager|manage", ("manage",)),
        (r"good|\d+", ()),
        (r"(?:good)?", ()),
        (r"(?<!not )\w+(?= done)", ()),
        (r"(?i)good", ()),
    ],
)
def test_needed_texts_are_read_off_the_pattern(pattern: str, texts: tuple[str, ...]) -> None:
    assert needed(re.compile(pattern)) == texts


@pytest.mark.parametrize("name", PHRASES)
@given(data=st.data())
@settings(max_examples=15)
def test_phrases_stand_only_where_they_may(name: str, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(PHRASES[name].pattern)).lower()
    if PHRASES[name].search(text):
        assert PHRASES[name].may_stand(text)


def test_phrases_without_needed_texts_may_stand_everywhere() -> None:
    assert Phrases(r"\d\d").may_stand("any")
    assert Phrases(r"\d\d").among("One. Two.") == ["One.", "Two."]


def test_phrases_stand_among_the_sentences_that_hold_them() -> None:
    phrases = Phrases(r"\bcancell?ed\b", r"\brefund")
    text = "Hello. It was CANCELLED! No more.\n* A **refund** came."
    assert phrases.among(text) == ["It was CANCELLED!", "* A refund came."]
    assert phrases.among("Nothing of the sort.") == []
