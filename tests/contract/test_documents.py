"""What the documents say is true: events, settings, and what the README links to."""

import re
from pathlib import Path

import pytest

from infra import event_table, settings_table
from infra.migrate_all import ROOT

LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
DOCUMENTS = ("README.md", "docs/events.md", "docs/settings.md", "infra/demo/SOURCE.md")


def test_the_event_table_is_what_the_code_says() -> None:
    document = event_table.PATH.read_text()
    assert event_table.between(document, event_table.BEGIN, event_table.END, event_table.event_table()) == document


def test_the_settings_table_is_what_the_code_reads() -> None:
    document = settings_table.PATH.read_text()
    assert event_table.between(document, settings_table.BEGIN, settings_table.END, settings_table.settings_table()) == document


def test_every_setting_is_described() -> None:
    rows = [line.split(" | ") for line in settings_table.settings_table().splitlines()[2:]]
    assert [row[0] for row in rows if not row[3].strip("| ")] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_links_only_to_what_exists(name: str) -> None:
    document = ROOT / name
    missing = [target for target in LINK.findall(document.read_text()) if not (document.parent / target).exists()]
    assert missing == []


def test_every_decision_is_numbered_titled_and_short() -> None:
    papers = sorted((ROOT / "infra" / "decisions").glob("*.md"))
    assert [int(paper.name[:4]) for paper in papers] == list(range(1, len(papers) + 1))
    for paper in papers:
        lines = paper.read_text().splitlines()
        assert lines[0].startswith(f"# {paper.name[:4]} "), paper.name
        assert len(lines) <= 45, paper.name


def test_the_make_commands_of_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z%-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`?make ([a-z-]+)", Path(ROOT / "README.md").read_text()))
    assert {name for name in named if name not in targets and not (name.startswith("run-") and "run-%" in targets)} == set()
