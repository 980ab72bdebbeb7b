"""What customers hears: everything that has a customer in it, by one listener, so that events of all kinds are written in one batch.

And the receipts of those who have forgotten somebody, and whose voice it is that came without a customer.
"""

from services.customers.use_cases.erase_customer import take_receipt
from services.customers.use_cases.identify_subject import hear_matched, hear_referenced
from services.customers.use_cases.receipts import RECEIPTS
from services.customers.use_cases.write_timeline import DESCRIBE, write_timeline
from services.feedback.contract import FeedbackMatched, FeedbackReferenced
from services.kit.service import Consumer

CONSUMERS = [
    *(Consumer(event, write_timeline, batch=True) for event in DESCRIBE),
    *(Consumer(event, take_receipt) for event in RECEIPTS),
    Consumer(FeedbackMatched, hear_matched),
    Consumer(FeedbackReferenced, hear_referenced),
]
