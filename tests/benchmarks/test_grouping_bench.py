"""The benchmark of grouping: what it reads, what it prints, and what it says where it cannot."""

import json
import subprocess
import sys
from argparse import Namespace
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import _own_grouping, _ways, grouping
from benchmarks._labelled import BadLine, Labelled, read_labelled
from benchmarks._sets import Row, draw
from benchmarks._timed import timed
from benchmarks._vectors import Embedded
from clustering.engine import mechanisms
from tests.benchmarks.grouping_of_words import BY_WORD
from tests.clustering.engine.vectors import clouds

ROOT = Path(__file__).resolve().parents[2]
FIELD_LIST = """
n classes distinct clusters unassigned ari v bcubed_precision bcubed_recall bcubed_f ari_pool_as_one ari_assigned
embed_seconds embed_cpu group_seconds group_cpu group_cpu_range peak_mb group_peak_mb mechanism model text_version dtype
seed
"""
FIELDS = set(FIELD_LIST.split())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Forty texts of three modes and their vectors."""
    texts, vectors = clouds([20, 12, 8])
    lines = [json.dumps({"text": text, "label": text.split()[0], "other": 1}) for text in texts]
    (tmp_path / "failures.jsonl").write_text("\n\n".join(lines) + "\n")
    np.save(tmp_path / "failures.npy", vectors)
    return tmp_path


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups by words, in this process."""

    def run(_program: list[str], arguments: list[str], texts: list[str], vectors: Any) -> tuple[Any, dict[str, Any]]:
        found, taken = timed(lambda: _own_grouping.numbered(BY_WORD, texts, vectors), int(arguments[-1]))
        return np.stack(found), taken

    monkeypatch.setattr(_ways, "_run", run)
    monkeypatch.setitem(mechanisms.MECHANISMS, "v1", BY_WORD)


def called(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["grouping.py", *map(str, arguments)])
    grouping.main()


@pytest.mark.usefixtures("in_process")
def test_one_line_with_all_fields_and_the_same_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for _ in range(2):
        called(
            monkeypatch,
            *(folder / "failures.jsonl", "--vectors", folder / "failures.npy", "--mechanism", "v1", "--json-only"),
            *("--no-mask", "--stream", "--correct", 2),
        )
        printed = capsys.readouterr()
        assert (printed.out.count("\n"), printed.err) == (1, "")
        told.append(json.loads(printed.out))

    assert set(told[0]) >= FIELDS
    assert (told[0]["n"], told[0]["classes"], told[0]["clusters"], told[0]["ari"]) == (40, 3, 3, 1)
    assert _without_times(told[0]) == _without_times(told[1])


def _without_times(told: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in told.items() if not name.startswith(("group_", "embed_", "peak_"))}
    return {**kept, "stream": {name: value for name, value in kept["stream"].items() if name not in ("seconds", "cpu")}}


@pytest.mark.usefixtures("in_process")
def test_what_embedding_took_is_told_under_its_names() -> None:
    texts, vectors = clouds([5, 4])
    labelled = Labelled(tuple(texts), tuple(text.split()[0] for text in texts), np.arange(9), 9)
    asked = Namespace(mechanism="v1", seed=1, mask=True, peer=None, stream=False, correct=None)
    told = grouping.measured(labelled, Embedded(vectors, seconds=3.0, cpu=2.0, model="m", dtype="bfloat16"), asked)

    assert (told["embed_seconds"], told["embed_cpu"], told["model"], told["dtype"]) == (3.0, 2.0, "m", "bfloat16")
    assert (told["clusters"], told["unassigned"]) == (2, 0)


@pytest.mark.usefixtures("in_process")
def test_limit_takes_the_vectors_of_the_drawn_lines(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    called(
        monkeypatch,
        *(folder / "failures.jsonl", "--vectors", folder / "failures.npy", "--mechanism", "v1"),
        *("--limit", 10, "--no-mask"),
    )
    printed = capsys.readouterr()

    assert json.loads(printed.out)["n"] == 10
    assert "| failures.jsonl | v1 | 10 |" in printed.err


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "line 2: not JSON"),
        ('"text"', 'line 2: no "text"'),
        ('{"label": "a"}', 'line 2: no "text"'),
        ('{"text": 3, "label": "a"}', 'line 2: no "text"'),
        ('{"text": "a"}', 'line 2: no "label"'),
        ('{"text": "a", "label": null}', 'line 2: no "label"'),
        ("[" * 100_000, "line 2: not JSON"),
    ],
)
def test_a_bad_line_is_named(
    tmp_path: Path, line: str, reason: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(f'{{"text": "a", "label": "b"}}\n{line}\n')

    with pytest.raises(BadLine, match=reason):
        read_labelled(file)
    with pytest.raises(SystemExit) as ended:
        called(monkeypatch, file)
    assert ended.value.code == 2
    assert reason in capsys.readouterr().err


def test_what_is_no_file_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        called(monkeypatch, "nowhere.jsonl")

    assert ended.value.code == 2
    assert "nowhere.jsonl" in capsys.readouterr().err


def test_a_missing_peer_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        called(monkeypatch, folder / "failures.jsonl", "--peer", "bertopic", "--peer-python", folder / "python")

    assert ended.value.code == 2
    assert "has no bertopic" in capsys.readouterr().err


def test_lines_are_masked_and_labels_need_not_be_words(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text('\ufeff{"text": "Order A-1043 failed", "label": 7}\n\n{"text": "", "label": true}\n', "utf-8")

    read = read_labelled(file)
    assert (read.texts, read.labels, read.lines) == (("Order id failed", ""), ("7", "True"), 2)
    assert read_labelled(file, masked=False).texts[0] == "Order A-1043 failed"


def test_half_a_surrogate_pair_becomes_text(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text('{"text": "a \\ud800 b", "label": "c"}\n')

    assert read_labelled(file, masked=False).texts == ("a ? b",)


def rows() -> list[Row]:
    return [(f"{label} {number}", label) for label in "abcdefgh" for number in range(200)] + [("alone", "i")]


def test_drawn_sets_have_their_size_and_shape() -> None:
    even = Counter(label for _, label in draw(rows(), 100, 8, "even", 1))
    uneven = Counter(label for _, label in draw(rows(), 100, 8, "uneven", 1))

    assert (even.total(), set(even.values())) == (100, {12, 13})
    assert (uneven.total(), len(uneven), min(uneven.values()) >= 2) == (100, 8, True)
    assert max(uneven.values()) > 4 * min(uneven.values())


def test_drawn_sets_are_the_same_for_a_seed_and_others_for_another() -> None:
    assert draw(rows(), 50, 5, "uneven", 1) == draw(rows(), 50, 5, "uneven", 1)
    assert draw(rows(), 50, 5, "uneven", 1) != draw(rows(), 50, 5, "uneven", 2)
    assert len(draw(rows(), 5000, 9, "even", 1)) == 1600


@pytest.mark.slow
def test_the_command_by_its_path_with_the_real_model(tmp_path: Path) -> None:
    texts = ["Claimed a refund that had failed", "Said the refund went through, it had not", "Called search again"] * 9
    file = tmp_path / "notes.jsonl"
    file.write_text("\n".join(json.dumps({"text": text, "label": text[:6]}) for text in texts))
    command = [sys.executable, str(ROOT / "benchmarks" / "grouping.py"), str(file)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)  # noqa: S603 # our own words
    told = json.loads(done.stdout)

    assert (told["n"], told["distinct"], told["unassigned"]) == (27, 3, 0)
    assert told["embed_cpu"] > 0
    assert told["group_cpu"] < 1
