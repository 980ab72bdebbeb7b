"""Settings of the gateway."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from gateway.execution.trusted import TrustMode
from services.kit.settings import ServiceSettings, prefix

LEEWAY_S = 30


class TrustedIssuer(BaseModel):
    """An OpenID Connect issuer whose tokens are accepted, and how its claims are read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str
    audience: str
    jwks_url: str | None = None
    jwks_file: Path | None = None
    """A key set on disk, for installations without a way out; read again when `jwks_seconds` have passed."""
    algorithms: tuple[str, ...] = ("RS256", "ES256", "EdDSA")
    """Allow-list; `none` and the HS family are refused whatever stands here, since a public key must never serve as a shared secret."""
    roles_claim: str = "roles"
    sites_claim: str = "sites"
    vendors_claim: str = "vendors"
    role_names: dict[str, str] = {}
    """The issuer's name of a role to ours, where they differ."""
    jwks_seconds: int = 300


class GatewaySettings(ServiceSettings):
    """What the gateway needs to know."""

    model_config = prefix("ANTIPHON_GATEWAY_")

    trusted_issuers: Annotated[
        list[TrustedIssuer],
        Field(
            default_factory=list,
            description="JSON list of OpenID Connect issuers: issuer, audience, jwks_url or jwks_file, algorithms, claims",
        ),
    ]
    credential_seconds: Annotated[
        float,
        Field(ge=0, le=60, description="how long a checked key or token is remembered; a revocation in another process takes effect within it"),
    ] = 10.0
    service_urls: Annotated[
        dict[str, str],
        Field(
            default_factory=dict,
            validation_alias="ANTIPHON_SERVICE_URLS",
            description='where each service answers, JSON: {"survey": "http://127.0.0.1:8101", …}',
        ),
    ]
    call_seconds: Annotated[float, Field(gt=0, le=30, description="longest wait for a read from a service")] = 0.8
    change_seconds: Annotated[float, Field(gt=0, le=60, description="longest wait for a change in a service")] = 5.0
    operation_seconds: Annotated[float, Field(gt=0, le=60, description="longest time for one GraphQL query")] = 2.0
    poll_seconds: Annotated[float, Field(gt=0, le=10, description="how often a live timeline looks for news")] = 0.2
    stale_seconds: Annotated[
        float, Field(ge=0, le=600, description="how long the last good answer of a silent service may be shown, marked STALE")
    ] = 30.0

    compiled: Annotated[
        bool, Field(description="run operations by compiled plans; false leaves everything to graphql-core, with the same answers")
    ] = True
    bucket_size: Annotated[float, Field(gt=0, description="GraphQL cost that one principal may ask at once")] = 1_000.0
    bucket_per_second: Annotated[float, Field(gt=0, description="GraphQL cost that a principal's bucket gains each second")] = 200.0
    rest_size: Annotated[float, Field(gt=0, description="REST requests that one principal may send at once")] = 2_000.0
    rest_per_second: Annotated[float, Field(gt=0, description="REST requests that a principal's bucket gains each second")] = 500.0
    documents_mode: Annotated[TrustMode, Field(description="trusted documents: off, allow (beside any other) or only")] = TrustMode.OFF
    documents_file: Annotated[Path | None, Field(description="the manifest of trusted documents, {sha256: document}")] = None
    ide: Annotated[bool | None, Field(description="serve GraphiQL at /graphiql; when left out, in development only")] = None

    @property
    def shows_ide(self) -> bool:
        """Whether /graphiql exists."""
        return self.open_schema if self.ide is None else self.ide

    @property
    def open_schema(self) -> bool:
        """Whether anybody with a key may read the schema and suggestions are helpful rather than a leak."""
        return self.mode == "development"
