"""Build the fact that a contact is over, with its attribution as it was at the end."""

from uuid import UUID

from services.customers.contract import IdentityKey
from services.routing.contract import ContactEnded
from services.routing.models import Contact


def contact_ended(contact: Contact) -> ContactEnded:
    """Return the event of an ended contact; whatever changes about the agent later does not change it."""
    return ContactEnded(
        contact_id=contact.id,
        external_id=contact.external_id,
        customer_id=contact.customer_id,
        customer_keys=[IdentityKey.model_validate(key) for key in contact.customer_keys],
        channel=contact.channel,
        direction=contact.direction,
        queue=contact.queue,
        topic=contact.topic,
        language=contact.language,
        agent_id=contact.agent_id,
        agent_name=contact.agent_name,
        team=contact.team,
        site=contact.site,
        vendor=contact.vendor,
        disposition=contact.disposition,
        driver=contact.driver,
        department=contact.department,
        resolved=contact.resolved,
        order_reference=contact.order_reference,
        case_id=contact.case_id,
        follow_up_id=contact.follow_up_id,
        notes=contact.notes,
        transfers=contact.transfers,
        articles=[UUID(article) for article in contact.articles],
        started_at=contact.first_connected_at or contact.queued_at,
        ended_at=contact.ended_at or contact.changed_at,
        handle_seconds=contact.handle_seconds or 0.0,
    )
