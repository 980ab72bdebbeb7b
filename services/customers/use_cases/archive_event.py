"""What the archive keeps of an event: all that the timeline may ever show of it, and none of the texts that stay where they were written."""

from collections.abc import Mapping

import orjson

from services.customers.contract import CaseOpened, CaseWrittenUp
from services.customers.repository import Heard
from services.kit.events import Envelope
from services.kit.tables import to_micros
from services.routing.contract import ContactEnded
from services.survey.contract import SurveyAnswered

LEFT_OUT: Mapping[str, tuple[str, ...]] = {
    ContactEnded.subject: ("notes",),
    SurveyAnswered.subject: ("comment",),
    CaseOpened.subject: ("description",),
    CaseWrittenUp.subject: ("problem", "environment", "cause", "resolution"),
}
"""Texts of which only is kept that there were any."""


def to_archive(told: Envelope) -> Heard:
    """Return the event without texts and without identity keys: whose it is, the archive says itself."""
    event = orjson.loads(told.data)
    if "customer_keys" in event:
        event["customer_keys"] = []
    for name in LEFT_OUT.get(told.subject, ()):
        if event.get(name):
            event[name] = ""
    if told.subject == SurveyAnswered.subject:
        event["answers"] = [{**answer, "text": None} for answer in event["answers"]]
    return Heard(told.subject, to_micros(told.occurred_at), orjson.dumps(event))
