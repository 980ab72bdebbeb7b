"""Routing brings every contact to the agent who can solve it best, and can say why.

Owns: skills, queues, agents, shifts, contacts, reservations, exclusions, escalations, routing decisions, lessons from outcomes, rehearsals,
    offer webhooks.
Publishes: routing.contact_queued.v1, routing.contact_offered.v1, routing.contact_connected.v1, routing.contact_ended.v1,
    routing.contact_abandoned.v1, routing.contact_transferred.v1, routing.contact_escalated.v1, routing.escalation_acknowledged.v1,
    routing.escalation_resolved.v1, routing.subject_erased.v1.
Listens to: customers.customer_changed.v1, customers.subject_identified.v1, customers.mood_changed.v1, customers.erased.v1,
    feedback.follow_up_opened.v1, knowledge.self_service_failed.v1, knowledge.training_completed.v1,
    survey.answered.v1.
Never: decides whom to ask (survey) or what a contact was about (feedback).
"""
