"""A person who is forgotten is forgotten by the whole house: the words that they left through its doors stand in no table any more."""

import logging
from datetime import timedelta
from pathlib import Path

from tests.bench.gateway_customers_erase import Heard, erased, hits, speak
from tests.integration.gateway.house import open_house


async def test_no_column_of_any_service_holds_a_word_number_or_outside_id_of_an_erased_customer(tmp_path: Path) -> None:
    log = Heard()
    logging.getLogger().addHandler(log)
    try:
        async with open_house(tmp_path) as house:
            key = await house.key("administrator")
            customer = await speak(house, key)
            before = await hits(house, log)
            assert {place.partition(".")[0] for place in before} >= {"customers", "survey", "feedback", "routing", "knowledge", "insight"}
            _, owing = await erased(house, key, customer)
            house.clock.move_to(house.clock.now() + timedelta(minutes=11))  # what was told in the same moment goes in a second round
            await house.settle()
            assert (owing, await hits(house, log)) == ([], {})
    finally:
        logging.getLogger().removeHandler(log)
