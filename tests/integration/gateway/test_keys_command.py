"""The first key of an installation comes from the command line."""

from pathlib import Path

import pytest

from gateway.keys import main as keys_command


def test_the_command_prints_a_key_that_opens(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTIPHON_DATA_DIR", str(tmp_path))

    assert keys_command(["issue", "--role", "administrator"]) == 0
    assert capsys.readouterr().out.startswith("ant_live_")
    assert keys_command(["issue", "--role", "emperor"]) == 1
