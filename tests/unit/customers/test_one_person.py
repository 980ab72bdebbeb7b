"""Many records, one person: profile, membership and consent over all of them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.customers.domain.consents import Channel, Purpose, Word, allows, newest
from services.customers.domain.membership import part_below, survivors_first
from services.customers.domain.profile import Statement, compose

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
A, B, C, D = (UUID(int=number) for number in (1, 2, 3, 4))


def test_the_newest_saying_on_each_field_wins_and_ties_go_to_the_survivor() -> None:
    survivor = Statement({"display_name": "Ann", "tier": "gold", "language": "de"}, {"display_name": "1", "tier": "2", "language": "3"})
    merged = Statement({"display_name": "Anna", "tier": "silver", "email": "a@b.de"}, {"display_name": "2", "tier": "2", "email": "1"})
    found = compose([survivor, merged])
    assert (found["display_name"], found["tier"], found["language"], found["email"]) == ("Anna", "gold", "de", "a@b.de")
    assert found["phone"] is None


def test_undoing_a_merge_takes_along_what_was_merged_below_it() -> None:
    edges = {B: A, C: B, D: A}
    assert part_below(edges, A) == {A, B, C, D}
    assert part_below({C: B, D: A}, B) == {B, C}
    assert survivors_first(C, [D, A, C, B]) == [C, A, B, D]


def test_the_newest_word_on_a_purpose_and_channel_counts() -> None:
    yes = Word(Purpose.SURVEY, Channel.EMAIL, granted=True, given_at=NOON)
    no = Word(Purpose.SURVEY, Channel.EMAIL, granted=False, given_at=NOON + timedelta(hours=1))
    assert newest([no, yes]) == {(Purpose.SURVEY, Channel.EMAIL): no}
    same = Word(Purpose.SURVEY, Channel.EMAIL, granted=False, given_at=NOON)
    assert newest([same, yes]) == newest([yes, same]) == {(Purpose.SURVEY, Channel.EMAIL): same}


def test_refusing_everything_outweighs_an_older_yes_to_one_channel_but_not_a_newer_one() -> None:
    yes = Word(Purpose.MARKETING, Channel.EMAIL, granted=True, given_at=NOON)
    never = Word(Purpose.MARKETING, Channel.ANY, granted=False, given_at=NOON + timedelta(hours=1))
    again = Word(Purpose.MARKETING, Channel.SMS, granted=True, given_at=NOON + timedelta(hours=2))
    assert allows([yes], Purpose.MARKETING)
    assert not allows([yes], Purpose.SURVEY)
    assert not allows([yes, never], Purpose.MARKETING)
    assert allows([yes, never, again], Purpose.MARKETING)
