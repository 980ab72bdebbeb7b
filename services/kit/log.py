"""Logs are events with fields, one JSON line each; only fields on the list get out, so that no text, address or token ever does."""

import contextvars
import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

correlation_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("correlation_id", default=None)

ALLOWED = frozenset([
    "event", "level", "timestamp", "logger", "room", "correlation_id", "request_id", "method", "route", "status", "duration_ms", "code",
    "error", "error_id", "error_type", "subject", "consumer", "event_id", "kind", "key", "attempts", "count", "seconds", "port", "url",
    "engine", "version", "operation", "document_id", "cost", "service", "state", "reason", "exception", "backlog", "lateness_ms", "missing",
])  # fmt: skip


def _line(event: dict[str, Any]) -> str:
    """Return the line: what is allowed of the event, whose it is, and when it was."""
    if "exc" in event:
        _tell_exception(event, event.pop("exc"))
    found = correlation_id.get()
    if found is not None:
        event.setdefault("correlation_id", found)
    event["timestamp"] = datetime.now(UTC)
    told = event if event.keys() <= ALLOWED else {name: value for name, value in event.items() if name in ALLOWED}
    try:
        return orjson.dumps(told, default=repr, option=orjson.OPT_UTC_Z).decode()
    except TypeError:  # a number or a text that JSON has no room for: a line must never be what breaks the work
        return json.dumps(told, default=repr)


def _tell_exception(event: dict[str, Any], problem: Any) -> None:
    """Name the kind and place of an exception; its message may hold what a customer wrote, so it stays out."""
    if isinstance(problem, BaseException):
        event["error_type"] = type(problem).__name__
        trace = problem.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is not None:
            event["error"] = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"


def _teller(level: str) -> Callable[..., None]:
    def tell(self: Any, event: str, **fields: Any) -> None:
        self._logger.msg(_line({**self._context, **fields, "event": event, "level": level}))

    return tell


def _silent(_: Any, __: str, **___: Any) -> None:
    return None


def configure_logging(level: str) -> None:
    """Send our own events, and warnings of the libraries, to standard error as JSON lines.

    A line is made in one step by one encoder: every request waits for its line, and a chain of processors costs twice as much.
    """
    least = getattr(logging, level.upper())
    levels = ("debug", "info", "warning", "error", "critical")
    says = {name: _teller(name) if getattr(logging, name.upper()) >= least else _silent for name in levels}
    structlog.configure(
        wrapper_class=type("Lines", (structlog.BoundLoggerBase,), says),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format='{"level":"%(levelname)s","logger":"%(name)s","event":"library.said"}', stream=sys.stderr)


def get_logger(room: str) -> Any:
    """Return the logger of one room."""
    return structlog.get_logger(room=room)
