"""Survey decides whom to ask, when and what, and receives the answers.

Owns: surveys, programmes, invitations, decisions, responses, pulses, tellings.
Publishes: survey.answered.v1, survey.ask_settled.v1, survey.invited.v1, survey.opted_out.v1, survey.pulse_closed.v1, survey.response_withdrawn.v1, survey.skipped.v1, survey.subject_erased.v1, survey.telling_settled.v1.
Listens to: customers.case_opened.v1, customers.case_resolved.v1, customers.consent_changed.v1, customers.customer_changed.v1, customers.erased.v1, customers.merged.v1, customers.order_cancelled.v1, customers.order_delivered.v1, customers.order_placed.v1, customers.subject_identified.v1, customers.unmerged.v1, feedback.contributor_found.v1, feedback.follow_up_closed.v1, feedback.follow_up_opened.v1, routing.contact_connected.v1, routing.contact_ended.v1, survey.answered.v1.
Never: grades an answer (feedback) or keeps who the customer is (customers).
"""  # noqa: E501  a program reads these lines
