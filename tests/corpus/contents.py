"""Writes the table of contents of corpus/README.md from corpus/coverage.yaml: `make contents`."""

from __future__ import annotations

import yaml

from ingest.load import article
from settings import CORPUS_DIR

README = CORPUS_DIR / "README.md"
COVERAGE = CORPUS_DIR / "coverage.yaml"
_HEADING = "## Contents\n"


def coverage() -> dict[str, dict[str, str]]:
    """Group → subject → slug."""
    found: dict[str, dict[str, str]] = yaml.safe_load(COVERAGE.read_text(encoding="utf-8"))
    return found


def with_contents(readme: str) -> str:
    """The README with its table of contents made anew."""
    lines = [readme.split(_HEADING)[0] + _HEADING]
    for group, subjects in coverage().items():
        lines.append(f"### {group}\n")
        for slug in subjects.values():
            document = article(CORPUS_DIR / f"{slug}.md")
            lines.append(f"- [{document.title}]({slug}.md): {document.kind}")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    README.write_text(with_contents(README.read_text(encoding="utf-8")), encoding="utf-8")
