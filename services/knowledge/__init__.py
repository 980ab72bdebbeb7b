"""Knowledge keeps what was learned while solving cases, finds it again, and tells where it is missing.

Owns: articles, versions, links, flags, votes, checks, the search index, guides, self-service sessions, peer answers, gaps, training,
    process maps.
Publishes: knowledge.article_changed.v1, knowledge.article_linked.v1, knowledge.self_service_failed.v1, knowledge.guide_ended.v1,
    knowledge.training_completed.v1, knowledge.subject_erased.v1.
Listens to: customers.case_opened.v1, customers.case_written_up.v1, customers.case_resolved.v1, customers.subject_identified.v1,
    customers.erased.v1, routing.contact_ended.v1, insight.training_need_found.v1.
Never: opens or closes a case (customers), routes a contact (routing).
"""
