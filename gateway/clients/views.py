"""The view contract that every service answers: sections of a customer, each with its version and age."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, get_args, get_origin
from uuid import UUID

import msgspec
import orjson

from gateway.clients.failures import ServiceFailed
from gateway.clients.service import Caller, Service
from services.kit.auth import Principal

INTERNAL = "internal"
"""The scope of the view contract; no role has it, the gateway alone adds it."""
PATH = "/internal/v1/customers/views"
REMEMBERED = 1_000
MOST_PATHS = 200
"""What the contract takes of one section; more of it comes whole."""


class SectionAnswer(msgspec.Struct, frozen=True, gc=False):
    """One section of one customer; `version` grows whenever it changes."""

    version: int
    as_of: datetime
    data: Any
    """A value of the section's type; or `msgspec.Raw`, the JSON as it came, where the type refused some of the answer."""


class View(msgspec.Struct, gc=False):
    """What a service told of one id: a section for each attribute."""

    def section(self, name: str) -> SectionAnswer | None:
        """Return a section; None when it is null, or was not told."""
        found: SectionAnswer | None = getattr(self, name, None)
        return found if found is not None and found.data is not None else None


Found = Mapping[str, View]
"""By the id that was asked for, as text: `told_of` finds one that a service spells otherwise."""
ID = Annotated[str, msgspec.Meta(min_length=36, max_length=36)]


class _RawSection(msgspec.Struct, frozen=True, gc=False):
    version: int
    as_of: datetime
    data: msgspec.Raw


class _RawAnswer(msgspec.Struct, frozen=True):
    views: dict[UUID, dict[str, _RawSection]]  # other spellings of an id are read here


class _Unread(View, gc=False):
    sections: dict[str, _RawSection]

    def section(self, name: str) -> SectionAnswer | None:
        found = self.sections.get(name)
        return None if found is None or bytes(found.data) == b"null" else SectionAnswer(found.version, found.as_of, found.data)


@dataclass(frozen=True, eq=False)
class FieldPaths:
    """The fields that are wanted of some sections, which then come with these alone; sections that are not named come whole."""

    by_section: Mapping[str, Sequence[str]]
    """By section its paths: names joined by dots, `*` for the items of a list."""
    json: orjson.Fragment
    """The same as the contract's door takes it."""

    @classmethod
    def of(cls, types: Mapping[str, Any]) -> "FieldPaths | None":
        """Return what values of these types are made of; None when everything is wanted."""
        paths = {section: found for section, kind in types.items() if (found := _paths(kind)) != [""] and len(found) <= MOST_PATHS}
        return cls(paths, orjson.Fragment(orjson.dumps(paths))) if paths else None

    def cover(self, section: str, path: str) -> bool:
        """Tell whether an answer to this has the field."""
        known = self.by_section.get(section)
        return known is None or any(path == one or path.startswith(f"{one}.") for one in known)


def _paths(kind: Any) -> list[str]:
    """Return the paths below a value of the type; an empty one alone when all of it is wanted."""
    origin, parts = get_origin(kind), get_args(kind)
    found = [""]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        if getattr(kind, "alone", True):  # else it stands for the whole type
            told = [field for field in msgspec.structs.fields(kind) if field.required]  # the others are not in the JSON
            found = [_below(field.encode_name, path) for field in told for path in _paths(field.type)] or found
    elif origin is list:
        found = [_below("*", path) if path else path for path in _paths(parts[0])]
    elif type(None) in parts and len(parts) == 2:  # noqa: PLR2004  X | None
        found = _paths(next(part for part in parts if part is not type(None)))
    return found


def _below(name: str, path: str) -> str:
    return f"{name}.{path}" if path else name


