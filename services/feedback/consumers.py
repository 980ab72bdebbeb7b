"""What feedback listens to, and what it makes of it."""

from services.customers.contract import CustomerErased, CustomersMerged, CustomersUnmerged, SubjectIdentified
from services.feedback.domain.items import ANSWER, CALL_NOTE, NewItem
from services.feedback.use_cases.close_follow_up import hear_contacted
from services.feedback.use_cases.know_customers import (
    hear_erased,
    hear_merged,
    hear_subject_identified,
    hear_unmerged,
)
from services.feedback.use_cases.sealing import vault_of
from services.feedback.use_cases.take_in import take_in_once
from services.feedback.use_cases.tell_contributors import hear_initiative_published, hear_telling_settled
from services.insight.contract import InitiativePublished
from services.kit.db import UnitOfWork
from services.kit.ids import new_id
from services.kit.service import Consumer
from services.routing.contract import ContactEnded
from services.survey.contract import GivenAnswer, SurveyAnswered, TellingSettled

_SCALES = {"csat5": 5.0, "nps11": 10.0, "ces7": 7.0}


async def hear_survey_answered(uow: UnitOfWork, event: SurveyAnswered) -> None:
    """An answer with words, a score or a wish becomes an item; the answer to "is it solved now?" settles its follow-up."""
    texts = [answer.text for answer in event.answers if answer.kind == "text" and answer.text]
    words = event.comment or "\n".join(texts)
    score, scale_max = _score(event.answers)
    item_id = new_id()
    if words or score is not None or event.wants_contact:
        new = NewItem(
            source="survey",
            external_id=str(event.response_id),
            kind=ANSWER,
            text=words,
            said_at=event.answered_at,
            language=event.language,
            score=score,
            scale_max=scale_max,
            customer_id=event.customer_id,
            contact_id=event.attribution.contact_id,
            case_id=event.attribution.case_id,
            hint_driver=event.attribution.driver,
            wants_contact=event.wants_contact,
            contact_channel=event.contact_channel,
            counted=not event.flagged,
        )
        await take_in_once(uow, new, item_id, vault_of(uow).take(item_id, None, words))
    resolved = next((answer.choice for answer in event.answers if answer.kind == "resolved" and answer.choice), None)
    if event.attribution.follow_up_id is not None and resolved is not None and not event.flagged:
        payload = {"resolved": resolved, "item_id": str(item_id) if words else None}
        await uow.schedule("settle_recovery", key=str(event.attribution.follow_up_id), at=uow.now, payload=payload)


def _score(answers: list[GivenAnswer]) -> tuple[float | None, float | None]:
    """Return the overall score and its scale: the first satisfaction answer, else recommendation, else effort."""
    for kind, scale_max in _SCALES.items():
        for answer in answers:
            if answer.kind == kind and answer.score is not None:
                return float(answer.score), scale_max
    return None, None


async def hear_contact_ended(uow: UnitOfWork, event: ContactEnded) -> None:
    """The agent's notes become an item; a contact about a follow-up says that somebody got back to the customer."""
    if event.notes and event.notes.strip():
        item_id = new_id()
        new = NewItem(
            source="call_note",
            external_id=str(event.contact_id),
            kind=CALL_NOTE,
            text=event.notes,
            said_at=event.ended_at,
            language=event.language,
            customer_id=event.customer_id,
            customer_keys=() if event.customer_id else tuple((key.kind, key.value) for key in event.customer_keys),
            contact_id=event.contact_id,
            case_id=event.case_id,
            hint_driver=event.driver,
        )
        await take_in_once(uow, new, item_id, vault_of(uow).take(item_id, None, event.notes))
    if event.follow_up_id is not None:
        await hear_contacted(uow, event.follow_up_id, event.agent_name, event.ended_at)


CONSUMERS = [
    Consumer(SurveyAnswered, hear_survey_answered),
    Consumer(ContactEnded, hear_contact_ended),
    Consumer(SubjectIdentified, hear_subject_identified),
    Consumer(CustomersMerged, hear_merged),
    Consumer(CustomersUnmerged, hear_unmerged),
    Consumer(CustomerErased, hear_erased),
    Consumer(InitiativePublished, hear_initiative_published),
    Consumer(TellingSettled, hear_telling_settled),
]
