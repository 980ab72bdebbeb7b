"""What customers hears: everything that has a customer in it, by one listener, so that events of all kinds are written in one batch."""

from services.customers.use_cases.write_timeline import DESCRIBE, write_timeline
from services.kit.service import Consumer

CONSUMERS = [Consumer(event, write_timeline, batch=True) for event in DESCRIBE]
