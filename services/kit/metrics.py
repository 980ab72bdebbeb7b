"""What an operator watches, in Prometheus' words; one registry per process, the service is a label."""

from prometheus_client import Counter, Gauge, Histogram

_ROOM = ["room"]
REQUESTS = Histogram("antiphon_request_seconds", "Time to answer a request", [*_ROOM, "method", "route", "status"])
EVENTS_PUBLISHED = Counter("antiphon_events_published_total", "Events handed to the bus", _ROOM)
EVENTS_HANDLED = Counter("antiphon_events_handled_total", "Events handled by consumers", _ROOM)
INBOX_DUPLICATES = Counter("antiphon_inbox_duplicates_total", "Events delivered again and left alone", _ROOM)
EVENTS_HELD = Counter("antiphon_events_held_total", "Events that failed, or wait behind one that failed", _ROOM)
EVENTS_PARKED = Counter("antiphon_events_parked_total", "Events given up for a person to look at", _ROOM)
OUTBOX_AGE = Gauge("antiphon_outbox_age_seconds", "Age of the oldest event not yet published", _ROOM)
DUE_LATENESS = Histogram(
    "antiphon_due_lateness_seconds",
    "Start of due work minus its due time",
    [*_ROOM, "kind"],
    buckets=(0.01, 0.05, 0.1, 0.25, 1, 5, 30, 120, 600),
)
DUE_DONE = Counter("antiphon_due_done_total", "Due work done", [*_ROOM, "kind"])
DUE_FAILED = Counter("antiphon_due_failed_total", "Due work that failed and will be tried again", [*_ROOM, "kind"])
DEAD_LETTERS = Counter("antiphon_dead_letters_total", "Due work given up for a person to look at", [*_ROOM, "kind"])
