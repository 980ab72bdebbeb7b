"""What a contact was about, when the agent, the model and a person who corrected it do not agree."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """A driver and the department that causes it; None where unknown. `by_person`: somebody put it right by hand."""

    driver: str | None
    department: str | None
    by_person: bool = False


def cause_of(attributed: Cause, heard: Cause | None) -> Cause:
    """Choose: a person's correction first, then what the contact said at its end, then what feedback about it says."""
    if heard is None or heard.driver is None:
        return attributed
    if heard.by_person or attributed.driver is None:
        return heard
    if attributed.department is None and attributed.driver == heard.driver:
        return Cause(attributed.driver, heard.department)
    return attributed
