"""Spelling: decoded structs that go into the answer as they are, under the names that the answer has for their fields.

A dict for each thing of a page costs more than reading the thing, and the encoder writes structs faster than dicts. A struct that was decoded for
one field of one operation (`alone`, see `schema/wired.py`) belongs to nobody else, so it is given the class whose fields are named and ordered as
they were selected: another struct of the same attributes, which Python lays out alike. What is selected of a thing must be attributes that the
decoder proved, its global id, and lists of such things; for everything else there are shapes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import msgspec

Spell = Callable[[Sequence[Any]], None]
Column = Callable[[Sequence[Any]], Iterable[Any]]
ID, UID = "id", "uid"
"""The attribute of a global id, and that of the id that it is made of, whose place it takes."""
MOST_HIDDEN = 3


class NotSpelled(Exception):
    """Structs of this class are put into shape instead."""


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
        """Return what spells things of this struct, whatever they hold; None when they must be put into shape."""
        names: dict[str, Any] = {"UNSET": msgspec.UNSET}
        try:
            lines = self.lines(kind, "things", names)
        except NotSpelled:
            return None
        exec(compile("\n".join(["def spell(things):", *(f"  {line}" for line in lines or ["pass"])]), "<spelling>", "exec"), names)  # noqa: S102  written here from names of attributes, never from a value
        spell: Spell = names["spell"]
        return spell

    def lines(self, kind: type[Any], things: str, names: dict[str, Any]) -> list[str]:
        """Return the loop over things of this struct, with what it uses put into `names`; none when its own names are those of the answer.

        Raises NotSpelled.
        """
        shown = {UID if name == ID and self.ids is not None else name: key for name, key in self.names.items()}
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        hidden = [name for name in fields if name not in shown]
        if len(shown) < len(self.names) or not shown.keys() <= fields.keys() or len(hidden) > MOST_HIDDEN:
            raise NotSpelled
        depth, body = len(names), [f"{{x}}.{name} = UNSET" for name in hidden]
        x, ids = f"x{depth}", f"ids{depth}"
        loop = f"for {x} in {things}:"
        if ID in self.names and self.ids is not None:
            names[ids] = self.ids
            loop = f"for {x}, {ids}_of_it in zip({things}, {ids}({things})):"
            body.append(f"{{x}}.{UID} = {ids}_of_it")
        if body or [field.encode_name for field in fields.values()] != list(self.names.values()):
            names[f"Shown{depth}"] = _like(kind, shown, hidden)
            body.append(f"{{x}}.__class__ = Shown{depth}")
        names[x] = None
        for name, spelling in self.below.items():
            body += spelling.lines(get_args(fields[name].type)[0], f"{{x}}.{name}", names)
        return [loop, *(f"  {line.format(x=x)}" for line in body)] if body else []


def _like(kind: type[Any], shown: dict[str, str], hidden: Sequence[str]) -> type[Any]:
    """Return a struct of the same attributes that is written as the answer wants it; what is UNSET is left out."""
    parts: list[Any] = [*((name, Any, None) for name in shown), *((name, Any, msgspec.UNSET) for name in hidden)]
    return msgspec.defstruct(kind.__name__, parts, rename=shown, gc=False, kw_only=True)


class Speller:
    """Spells the things of one place of one plan."""

    def __init__(self, spelling: Spelling) -> None:
        self._spelling = spelling
        self._kind: type[Any] | None = None
        self._known: Spell | None = None

    def of(self, things: Sequence[Any]) -> Spell | None:
        """Return what spells these things, all of one struct; None when they must be put into shape."""
        if not things:
            return None
        kind = things[0].__class__
        if kind is not self._kind:
            self._kind, self._known = kind, self._spelling.of(kind) if getattr(kind, "alone", False) else None
        return self._known
