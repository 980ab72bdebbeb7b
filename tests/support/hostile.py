"""What nobody sends by accident: bodies and addresses that break stock stacks, made for each door from its own schema.

Duplicate keys are not in the corpus: one parser (orjson) reads every body of the house and nothing re-reads the bytes, so the last one
counts everywhere and no two parts can understand one body differently. A test of its own holds that.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from services.kit.paging import encode_cursor
from tests.support.doors import SOME_ID, Door, example, plain, values_of

MARKER = "Zebra7Marker"
"""Stands in every hostile input that can hold it; an answer that shows it has sent input back."""
MOST_ANSWER = 4096
JSON = {"content-type": "application/json"}
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Case:
    """One hostile body and the one right answer to it."""

    name: str
    content: bytes
    status: int
    code: str
    headers: Mapping[str, str]
    times: int = 1
    """How often the content is sent, in chunks without a Content-Length; 1 sends it plainly."""


def _case(name: str, content: bytes, status: int, code: str, headers: Mapping[str, str] = JSON, times: int = 1) -> Case:
    return Case(name, content, status, code, headers, times)


def malformed(good: Mapping[str, Any]) -> Iterator[Case]:
    """Yield what is not JSON as we take it: finite, whole, shallow, UTF-8."""
    rest = json.dumps(good)[1:]
    start = '{"' + MARKER + '": '
    comma = ", " if good else ""
    values = {
        "NaN": "NaN",
        "Infinity": "Infinity",
        "-Infinity": "-Infinity",
        "1e999": "1e999",
        "a lone high surrogate in a text": f'"{MARKER}\\ud800"',
        "a lone low surrogate in a text": f'"{MARKER}\\udc00x"',
        "a lone surrogate in a key": '{"\\ud800": 1}',
        "NUL in a text": f'"{MARKER}\\u0000"',
        "NUL in a key": f'{{"{MARKER}\\u0000": 1}}',
        "a raw control character": f'"{MARKER}\x01"',
        "a number of 400 digits": "9" * 400,
        "a leading zero": "01",
        "a comment": f"1 /* {MARKER} */",
        "single quotes": f"'{MARKER}'",
        "400 nested lists": "[" * 400 + "]" * 400,
        "900 nested lists": "[" * 900 + "]" * 900,
        "400 nested objects": '{"a":' * 400 + "1" + "}" * 400,
        "900 nested objects": '{"a":' * 900 + "1" + "}" * 900,
        "100,000 opened lists": "[" * 100_000,
    }
    for name, value in values.items():
        yield _case(name, (start + value + comma + rest).encode(), 400, "malformed_body")
    text = json.dumps({**good, "zebra": MARKER})
    yield _case("UTF-16", text.encode("utf-16"), 400, "malformed_body")
    yield _case("UTF-32", text.encode("utf-32"), 400, "malformed_body")
    yield _case("a byte order mark", b"\xef\xbb\xbf" + text.encode(), 400, "malformed_body")
    yield _case("bytes that are not UTF-8", text.replace(MARKER, MARKER + "\xff").encode("latin-1"), 400, "malformed_body")
    yield _case("a surrogate as bytes", text.replace(MARKER, MARKER + "@").encode().replace(b"@", b"\xed\xa0\x80"), 400, "malformed_body")
    yield _case("a truncated body", text.encode()[:-2], 400, "malformed_body")
    yield _case("two documents", text.encode() * 2, 400, "malformed_body")
    yield _case("a form in JSON's name", f"a={MARKER}&b=2".encode(), 400, "malformed_body")
    yield _case("blanks alone", b"   ", 400, "malformed_body")


def oversized(good: Mapping[str, Any]) -> Iterator[Case]:
    """Yield bodies over the limit, declared and undeclared."""
    yield _case("a field of 2 MB", json.dumps({**good, "zebra": MARKER * 170_000}).encode(), 413, "body_too_large")
    yield _case("20 MB in chunks without a length", MARKER.encode() * 5461, 413, "body_too_large", times=320)


def mislabelled(good: Mapping[str, Any]) -> Iterator[Case]:
    """Yield good bodies under a wrong name."""
    text = json.dumps(good).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/octet-stream", ""):
        yield _case(f"content type {kind or 'none'}", text, 415, "unsupported_media_type", {"content-type": kind} if kind else {})


def misfitting(good: Mapping[str, Any], schema: Mapping[str, Any], *, needs_body: bool) -> Iterator[Case]:
    """Yield JSON that does not fit the schema: each field wrong in turn."""

    def case(name: str, value: Any) -> Case:
        return _case(name, json.dumps(value).encode(), 422, "invalid_input")

    if needs_body:
        yield _case("no body", b"", 422, "invalid_input")
    for value in ([good], MARKER, 7, True, *([None] if needs_body else [])):
        yield case(f"{json.dumps(value)[:10]} for an object", value)
    yield case("an unknown field", {**good, "zebra": MARKER})
    yield case("40 unknown fields with long names", {**good, **{f"{number}{'n' * 300}": MARKER for number in range(40)}})
    for path, part in places(good, schema):
        for name, value in _wrongs(path, part):
            yield case(f"{'/'.join(map(str, path))} {name}", changed(good, path, value))
        if path and part.get("type") == "object" and part.get("additionalProperties") is False:
            yield case(f"{'/'.join(map(str, path))} with an unknown field", changed(good, (*path, "zebra"), MARKER))


def _wrongs(path: Path, part: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield values that cannot stand at this place."""
    kind = part.get("type")
    if len(path) == 1 and (wrong := _wrong(part)) is not None:
        yield "of a wrong type", wrong
    for value in OUT_OF_BOUNDS.get(str(kind), ()):
        yield str(value)[:20], value


