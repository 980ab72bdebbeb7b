"""Did a person answer? Nothing is blocked: a suspicious answer is kept, flagged with its reasons, and left out of figures."""

from collections import OrderedDict
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network


class Flag(StrEnum):
    """Why an answer looks like a scanner's or a bot's."""

    HONEYPOT_FILLED = "honeypot_filled"
    TOO_FAST = "too_fast"
    NO_RENDER_TIME = "no_render_time"
    SWEEP = "sweep"
    """One network answered many different links within a minute."""


def flags_of(*, honeypot: str, shown_at: datetime | None, sent_at: datetime, fastest: timedelta, swept: bool = False) -> list[Flag]:
    """Return the reasons to doubt an answer; `shown_at` None means that the signed moment was missing or forged."""
    flags = [Flag.HONEYPOT_FILLED] if honeypot else []
    if shown_at is None:
        flags.append(Flag.NO_RENDER_TIME)
    elif sent_at - shown_at < fastest:
        flags.append(Flag.TOO_FAST)
    return [*flags, *([Flag.SWEEP] if swept else [])]


SWEEP_MINUTE = timedelta(minutes=1)
_NETWORKS_WATCHED = 10_000


def network_of(address: str | None) -> str | None:
    """Return the network of a client (IPv4 /24, IPv6 /48), so that a scanner with many addresses is one; None for a proxy's inner one."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return None
    if not found.is_global:
        return None
    return str(ip_network((found, 24 if found.version == 4 else 48), strict=False))  # noqa: PLR2004  (IPv4)


class SweepWatch:
    """Remembers, for the last minute and in this process alone, which networks answered how many different links."""

    def __init__(self, most_links: int) -> None:
        self._most = most_links
        self._seen: OrderedDict[str, dict[str, datetime]] = OrderedDict()

    def note(self, network: str | None, link: str, now: datetime) -> bool:
        """Note an answer; say whether the network has answered more than the allowed number of different links within a minute."""
        if network is None:
            return False
        links = {one: at for one, at in self._seen.pop(network, {}).items() if now - at < SWEEP_MINUTE}
        links[link] = now
        self._seen[network] = links
        while len(self._seen) > _NETWORKS_WATCHED:
            self._seen.popitem(last=False)
        return len(links) > self._most
