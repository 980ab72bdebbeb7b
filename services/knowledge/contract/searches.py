"""What a search found, and what customers looked for themselves."""

from datetime import datetime
from uuid import UUID

from services.kit.fields import View


class TermScore(View):
    """What one word of the question adds to the score of one article."""

    word: str
    """As it was typed."""
    term: str
    """As it was found: stemmed, or corrected."""
    corrected: bool
    title: float
    """By standing in the title."""
    body: float
    """By standing in the whole text, the title included."""


class FoundArticle(View):
    """One search result."""

    article_id: UUID
    """The id of the article, guide or peer answer."""
    kind: str
    """article, guide or peer_answer: what is from a customer is marked as such."""
    title: str
    language: str
    state: str
    audience: str
    version: int
    snippet: str
    """HTML: everything escaped, the found words in <mark>."""
    score: float
    """Rounded to 6 places, the same on every database; equal scores are ordered by id. Words, mixed with meaning where vectors are ready."""
    words: float
    """What the words alone add up to (BM25)."""
    closeness: float | None
    """Cosine of question and best passage, less what tells only their languages; None while there is no vector, or when only words were searched."""
    told: float
    """0..1: of all that the words of the question tell, each by its idf, the share of those that stand in it."""
    likely: bool
    """Whether it is likely to be an answer: `told`, and how far its closeness stands above the usual, measured by the farthest that chance would
    bring, are together 1 or more; without closeness, when `told` is more than a third."""
    boosts: dict[str, float]
    """Shares by which state, reuse and an overdue review raise or lower the score."""
    because: list[TermScore]
    """What `words` adds up to, strongest first."""


class Correction(View):
    """A word that no visible article holds, and what was searched instead."""

    word: str
    taken_as: list[str]


class MixingView(View):
    """How words and meaning were mixed for this question.

    Score = s x words / best words + (1 - s) x (closeness - usual) / (nearest - usual), then boosted.
    """

    words_share: float
    """s, 0..0.5: half of the share of the question that its known words tell."""
    usual: float
    """Closeness of what does not answer this question: the median of all visible articles."""
    found_from: float
    """Closeness from which the nearest article is found without any of the words."""


class SearchView(View):
    """What a search found."""

    query: str
    answered: bool
    """Whether any result is likely to be an answer; if not, these are only the nearest that there is."""
    results: list[FoundArticle]
    corrections: list[Correction]
    mixing: MixingView | None
    """None when only words were searched, or no vector is ready."""


class HelpSearchView(View):
    """What a customer's own search found; the session carries everything tried to the agent."""

    session_id: UUID
    query: str
    answered: bool
    """Whether any result is likely to be an answer; if not, the search counts as one without a result."""
    results: list[FoundArticle]
    corrections: list[Correction]


class HelpArticleView(View):
    """A published article as a customer reads it."""

    id: UUID
    title: str
    html: dict[str, str]
    language: str
    changed_at: datetime


class GapView(View):
    """Something customers look for and do not find."""

    query: str
    """As one of them typed it, personal data masked."""
    language: str | None
    sessions: int
    """Different visitors who got no answer: the rank."""
    searches: int
    without_result: int
    """Searches that found nothing, or nothing that is likely to be an answer."""
    without_click: int
    """Searches with results after which the visitor opened nothing."""
    wanted_contact: int
    """Visitors who then asked to be contacted: what the gap costs."""
    last_at: datetime


class HelpSessionView(View):
    """What a customer tried in self-service."""

    session_id: UUID
    language: str | None
    queries: list[str]
    articles: list[UUID]
    """Opened, in order."""
    steps: list[str]
    """What was answered in guides, in words and in order."""
    failed: bool
    wants_contact: bool
    started_at: datetime
    last_at: datetime


class CaseSuggestions(View):
    """Articles for one open case."""

    case_id: UUID
    case_title: str
    articles: list[FoundArticle]
