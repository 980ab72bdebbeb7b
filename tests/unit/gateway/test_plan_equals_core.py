"""The compiled plan answers exactly as graphql-core does, whatever the data are."""

from tests.support.plan_fuzz import compare


async def test_generated_documents_over_damaged_data_answer_as_the_reference_does() -> None:
    tally = await compare(range(48))

    assert tally.differences == []
    assert tally.seen["planned"] > 30
    assert tally.seen["with errors"] > 10
