"""Feedback records what customers say, understands what it is about and whose duty it is, and sees that somebody gets back to them.

Owns: feedback items, labels, corrections, taxonomies, models, reviews, replies, themes, spikes, follow-ups, tellings, suggestions.
Publishes: feedback.received.v1, feedback.categorised.v1, feedback.corrected.v1, feedback.removed.v1, feedback.follow_up_opened.v1,
    feedback.follow_up_escalated.v1, feedback.follow_up_closed.v1, feedback.contributor_found.v1, feedback.contributor_told.v1,
    feedback.subject_erased.v1, feedback.theme_grew.v1, feedback.spiked.v1, feedback.matched.v1, feedback.merged.v1, feedback.referenced.v1,
    feedback.reply_published.v1.
Listens to: survey.answered.v1, survey.telling_settled.v1, routing.contact_ended.v1, customers.subject_identified.v1,
    customers.merged.v1, customers.unmerged.v1, customers.erased.v1, insight.initiative_published.v1.
Never: writes to customers or asks for their opinion (survey), routes a call-back (routing) or charges a department (insight).
"""
