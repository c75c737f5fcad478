"""The words of steps, packed and searched."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Project
from common.compression import compress
from tests.builders import make_session, make_talk
from traces.models import AgentSession, StepKind
from traces.queries import saying
from traces.records import ToolSchema
from traces.words import SILENCE, Search, Words, pack_words, unpack_prompts, unpack_tools, unpack_words

SAID = st.dictionaries(st.text(), st.builds(Words, st.text(), st.text(), st.text(), st.text()), max_size=4)


@given(SAID)
def test_packed_words_are_the_same_words(words: dict[str, Words]) -> None:
    assert unpack_words(pack_words(words)) == {key: said for key, said in words.items() if said != SILENCE}


def test_packed_tools_are_the_same_tools() -> None:
    tools = {"refund": ToolSchema("refund", ("order_id",), ("order_id", "reason")), "ping": ToolSchema("ping")}
    assert unpack_tools(pack_words({}, tools=tools)) == tools


def test_packed_prompts_are_the_same_prompts_and_no_search_reads_them() -> None:
    packed = pack_words({"k1": Words("Hello")}, prompts={"k1": "Be kind."})
    assert unpack_prompts(packed) == {"k1": "Be kind."}
    assert not Search("kind").finds(packed)


def test_a_transcript_from_before_tools_and_prompts_were_kept_has_none() -> None:
    old = compress(b'{"words": {}, "names": []}')
    assert (unpack_tools(old), unpack_prompts(old)) == ({}, {})


def test_a_search_looks_for_no_tool_that_was_only_offered() -> None:
    packed = pack_words({"k1": Words("Hello")}, tools={"refund": ToolSchema("refund", ("order_id",))})
    assert not Search("refund").finds(packed)


@given(SAID, st.text(min_size=1, max_size=5))
def test_a_search_finds_what_is_said_and_nothing_else(words: dict[str, Words], wanted: str) -> None:
    said = any(wanted.lower() in text.lower() for one in words.values() for text in one)
    assert Search(wanted).finds(pack_words(words)) == said


@pytest.mark.parametrize(
    ("wanted", "found"), [("UMBRELLA", True), ('"blue"', True), ("refund_tool", True), ("k1", False), ("names", False)]
)
def test_a_search_knows_words_and_names_but_no_keys(wanted: str, found: bool) -> None:  # noqa: FBT001 # a table's column
    packed = pack_words({"k1": Words('The "blue" umbrella')}, ["refund_tool", ""])
    assert Search(wanted).finds(packed) == found


def test_a_session_asks_once_for_the_words_of_all_its_steps(project: Project) -> None:
    make_talk(make_session(project))
    session = AgentSession.objects.get()
    with CaptureQueriesContext(connection) as captured:
        texts = [step.text for step in session.steps.all() if step.kind != StepKind.TOOL]
    assert (texts, len(captured)) == (["Please refund order A-1.", "Done! Your refund is on its way."], 2)


def test_a_search_reads_no_further_than_its_cap(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = [make_session(project, name) for name in ("old", "new")]
    for session in sessions:
        make_talk(session)
    keys = [session.pk for session in sessions]
    assert saying("refund order", keys) == (keys[::-1], True)
    monkeypatch.setattr("traces.queries.sessions.SEARCHED_BYTES", 1)
    assert saying("refund order", keys) == (keys[1:], False)
