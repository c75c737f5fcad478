"""Labelled sets of texts, for grouping to be tried on more kinds than one:

    python -m benchmarks._sets FOLDER --data ../shared/data --sizes 200,1000,3500 --seeds 3

Writes `FAMILY_SHAPE_SIZE_sSEED.jsonl` files of {"text", "label"}, the same ones for the same seed; nothing of them
belongs into the project. Families:

    A  banking questions by intent, 77 classes; A1 and A2: two halves of the classes, one to learn on, one to check on
    B  the same by the first word of the intent: few large classes, many small ones
    C  the demo's notes by failure mode, as several people would word them
    D  what an agent said before it called a tool, by the tool; and what failed tools answered, by tool and first words
    E  what users began with, by the task that they had been given
    F  first sentences of the docstrings of installed packages, by module; F1: by the part of the package
    G  a part of A and all of C
    H  what installed packages say when they refuse something, by module

Sizes that a family cannot fill are left out. `--classes 20` makes sets of few classes. Without the folder of data only
C, F, F1 and H are made.
"""

import argparse
import ast
import csv
import hashlib
import heapq
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from clustering.engine.mask import mask
from demo.story import tell

Row = tuple[str, str]
Shape = Literal["even", "uneven"]
SHAPES: tuple[Shape, ...] = ("even", "uneven")
EXPONENT = 1.2  # of class sizes by rank, as failures have them
NOW = datetime(2026, 11, 20, tzinfo=UTC)
STORIES = 40
PACKAGES = (
    "django",
    "matplotlib",
    "networkx",
    "numpy",
    "pandas",
    "rest_framework",
    "scipy",
    "sklearn",
    "sympy",
    "torch",
)
FEWEST_WORDS = 4
FILLED = 0.8  # a set with less than this share of the texts asked for is none of that size


def family_bank(data: Path) -> list[Row]:
    """Questions to a bank by intent."""
    with (data / "clustering/banking77_train/train.csv").open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def family_bank_learn(data: Path) -> list[Row]:
    """Those of one half of the intents."""
    return [row for row in family_bank(data) if not _is_held_back(row[1])]


def family_bank_check(data: Path) -> list[Row]:
    """Those of the other half, for choices that were made without them."""
    return [row for row in family_bank(data) if _is_held_back(row[1])]


def _is_held_back(label: str) -> bool:
    return hashlib.sha256(label.encode()).digest()[0] % 2 == 1


def family_bank_coarse(data: Path) -> list[Row]:
    """The questions by the first word of the intent."""
    return [(text, re.split(r"[_ ]", label.lower())[0]) for text, label in family_bank(data)]


def family_notes(_data: Path) -> list[Row]:
    """What people would write of the demo's failures."""
    found: dict[Row, None] = {}
    for seed in range(1, STORIES + 1):
        truths = [run.truth for run in tell(seed=seed, now=NOW) if run.truth]
        found |= {(note, truth.mode.value): None for truth in truths for note in (truth.note, *truth.wordings)}
    return list(found)


def family_agents(data: Path) -> list[Row]:
    """What an agent said before a tool call, and what failed tools answered."""
    return [row for _, messages in _conversations(data) for row in _told_by_tools(messages)]


def _told_by_tools(messages: Sequence[dict[str, Any]]) -> Iterator[Row]:
    said, called = "", {}
    for message in messages:
        text = message.get("content") or ""
        if message["role"] == "assistant":
            said = text or said
            for call in message.get("tool_calls") or ():
                called[call.get("id")] = name = (call.get("function") or call)["name"]
                if said:
                    yield said, name
                said = ""
        elif message["role"] == "tool" and (message.get("error") or text.startswith("Error")):
            name = message.get("name") or called.get(message.get("tool_call_id") or message.get("id"), "")
            yield text, f"{name}: {' '.join(mask(text).split()[:3])}"


def family_openings(data: Path) -> list[Row]:
    """What a user began with, by task."""
    rows = []
    for task, messages in _conversations(data):
        said = next((message["content"] for message in messages if message["role"] == "user"), "")
        if said:
            rows.append((said, task))
    return rows


