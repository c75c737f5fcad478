"""Files as they lie there: packed or not, one value or many, cut off, hostile."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import Project
from ingest.importing import import_file, parsing
from ingest.importing.parsing import values
from ingest.importing.unpacking import members
from ingest.records import Refusal
from traces.models import AgentSession

ONE = {"session": {"id": "one"}, "messages": [{"role": "user", "content": "Hi"}]}
TWO = {"session": {"id": "two"}, "messages": [{"role": "user", "content": "Ho"}]}
JSONL = orjson.dumps(ONE) + b"\n" + orjson.dumps(TWO) + b"\n"


def read(content: bytes) -> list[tuple[Any, int]]:
    return list(values(lambda: io.BytesIO(content)))


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"a": 1}', [({"a": 1}, 0)]),
        (b'{"a": 1}\n{"a": 2}\n', [({"a": 1}, 1), ({"a": 2}, 2)]),
        (b'\xef\xbb\xbf{"a": 1}\r\n\r\n{"a": 2}', [({"a": 1}, 1), ({"a": 2}, 3)]),
        (b'[{"a": 1}, {"a": 2}]', [({"a": 1}, 1), ({"a": 2}, 2)]),
        (b'[\n{"a": 1},\n{"a": 2}\n]\n', [({"a": 1}, 1), ({"a": 2}, 2)]),
        (b'[\n{"a": 1}\n]', [({"a": 1}, 1)]),
        (b'{\n"a": 1\n}\n{\n"a": 2\n}', [({"a": 1}, 1), ({"a": 2}, 2)]),
        (b'[1, "a,]", {"b": "}"}]', [(1, 1), ("a,]", 2), ({"b": "}"}, 3)]),
        (b'[[{"a": [1, 2]}], []]', [([{"a": [1, 2]}], 1), ([], 2)]),
        (b'[{"role": "user", "content": "x"}]', [([{"role": "user", "content": "x"}], 0)]),
        (
            b'[{"role": "user", "content": "x"}]\n[{"a": 1}, {"a": 2}]',
            [([{"role": "user", "content": "x"}], 1), ({"a": 1}, 2), ({"a": 2}, 2)],
        ),
        (b"name,kind\nx,y\n,z\n", [({"name": "x", "kind": "y"}, 2), ({"kind": "z"}, 3)]),
        (b'{"a": NaN}', [({"a": None}, 0)]),
        (b'{"id": 100927429609276267646756448943279827607}', [({"id": 100927429609276267646756448943279827607}, 0)]),
    ],
)
def test_values_come_one_by_one_with_their_places(content: bytes, expected: list[tuple[Any, int]]) -> None:
    assert read(content) == expected


@pytest.mark.parametrize(
    ("content", "good", "reason"),
    [
        (b'[{"a": 1}, {"a": ', 1, "ends in the middle"),
        (b'[{"a": 1}, oops, {"a": 2}]', 2, "is no JSON"),
        (b'[{"a": 1}] more', 1, "goes on after the end of its list"),
        (b'{"a": 1}\n{oops\n{"a": 2}\n', 2, "is no JSON"),
        (b"PAR1\x00\x00", 0, "Parquet"),
        (b"just words", 0, "is neither JSON nor CSV"),
        (b" \n ", 0, "holds nothing"),
        (b"[]", 0, "holds nothing"),
        (b'{"a": "', 0, "ends in the middle"),
        (b"]]]]", 0, "is neither JSON nor CSV"),
    ],
)
def test_what_cannot_be_parsed_is_refused_and_costs_nothing_else(content: bytes, good: int, reason: str) -> None:
    found = [value for value, _ in read(content)]
    refused = [value for value in found if isinstance(value, Refusal)]
    assert (len(found) - len(refused), len(refused)) == (good, 1)
    assert reason in str(refused[0])


@given(
    st.lists(
        st.recursive(
            st.none() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=8,
        )
    )
)
def test_items_of_an_array_are_what_a_parser_of_the_whole_finds(items: list[Any]) -> None:
    expected = json.loads(json.dumps(items))
    found = [value for value, _ in read(json.dumps(items).encode())]
    if expected:
        assert found == (expected if not parsing.is_conversation(expected) else [expected])


def test_an_array_is_cut_right_wherever_the_pieces_end(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [{"text": 'a "quoted" \\ [word]', "n": [number, {"deep": "}"}]} for number in range(40)]
    whole = json.dumps(items).encode()
    for size in (1, 2, 3, 7, 64):
        monkeypatch.setattr(parsing, "PIECE", size)
        assert [value for value, _ in read(whole)] == items


def test_a_value_that_is_too_long_is_refused_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "MAX_VALUE", 100)
    monkeypatch.setattr(parsing, "PIECE", 10)
    long = b'{"a": "' + b"x" * 200 + b'"}'
    for content in (b'[{"a": 1}, ' + long + b"]", long):
        assert "write the file as one object per line" in str(read(content)[-1][0])
    lines = read(b'{"a": 1}\n' + long + b'\n{"a": 2}\n')
    assert [line for _, line in lines] == [1, 2, 3]
    assert [isinstance(value, Refusal) for value, _ in lines] == [False, True, False]


PACKERS: list[Callable[[bytes], bytes]] = [
    gzip.compress,
    zstandard.ZstdCompressor().compress,
    lambda content: zipped({"folder/a.jsonl": content}),
    lambda content: zipped(
        {"a.jsonl.gz": gzip.compress(content), "__MACOSX/a": b"x", ".DS_Store": b"x", "folder/": b""}
    ),
    lambda content: gzip.compress(content[:50]) + gzip.compress(content[50:]),
]


@pytest.mark.django_db
@pytest.mark.parametrize("pack", PACKERS)
def test_packed_files_are_read_as_they_are(project: Project, tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "packed"
    path.write_bytes(pack(JSONL))
    report = import_file(project, path)
    assert (report.sessions_added, report.refused) == (2, [])


def test_refusals_in_an_archive_name_its_file(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "some.zip"
    path.write_bytes(zipped({"good.jsonl": JSONL, "bad.jsonl": JSONL[:-3], "inner.zip": zipped({"a": b"{}"})}))
    report = import_file(project, path)
    assert (report.sessions_added, AgentSession.objects.count()) == (2, 2)
    assert [str(refusal).partition(": is ")[0] for refusal in report.refused] == ["bad.jsonl: line 2", "inner.zip"]


@pytest.mark.parametrize(
    "content",
    # without its time, or two processes would collect tests of different names
    [gzip.compress(JSONL, mtime=0)[:-20], b"\x1f\x8b" + b"x" * 40, b"PK\x03\x04rubbish", b"\x28\xb5\x2f\xfdrubbish"],
)
def test_broken_archives_are_refused_in_words(project: Project, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken"
    path.write_bytes(content)
    report = import_file(project, path)
    assert (report.sessions_added, report.refused_count) == (0, 1)
    assert any(words in str(report.refused[0]) for words in ("cannot be unpacked", "is no zip archive"))


def test_a_broken_file_in_an_archive_costs_only_itself(project: Project, tmp_path: Path) -> None:
    whole = bytearray(zipped({"a.jsonl": JSONL * 50, "b.jsonl": JSONL}))
    whole[60] ^= 0xFF
    path = tmp_path / "some.zip"
    path.write_bytes(bytes(whole))
    report = import_file(project, path)
    assert report.sessions_added + report.sessions_unchanged == 2
    assert str(report.refused[0]).startswith("a.jsonl: ")


@pytest.mark.parametrize("pack", [gzip.compress, lambda content: zipped({"a": content, "b": content})])
def test_a_bomb_is_stopped_at_the_limit(
    project: Project, tmp_path: Path, settings: Settings, pack: Callable[[bytes], bytes]
) -> None:
    settings.MAX_UNPACKED_BYTES = 1024 * 1024
    path = tmp_path / "bomb"
    path.write_bytes(pack(b"\n" * 50 * 1024 * 1024))
    report = import_file(project, path)
    assert "holds more than 1048576 bytes once unpacked" in str(report.refused[-1])


def test_an_encrypted_file_is_refused_by_name() -> None:
    content = bytearray(zipped({"secret.jsonl": JSONL}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert list(members(io.BytesIO(bytes(content)), 1000)) == [Refusal(0, "secret.jsonl: is encrypted")]


def test_a_million_brackets_are_refused_and_cost_no_stack() -> None:
    for content in (b"[" * 1_000_000, b'{"a":' * 100_000, b"[" + b"[" * 5_000 + b"]" * 5_000 + b"]"):
        assert isinstance(read(content)[-1][0], Refusal)
