"""The papers say what is there, and nothing that is not."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()


def variables_read() -> set[str]:
    source = (ROOT / "config" / "environment.py").read_text()
    direct = re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", source)
    through_helper = re.findall(r"_(?:bool|int|choice)\(env, \"([A-Z_]+)\"", source)
    return {*direct, *through_helper}


def test_every_environment_variable_is_in_the_readme_and_the_other_way_round() -> None:
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE)) == variables_read()


def test_example_environment_names_every_variable() -> None:
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^# ([A-Z_]+)=", example, re.MULTILINE)) == variables_read()


def test_every_command_of_ours_is_in_the_readme_and_the_other_way_round() -> None:
    ours = {path.stem for path in ROOT.glob("*/management/commands/*.py") if path.stem != "__init__"}
    documented = set(re.findall(r"^\| `manage\.py (\w+)", README, re.MULTILINE))
    assert documented - {"changepassword"} == ours


def test_every_make_target_is_explained() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)) - {"install"}
    assert set(re.findall(r"^make (\w+) +#", CONTRIBUTING, re.MULTILINE)) == targets


@pytest.mark.parametrize(
    "paper", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md", "docs/api.md"]
)
def test_every_local_link_leads_somewhere(paper: str) -> None:
    path = ROOT / paper
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", path.read_text()) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_decisions_are_numbered_and_say_context_choice_and_refused() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        assert re.findall(r"^\*\*(\w+)\.\*\*", record.read_text(), re.MULTILINE) == ["Context", "Choice", "Refused"]


def test_every_app_is_in_the_architecture() -> None:
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")}
    folders = re.findall(r"^\| `(\w+)/`", (ROOT / "docs" / "architecture.md").read_text(), re.MULTILINE)
    assert apps - set(folders) == set()