def _conversations(data: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Task and messages of each session, the same task under the same name in every file."""
    sessions = data / "sessions"
    for file in ("tau_bench/gpt-4o-airline.json", "agentrx_tau/tau_dataset_full.json"):
        for one in json.loads((sessions / file).read_text(encoding="utf-8")):
            yield f"{file.split('/', 1)[0]} {one['task_id']}", one["traj"]
    for path in sorted((sessions / "tau2").glob("*.json")):
        held = json.loads(path.read_text(encoding="utf-8"))
        domain = held["info"]["environment_info"]["domain_name"]
        for one in held["simulations"]:
            yield f"{domain} {one['task_id']}", one["messages"]


def family_docstrings(_data: Path) -> list[Row]:
    """What the functions of installed packages say of themselves, by module; nothing of them is run."""
    return _of_one_module(_first_sentences)


def family_docstrings_coarse(_data: Path) -> list[Row]:
    """The same by the part of the package."""
    return [(text, ".".join(label.split(".")[:2])) for text, label in _of_one_module(_first_sentences)]


def family_faults(_data: Path) -> list[Row]:
    """What installed packages say when they refuse something, by module."""
    return _of_one_module(_raised_words)


def _of_one_module(texts_in: Callable[[ast.Module], Iterator[str]]) -> list[Row]:
    """The texts by module. A sentence that several modules have says nothing of any."""
    labels_of: defaultdict[str, set[str]] = defaultdict(set)
    for package in PACKAGES:
        for tree, label in _modules(package):
            for text in texts_in(tree):
                labels_of[text].add(label)
    return [(text, next(iter(labels))) for text, labels in sorted(labels_of.items()) if len(labels) == 1]


def _modules(package: str) -> Iterator[tuple[ast.Module, str]]:
    spec = find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or ():
        root = Path(folder)
        for file in sorted(root.rglob("*.py")):
            parts = file.relative_to(root).parts
            if "tests" in parts or "testing" in parts or parts[-1].startswith(("test_", "conftest")):
                continue
            with suppress(SyntaxError, ValueError):
                label = ".".join((package, *parts[:2])).removesuffix(".py").removesuffix(".__init__")
                yield ast.parse(file.read_bytes()), label


def _first_sentences(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            words = (ast.get_docstring(node) or "").split("\n\n", 1)[0].split()
            sentence = re.split(r"(?<=[.!?])\s", " ".join(words), maxsplit=1)[0]
            if len(sentence.split()) >= FEWEST_WORDS:
                yield sentence


def _raised_words(tree: ast.Module) -> Iterator[str]:
    """The first argument of what is raised; what is filled in at run time is one neutral letter."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            words = _spelled(node.exc.args[0]).split()
            if len(words) >= FEWEST_WORDS:
                yield " ".join(words)


def _spelled(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_spelled(part) if isinstance(part, ast.Constant) else "x" for part in node.values)
    return ""


def family_union(data: Path) -> list[Row]:
    """Two kinds of texts in one project."""
    some = {label for _, label in family_bank(data) if hashlib.sha256(label.encode()).digest()[1] % 4 == 0}
    return [row for row in family_bank(data) if row[1] in some] + family_notes(data)


Family = Callable[[Path], list[Row]]
FAMILIES: dict[str, Family] = {
    "A": family_bank,
    "A1": family_bank_learn,
    "A2": family_bank_check,
    "B": family_bank_coarse,
    "C": family_notes,
    "D": family_agents,
    "E": family_openings,
    "F": family_docstrings,
    "F1": family_docstrings_coarse,
    "G": family_union,
    "H": family_faults,
}
WITHOUT_DATA = ("C", "F", "F1", "H")


def draw(rows: Sequence[Row], n: int, classes: int, shape: Shape, seed: int) -> list[Row]:
    """`n` rows of at most `classes` classes, at least two of each, in a drawn order.

    Classes of equal size, or of sizes that fall with their rank; one that has fewer texts than its share gives all of
    them, and the others more.
    """
    random_ = random.Random(f"{seed} {n} {classes} {shape}")
    texts_of: defaultdict[str, list[str]] = defaultdict(list)
    for text, label in rows:
        texts_of[label].append(text)
    able = sorted(label for label, texts in texts_of.items() if len(texts) > 1)
    chosen = random_.sample(able, min(classes, len(able), n // 2))
    if shape == "uneven":  # who has most can be a large class
        chosen.sort(key=lambda label: (-len(texts_of[label]) * random_.random(), label))
    sizes = _sizes(n, [len(texts_of[label]) for label in chosen], EXPONENT if shape == "uneven" else 0.0)
    drawn = [
        (text, label)
        for label, size in zip(chosen, sizes, strict=True)
        for text in random_.sample(texts_of[label], size)
    ]
    random_.shuffle(drawn)
    return drawn


def _sizes(n: int, available: Sequence[int], exponent: float) -> list[int]:
    """How many of each class: two, and the rest one by one to whoever is furthest below its share and has more."""
    shares = [(place + 1) ** -exponent for place in range(len(available))]
    sizes = [2] * len(available)
    waiting = [(2 / share, place) for place, share in enumerate(shares) if available[place] > 2]  # noqa: PLR2004 - they have two
    heapq.heapify(waiting)
    for _ in range(n - sum(sizes)):
        if not waiting:
            break
        _, place = heapq.heappop(waiting)
        sizes[place] += 1
        if sizes[place] < available[place]:
            heapq.heappush(waiting, (sizes[place] / shares[place], place))
    return sizes


def main() -> None:
    """Writes the files and says which."""
    asked = read_arguments()
    asked.folder.mkdir(parents=True, exist_ok=True)
    for name in asked.families.split(",") if asked.families else FAMILIES:
        if not asked.data.is_dir() and name not in WITHOUT_DATA:
            continue
        rows = FAMILIES[name](asked.data)
        print(f"{name}: {len(rows)} texts, {len({label for _, label in rows})} classes")
        for shape in SHAPES:
            for n in map(int, asked.sizes.split(",")):
                for seed in range(1, asked.seeds + 1):
                    write(asked.folder, name, draw(rows, n, asked.classes, shape, seed), f"{shape}_{n}_s{seed}", n)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="real texts (../shared/data)")
    parser.add_argument("--families", help="only these, as A,D (all)")
    parser.add_argument("--sizes", default="200,1000,3500")
    parser.add_argument("--classes", type=int, default=200, help="at most so many (200)")
    parser.add_argument("--seeds", type=int, default=3, help="how often each is drawn (3)")
    return parser.parse_args()


def write(folder: Path, name: str, rows: Sequence[Row], told: str, n: int) -> None:
    """One file, unless the family has too few texts."""
    if len(rows) < FILLED * n:
        return
    lines = (json.dumps({"text": text, "label": label}) for text, label in rows)
    (folder / f"{name}_{told}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
