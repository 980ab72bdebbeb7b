"""Words alone, unless a test asks for meaning: the model takes seconds that only the tests of meaning are worth."""

import pytest


@pytest.fixture(autouse=True)
def _words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTIPHON_KNOWLEDGE_EMBEDDER", "none")
