"""What a shop's own program may look like that tells of orders and reads what became of them, with a generated client.

    python -m infra.python_client clients customers && pip install clients/antiphon-customers
    python infra/python_client_example.py http://127.0.0.1:8000 KEY order ACC-17 O-4711 card
    python infra/python_client_example.py http://127.0.0.1:8000 KEY timeline ACC-17

The key needs the role integration. A refusal is a value like any other answer: the type checker sees to it that it is looked at.
"""

import sys

from antiphon_customers import AuthenticatedClient
from antiphon_customers.api.customers import get_by_key
from antiphon_customers.api.orders import post_delivered, post_order
from antiphon_customers.api.timeline import get_timeline
from antiphon_customers.models import CustomerView, DeliverOrder, GivenKey, KeyKind, OrderView, PageTimelineEntryView, PlaceOrder


def order(client: AuthenticatedClient, account: str, reference: str, product: str) -> None:
    """Tell that a customer ordered something, and that it is in their hands."""
    key = GivenKey(kind=KeyKind.ACCOUNT, value=account)
    placed = post_order.sync(client=client, body=PlaceOrder(order_reference=reference, customer_key=key, product=product))
    if not isinstance(placed, OrderView):
        sys.exit(f"refused: {placed}")
    delivered = post_delivered.sync(reference, client=client, body=DeliverOrder())
    if not isinstance(delivered, OrderView):
        sys.exit(f"refused: {delivered}")
    print(f"{delivered.order_reference} is {delivered.state}")


def timeline(client: AuthenticatedClient, account: str) -> None:
    """Print everything that happened to a customer, newest first."""
    customer = get_by_key.sync(KeyKind.ACCOUNT, account, client=client)
    if not isinstance(customer, CustomerView):
        sys.exit(f"{customer.code}: {customer.detail}" if customer else "no answer")
    page = get_timeline.sync(customer.id, client=client, limit=50)
    if not isinstance(page, PageTimelineEntryView):
        sys.exit(f"refused: {page}")
    for entry in page.items:
        print(entry.source, entry.kind, entry.title)


if __name__ == "__main__":
    url, key, what, *rest = sys.argv[1:]
    with AuthenticatedClient(base_url=url, token=key, timeout=30.0) as house:
        if what == "order":
            order(house, *rest)
        else:
            timeline(house, *rest)
