"""Everything that charts say, in the order in which it is said."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language. {blanks} are filled with numbers, dates and names that are written already."""

    direction: str
    """ltr or rtl."""
    comma: str
    """Between the names of a list."""
    semicolon: str
    """Between the parts of a note."""

    # figures, places, and what cases are told apart by
    csat: str
    dsat: str
    ces: str
    resolution: str
    contacts: str
    cost: str
    site: str
    vendor: str
    team: str
    agent: str
    driver: str
    product: str
    segment: str
    queue: str
    topic: str
    language: str
    mode: str

    # what several charts say
    interval: str
    answers: str
    n_answers: str
    n_contacts: str
    span: str
    share_of: str
    nothing: str
    share: str
    drivers: str
    department: str

    # a figure over time
    since: str
    nobody_answered: str
    goal: str
    in_currency: str
    band: str
    hollow: str
    trend_said: str

    # causes by size
    why_by_cost: str
    why_by_contacts: str
    no_contact: str
    others: str
    unknown_driver: str
    bars: str
    up_to_here: str
    pareto_said: str

    # places in a funnel
    by_place: str
    adjusted_for: str
    none_has: str
    answers_per: str
    answers_per_mixed: str
    better: str
    worse: str
    look: str
    inside: str
    limits: str
    widened: str
    left_out: str
    outside_of: str
    under: str
    not_judged: str
    verdict: str
    observed: str
    expected: str
    ratio: str
    some_out: str
    nobody_out: str
    around_share: str
    around_expected: str

    # what moves satisfaction
    what_moves: str
    explained: str
    satisfied: str
    two_drivers: str
    shapley: str
    urgent: str

    # the cycle
    loop_closed: str
    collect: str
    categorise: str
    own: str
    act: str
    practise: str
    tell: str
    collect_is: str
    categorise_is: str
    own_is: str
    act_is: str
    practise_is: str
    tell_is: str
    works: str
    broken: str
    no_data: str
    at_least: str
    stage: str
    of_them: str
    threshold: str
    state: str
    broken_at: str
    broken_for: str
    silent: str
    closed: str
    flagged: str
    opted_out: str

    # a process
    bottleneck: str
    bottleneck_is: str
    no_step: str
    waited: str
    waiting_unknown: str
    came_back: str
    repeats_unknown: str
    no_driver: str
    step: str
    waited_minutes: str
    back_within: str

    def of(self, key: str) -> str:
        """Return the word for a figure, a kind of place, a kind of case or a stage; a key without a word stays itself."""
        return str(getattr(self, key, key))
