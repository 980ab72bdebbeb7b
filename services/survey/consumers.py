"""What survey hears, and what it does then."""

from services.customers.contract import (
    CaseOpened,
    CaseResolved,
    ConsentChanged,
    CustomerChanged,
    CustomerErased,
    CustomersMerged,
    CustomersUnmerged,
    OrderCancelled,
    OrderDelivered,
    OrderPlaced,
    SubjectIdentified,
)
from services.feedback.contract import ContributorFound, FollowUpClosed, FollowUpOpened
from services.kit.service import Consumer
from services.routing.contract import ContactConnected, ContactEnded
from services.survey.contract import SurveyAnswered
from services.survey.use_cases.hear_answer import hear_answer
from services.survey.use_cases.hear_case import hear_follow_up_closed, hear_follow_up_opened
from services.survey.use_cases.hear_contact import hear_contact_connected
from services.survey.use_cases.hear_customer import hear_erased, hear_merged, hear_subject_identified, hear_unmerged
from services.survey.use_cases.hear_many import hear_many
from services.survey.use_cases.plan_telling import hear_contributor_found

BUSY = (CaseOpened, CaseResolved, ConsentChanged, CustomerChanged, OrderCancelled, OrderDelivered, OrderPlaced, ContactEnded)
"""Heard many at a time."""
CONSUMERS = [
    *(Consumer(event, hear_many, batch=True) for event in BUSY),
    Consumer(CustomerErased, hear_erased),
    Consumer(CustomersMerged, hear_merged),
    Consumer(CustomersUnmerged, hear_unmerged),
    Consumer(SubjectIdentified, hear_subject_identified),
    Consumer(ContributorFound, hear_contributor_found),
    Consumer(FollowUpClosed, hear_follow_up_closed),
    Consumer(FollowUpOpened, hear_follow_up_opened),
    Consumer(ContactConnected, hear_contact_connected),
    Consumer(SurveyAnswered, hear_answer),
]
