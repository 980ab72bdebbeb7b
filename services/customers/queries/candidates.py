"""Who may be the same person as this one."""

from uuid import UUID

from services.customers import repository
from services.customers.contract import CandidateView, EvidenceView
from services.customers.domain.likeness import weigh
from services.kit.db import Tx

LIKELY = 0.1
MOST = 20


async def candidates(tx: Tx, customer_id: UUID, *, refused: bool = False) -> list[CandidateView]:
    """Return the likeliest others with the evidence, at most MOST; raises NotFound. A person decides, and merges or refuses.

    Those whom somebody refused are left out, or, with `refused`, they alone are returned.
    """
    members = await repository.person(tx, customer_id)
    said = await repository.refused_by_person(tx, members)
    shared = {person: hints for person, hints in (await repository.shared_hints(tx, members)).items() if (person in said) is refused}
    records = await repository.record_count(tx)
    found = []
    for person, hints in shared.items():
        probability, evidence = weigh(hints, records)
        if probability >= LIKELY:
            because = [EvidenceView(kind=one.kind, bits=round(one.bits, 2), holders=one.holders, sentence=one.sentence) for one in evidence]
            pair = said.get(person)
            refusal = {"refused_by": pair.refused_by, "refused_at": pair.refused_at} if pair else {"refused_by": None, "refused_at": None}
            told = {"customer_id": person, "probability": round(probability, 4), "evidence": because}
            found.append(CandidateView.model_validate({**told, **refusal}))
    return sorted(found, key=lambda one: (-one.probability, one.customer_id))[:MOST]
