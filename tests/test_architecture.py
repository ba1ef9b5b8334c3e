from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = ("settings", "ingest", "assistant", "eval", "ui")
"""Each may import what stands before it."""
MODULES = sorted([ROOT / "settings.py", *(path for name in ORDER[1:] for path in (ROOT / name).rglob("*.py"))])
LONGEST = 400


def imported(path: Path) -> set[str]:
    """The first name of everything that a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: line {node.lineno} imports relatively"
            found.add((node.module or "").split(".")[0])
    return found


def part_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    later = set(ORDER[ORDER.index(part_of(path)) + 1 :])
    assert imported(path) & (later | {"tests"}) == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_longer_than_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_every_part_of_the_house_is_looked_at() -> None:
    assert {part_of(path) for path in MODULES} == set(ORDER)
