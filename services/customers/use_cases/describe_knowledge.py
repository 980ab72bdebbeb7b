"""Say what knowledge told in words of the timeline: what was written from a case, reused for it, or not found."""

from services.customers.domain.timeline import EntryKind, SubjectKind, named
from services.customers.use_cases.note_fact import Fact
from services.kit.events import Envelope
from services.knowledge.contract import ArticleChanged, ArticleLinked, SelfServiceFailed


def article_changed(event: ArticleChanged, _told: Envelope) -> Fact:
    """An article that came from a customer's case is new or changed; other articles concern nobody in particular."""
    data = event.model_dump(include={"article_id", "version", "title", "state", "audience", "language", "driver", "case_id"})
    title = named(f"Their case became knowledge ({event.state})", event.title)
    return Fact(EntryKind.ARTICLE_WRITTEN, title, event.changed_at, event.customer_id, data, case_id=event.case_id)


def article_linked(event: ArticleLinked, _told: Envelope) -> Fact:
    """An article was used."""
    data = event.model_dump(include={"article_id", "title", "case_id", "contact_id", "by"})
    subject = None if event.contact_id is None else (SubjectKind.CONTACT, event.contact_id)
    title = named("Article used", event.title)
    return Fact(EntryKind.ARTICLE_LINKED, title, event.linked_at, event.customer_id, data, subject=subject, case_id=event.case_id)


def self_service_failed(event: SelfServiceFailed, _told: Envelope) -> Fact:
    """A customer searched and found nothing that helps."""
    data = event.model_dump(include={"session_id", "language", "queries", "articles", "wants_contact", "channel"})
    title = named("Found no help by themselves", event.queries[-1] if event.queries else None)
    subject = (SubjectKind.SELF_SERVICE, event.session_id)
    return Fact(EntryKind.SELF_SERVICE_FAILED, title, event.failed_at, event.customer_id, data, subject=subject, keys=event.customer_keys)
