"""Answers with some of their fields alone: whoever asks says which, and what nobody asked for is neither encoded nor sent.

A path is names joined by dots, `*` for every item of a list, as in the field masks of Google's AIP-161: `*.labels.*.code`. A path that ends at an
object or a list takes all of it, whatever else is asked of it; names that do not exist are passed over; what is null stays null.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from pydantic import BaseModel
from starlette.responses import Response


def narrowed(views: BaseModel, fields: Mapping[str, Sequence[str]]) -> Any:
    """Return an answer of the view contract (id → section → version, as_of, data) with these fields alone of the data of the sections named.

    Sections that are not named come whole; without any field the answer is left as it is.
    """
    if not fields:
        return views
    data: dict[str, Any] = {section: {"version": True, "as_of": True, "data": included(paths)} for section, paths in fields.items()}
    told = {section for sections in dict(views)["views"].values() for section in sections}
    shown: Any = {"views": {"__all__": {section: data.get(section, True) for section in told}}}
    return Response(views.model_dump_json(include=shown), media_type="application/json")


def included(paths: Iterable[str]) -> dict[str, Any]:
    """Return what pydantic calls `include` of these paths."""
    found: dict[str, Any] = {}
    for path in sorted(paths, key=len, reverse=True):  # a shorter one takes the place of what was longer
        *way, last = path.replace("*", "__all__").split(".")
        reduce(lambda below, name: below.setdefault(name, {}), way, found)[last] = True
    return found
