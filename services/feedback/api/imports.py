"""Bulk intake: NDJSON or CSV of any size in one request, read as it streams in, stored batch by batch, safe to send again."""

import asyncio
import csv
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal

import orjson
from fastapi import Query, Request
from pydantic import BaseModel, Field, ValidationError

from services.feedback import repository
from services.feedback.api.lines import TOO_LONG, CsvRows, Lines
from services.feedback.domain.sentiment import TONES
from services.feedback.use_cases.import_items import ImportedItem, ReadyRow, Stored, store_rows
from services.feedback.use_cases.sealing import Vault
from services.kit.auth import Principal
from services.kit.db import Context, Tx
from services.kit.errors import InvalidInput
from services.kit.fields import Code
from services.kit.http import APIRouter, Read, RuntimeDep, requires
from services.kit.ids import new_id
from services.kit.problems import field_errors

router = APIRouter(tags=["imports"])
BATCH = 4_000
MOST_ERRORS = 1_000
MOST_BYTES = 4 * 1024**3
PATH = "/feedback/v1/items/bulk"
_GRADES = frozenset("1234")


class LineError(BaseModel):
    """Why a line was refused; the others were taken."""

    line: int
    pointer: str
    code: str
    message: str


class ImportReport(BaseModel):
    """What became of an upload. The same upload again answers with all lines repeated."""

    lines: int
    accepted: int
    repeated: int
    refused: int
    errors: list[LineError]
    """The first thousand."""


class _Upload:
    """One upload while it runs."""

    def __init__(self, vault: Vault, codes: Mapping[str, frozenset[str]], source: str, rows: CsvRows | None, columns: Mapping[str, str]) -> None:
        self._lines = self._accepted = self._repeated = self._refused = 0
        self._errors: list[LineError] = []
        self._vault, self._codes, self._source, self._csv = vault, codes, source, rows
        self._columns = {theirs: ours for ours, theirs in columns.items()}

    def report(self) -> ImportReport:
        """Return what became of it."""
        return ImportReport(lines=self._lines, accepted=self._accepted, repeated=self._repeated, refused=self._refused, errors=self._errors)

    def refuse(self, line: int, pointer: str, code: str, message: str) -> None:
        self._refused += 1
        if len(self._errors) < MOST_ERRORS:
            self._errors.append(LineError(line=line, pointer=pointer, code=code, message=message))

    def take(self, stored: Stored) -> None:
        """Count what a stored batch came to."""
        self._accepted += stored.accepted
        self._repeated += stored.repeated
        for line in stored.differing:
            self.refuse(line, "/external_id", "feedback_item_differs", "This external id came before with other content.")

        for line in stored.erased:
            self.refuse(line, "/customer_id", "feedback_customer_erased", "This customer was erased here.")

    def prepare(self, lines: Sequence[tuple[int, bytes]], now: datetime) -> list[ReadyRow]:
        """Check and mask the lines; runs in a thread."""
        ready = []
        for number, raw in lines:
            if raw is TOO_LONG or raw == TOO_LONG:
                self._lines += 1
                self.refuse(number, "", "line_too_long", "A line holds at most 256 KiB.")
                continue
            try:
                item = self._item(raw)
                if item is None:
                    continue
                self._lines += 1
                row = self._row(number, item, now)
                if row is not None:
                    ready.append(row)
            except ValidationError as error:
                first = field_errors(error.errors(include_url=False, include_context=False, include_input=False))[0]
                self._lines += 1
                self.refuse(number, first["pointer"] or "/", "invalid_line", first["message"])
            except (ValueError, csv.Error) as error:
                self._lines += 1
                self.refuse(number, "", "invalid_line", str(error)[:200])
        return ready

    def _item(self, raw: bytes) -> ImportedItem | None:
        if self._csv is not None:
            value = self._csv.value(raw)
            return None if value is None else ImportedItem.model_validate(value)
        if self._columns:
            found = orjson.loads(raw)
            if not isinstance(found, dict):
                raise ValueError("a line is a JSON object")
            return ImportedItem.model_validate({self._columns.get(name, name): value for name, value in found.items()})
        return ImportedItem.model_validate_json(raw)

    def _row(self, line: int, item: ImportedItem, now: datetime) -> ReadyRow | None:
        if "\x00" in item.text or (item.title is not None and "\x00" in item.title):
            self.refuse(line, "/text", "invalid_line", "Text must not contain the NUL character (U+0000).")
            return None
        for axis, code in (item.labels or {}).items():
            if code not in self._codes[axis]:
                self.refuse(line, f"/labels/{axis}", "feedback_unknown_code", f"{code} is not an active {axis}.")
                return None
        row_id, key = new_id(), item.customer_key
        words = self._vault.take(row_id, item.title, item.text)
        told = (item.kind, item.title, item.text, item.score, item.scale_max, item.wants_contact, item.labels)
        digest = sha256(repr(told).encode("utf-8", "replace")).hexdigest()[:32]
        source = item.source or self._source
        values: dict[str, Any] = {
            "id": row_id,
            "source": source,
            "external_id": item.external_id,
            "kind": item.kind,
            "digest": digest,
            "customer_id": item.customer_id,
            "customer_keys": "[]" if key is None else orjson.dumps([{"kind": key.kind, "value": key.value}]).decode(),
            "contact_id": item.contact_id,
            "title": words.title,
            "text": words.text,
            "sealed": words.sealed,
            "score": item.score,
            "scale_max": item.scale_max,
            "wants_contact": item.wants_contact,
            "language": item.language,
            "labels": "[]" if not item.labels else orjson.dumps([_label(axis, code) for axis, code in item.labels.items()]).decode(),
            "said_at": item.said_at or now,
            "attributes": None if not item.attributes else orjson.dumps(item.attributes).decode(),
        }
        return ReadyRow(line, item.external_id, digest, source, values, {str(axis): code for axis, code in (item.labels or {}).items()})