class SectionTypes:
    """Reads a whole answer in one pass, each section as the type that it must have."""

    def __init__(self, types: Mapping[str, Any]) -> None:
        self.types = types
        self.narrower: Callable[[], SectionTypes] | None = None
        self._again = types
        self._decoders: dict[tuple[str, ...], Any] = {}
        self._fields: dict[tuple[str, ...], FieldPaths | None] = {}

    def or_else(self, narrower: Callable[[], "SectionTypes"]) -> "SectionTypes":
        """Return the same types, with others for what they refuse: made when the first section is refused."""
        made = copy(self)
        made.narrower = narrower
        return made

    def read_again(self, section: str, data: msgspec.Raw) -> Any:
        """Return one section of a refused answer; raises msgspec.ValidationError when it is the one that was refused."""
        if self.narrower is not None:  # answers that come later are still read whole: their decoders are everybody's
            self._again, self.narrower = self.narrower().types, None
        return msgspec.json.decode(data, type=self._again[section])

    def read(self, names: Sequence[str], raw: bytes) -> Found | None:
        """Return the sections by id; None when one of them is not of its type."""
        key = tuple(names)
        decoder = self._decoders.get(key)
        if decoder is None:
            decoder = self._decoders[key] = msgspec.json.Decoder(self._answer(key))
        try:
            views: Found = decoder.decode(raw).views
        except msgspec.ValidationError:
            return None
        return views

    def fields(self, names: tuple[str, ...]) -> FieldPaths | None:
        """Return the fields of these sections that the types have; None when they want all of them."""
        if names not in self._fields:
            self._fields[names] = FieldPaths.of({name: self.types[name] for name in names})
        return self._fields[names]

    def _answer(self, names: tuple[str, ...]) -> Any:
        parts: list[Any] = []
        for name in names:
            section = msgspec.defstruct(
                name, [("version", int), ("as_of", datetime), ("data", self.types[name] | None)], bases=(msgspec.Struct,), frozen=True, gc=False
            )
            parts.append((name, section | None, None))
        view: Any = msgspec.defstruct("View", parts, bases=(View,), gc=False)
        return msgspec.defstruct("Answer", [("views", dict[ID, view])])


_RAW = msgspec.json.Decoder(_RawAnswer)
_TRUSTED: dict[Principal, Principal] = {}


def trusted(caller: Caller) -> Caller:
    """Return the caller with the scope of the view contract. Only after the gateway has judged what this principal may see."""
    principal = caller.principal
    known = _TRUSTED.get(principal)
    if known is None:
        if len(_TRUSTED) >= REMEMBERED:
            _TRUSTED.clear()
        known = _TRUSTED[principal] = replace(principal, scopes=principal.scopes | {INTERNAL})
    return Caller(known, caller.request_id, caller.deadline, caller.traceparent)


def ask(
    service: Service,
    caller: Caller,
    customer_ids: Sequence[UUID],
    names: Sequence[str],
    sizes: Mapping[str, int] | None = None,
    fields: FieldPaths | None = None,
) -> Awaitable[bytes]:
    """Ask for sections of up to 100 ids in one call, as a `trusted` caller; raises Problem or ServiceFailed."""
    body: dict[str, Any] = {"customer_ids": customer_ids, "sections": names}
    if sizes:
        body["sizes"] = sizes
    if fields is not None:
        body["fields"] = fields.json
    return service.ask(caller, PATH, orjson.dumps(body))


def told_of(found: Found, asked: str) -> View | None:
    """Return what was told of an id; None when nothing was. An id in capitals is the same id."""
    view = found.get(asked)
    if view is None and found:
        view = next((told for spelled, told in found.items() if spelled.lower() == asked), None)
    return view


def read_answer(service: str, names: Sequence[str], raw: bytes, types: SectionTypes | None = None) -> Found:
    """Return the sections of an answer; raises ServiceFailed when it is none."""
    try:
        found = types.read(names, raw) if types is not None else None
        return found if found is not None else _unread(raw)
    except (msgspec.MsgspecError, RecursionError):
        raise ServiceFailed(service, "SERVICE_UNAVAILABLE", retryable=False) from None


def was_refused(found: Found) -> bool:
    """Tell whether some of the answer was not of its types, so that each section is read by itself."""
    return next(iter(found.values()), None).__class__ is _Unread


def _unread(raw: bytes) -> Found:
    """Return the sections as JSON: one that is not as it must be costs itself alone."""
    return {str(customer): _Unread(sections) for customer, sections in _RAW.decode(raw).views.items()}
