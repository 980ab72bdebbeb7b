"""The one way in which an article is stored: row, version, index and event in one transaction."""

from datetime import timedelta

from services.kit.db import UnitOfWork
from services.knowledge.contract import ArticleChanged
from services.knowledge.domain.lifecycle import ArticleState
from services.knowledge.domain.markdown import clean_text, render_sections
from services.knowledge.domain.standing import Kind, encode
from services.knowledge.models import Article, ArticleVersion
from services.knowledge.repository.index import Indexed, put_in_index

REVIEW_AFTER = timedelta(days=180)
"""A validated article is looked at again after half a year, unless somebody names another day."""
SECTIONS = ("problem", "environment", "cause", "resolution")
_VERSIONED = ("version", "title", *SECTIONS, "language", "state", "audience")


async def keep_article(uow: UnitOfWork, article: Article, *, reason: str, by: str, text_changed: bool) -> Article:
    """Store an article as its next version and make it findable; raises UniqueViolation when somebody else stored that version first."""
    kept = article.model_copy(update=_rendered(article) if text_changed else {})
    kept = kept.model_copy(update={"version": article.version + 1, "changed_at": uow.now} | _published(uow, article))
    versioned = {name: getattr(kept, name) for name in _VERSIONED}
    await uow.insert(ArticleVersion, {"article_id": kept.id, **versioned, "reason": reason, "changed_by": by, "changed_at": uow.now})
    await uow.upsert(Article, kept.model_dump(), key=("id",))
    await put_in_index(uow, indexed(kept), text_changed=text_changed)
    uow.emit(
        ArticleChanged(
            article_id=kept.id,
            version=kept.version,
            title=kept.title,
            state=kept.state,
            audience=kept.audience,
            language=kept.language,
            driver=kept.driver,
            case_id=kept.case_id,
            customer_id=kept.customer_id,
            changed_at=uow.now,
        ),
    )
    return kept


def indexed(article: Article) -> Indexed:
    """Return an article as the index sees it."""
    standing = encode(Kind.ARTICLE, article.state, article.audience, article.language, article.product)
    return Indexed(article.id, standing, article.language, article.title, article.plain)


def actor(uow: UnitOfWork) -> str:
    """Return who acts: the caller, or the house itself when no person asked."""
    return uow.principal.subject if uow.principal else "antiphon"


def _published(uow: UnitOfWork, article: Article) -> dict[str, object]:
    """The first validation publishes an article, and it is looked at again some time after each."""
    if article.state != ArticleState.VALIDATED:
        return {}
    return {"published_at": article.published_at or uow.now, "review_at": article.review_at or uow.now + REVIEW_AFTER}


def _rendered(article: Article) -> dict[str, object]:
    cleaned = {name: _clean(getattr(article, name)) for name in SECTIONS}
    html, plain = render_sections(cleaned)
    return {**cleaned, "title": " ".join(clean_text(article.title).split()), "html": html, "plain": plain}


def _clean(text: str | None) -> str | None:
    return (clean_text(text).strip() or None) if text else None
