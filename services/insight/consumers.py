"""What insight hears, and which use case counts it."""

from services.customers.contract import CustomerChanged, CustomerErased, SubjectIdentified
from services.feedback.contract import (
    ContributorTold,
    FeedbackCategorised,
    FeedbackCorrected,
    FeedbackReceived,
    FeedbackRemoved,
    FollowUpClosed,
    FollowUpOpened,
)
from services.insight.use_cases.forget_customer import forget_customer
from services.insight.use_cases.hear_pulse import hear_pulse
from services.insight.use_cases.identify_subject import identify_subject
from services.insight.use_cases.learn_segment import learn_segment
from services.insight.use_cases.record_answer import record_answer
from services.insight.use_cases.record_article_use import record_article_use
from services.insight.use_cases.record_contact import record_contact
from services.insight.use_cases.record_delivery import record_settled, record_skipped
from services.insight.use_cases.record_feedback import (
    record_feedback_categorised,
    record_feedback_corrected,
    record_feedback_received,
)
from services.insight.use_cases.record_follow_up import record_follow_up_closed, record_follow_up_opened
from services.insight.use_cases.record_invitation import record_invitation
from services.insight.use_cases.record_opt_out import record_opt_out
from services.insight.use_cases.record_told import record_told
from services.insight.use_cases.record_waiting import record_waiting
from services.insight.use_cases.remove_feedback import remove_feedback
from services.insight.use_cases.withdraw_response import withdraw_response
from services.kit.service import Consumer
from services.knowledge.contract import ArticleLinked
from services.routing.contract import ContactConnected, ContactEnded
from services.survey.contract import AskSettled, PulseClosed, SurveyAnswered, SurveyInvited, SurveyOptedOut, SurveyResponseWithdrawn, SurveySkipped

CONSUMERS = [
    Consumer(ContactConnected, record_waiting),
    Consumer(ContactEnded, record_contact),
    Consumer(FeedbackReceived, record_feedback_received, batch=True),
    Consumer(FeedbackCategorised, record_feedback_categorised, batch=True),
    Consumer(FeedbackCorrected, record_feedback_corrected),
    Consumer(FeedbackRemoved, remove_feedback),
    Consumer(FollowUpOpened, record_follow_up_opened),
    Consumer(FollowUpClosed, record_follow_up_closed),
    Consumer(ContributorTold, record_told),
    Consumer(SurveyInvited, record_invitation),
    Consumer(AskSettled, record_settled),
    Consumer(SurveySkipped, record_skipped),
    Consumer(SurveyAnswered, record_answer),
    Consumer(SurveyResponseWithdrawn, withdraw_response),
    Consumer(SurveyOptedOut, record_opt_out),
    Consumer(PulseClosed, hear_pulse),
    Consumer(ArticleLinked, record_article_use),
    Consumer(SubjectIdentified, identify_subject),
    Consumer(CustomerChanged, learn_segment),
    Consumer(CustomerErased, forget_customer),
]
