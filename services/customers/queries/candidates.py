"""Who may be the same person as this one."""

from uuid import UUID

from services.customers import repository
from services.customers.contract import CandidateView, EvidenceView
from services.customers.domain.likeness import weigh
from services.kit.db import Tx

LIKELY = 0.1
MOST = 20


async def candidates(tx: Tx, customer_id: UUID) -> list[CandidateView]:
    """Return the likeliest others with the evidence, at most MOST; raises NotFound. A person decides, and merges or does not."""
    members = await repository.person(tx, customer_id)
    shared = await repository.shared_hints(tx, members)
    records = await repository.record_count(tx)
    found = []
    for person, hints in shared.items():
        probability, evidence = weigh(hints, records)
        if probability >= LIKELY:
            because = [EvidenceView(kind=one.kind, bits=round(one.bits, 2), holders=one.holders, sentence=one.sentence) for one in evidence]
            found.append(CandidateView(customer_id=person, probability=round(probability, 4), evidence=because))
    return sorted(found, key=lambda one: (-one.probability, one.customer_id))[:MOST]
