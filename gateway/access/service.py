"""The gateway's own small service: keys in its own database, on the same kit as every other."""

from gateway.access.api import router
from gateway.access.authenticate import Authenticator, KeyStore
from gateway.access.exports import router as exports_router
from gateway.access.internal_tokens import InternalTokens
from gateway.access.issuers import OutsideTokens
from gateway.access.keys import Pepper, note_use
from gateway.access.repository import key_named
from gateway.access.tokens import ClientTokens
from gateway.models import Base
from gateway.settings import GatewaySettings
from services.kit.crypto import derive
from services.kit.service import Runtime, Service

FETCH_S = 5.0
LARGEST_KEY_SET = 1024 * 1024
PEPPER = "api key fingerprint"


async def open_access(runtime: Runtime) -> None:
    """Put together what proves a client, from the settings."""
    settings: GatewaySettings = runtime.settings
    private_key = settings.token_private_key.get_secret_value()
    if not private_key:
        raise RuntimeError("ANTIPHON_TOKEN_PRIVATE_KEY must be set: the gateway signs the tokens that the services hear")
    pepper = Pepper(derive(settings.secret_key, PEPPER))
    tokens = ClientTokens(private_key, settings.token_public_key)
    runtime.resources["pepper"] = pepper
    runtime.resources["client_tokens"] = tokens
    runtime.resources["internal_tokens"] = InternalTokens(private_key, runtime.clock)
    runtime.resources["authenticator"] = Authenticator(
        keys=KeyStore(find=lambda public_id: runtime.read(key_named, public_id), note_use=lambda key_id: runtime.write(note_use, key_id)),
        pepper=pepper.value,
        tokens=tokens,
        outside=OutsideTokens(settings.trusted_issuers, fetch, runtime.clock),
        clock=runtime.clock,
        seconds=settings.credential_seconds,
    )


async def fetch(url: str) -> bytes:
    """Read an issuer's key set; raises OSError when it cannot be had."""
    import aiohttp  # only where an outside issuer is trusted

    timeout = aiohttp.ClientTimeout(total=FETCH_S)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url, allow_redirects=False) as response:
            if response.status != 200:  # noqa: PLR2004  HTTP's own number
                raise OSError(f"the key set answered {response.status}")
            return await response.content.read(LARGEST_KEY_SET)
    except aiohttp.ClientError as error:
        raise OSError("the key set cannot be read") from error


service = Service(
    name="gateway",
    package="gateway",
    metadata=Base.metadata,
    settings=GatewaySettings,
    routers=[router, exports_router],
    on_start=open_access,
)
