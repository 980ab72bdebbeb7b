"""Insight says what the voice means for the business: figures with their doubt, causes with their cost, changes with their proof.

Owns: facts, metric definitions, departments, cost rates, disputes, processes, quality reviews, initiatives, board, cycle health, alerts,
    what employees say and its disclosure ledger, training needs.
Publishes: insight.initiative_published.v1, insight.alert_raised.v1, insight.training_need_found.v1, insight.subject_erased.v1.
Listens to: routing.contact_connected.v1, routing.contact_ended.v1, feedback.received.v1, feedback.categorised.v1, feedback.corrected.v1,
    feedback.removed.v1, feedback.follow_up_opened.v1, feedback.follow_up_closed.v1, feedback.contributor_told.v1, survey.invited.v1,
    survey.ask_settled.v1, survey.skipped.v1,
    survey.answered.v1, survey.response_withdrawn.v1, survey.opted_out.v1, survey.pulse_closed.v1, knowledge.article_linked.v1,
    customers.subject_identified.v1, customers.customer_changed.v1, customers.erased.v1.
Never: grades feedback (feedback), tells customers itself (feedback does), ranks people.
"""
