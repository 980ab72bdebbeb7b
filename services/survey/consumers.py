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
from services.feedback.contract import FollowUpClosed, FollowUpOpened
from services.kit.service import Consumer
from services.routing.contract import ContactConnected, ContactEnded
from services.survey.contract import SurveyAnswered
from services.survey.use_cases.hear_answer import hear_answer
from services.survey.use_cases.hear_case import hear_case_opened, hear_case_resolved, hear_follow_up_closed, hear_follow_up_opened
from services.survey.use_cases.hear_contact import hear_contact_connected, hear_contact_ended
from services.survey.use_cases.hear_customer import (
    hear_consent_changed,
    hear_customer_changed,
    hear_erased,
    hear_merged,
    hear_subject_identified,
    hear_unmerged,
)
from services.survey.use_cases.hear_order import hear_order_cancelled, hear_order_delivered, hear_order_placed

CONSUMERS = [
    Consumer(CaseOpened, hear_case_opened),
    Consumer(CaseResolved, hear_case_resolved),
    Consumer(ConsentChanged, hear_consent_changed),
    Consumer(CustomerChanged, hear_customer_changed),
    Consumer(CustomerErased, hear_erased),
    Consumer(CustomersMerged, hear_merged),
    Consumer(CustomersUnmerged, hear_unmerged),
    Consumer(OrderCancelled, hear_order_cancelled),
    Consumer(OrderDelivered, hear_order_delivered),
    Consumer(OrderPlaced, hear_order_placed),
    Consumer(SubjectIdentified, hear_subject_identified),
    Consumer(FollowUpClosed, hear_follow_up_closed),
    Consumer(FollowUpOpened, hear_follow_up_opened),
    Consumer(ContactConnected, hear_contact_connected),
    Consumer(ContactEnded, hear_contact_ended),
    Consumer(SurveyAnswered, hear_answer),
]
