"""Whom routing hears, and what it does then."""

from services.customers.contract import CustomerChanged, CustomerErased, MoodChanged, SubjectIdentified
from services.feedback.contract import FollowUpOpened
from services.kit.inbox import Consumer
from services.knowledge.contract import SelfServiceFailed, TrainingCompleted
from services.routing.use_cases.keep_answer import keep_answer
from services.routing.use_cases.keep_customer import forget_customer, keep_customer, keep_mood, name_contact
from services.routing.use_cases.open_call_back import open_call_back
from services.routing.use_cases.raise_skill import raise_skill
from services.routing.use_cases.take_over_self_service import take_over_self_service
from services.survey.contract import SurveyAnswered

CONSUMERS = [
    Consumer(CustomerChanged, keep_customer),
    Consumer(SubjectIdentified, name_contact),
    Consumer(MoodChanged, keep_mood),
    Consumer(CustomerErased, forget_customer),
    Consumer(FollowUpOpened, open_call_back),
    Consumer(SelfServiceFailed, take_over_self_service),
    Consumer(SurveyAnswered, keep_answer),
    Consumer(TrainingCompleted, raise_skill),
]
