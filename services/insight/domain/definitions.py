"""What each figure means, with an id and a version: a changed meaning is a new version, never a silent edit."""

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a value is: a share (0 to 1), points from -100 to 100, something counted, or money in the installation's currency."""

    SHARE = "share"
    POINTS = "points"
    COUNT = "count"
    MONEY = "money"


class Part(StrEnum):
    """How one answer counts."""

    GOOD = "good"
    BAD = "bad"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Definition:
    """One figure. Answers of `question_kind` whose mark is in `good` are its numerator; a net score takes `bad` off."""

    key: str
    version: int
    name: str
    formula: str
    question_kind: str
    unit: Unit
    good: frozenset[str]
    bad: frozenset[str]
    valid: frozenset[str]
    """Marks that count at all; anything else, such as a score outside of the scale, is no answer to this question."""
    higher_is_better: bool

    @property
    def definition_id(self) -> str:
        """Return the id under which the figure is quoted, e.g. `csat@1`."""
        return f"{self.key}@{self.version}"

    def part(self, mark: str) -> Part:
        """Say how an answer with this mark counts."""
        if mark in self.good:
            return Part.GOOD
        return Part.BAD if mark in self.bad else Part.OTHER


def _marks(low: int, high: int) -> frozenset[str]:
    return frozenset(str(score) for score in range(low, high + 1))


