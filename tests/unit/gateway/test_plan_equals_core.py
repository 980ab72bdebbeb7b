"""The compiled plan answers exactly as graphql-core does, whatever the data are."""

from tests.support.plan_fuzz import compare


async def test_generated_documents_over_damaged_data_answer_as_the_reference_does() -> None:
    tally = await compare(range(48))

    assert tally.differences == []
    assert tally.seen["planned"] > 30
    assert tally.seen["with errors"] > 10


async def test_errors_beside_a_null_that_still_rises_are_told_as_the_reference_tells_them() -> None:
    tally = await compare(range(2_493, 2_494))  # five errors below one person; which of them are told hangs on how long its null takes to rise

    assert tally.differences == []
    assert tally.seen == {"valid": 1, "planned": 1, "with errors": 1}


async def test_an_error_in_the_place_of_an_object_of_which_nothing_is_asked_is_told() -> None:
    tally = await compare(range(10_242, 10_243))  # `nests { any @include(if: false) }`: an object without a field, and an error stands for it

    assert tally.differences == []
    assert tally.seen == {"valid": 1, "planned": 1, "with errors": 1}