def _wrong(part: Mapping[str, Any]) -> Any:
    kind = part.get("type")
    if kind is None and "enum" not in part and "const" not in part:
        return None  # anything may stand here
    return MARKER if kind in {"object", "array", "integer", "number", "boolean"} else {MARKER: [MARKER]}


def places(value: Any, schema: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield every place of `value` with the schema that stands for it."""
    found = plain(schema)
    yield path, found
    if isinstance(value, dict):
        for name, part in value.items():
            inner = found.get("properties", {}).get(name, values_of(found))
            if isinstance(inner, dict):
                yield from places(part, inner, (*path, name))
    elif isinstance(value, list) and value and "items" in found:
        yield from places(value[0], found["items"], (*path, 0))


def changed(value: Any, path: Path, new: Any) -> Any:
    """Return a copy of `value` with `new` at the path."""
    if not path:
        return new
    step = path[0]
    if isinstance(value, list) and isinstance(step, int):
        return [*value[:step], changed(value[step], path[1:], new), *value[step + 1 :]]
    fields = value or {}  # a good body may leave an optional object null
    return {**fields, step: changed(fields.get(step), path[1:], new)}


@dataclass(frozen=True)
class Address:
    """One hostile address; `refused` where only a refusal is right, otherwise any answer below 500 is."""

    name: str
    url: str
    refused: bool


def addresses(door: Door) -> Iterator[Address]:
    """Yield the door's address with each parameter hostile in turn."""
    needed = [one for one in door.parameters if one["in"] == "query" and one.get("required")]
    usual = "&".join(f"{one['name']}={quote(str(example(one['schema'])))}" for one in needed)
    for one in door.parameters:
        for text, refused in _hostile(one):
            name = f"{one['name']}={text[:40]}"
            if one["in"] == "path":
                yield Address(name, f"{door.address(**{one['name']: text})}?{usual}", refused)
            elif one["in"] == "query":
                yield Address(name, f"{door.address()}?{usual}&{one['name']}={text}", refused)


def _hostile(parameter: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    schema = plain(parameter["schema"])
    kind = schema.get("type")
    bounded = bool({"format", "maxLength", "enum", "const", "pattern"} & schema.keys()) or kind != "string"
    yield f"{MARKER}%00", True
    yield MARKER + "x" * 10_000, bounded
    for text in ("%FF", "%ED%A0%80", "%E2%80%AE", f"'%20OR%201=1--{MARKER}", "%25", "%F0%9F%98%80", "%22"):
        yield text, False
    for text in REFUSED.get(schema.get("format", kind), ()):
        yield text, True
    if kind == "integer":
        yield "1000000000", schema.get("maximum", 2**31 - 1) < 10**9
    if parameter["name"] == "limit":
        yield "0", True
    if parameter["name"] == "cursor":
        yield from _cursors()


def _cursors() -> Iterator[tuple[str, bool]]:
    for text in ("!!!", MARKER, "e30", "W10", "WzFd", encode_cursor(*[MARKER] * 9)):
        yield text, True
    for odd in ODD:  # a list in the order of its keys may take any text for a place in it
        for count in (1, 2):
            yield encode_cursor(*[odd] * count), False
        yield encode_cursor(odd, SOME_ID), False


REFUSED = {
    "integer": ("-1", "99999999999999999999", "1e9", "NaN", "0x10", "1.5", "9" * 5000, MARKER),
    "uuid": ("0", MARKER, f"{SOME_ID}0", "None", "-1", "..%2F.."),
    "date-time": (
        *(MARKER, "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "2026-02-30T00:00:00Z"),
        *("9" * 18, "-1e18", "NaN", "Infinity"),
    ),
}
"""Texts in an address that cannot be of the type or format."""
OUT_OF_BOUNDS: Mapping[str, tuple[Any, ...]] = {
    "integer": (3_000_000_000, -3_000_000_000, 10**19),
    "number": (1e308,),
    "string": (MARKER + "x" * 30_000,),
}
ODD = (MARKER, "", "\x00", "9" * 40, "9" * 400, "-1e400", "nan", "0001-01-01T00:00:00+14:00", "2026-11-23T09:00:00", "\ue000")
"""Parts of a cursor that is well-formed and none of ours."""