CSAT = Definition(
    key="csat",
    version=1,
    name="Customer satisfaction",
    formula="answers 4 or 5 of 5 / answers 1 to 5; one answer per response, flagged ones left out",
    question_kind="csat5",
    unit=Unit.SHARE,
    good=_marks(4, 5),
    bad=_marks(1, 2),
    valid=_marks(1, 5),
    higher_is_better=True,
)
DSAT = Definition(
    key="dsat",
    version=1,
    name="Customer dissatisfaction",
    formula="answers 1 or 2 of 5 / answers 1 to 5; one answer per response, flagged ones left out",
    question_kind="csat5",
    unit=Unit.SHARE,
    good=_marks(1, 2),
    bad=_marks(4, 5),
    valid=_marks(1, 5),
    higher_is_better=False,
)
NPS = Definition(
    key="nps",
    version=1,
    name="Net promoter score",
    formula="100 x (answers 9 or 10 - answers 0 to 6) / answers 0 to 10; one answer per response, flagged ones left out",
    question_kind="nps11",
    unit=Unit.POINTS,
    good=_marks(9, 10),
    bad=_marks(0, 6),
    valid=_marks(0, 10),
    higher_is_better=True,
)
CES = Definition(
    key="ces",
    version=1,
    name="Customer effort score",
    formula="answers 5 to 7 of 7 (easy) / answers 1 to 7; the mean beside it; one answer per response, flagged ones left out",
    question_kind="ces7",
    unit=Unit.SHARE,
    good=_marks(5, 7),
    bad=_marks(1, 3),
    valid=_marks(1, 7),
    higher_is_better=True,
)
RESOLUTION = Definition(
    key="resolution",
    version=1,
    name="Resolution as the customer sees it",
    formula="answers yes / (yes + partly + no); one answer per response, flagged ones left out",
    question_kind="resolved",
    unit=Unit.SHARE,
    good=frozenset({"yes"}),
    bad=frozenset({"no"}),
    valid=frozenset({"yes", "partly", "no"}),
    higher_is_better=True,
)
FIRST_CONTACT = Definition(
    key="first_contact_resolution",
    version=1,
    name="First-contact resolution",
    formula="resolved: yes, and no repeat in the window / answers; one answer per response, flagged ones left out",
    question_kind="resolved",
    unit=Unit.SHARE,
    good=frozenset({"yes"}),
    bad=frozenset({"no"}),
    valid=frozenset({"yes", "no"}),
    higher_is_better=True,
)
"""Its marks are not those of the answers: yes is a yes that no repeat took back, no is everything else."""
DEFINITIONS = {definition.key: definition for definition in (CSAT, DSAT, NPS, CES, RESOLUTION)}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a figure means that is counted or worked out from more than one kind of answer."""

    key: str
    version: int
    name: str
    formula: str
    unit: Unit
    higher_is_better: bool

    @property
    def definition_id(self) -> str:
        """Return the id under which the figure is quoted."""
        return f"{self.key}@{self.version}"


MEANINGS = (
    Meaning("contacts", 1, "Contacts", "ended contacts", Unit.COUNT, higher_is_better=False),
    Meaning("cost", 1, "Cost of contacts", "sum of handle seconds x rate per hour / 3600, each rounded half to even to cents", Unit.MONEY, False),
    Meaning("overdue", 1, "Follow-ups overdue now", "open follow-ups past their due time, at this moment", Unit.COUNT, higher_is_better=False),
    Meaning(
        "repeat_rate",
        1,
        "Repeat rate",
        "P(contact again about the driver within the window), Kaplan-Meier",
        Unit.SHARE,
        False,
    ),
    Meaning("response_rate", 1, "Response rate", "invitations with an answer that is not flagged / invitations", Unit.SHARE, higher_is_better=True),
    Meaning("accuracy_per_unit", 1, "Accuracy per unit", "1 - reviewed contacts with an error of the kind / reviewed contacts", Unit.SHARE, True),
    Meaning("accuracy_per_opportunity", 1, "Accuracy per opportunity", "1 - errors of the kind / opportunities", Unit.SHARE, higher_is_better=True),
    Meaning("disputes_accepted", 1, "Disputes accepted", "accepted / (accepted + upheld) of the disputes raised in the period", Unit.SHARE, False),
    Meaning("training_gap", 1, "Training gap", "a team's resolution on a topic minus that of all others on it", Unit.SHARE, True),
    Meaning("cycle_collect", 1, "Cycle: collect", "invitations that were answered / invitations", Unit.SHARE, higher_is_better=True),
    Meaning("cycle_categorise", 1, "Cycle: categorise", "feedback items with a known driver / items", Unit.SHARE, higher_is_better=True),
    Meaning("cycle_own", 1, "Cycle: own", "follow-ups closed in time or not yet due / follow-ups opened", Unit.SHARE, higher_is_better=True),
    Meaning("cycle_act", 1, "Cycle: act", "of the five drivers with most negative items, those with a started initiative", Unit.SHARE, True),
    Meaning("cycle_practise", 1, "Cycle: practise", "ended contacts in which an article was used / ended contacts", Unit.SHARE, True),
    Meaning("cycle_tell", 1, "Cycle: tell", "contributors of published initiatives who were told / contributors", Unit.SHARE, higher_is_better=True),
    Meaning("funnel_eligible", 1, "Funnel: eligible", "decisions about asking that were held back or led to an ask", Unit.COUNT, True),
    Meaning("funnel_suppressed", 1, "Funnel: held back", "decisions in which a rule held the ask back / eligible", Unit.SHARE, False),
    Meaning("funnel_asked", 1, "Funnel: asked", "invitations / eligible", Unit.SHARE, higher_is_better=True),
    Meaning("funnel_delivered", 1, "Funnel: delivered", "invitations that a carrier took and none gave back, or answered / asked", Unit.SHARE, True),
    Meaning("funnel_undeliverable", 1, "Funnel: undeliverable", "invitations for which no channel was left / asked", Unit.SHARE, False),
    Meaning("funnel_answered", 1, "Funnel: answered", "delivered invitations with an answer that is not flagged / delivered", Unit.SHARE, True),
    Meaning("funnel_flagged", 1, "Funnel: flagged", "invitations with an answer that looks like a scanner's", Unit.COUNT, higher_is_better=False),
    Meaning("funnel_opted_out", 1, "Funnel: opted out", "customers who asked not to be asked again", Unit.COUNT, higher_is_better=False),
    Meaning("negative_share", 1, "Negative feedback", "negative items / items with a sentiment", Unit.SHARE, higher_is_better=False),
    Meaning("unresolved_by_agents", 1, "Unresolved, as agents say", "contacts that agents call unresolved / those judged", Unit.SHARE, False),
    Meaning("step_repeats", 1, "Repeats at a step", "contacts followed by another about the driver within 7 days / contacts", Unit.SHARE, False),
    Meaning("waiting", 1, "Waiting", "mean minutes from the queue to an agent, of the contacts of which it is known", Unit.COUNT, False),
    Meaning("budget_share", 1, "Share of the budget", "amount charged / budget of the period's length", Unit.SHARE, higher_is_better=False),
    Meaning("business_case", 1, "Business case", "minutes saved x contacts a year / 60 x price of an hour", Unit.MONEY, higher_is_better=True),
    Meaning("contacts_avoided", 1, "Contacts avoided", "contacts x relative change of 1 / (1 - call_back x (1 - resolution))", Unit.COUNT, True),
    Meaning("pulse_favourable", 1, "Favourable answers", "answers on the two highest steps / answers", Unit.SHARE, higher_is_better=True),
    Meaning("key_driver", 1, "Key driver weight", "share of R² over all orders of entry (Shapley, LMG)", Unit.SHARE, higher_is_better=True),
)
