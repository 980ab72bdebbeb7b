"""All clients together, as one request's resolvers find them."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.clients.customers import Customers
from gateway.clients.feedback import Feedback
from gateway.clients.insight import Insight
from gateway.clients.keys import Keys
from gateway.clients.knowledge import Knowledge
from gateway.clients.routing import Routing
from gateway.clients.service import Mint, Patience, Service
from gateway.clients.survey import Survey
from gateway.clients.transport import Transport

NAMES = ("customers", "routing", "survey", "feedback", "knowledge", "insight")
OWN = "gateway"


@dataclass(frozen=True)
class Clients:
    """One client per service, and the services themselves by name."""

    services: Mapping[str, Service]
    customers: Customers
    routing: Routing
    survey: Survey
    feedback: Feedback
    knowledge: Knowledge
    insight: Insight
    keys: Keys


def make_clients(transports: Mapping[str, Transport], mint: Mint, patience: Patience) -> Clients:
    """Put the clients over their transports; every service must have one."""
    services = {name: Service(name, transports[name], mint, patience) for name in (*NAMES, OWN)}
    return Clients(
        services=services,
        customers=Customers(services["customers"]),
        routing=Routing(services["routing"]),
        survey=Survey(services["survey"]),
        feedback=Feedback(services["feedback"]),
        knowledge=Knowledge(services["knowledge"]),
        insight=Insight(services["insight"]),
        keys=Keys(services[OWN]),
    )
