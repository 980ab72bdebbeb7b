"""Asks the gateway's own service: keys."""

from typing import Any

from gateway.clients.service import Caller, Service, segment
from gateway.contract import IssuedKeyView, KeyView


class Keys:
    """The typed client of the gateway's own keys."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def issue(self, caller: Caller, body: dict[str, Any]) -> IssuedKeyView:
        """Issue a key."""
        return self.service.believe(IssuedKeyView, await self.service.change(caller, "POST", "/v1/keys", body))

    async def key(self, caller: Caller, key_id: str) -> KeyView:
        """Return a key without its secret; raises Problem (not_found)."""
        return self.service.believe(KeyView, await self.service.read(caller, f"/v1/keys/{segment(key_id)}"))

    async def revoke(self, caller: Caller, key_id: str) -> None:
        """Revoke a key."""
        await self.service.change(caller, "DELETE", f"/v1/keys/{segment(key_id)}", None)
