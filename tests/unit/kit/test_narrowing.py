"""Which fields of an answer are shown when some are named."""

import pytest
from pydantic import BaseModel

from services.kit.narrowing import included


class Label(BaseModel):
    code: str
    weight: float = 0.5


class Item(BaseModel):
    id: int
    main: Label | None
    labels: list[Label]
    facts: dict[str, str]


class Answer(BaseModel):
    items: list[Item]


ANSWER = Answer(
    items=[
        Item(id=1, main=Label(code="late"), labels=[Label(code="late"), Label(code="cold")], facts={"city": "Bonn", "van": "7"}),
        Item(id=2, main=None, labels=[], facts={}),
    ]
)


@pytest.mark.parametrize(
    ("paths", "shown"),
    [
        (["id"], [{"id": 1}, {"id": 2}]),
        (["main.code"], [{"main": {"code": "late"}}, {"main": None}]),
        (["labels.*.code"], [{"labels": [{"code": "late"}, {"code": "cold"}]}, {"labels": []}]),
        (["facts.city", "id"], [{"id": 1, "facts": {"city": "Bonn"}}, {"id": 2, "facts": {}}]),
        (["main.code", "main"], [{"main": {"code": "late", "weight": 0.5}}, {"main": None}]),
        (["main", "main.code"], [{"main": {"code": "late", "weight": 0.5}}, {"main": None}]),
        (["main.code.letter", "id"], [{"id": 1, "main": {"code": "late"}}, {"id": 2, "main": None}]),
        (["price"], [{}, {}]),
    ],
)
def test_a_path_shows_what_it_names_and_nothing_else(paths: list[str], shown: list[object]) -> None:
    assert ANSWER.model_dump(include=included([f"items.*.{path}" for path in paths]))["items"] == shown


def test_the_items_of_a_list_are_named_by_a_star() -> None:
    assert ANSWER.model_dump(include=included(["items.id"])) == {"items": []}
    assert ANSWER.model_dump(include=included(["items.*"])) == ANSWER.model_dump()
