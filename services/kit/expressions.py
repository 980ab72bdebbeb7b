"""One small, safe, typed language for every rule that people write: CEL, the Common Expression Language (https://cel.dev).

A rule reads facts from a closed list of names and answers; it cannot change anything, call anything or run for long:
the evaluator bounds recursion and iterations, and its regular expressions are RE2.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

from services.kit.errors import Refused

LONGEST = 2_000
"""Characters of one rule; a longer one is a programme, and belongs in code."""


class InvalidExpression(Refused):
    """The rule is not a valid expression: the answer says at which line and column, what is wrong there, and which names there are."""

    code = "invalid_expression"


class Kind(StrEnum):
    """What sort of value a name stands for."""

    text = "text"
    whole = "whole number"
    number = "number"
    yes_no = "yes or no"
    moment = "moment"
    texts = "list of texts"
    attributes = "attributes by name"


_TYPES = {
    Kind.text: cel.Type.STRING,
    Kind.whole: cel.Type.INT,
    Kind.number: cel.Type.DOUBLE,
    Kind.yes_no: cel.Type.BOOL,
    Kind.moment: cel.Type.TIMESTAMP,
    Kind.texts: cel.Type.List(cel.Type.STRING),
    Kind.attributes: cel.Type.Map(cel.Type.STRING, cel.Type.DYN),
}
_LITERAL = re.compile(r"""[rR]?("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|//[^\n]*""")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_PLACE = re.compile(r"<input>:(\d+):(\d+): (.*?)(?: \[[A-Z_]+\])?(?:\n|$)")
_CODE = re.compile(r" \[[A-Z_]+\]$")
_EXPECTING = re.compile(r",? expecting .*$")
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")
_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '\(?(.*?)\)?'$")
_ABSENT = re.compile(r'No value with name "([^"]*)"')
_WORDS = {"int": "whole number", "double": "number", "string": "text", "bool": "yes or no", "timestamp": "moment", "list(string)": "list of texts"}


@dataclass(frozen=True)
class Attribute:
    """A name that rules may use, e.g. `contact.channel`; `meaning` is shown to the person who writes the rule, with its unit."""

    name: str
    kind: Kind
    meaning: str


@dataclass(frozen=True)
class Judgement:
    """What a rule said: its value, or None and why. `missing` lists the names it needed and was not given; then nothing is decided."""

    value: Any
    missing: tuple[str, ...] = ()
    error: str | None = None

    @property
    def met(self) -> bool:
        """Tell whether the rule said yes; undecided is not yes."""
        return self.value is True


@dataclass(frozen=True)
class Expression:
    """A checked rule. `names` are the attributes that it reads, sorted."""

    text: str
    names: tuple[str, ...]
    _compiled: Any = field(repr=False, compare=False)

    def judge(self, facts: Mapping[str, Any]) -> Judgement:
        """Evaluate over facts by name. A fact that is None counts as not given. Never raises: what cannot be evaluated is said in the judgement."""
        given = {name: _plain(facts[name]) for name in self.names if facts.get(name) is not None}
        try:
            result = self._compiled.eval(data=given)
        except (RuntimeError, TypeError, ValueError) as error:
            return Judgement(None, error=_CODE.sub("", str(error))[:300])
        if result.type() != cel.Type.ERROR:
            return Judgement(result.plain_value())
        said = _CODE.sub("", str(result.value()))
        absent = _ABSENT.search(said)
        return Judgement(None, missing=(absent.group(1),)) if absent else Judgement(None, error=said[:300])


class Vocabulary:
    """The closed list of names for one sort of rule."""

    def __init__(self, attributes: Iterable[Attribute]) -> None:
        self.attributes = {attribute.name: attribute for attribute in attributes}
        self._environment = cel.NewEnv(variables={name: _TYPES[attribute.kind] for name, attribute in self.attributes.items()})
        self._checked = lru_cache(maxsize=2_048)(self._check)

    def expression(self, text: str, result: Kind = Kind.yes_no, *, pointer: str | None = None) -> Expression:
        """Check a rule and keep it ready. Raises InvalidExpression with the line, the column, what is wrong, and the nearest known name."""
        try:
            return self._checked(text, result)
        except InvalidExpression as error:
            raise InvalidExpression(error.detail, pointer=pointer) from error

    def _check(self, text: str, result: Kind) -> Expression:
        if not text.strip():
            raise InvalidExpression("The rule is empty; leave it out where no rule is meant.")
        if len(text) > LONGEST:
            raise InvalidExpression(f"The rule has {len(text)} characters; at most {LONGEST} are read.")
        try:
            compiled = self._environment.compile(text)
        except RuntimeError as error:
            raise InvalidExpression(self._explained(str(error))) from error
        if compiled.return_type() not in (_TYPES[result], cel.Type.DYN):
            found = _word(compiled.return_type().name())
            raise InvalidExpression(f"The rule gives a value of the sort '{found}', but '{result.value}' is needed here.")
        return Expression(text, self._names(text), compiled)

    def _names(self, text: str) -> tuple[str, ...]:
        found = set()
        for chain in _NAME.findall(_LITERAL.sub('""', text)):
            parts = chain.split(".")
            found |= {name for end in range(1, len(parts) + 1) if (name := ".".join(parts[:end])) in self.attributes}
        return tuple(sorted(found))

    def _explained(self, said: str) -> str:
        places = _PLACE.findall(said)
        if not places:
            return "The rule is nested too deeply." if "recursion" in said else "The rule cannot be read."
        line, column, reason = places[0]
        undeclared, overload = _UNDECLARED.search(reason), _OVERLOAD.search(reason)
        if undeclared:
            near = difflib.get_close_matches(undeclared.group(1), self.attributes, n=1)
            reason = f"'{undeclared.group(1)}' is not known here" + (
                f"; did you mean '{near[0]}'?" if near else f". Known: {', '.join(sorted(self.attributes))}."
            )
        elif overload:
            operator, operands = overload.group(1).strip("_"), [_word(part.strip()) for part in overload.group(2).split(", ")]
            hint = " Write numbers with a point (100.0) to compare them with a number." if set(operands) == {"number", "whole number"} else ""
            reason = f"'{operator}' does not work on {' and '.join(operands)}.{hint}"
        reason = _EXPECTING.sub("", reason).replace("mismatched input '<EOF>'", "the rule ends too early")
        return f"Line {line}, column {column}: {reason}"


def _word(kind: str) -> str:
    return _WORDS.get(kind.lower(), kind)


def _plain(value: Any) -> Any:
    """Enumerations as their text; everything else as it is."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple | set | frozenset):
        return [_plain(each) for each in sorted(value)] if isinstance(value, set | frozenset) else [_plain(each) for each in value]
    return value if not isinstance(value, datetime) or value.tzinfo else None
