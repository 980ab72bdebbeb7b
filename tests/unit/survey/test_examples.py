"""What the documentation shows as a request is one: every body of survey has an example, and every example is taken."""

from typing import Any

import pytest
from pydantic import BaseModel

from services.survey.api.views import ViewsWanted
from services.survey.app import app
from services.survey.domain.design import Questionnaire
from services.survey.domain.programme import Rules
from services.survey.domain.pulse import PulseDesign
from services.survey.use_cases.report_event import ReportEvent
from services.survey.use_cases.run_pulse import GiveLinks
from services.survey.use_cases.say_wish import SayWish
from services.survey.use_cases.set_programme import SaveDraft
from services.survey.use_cases.simulate_programme import SimulateProgramme
from services.survey.use_cases.take_response import TakeResponse

TAKEN: list[type[BaseModel]] = [Questionnaire, Rules, PulseDesign, ReportEvent, GiveLinks, SayWish, SaveDraft, SimulateProgramme]
TAKEN += [TakeResponse, ViewsWanted]
COMMANDS = {each.__name__: each for each in TAKEN}
SIGNED = ("delivery-reports", "inbound-messages")
"""Read as they came, since they are signed; their examples are checked where they are heard."""
DOCUMENT = app.openapi()
BODIES = [
    (f"{method} {path}", operation["requestBody"]["content"]["application/json"])
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
    if "application/json" in operation.get("requestBody", {}).get("content", {}) and "/dev/" not in path
]


@pytest.mark.parametrize(("operation", "body"), BODIES, ids=[name for name, _ in BODIES])
def test_every_body_has_examples_and_each_is_taken(operation: str, body: dict[str, Any]) -> None:
    if operation.endswith(SIGNED):
        assert body.get("example") or body["schema"].get("example") or body["schema"].get("examples")
        return
    examples = body.get("examples")
    assert examples, operation
    command = COMMANDS[body["schema"]["$ref"].rpartition("/")[2]]
    for example in examples.values():
        command.model_validate(example["value"])
