"""What customers does when its time has come."""

from services.customers.use_cases.erase_customer import CHASE, SWEEP, chase_erasure, sweep_erasure
from services.kit.service import TxJob

JOBS = [TxJob(SWEEP, sweep_erasure), TxJob(CHASE, chase_erasure)]
