"""What knowledge hears, and what it does about it."""

from services.customers.contract import CaseOpened, CaseResolved, CaseWrittenUp, CustomerErased, SubjectIdentified
from services.insight.contract import TrainingNeedFound
from services.kit.service import Consumer
from services.knowledge.use_cases.draft_from_case import draft_from_case
from services.knowledge.use_cases.forget_customer import forget_customer
from services.knowledge.use_cases.hear_training_need import hear_training_need
from services.knowledge.use_cases.link_contact_articles import link_contact_articles
from services.knowledge.use_cases.remember_case import forget_case, remember_case
from services.knowledge.use_cases.report_help_failure import identify_visitor
from services.routing.contract import ContactEnded

CONSUMERS = [
    Consumer(CaseOpened, remember_case),
    Consumer(CaseWrittenUp, draft_from_case),
    Consumer(CaseResolved, forget_case),
    Consumer(SubjectIdentified, identify_visitor),
    Consumer(CustomerErased, forget_customer),
    Consumer(ContactEnded, link_contact_articles),
    Consumer(TrainingNeedFound, hear_training_need),
]
