"""What graphql-core says of a wrong document, without what the client wrote."""

import pytest

from gateway.execution.problems import without_values


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ('Int cannot represent non-integer value: "secret"', "Int cannot represent non-integer value: …"),
        (
            "Variable '$key' got invalid value {'kind': 'secret'}; Field 'value' is required.",
            "Variable '$key' got invalid value …; Field 'value' is required.",
        ),
        ("Syntax Error: Expected Name, found String 'secret'.", "Syntax Error: Expected Name, found …"),
        ("Expected value of type 'Int', found \"secret\".", "Expected value of type 'Int', found …"),
        ("Cannot query field 'idd' on type 'Customer'.", "Cannot query field 'idd' on type 'Customer'."),
        ("Variable '$first' of required type 'Int!' was not provided.", "Variable '$first' of required type 'Int!' was not provided."),
    ],
)
def test_the_value_goes_and_the_place_stays(said: str, shown: str) -> None:
    assert without_values(said) == shown
