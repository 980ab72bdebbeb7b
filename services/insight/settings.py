"""What can be set about insight."""

from typing import Annotated

from pydantic import Field

from services.insight.domain.cycle import Stage
from services.kit.settings import ServiceSettings, prefix

Share = Annotated[float, Field(ge=0, le=1)]


class InsightSettings(ServiceSettings):
    """Minimums under which a figure is withheld, and the thresholds of the cycle."""

    model_config = prefix("ANTIPHON_INSIGHT_")

    minimum_answers: Annotated[int, Field(ge=1, le=1000, description="fewer answers than this: the figure is withheld")] = 5
    effect_minimum: Annotated[
        int, Field(ge=1, le=100_000, description="fewer answers than this before or after: too early to judge an initiative")
    ] = 30
    alert_owner: Annotated[
        str | None, Field(min_length=1, max_length=200, description="who looks after a new alert until somebody takes it; nobody when left out")
    ] = None
    threshold_collect: Annotated[Share, Field(description="least share of invitations answered")] = 0.10
    threshold_categorise: Annotated[Share, Field(description="least share of feedback with a known driver")] = 0.80
    threshold_own: Annotated[Share, Field(description="least share of follow-ups in time")] = 0.90
    threshold_act: Annotated[Share, Field(description="least share of the worst drivers with a started initiative")] = 0.50
    threshold_practise: Annotated[Share, Field(description="least share of contacts in which an article was used")] = 0.20
    threshold_tell: Annotated[Share, Field(description="least share of contributors told")] = 0.80

    def thresholds(self) -> dict[str, float]:
        """Return the threshold of each stage."""
        return {
            Stage.COLLECT: self.threshold_collect,
            Stage.CATEGORISE: self.threshold_categorise,
            Stage.OWN: self.threshold_own,
            Stage.ACT: self.threshold_act,
            Stage.PRACTISE: self.threshold_practise,
            Stage.TELL: self.threshold_tell,
        }
