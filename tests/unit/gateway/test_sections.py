"""What a section is decoded into shows what the contract's view shows, field by field."""

from typing import Any
from uuid import UUID

import msgspec
import orjson
import pytest
from pydantic import TypeAdapter

from gateway.clients.failures import ServiceFailed
from gateway.clients.views import SectionTypes, read_answer, told_of
from gateway.execution.shape import wired_kind
from gateway.schema import customer_parts as parts
from gateway.schema import customers
from gateway.schema.customer_read import SECTIONS
from gateway.schema.parts import ListPart
from gateway.schema.wired import STRUCTS
from services.customers import contract as customers_views
from tests.support.gateway_upstream import CUSTOMER, NOON, example

LISTS: list[Any] = [one for one in vars(parts).values() if isinstance(one, ListPart) and one.section != "suggested_articles"]
ONES: dict[str, tuple[Any, Any]] = {
    "mood": (customers_views.MoodView, customers.Mood),
    "value": (customers_views.ValueView, customers.CustomerValue),
    "offer": (customers_views.OfferView, customers.Offer),
}


def shown(value: Any, like: Any) -> Any:
    """Return the fields of `like`, a value built from a view, as they stand in `value`."""
    if isinstance(like, list):
        assert len(value) == len(like)
        return [shown(one, other) for one, other in zip(value, like, strict=True)]
    if hasattr(type(like), "__strawberry_definition__") and not isinstance(like, str):
        names = [field.python_name for field in type(like).__strawberry_definition__.fields if field.is_basic_field]
        return {name: shown(getattr(value, name), getattr(like, name)) for name in names}
    return str(value) if isinstance(value, UUID) else value


@pytest.mark.parametrize("part", LISTS, ids=lambda part: part.section)
def test_a_list_is_read_as_its_view_reads_it(part: Any) -> None:
    raw = orjson.dumps([example(part.view, number) for number in range(8)])

    section = SECTIONS.types[part.section]
    fast = msgspec.json.decode(raw, type=section) if part.section != "contacts" else _contacts(raw, section)
    slow = [part.of(view) for view in TypeAdapter(list[part.view]).validate_json(raw)]

    assert [wired_kind(one) for one in fast] == [part.kind] * 8
    assert shown(fast, slow) == shown(slow, slow)


def _contacts(raw: bytes, section: Any) -> list[Any]:
    """Contacts come as those that are open and those that are over."""
    found: list[Any] = msgspec.json.decode(b'{"open": ' + raw + b', "recent": []}', type=section).open
    return found


@pytest.mark.parametrize("section", ONES)
def test_a_single_thing_is_read_as_its_view_reads_it(section: str) -> None:
    view, kind = ONES[section]
    raw = orjson.dumps(example(view, 0))

    slow = kind.of(view.model_validate_json(raw))

    assert shown(msgspec.json.decode(raw, type=SECTIONS.types[section]), slow) == shown(slow, slow)


def test_what_was_refused_is_read_by_other_types_and_what_comes_later_is_not() -> None:
    whole = SectionTypes({"mood": STRUCTS[customers.Mood], "numbers": list[int]})
    types = whole.or_else(lambda: SectionTypes({"mood": dict[str, str], "numbers": list[str]}))

    again = types.read_again("mood", msgspec.Raw(b'{"mood": "happy"}'))
    later = types.read(["numbers"], _answer(UUID(int=1), numbers=[1, 2]))

    assert again == {"mood": "happy"}
    assert later is not None
    numbers = later[str(UUID(int=1))].section("numbers")
    assert numbers is not None
    assert numbers.data == [1, 2]


def _answer(asked: UUID, **sections: Any) -> bytes:
    told = {name: {"version": 3, "as_of": NOON.isoformat(), "data": data} for name, data in sections.items()}
    return orjson.dumps({"views": {str(asked): told}})


def test_a_section_that_is_not_of_its_type_is_not_believed_and_an_unknown_one_is_left_out() -> None:
    types = SectionTypes({"mood": STRUCTS[customers.Mood], "numbers": list[int]})
    one = UUID(int=1)

    found = types.read(["mood", "numbers"], _answer(one, numbers=[1, 2], mood=None, others="x"))

    assert found is not None
    told = {name: found[str(one)].section(name) for name in ("mood", "numbers", "others")}
    assert {name: section and (section.version, section.as_of, section.data) for name, section in told.items()} == {
        "mood": None,
        "numbers": (3, NOON, [1, 2]),
        "others": None,
    }
    assert types.read(["mood", "numbers"], _answer(one, numbers=[1, "two"], mood=None)) is None


@pytest.mark.parametrize("spelled", [str(CUSTOMER), str(CUSTOMER).upper(), CUSTOMER.hex])
def test_an_id_is_found_however_a_service_spells_it(spelled: str) -> None:
    raw = orjson.dumps({"views": {spelled: {"numbers": {"version": 3, "as_of": NOON.isoformat(), "data": [1, 2]}}}})

    view = told_of(read_answer("feedback", ["numbers"], raw, SectionTypes({"numbers": list[int]})), str(CUSTOMER))

    assert view is not None
    section = view.section("numbers")
    assert section is not None
    data = orjson.loads(bytes(section.data)) if isinstance(section.data, msgspec.Raw) else section.data
    assert (section.version, data) == (3, [1, 2])
    assert told_of({spelled: view}, str(UUID(int=1))) is None


@pytest.mark.parametrize("spelled", ["nobody", ""])
def test_an_answer_about_what_is_no_id_is_not_believed(spelled: str) -> None:
    with pytest.raises(ServiceFailed):
        read_answer("feedback", ["numbers"], orjson.dumps({"views": {spelled: {}}}), SectionTypes({"numbers": list[int]}))
