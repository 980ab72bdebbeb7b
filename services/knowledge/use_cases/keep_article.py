"""The one way in which an article is stored: row, version, index and event in one transaction."""

from services.kit.db import UnitOfWork
from services.knowledge.contract import ArticleChanged
from services.knowledge.domain.markdown import clean_text, render_sections
from services.knowledge.models import Article, ArticleVersion
from services.knowledge.repository.index import put_in_index

SECTIONS = ("problem", "environment", "cause", "resolution")
_VERSIONED = ("version", "title", *SECTIONS, "language", "state", "audience")


async def keep_article(uow: UnitOfWork, article: Article, *, reason: str, by: str, text_changed: bool) -> Article:
    """Store an article as its next version and make it findable; raises UniqueViolation when somebody else stored that version first."""
    kept = article.model_copy(update=_rendered(article) if text_changed else {})
    kept = kept.model_copy(update={"version": article.version + 1, "changed_at": uow.now})
    versioned = {name: getattr(kept, name) for name in _VERSIONED}
    await uow.insert(ArticleVersion, {"article_id": kept.id, **versioned, "reason": reason, "changed_by": by, "changed_at": uow.now})
    await uow.upsert(Article, kept.model_dump(), key=("id",))
    await put_in_index(uow, kept, text_changed=text_changed)
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


def actor(uow: UnitOfWork) -> str:
    """Return who acts: the caller, or the house itself when no person asked."""
    return uow.principal.subject if uow.principal else "antiphon"


def _rendered(article: Article) -> dict[str, object]:
    cleaned = {name: _clean(getattr(article, name)) for name in SECTIONS}
    html, plain = render_sections(cleaned)
    return {**cleaned, "title": " ".join(clean_text(article.title).split()), "html": html, "plain": plain}


def _clean(text: str | None) -> str | None:
    return (clean_text(text).strip() or None) if text else None
