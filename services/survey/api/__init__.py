"""The doors of survey: REST for machines, pages for people."""

from services.survey.api import audits, carriers, decisions, invitations, programmes, pulses, responses, simulations, surveys, tellings, views
from services.survey.api.pages import door, mine, pulse, stopping

ROUTERS = [
    *(surveys.router, programmes.router, audits.router, simulations.router, decisions.router, invitations.router, responses.router),
    *(tellings.router, views.router, carriers.router, pulses.router, door.look),
]
PAGES = [door.router, stopping.router, mine.router, pulse.router]
