"""The REST doors of the knowledge service."""

from services.knowledge.api import (
    articles,
    customer_views,
    guides,
    help_guides,
    interchange,
    measures,
    peers,
    processes,
    reading,
    search,
    self_service,
    training,
)

ROUTERS = [
    articles.router,
    reading.router,
    search.router,
    self_service.router,
    customer_views.router,
    guides.router,
    help_guides.router,
    peers.router,
    measures.router,
    training.router,
    processes.router,
    interchange.router,
]