def _label(axis: str, code: str) -> dict[str, Any]:
    return {"axis": axis, "code": code, "confidence": 1.0, "decision": "person", "source": "person:import"}


class ImportOptions(BaseModel):
    """How to read the upload."""

    format: Literal["ndjson", "csv"] = "ndjson"
    source: Code = "import"
    columns: Annotated[str, Field(max_length=2_000, pattern=r"^$|^[a-z_.]+:[^,:]+(,[a-z_.]+:[^,:]+)*$")] = ""
    """Our field and theirs, e.g. `external_id:ID,text:Comment`; fields that are named alike need no mention."""


@router.post("/v1/items/bulk", response_model=ImportReport)
async def post_bulk(
    request: Request,
    options: Annotated[ImportOptions, Query()],
    read: Read,
    runtime: RuntimeDep,
    who: Annotated[Principal, requires("feedback:write")],
) -> ImportReport:
    """Take in an upload of any size. Every batch is committed as it comes; a broken line is reported with its number and stops nothing.

    Sending it again stores nothing twice: a line is known by its source and external id. Repeat the upload after a lost connection.
    """
    columns = dict(pair.split(":", 1) for pair in options.columns.split(",") if pair)
    rows = CsvRows(columns) if options.format == "csv" else None
    upload = _Upload(runtime.resources["vault"], await read(_codes), options.source, rows, columns)
    lines, waiting, storing = Lines(quoted=rows is not None), list[tuple[int, bytes]](), list[asyncio.Task[Stored]]()
    started, context = runtime.clock.now(), Context(principal=who)

    async def pass_on(batch: list[tuple[int, bytes]]) -> None:
        ready = await asyncio.to_thread(upload.prepare, batch, started)
        for task in storing:
            upload.take(await task)
        storing.clear()
        if ready:
            storing.append(asyncio.create_task(runtime.db.write(store_rows, ready, started, context=context)))

    async for chunk in request.stream():
        waiting += lines.feed(chunk)
        while len(waiting) >= BATCH:
            await pass_on(waiting[:BATCH])
            del waiting[:BATCH]
    waiting += lines.end()
    await pass_on(waiting)
    await pass_on([])
    report = upload.report()
    if report.lines == 0:
        raise InvalidInput("The upload holds no lines.", pointer="/body")
    return report


async def _codes(tx: Tx) -> dict[str, frozenset[str]]:
    known = [code for code in await repository.taxonomy(tx) if code.active]
    codes = {
        axis: frozenset(code.code for code in known if code.axis == axis) for axis in ("driver", "product", "disposition", "journey_stage", "topic")
    }
    return codes | {"sentiment": frozenset(TONES), "severity": _GRADES}
