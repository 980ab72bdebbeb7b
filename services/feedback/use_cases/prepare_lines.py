"""Lines of an upload become rows: read, checked, masked. No database is needed here, so that it can be done in a process of its own."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any, Literal, NamedTuple, Protocol
from uuid import UUID

import orjson
from pydantic import Field, ValidationError

from services.feedback.domain.csv_rows import CsvRows
from services.feedback.domain.masking import may_hold_personal_data
from services.feedback.use_cases.sealing import Vault
from services.feedback.use_cases.voice import Voice
from services.kit.fields import Code, Name
from services.kit.ids import new_id_text

LABELLED = Literal["driver", "product", "disposition", "journey_stage", "topic", "sentiment", "severity"]
TOO_LONG = b""
"""Stands for a line of more bytes than one may have."""
COLUMNS = (
    "id", "source", "external_id", "kind", "digest", "customer_id", "customer_keys", "contact_id", "title", "text", "sealed", "score", "scale_max",
    "wants_contact", "language", "labels", "said_at", "attributes",
)  # fmt: skip


PREPARING = "preparing processes"
"""The resource that begins processes which prepare."""


class ImportedItem(Voice):
    """One line of an import. `labels` are what people said about it elsewhere: they count as confirmed and are learned from."""

    source: Code | None = None
    wants_contact: bool = False
    labels: Annotated[dict[LABELLED, Code] | None, Field(max_length=7)] = None
    attributes: Annotated[dict[Code, Name] | None, Field(max_length=20)] = None


class Refused(NamedTuple):
    """Why a line was not taken; `place` leads to the wrong field, and is None when the line has none."""

    line: int
    place: tuple[str | int, ...] | None
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Order:
    """How the lines of one upload are to be read."""

    source: str
    """Of lines that name none."""
    codes: Mapping[str, Sequence[str]]
    """The codes that a label may name, by axis."""
    columns: Mapping[str, str]
    """Our field by their name for it."""
    csv: bool
    now: str
    """When a voice was heard that does not say it."""
    names: Sequence[str] | None = None
    """The columns of a CSV upload whose first lines were read elsewhere."""


@dataclass(slots=True)
class Prepared:
    """Lines that can be stored, column by column in the order of COLUMNS: both databases take columns faster than rows.

    Only plain values: ids are 32 hexadecimal signs, moments and JSON the texts that SQLite keeps.
    """

    seen: int = 0
    """Lines that were read, whatever became of them."""
    lines: list[int] = field(default_factory=list)
    columns: list[list[Any]] = field(default_factory=lambda: [[] for _ in COLUMNS])
    labels: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """What people said of a line elsewhere, beside its place in the columns."""
    refused: list[Refused] = field(default_factory=list)


class _LineError(Exception):
    """A line that is whole and yet cannot be taken."""

    def __init__(self, place: tuple[str | int, ...] | None, code: str, message: str) -> None:
        super().__init__(message)
        self.place, self.code = place, code


class Preparer:
    """Reads the lines of one upload."""

    def __init__(self, vault: Vault, order: Order) -> None:
        self._vault, self._order = vault, order
        self._codes = {axis: frozenset(codes) for axis, codes in order.codes.items()}
        self._csv = CsvRows(order.columns, order.names) if order.csv else None

    @property
    def names(self) -> Sequence[str] | None:
        """The columns of a CSV upload, once they came."""
        return self._csv.names if self._csv is not None else None

    def prepare(self, lines: Sequence[tuple[int, bytes]]) -> Prepared:
        """Check and mask numbered lines; what is wrong with one is told beside the others."""
        done, items = Prepared(), []
        for number, raw in lines:
            item = self._checked(done, number, raw)
            if item is not None:
                done.lines.append(number)
                items.append(item)
        if items:
            hidden = may_hold_personal_data([f"{item.title}\n{item.text}" if item.title is not None else item.text for item in items])
            rows = [self._values(item, masked=masked) for item, masked in zip(items, hidden, strict=True)]
            done.columns = [list(column) for column in zip(*rows, strict=True)]
        return done

    def _checked(self, done: Prepared, number: int, raw: bytes) -> ImportedItem | None:
        """Return what one line says; None for one that is refused, or that only names columns."""
        try:
            item = self._item(raw)
            labels = self._labels(item) if item is not None else None
        except _LineError as error:
            done.refused.append(Refused(number, error.place, error.code, str(error)))
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            done.refused.append(Refused(number, first["loc"], "invalid_line", str(first["msg"])))
        except (ValueError, csv.Error) as error:
            done.refused.append(Refused(number, None, "invalid_line", str(error)[:200]))
        else:
            if labels:
                done.labels.append((len(done.lines), labels))
            done.seen += item is not None
            return item
        done.seen += 1
        return None

    def _labels(self, item: ImportedItem) -> dict[str, str] | None:
        """Return what people said of it elsewhere; raises _LineError when one of its texts or labels cannot be kept."""
        if "\x00" in item.text or (item.title is not None and "\x00" in item.title):
            raise _LineError(("text",), "invalid_line", "Text must not contain the NUL character (U+0000).")
        if not item.labels:
            return None
        for axis, code in item.labels.items():
            if code not in self._codes[axis]:
                raise _LineError(("labels", axis), "feedback_unknown_code", f"{code} is not an active {axis}.")
        return {str(axis): code for axis, code in item.labels.items()}

    def _item(self, raw: bytes) -> ImportedItem | None:
        if raw == TOO_LONG:
            raise _LineError(None, "line_too_long", "A line holds at most 256 KiB.")
        if self._csv is not None:
            value = self._csv.value(raw)
            return None if value is None else ImportedItem.model_validate(value)
        if self._order.columns:
            found = orjson.loads(raw)
            if not isinstance(found, dict):
                raise ValueError("a line is a JSON object")
            return ImportedItem.model_validate({self._order.columns.get(name, name): value for name, value in found.items()})
        return ImportedItem.model_validate_json(raw)

    def _values(self, item: ImportedItem, *, masked: bool) -> tuple[Any, ...]:
        """Return the values of the COLUMNS; `masked` says whether there may be something to mask."""
        row_id, key, title, text, sealed = new_id_text().replace("-", ""), item.customer_key, item.title, item.text, None
        if masked:
            words = self._vault.take(UUID(row_id), title, text)
            title, text, sealed = words.title, words.text, words.sealed
        told = (item.kind, item.title, item.text, item.score, item.scale_max, item.wants_contact, item.labels)
        return (
            row_id,
            item.source or self._order.source,
            item.external_id,
            item.kind,
            sha256(repr(told).encode("utf-8", "replace")).hexdigest()[:32],
            item.customer_id.hex if item.customer_id is not None else None,
            "[]" if key is None else orjson.dumps([{"kind": key.kind, "value": key.value}]).decode(),
            item.contact_id.hex if item.contact_id is not None else None,
            title,
            text,
            sealed,
            item.score,
            item.scale_max,
            item.wants_contact,
            item.language,
            "[]" if not item.labels else orjson.dumps([_label(axis, code) for axis, code in item.labels.items()]).decode(),
            moment_text(item.said_at) if item.said_at is not None else self._order.now,
            None if not item.attributes else orjson.dumps(item.attributes).decode(),
        )


class PreparingProcess(Protocol):
    """A process that prepares the lines of one upload."""

    @property
    def ready(self) -> bool:
        """Whether it has started; it takes a moment, in which lines are better prepared here."""

    async def prepare(self, lines: Sequence[tuple[int, bytes]]) -> Prepared:
        """Do as Preparer.prepare does; raises OSError or EOFError when the process is gone."""

    async def close(self) -> None:
        """End it."""


class PreparingProcesses(Protocol):
    """Begins them."""

    async def begin(self, order: Order) -> PreparingProcess | None:
        """Begin one; None when there are enough."""


def moment_text(moment: datetime) -> str:
    """Return a moment as the tables keep it on SQLite, in UTC."""
    return moment.astimezone(UTC).isoformat(" ", "microseconds")[:26]


def _label(axis: str, code: str) -> dict[str, Any]:
    return {"axis": axis, "code": code, "confidence": 1.0, "decision": "person", "source": "person:import"}
