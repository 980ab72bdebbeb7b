"""Contacts and call-backs of many customers in one statement."""

from typing import Any
from uuid import UUID

from services.kit.db import Tx
from services.routing.contract import CustomerContacts
from services.routing.repository import contacts

SECTIONS = ("contacts", "call_backs")


async def customer_views(tx: Tx, customer_ids: list[UUID], sections: list[str] | None) -> dict[UUID, dict[str, dict[str, Any]]]:
    """Return per customer the wanted sections; who has no contact gets empty ones with version 0."""
    found = await contacts.contacts_of(tx, customer_ids)
    answer: dict[UUID, dict[str, dict[str, Any]]] = {}
    for customer_id in customer_ids:
        own, changed_at = found.get(customer_id, (CustomerContacts(open=[], recent=[]), None))
        version = 0 if changed_at is None else int(changed_at.timestamp() * 1000)
        call_backs = [each for each in own.open + own.recent if each.follow_up_id is not None]
        data = {"contacts": own, "call_backs": call_backs}
        answer[customer_id] = {
            section: {"version": version, "as_of": tx.now, "data": data[section]} for section in SECTIONS if sections is None or section in sections
        }
    return answer
