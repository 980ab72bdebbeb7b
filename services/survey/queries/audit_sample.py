"""Is the sample honest? The lot against its recorded probability, by agent; and who skips surveys more than chance explains."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, and_, case, cast, func
from sqlmodel import col, select

from services.kit.db import Tx
from services.survey.contract.sampling import LotAuditView, SkippingAgentView
from services.survey.domain.chance import adjusted, independence_p, normal_tails, rate_z
from services.survey.models import Decision, KnownContact, Wish

LEAST_CONTACTS = 20
"""Of an agent, before anything is said about their skips."""
STRIKING = 0.05


async def audit_lot(tx: Tx, programme: str, since: datetime, until: datetime) -> LotAuditView:
    """Compare what was drawn with what the inclusion probabilities promise, over all and by agent. Forced asks were not drawn and are left out."""
    chance = col(Decision.inclusion_probability)
    hit = case((col(Decision.lot) < chance, 1), else_=0)
    agent = col(Decision.attribution)["agent_id"].as_string()
    drawn = and_(
        col(Decision.programme) == programme, col(Decision.lot).is_not(None), col(Decision.created_at) >= since, col(Decision.created_at) < until
    )
    wanted: Any = select(agent.label("agent"), func.count().label("n"), func.sum(hit).label("hits"), func.sum(chance).label("p"))
    wanted = wanted.add_columns(func.sum(cast(chance * (1 - chance), Float)).label("v")).where(drawn).group_by(agent)
    rows = await tx.rows(wanted)
    hits, promised, variance = (sum(float(row[name]) for row in rows) for name in ("hits", "p", "v"))
    statistic, freedom, p = independence_p([(int(row["hits"]), float(row["p"]), float(row["v"])) for row in rows if row["agent"]])
    return LotAuditView(
        programme=programme,
        drawn=sum(int(row["n"]) for row in rows),
        chosen=int(hits),
        promised=promised,
        rate_z=rate_z(int(hits), promised, variance),
        agents=freedom,
        agent_chi_square=statistic,
        agent_p=p,
    )


async def audit_skips(tx: Tx, since: datetime, until: datetime) -> list[SkippingAgentView]:
    """Return the agents that asked to skip surveys, the most striking first: their rate against that of all, corrected for looking at many."""
    agent = col(KnownContact.attribution)["agent_id"].as_string()
    period = and_(col(KnownContact.ended_at) >= since, col(KnownContact.ended_at) < until)
    contacts = await tx.rows(select(agent.label("agent"), func.count().label("n")).where(period).group_by(agent))
    skips = await tx.rows(
        select(col(Wish.agent_id).label("agent"), func.count().label("n"))
        .where(col(Wish.wish) == "skip", col(Wish.said_at) >= since, col(Wish.said_at) < until)
        .group_by(col(Wish.agent_id))
    )
    served = {str(row["agent"]): int(row["n"]) for row in contacts if row["agent"]}
    skipped = {str(row["agent"]): int(row["n"]) for row in skips}
    everywhere = sum(skipped.values()) / max(1, sum(served.values()))
    found = []
    for agent_id, count in skipped.items():
        n = max(count, served.get(agent_id, 0))
        variance = n * everywhere * (1 - everywhere)
        z = rate_z(count, n * everywhere, variance)
        found.append((agent_id, n, count, z, normal_tails(z) / 2 if z > 0 else 1.0))
    fair = adjusted([each[4] for each in found])
    shown = [
        SkippingAgentView(agent_id=agent_id, contacts=n, skips=count, rate=count / n, z=z, p=p, striking=p < STRIKING and n >= LEAST_CONTACTS)
        for (agent_id, n, count, z, _), p in zip(found, fair, strict=True)
    ]
    return sorted(shown, key=lambda each: (each.p, str(each.agent_id)))[:100]
