"""Processes, quality, training needs, employees' pulses."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from gateway.schema.insight import FigureChange, Interval, Period, Share

said = strawberry.field


@strawberry.type(description="One step of a process with what happens in it.")
class ProcessStep:
    """A step."""

    key: str = said(description="The step's key.")
    name: str = said(description="Its name.")
    drivers: list[str] = said(description="Drivers that tell of trouble in it.")
    contacts: int = said(description="Contacts about it.")
    contacts_before: int = said(description="In the comparison period.")
    contacts_change: Interval | None = said(description="Relative change of contacts a day; null when either period saw none.")
    amount: str = said(description="What they cost, decimal text.")
    waited_minutes: float | None = said(description="Mean wait for an agent; null while nobody told.")
    waits: int = said(description="Contacts whose wait is known.")
    waited_interval: Interval | None = said(description="Of the mean wait; null under two waits.")
    repeats: Share = said(description="Followed by another within seven days, with number and interval.")
    repeat_share: float | None = said(description="Share followed by another within seven days; null while unknown.")
    handle_minutes: float = said(description="Minutes of handling.")
    bottleneck: bool = said(description="Whether it costs most.")


@strawberry.type(description="A process with its figures and its bottleneck.")
class Process:
    """A process."""

    definitions: JSON = said(description="Field of a step to the definition of what stands in it.")
    key: str = said(description="The process.")
    name: str = said(description="Its name.")
    period: Period = said(description="The period.")
    compared_with: Period = said(description="The comparison period.")
    currency: str | None = said(description="ISO 4217 code; null while there is no rate.")
    steps: list[ProcessStep] = said(description="In order.")
    mermaid: str = said(description="The process as a Mermaid flowchart; `processChart` draws it as SVG.")
    bottleneck: str | None = said(description="The key of the dearest step; null without contacts.")
    sentence: str = said(description="The same for a person to read.")
    version: int = said(description="Grows when it is drawn anew.")
    filters: JSON = said(description="The slice.")


@strawberry.type(description="Critical errors of one kind over reviewed contacts.")
class Accuracy:
    """Accuracy."""

    kind: str = said(description="customer, business or compliance.")
    units: int = said(description="Reviewed contacts.")
    units_with_error: int = said(description="Of them with at least one error.")
    per_unit: float | None = said(description="1 - units with an error / units; null while withheld.")
    per_unit_interval: Interval | None = said(description="Its interval.")
    opportunities: int = said(description="Where an error was possible.")
    errors: int = said(description="Errors.")
    per_opportunity: float | None = said(description="1 - errors / opportunities; null while withheld.")
    per_opportunity_interval: Interval | None = said(description="Its interval.")
    withheld: str | None = said(description="Why nothing is shown; null when it is.")
    per_unit_change: FigureChange | None = said(description="Against the comparison period.")
    per_opportunity_change: FigureChange | None = said(description="Against the comparison period.")


@strawberry.type(description="A line of a form that goes wrong often.")
class Coaching:
    """What to coach."""

    line: str = said(description="The line's key.")
    name: str = said(description="Its name.")
    kind: str = said(description="customer, business or compliance.")
    errors: int = said(description="Errors.")
    opportunities: int = said(description="Where it was possible.")
    rate: float = said(description="Errors / opportunities.")
    lower: float = said(description="Lower end of the rate's interval.")


@strawberry.type(description="Two reviewers over the same contacts.")
class Calibration:
    """Agreement of reviewers."""

    first: str = said(description="One reviewer.")
    second: str = said(description="The other.")
    n: int = said(description="Lines that both marked.")
    observed: float = said(description="Share marked alike.")
    kappa: float = said(description="Cohen's kappa.")
    interval: Interval = said(description="Its interval.")


@strawberry.type(description="What quality reviews found.")
class QualityReport:
    """A report."""

    definitions: JSON = said(description="Field to the definition of what stands in it.")
    form: str = said(description="The form.")
    period: Period = said(description="The period.")
    compared_with: Period = said(description="The comparison period.")
    reviewed: int = said(description="Reviewed contacts.")
    accuracy: list[Accuracy] = said(description="By kind of error.")
    coaching: list[Coaching] = said(description="What surely goes wrong most often.")
    calibration: list[Calibration] = said(description="Whether reviewers agree.")
    csat_with_error: float | None = said(description="Share satisfied after a customer error.")
    csat_without_error: float | None = said(description="And without one.")
    after_error: Share = said(description="Satisfaction after contacts with a customer error.")
    after_no_error: Share = said(description="And without one.")
    csat_difference: Interval | None = said(description="The interval of the difference.")
    filters: JSON = said(description="The slice.")


@strawberry.type(description="A topic that a team resolves less often than all others do.")
class TeamLag:
    """Where a team lags behind: knowledge makes a training need of it."""

    uid: UUID = said(description="The id in REST.")
    definition_id: str = said(description="Which definition, in which version.")
    period: Period = said(description="The 90 days that the last look judged.")
    filters: JSON = said(description="Empty: looks are at the whole house.")
    method: str = said(description="Of the interval.")
    topic: str = said(description="The topic.")
    team: str = said(description="The team.")
    effect: float = said(description="The team's resolution minus that of all others.")
    low: float = said(description="Lower end of its 95 % interval.")
    high: float = said(description="Upper end of its 95 % interval.")
    n: int = said(description="The team's answers.")
    rest: int = said(description="The others' answers.")
    state: str = said(description="open, or over.")
    found_at: datetime = said(description="When it was found.")
    looked_at: datetime = said(description="When it was last looked at.")
    evidence: list[UUID] = said(description="The newest contacts that were not, or only partly, resolved; at most ten.")


@strawberry.type(description="One team against all others on one topic.")
class TrainingGap:
    """A gap."""

    topic: str = said(description="The topic.")
    team: str = said(description="The team.")
    numerator: int = said(description="Its answers that say resolved.")
    n: int = said(description="Its answers.")
    value: float = said(description="Share resolved by the team.")
    rest: int = said(description="Answers of all others.")
    effect: float = said(description="The team's share minus that of all others.")
    interval: Interval = said(description="Of the effect.")
    adjusted_p: float = said(description="Probability of such a gap by chance, over all that were compared.")
    found: bool = said(description="Whether the team is surely worse.")
    change: FigureChange | None = said(description="Of the team's share against the comparison period; null when nobody answered then.")
    evidence: list[UUID] = said(description="The newest contacts that were not, or only partly, resolved; at most ten.")


@strawberry.type(description="Topics by team over a period and slice; what surely needs training first.")
class TrainingGaps:
    """Gaps."""

    definition_id: str = said(description="The definition.")
    period: Period = said(description="The period.")
    compared_with: Period = said(description="The comparison period.")
    filters: JSON = said(description="The slice.")
    complete: bool = said(description="False for a reader of some sites or vendors only.")
    false_discoveries: float = said(description="The share of found gaps that may be chance.")
    minimum: int = said(description="Answers that the team and all others need.")
    gaps: list[TrainingGap] = said(description="What surely needs training first.")
    too_few: int = said(description="Topics of teams with too few answers: counted, not judged.")


@strawberry.type(description="One question in one group of employees.")
class PulseScore:
    """A score."""

    question: str = said(description="The question's code.")
    mean: float = said(description="1 to 5.")
    favourable: float = said(description="Share of 4 and 5.")
    interval: Interval = said(description="Of the favourable share.")
    numerator: int = said(description="Favourable answers.")
    n: int = said(description="Sheets.")
    change: FigureChange | None = said(description="Of the favourable share against the comparison week; null when the group was not shown then.")


@strawberry.type(description="One group that may be shown.")
class PulseGroup:
    """A group."""

    filter: JSON = said(description="Attribute to band; empty for everybody.")
    n: int = said(description="Sheets.")
    scores: list[PulseScore] = said(description="By question.")


@strawberry.type(description="A week of an employees' pulse, frozen when it was over: only groups that expose nobody.")
class PulseReport:
    """A report."""

    definition_id: str = said(description="Of the favourable shares.")
    period: Period = said(description="The week, Monday to Monday, UTC.")
    filters: JSON = said(description="The reader's own sites and vendors; empty for who sees all.")
    pulse: str = said(description="The pulse.")
    week: str = said(description="ISO year and week.")
    compared_with: str | None = said(description="The week it is compared with; null when there is none before.")
    minimum: int = said(description="The least number of people behind anything shown.")
    groups: list[PulseGroup] = said(description="Groups that are shown.")
    withheld: int = said(description="Groups that are not.")
    comments: list[str] = said(description="Only for everybody together, in no order.")
    sentence: str = said(description="The same for a person to read.")
