"""The code in which the index knows what a piece of knowledge is."""

from services.knowledge.domain.standing import LONGEST_STANDING, Standing, decode, encode, product_key


def test_a_code_tells_again_what_went_into_it() -> None:
    assert encode("article", "validated", "customer", "en-GB") == "a2c.en"
    assert decode("a2c.en") == Standing("article", "validated", "customer", "en", "")
    assert decode(encode("guide", "archived", "internal", "haw", "Fiberbox 7")) == Standing(
        "guide", "archived", "internal", "haw", product_key("Fiberbox 7")
    )


def test_the_longest_code_fits_its_column_and_products_are_told_apart_as_they_are_written() -> None:
    assert len(encode("peer_answer", "not_validated", "internal", "haw", "路由器" * 100)) == LONGEST_STANDING
    names = ["Fiberbox 7", "fiberbox 7", "Fiberbox 70", "路由器", *(f"Product {number}" for number in range(10_000))]
    assert len({product_key(name) for name in names}) == len(names)
    assert product_key(None) == product_key("") == ""
