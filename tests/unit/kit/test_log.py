"""A line of log: which fields get out, in which order, and which lines are written at all."""

import io
import sys
from collections.abc import Iterator

import orjson
import pytest
import structlog

from services.kit.log import configure_logging, correlation_id, get_logger


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Return what is written to standard error at the level info."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    before = structlog.get_config()
    configure_logging("info")
    yield written
    structlog.configure(**before)


def _fields(line: str) -> list[tuple[str, object]]:
    """Return names and values in order, without the moment, which must be there."""
    found = orjson.loads(line)
    assert found.pop("timestamp").endswith("Z")
    return list(found.items())


def test_a_line_has_the_allowed_fields_of_its_event_and_whose_it_is(told: io.StringIO) -> None:
    before = correlation_id.set("request-1")
    get_logger("desk").info("thing.done", count=3, text="what a customer wrote", code=None)
    correlation_id.reset(before)

    (line,) = told.getvalue().splitlines()
    assert _fields(line) == [
        ("room", "desk"),
        ("count", 3),
        ("code", None),
        ("event", "thing.done"),
        ("level", "info"),
        ("correlation_id", "request-1"),
    ]


def test_an_exception_is_named_by_its_kind_and_place_without_its_message(told: io.StringIO) -> None:
    try:
        int("no number of anybody")
    except ValueError as problem:
        get_logger("desk").error("thing.broken", exc=problem)

    line = told.getvalue()
    assert "nobody" not in line
    assert "no number" not in line
    found = dict(_fields(line))
    assert (found["level"], found["error_type"]) == ("error", "ValueError")
    assert str(found["error"]).startswith("tests.unit.kit.test_log:")


def test_what_is_less_than_the_level_is_not_written_and_what_json_has_no_room_for_breaks_nothing(told: io.StringIO) -> None:
    log = get_logger("desk")
    log.debug("thing.seen")
    log.warning("thing.odd", count=2**70)

    (line,) = told.getvalue().splitlines()
    assert f'"count": {2**70}' in line
    assert '"level": "warning"' in line
