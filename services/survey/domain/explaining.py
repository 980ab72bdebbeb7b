"""A verdict in a sentence that a person understands."""

from services.survey.domain.judging import Reason

SENTENCES: dict[Reason, str] = {
    Reason.PROGRAMME_OFF: "The programme is switched off.",
    Reason.ERASED: "The customer asked to be forgotten.",
    Reason.CUSTOMER_UNKNOWN: "We do not know which customer this was.",
    Reason.LOWER_PRIORITY: "Another programme with a lower priority number asks about this contact.",
    Reason.NO_ORDER_REFERENCE: "The programme waits for a delivery, but the contact names no order.",
    Reason.ORDER_CANCELLED: "The order was cancelled, so there is nothing to ask about.",
    Reason.NOT_DELIVERED_IN_TIME: "The order was not delivered within the time that the programme waits.",
    Reason.NO_CONSENT: "The customer does not want to be asked by any channel of the programme, or has not agreed where that is needed.",
    Reason.NO_ADDRESS: "No address is known for the channels of the programme.",
    Reason.CONTACT_ALREADY_ASKED: "The customer was already asked about this contact.",
    Reason.MATTER_OPEN: "Something is open with the customer during which the programme keeps silent.",
    Reason.COOLDOWN: "The customer was asked too recently.",
    Reason.CAP_REACHED: "The customer was asked as often as the cap allows.",
    Reason.NOT_SAMPLED: "The lot left this contact out of the sample.",
    Reason.CONDITION_NOT_MET: "The condition of the programme is not met.",
    Reason.CONDITION_UNDECIDED: "Something that the condition of the programme needs is not known, so it is not met.",
    Reason.EXCLUDED: "The programme leaves this customer or contact out.",
    Reason.ASKED_ENOUGH: "The customer was asked this survey as often as the programme allows.",
    Reason.AGENT_SKIPPED: "The agent asked not to send a survey, with a reason.",
    Reason.QUOTA_FULL: "As many customers as the quota of this cell allows were asked.",
    Reason.BUDGET_SPENT: "All asks that the programme may make in this period are made.",
    Reason.CELL_PRECISE: "The figure of this cell is precise enough; nobody else needs to be asked.",
}
PASSED = "Nothing speaks against asking."
WAITING = {
    "order_delivered": "Waits until the order is delivered.",
    "customer": "Waits until it is known which customer this was.",
    "moment": "Waits for the moment to ask.",
}


def sentence_for(reason: Reason | None) -> str:
    """Return why a rule refused, or that it did not."""
    return SENTENCES[reason] if reason else PASSED
