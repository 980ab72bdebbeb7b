"""The kinds of things that have a global id."""

CUSTOMER, CASE, CONTACT, RESERVATION, DECISION = "Customer", "Case", "Contact", "Reservation", "SurveyDecision"
ITEM, FOLLOW_UP, ARTICLE, INITIATIVE, KEY = "FeedbackItem", "FollowUp", "Article", "Initiative", "AccessKey"
