"""Spelling: decoded structs that go into the answer as they are, under the names that the answer has for their fields.

A dict for each thing of a page costs more than reading the thing, and the encoder writes structs faster than dicts. A struct that was decoded for
one field of one operation (`alone`, see `schema/wired.py`) belongs to nobody else, so it is given the class whose fields are named and ordered as
they were selected: another struct of the same attributes, which Python lays out alike. What is selected of a thing must be attributes that the
decoder proved, its global id, and lists of such things; for everything else there are shapes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import Any, get_args

import msgspec

Spell = Callable[[Sequence[Any]], None]
Column = Callable[[Sequence[Any]], Iterable[Any]]
ID, UID = "id", "uid"
"""The attribute of a global id, and that of the id that it is made of, whose place it takes."""
MOST_HIDDEN = 3


@dataclass(frozen=True, slots=True)
class Spelling:
    """What an answer shows of a thing."""

    names: dict[str, str]
    """By attribute its name in the answer, in the order of the answer."""
    below: dict[str, "Spelling"]
    """By attribute that holds a list of structs, what is shown of those."""
    ids: Column | None = None
    """What makes the global ids of many things; for things that have one."""

    def of(self, kind: type[Any]) -> Spell | None:
        """Return what spells things of this struct, all at once and whatever they hold; None when it is not one that can be."""
        attributes = {UID if name == ID and self.ids is not None else name: key for name, key in self.names.items()}
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        hidden = [name for name in fields if name not in attributes]
        if len(attributes) < len(self.names) or not attributes.keys() <= fields.keys() or len(hidden) > MOST_HIDDEN:
            return None
        below: list[tuple[Callable[[Any], Any], Spell]] = []
        for name, spelling in self.below.items():
            spell = spelling.of(get_args(fields[name].type)[0])
            if spell is None:
                return None
            below.append((attrgetter(name), spell))
        same = [field.encode_name for field in fields.values()] == list(self.names.values())
        if same and not below and ID not in self.names:
            return _as_they_are
        return self._told(_like(kind, attributes, hidden), hidden, below)

    def _told(self, spelled: type[Any], hidden: Sequence[str], below: Sequence[tuple[Callable[[Any], Any], Spell]]) -> Spell:
        ids = self.ids if ID in self.names else None

        def spell(things: Sequence[Any]) -> None:
            for find, tell in below:
                tell(list(chain.from_iterable(map(find, things))))
            if ids is not None:
                for thing, text in zip(things, ids(things), strict=True):
                    setattr(thing, UID, text)
            for name in hidden:
                for thing in things:
                    setattr(thing, name, msgspec.UNSET)
            for thing in things:
                thing.__class__ = spelled

        return spell


def _as_they_are(_things: Sequence[Any]) -> None:
    """Do nothing: the struct's own names are those of the answer."""


def _like(kind: type[Any], names: dict[str, str], hidden: Sequence[str]) -> type[Any]:
    """Return a struct of the same attributes that is written as the answer wants it; what is UNSET is left out."""
    parts: list[Any] = [*((name, Any, None) for name in names), *((name, Any, msgspec.UNSET) for name in hidden)]
    return msgspec.defstruct(kind.__name__, parts, rename=names, gc=False, kw_only=True)


class Speller:
    """Spells the things of one place of one plan."""

    def __init__(self, spelling: Spelling) -> None:
        self._spelling = spelling
        self._kind: type[Any] | None = None
        self._known: Spell | None = None
        self.spell: Spell = _as_they_are
        """Give all things of a page, for which `can` was true, the spelling of this place."""

    def can(self, things: Sequence[Any]) -> bool:
        """Tell whether these things, all of one struct, can be spelled."""
        if not things:
            return False
        kind = things[0].__class__
        if kind is not self._kind:
            self._kind, self._known = kind, self._spelling.of(kind) if getattr(kind, "alone", False) else None
            self.spell = self._known or _as_they_are
        return self._known is not None
