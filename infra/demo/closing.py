"""What the demo says at the end: counts and figures as the house itself gives them, and where to look."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.table import Table

from infra.demo.script import people
from infra.demo.stage import Stage

COUNTED = {
    "contacts": ("/routing/v1/contacts", "state"),
    "invitations": ("/survey/v1/invitations", "state"),
    "decisions": ("/survey/v1/decisions", "outcome"),
    "feedback items": ("/feedback/v1/items", "source"),
    "follow-ups": ("/feedback/v1/follow-ups", "state"),
    "articles": ("/knowledge/v1/articles", "state"),
    "initiatives": ("/insight/v1/initiatives", "state"),
}
MOST_DRIVERS = 5


async def counts(stage: Stage) -> dict[str, Counter[str]]:
    """Return how many there are of each thing, by its state or source."""
    return {name: Counter([str(item[by]) async for item in stage.every(path)]) for name, (path, by) in COUNTED.items()}


async def closing(stage: Stage, monday: datetime, url: str, console: Console) -> None:
    """Print what happened and three things to look at."""
    period = {"from": (monday - timedelta(days=7)).isoformat(), "to": (monday + timedelta(days=14)).isoformat()}
    console.print("\n[bold]What happened[/bold]")
    for name, kinds in (await counts(stage)).items():
        console.print(f"  {kinds.total():>5} {name:<15} " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())), highlight=False)
    console.print(_drivers((await stage.get("/insight/v1/drivers", **period))["items"]))
    csat = await stage.get("/insight/v1/metrics/csat", **period)
    console.print(f"Satisfied ({csat['definition_id']}), with 95 % interval: {_share(csat)} of {csat['n']} answers", highlight=False)
    console.print((await stage.get("/insight/v1/cycle-health", **period))["sentence"], highlight=False)
    _links(url, console)


def _drivers(rows: list[Any]) -> Table:
    """Return the dearest drivers as a table."""
    title = "Why customers had to make contact (shares with 95 % interval; n: too few)"
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name in ("driver", "department", "contacts", "cost", "negative", "satisfied"):
        table.add_column(name, justify="left" if name in {"driver", "department"} else "right", no_wrap=True)
    for row in rows[:MOST_DRIVERS]:
        cost = f"{row['cost']['amount']} {row['cost']['currency']}" if row["cost"] else "no rate"
        cells = (row["driver"] or "(no trouble)", row["department"] or "", str(row["contacts"]), cost)
        table.add_row(*cells, _share(row["negative"]), _share(row["csat"]))
    return table


def _share(figure: Any) -> str:
    """Return a share with its interval, or why it is withheld."""
    if figure["value"] is None or figure["interval"] is None:
        return f"n={figure['n']}"
    low, high = figure["interval"]["low"], figure["interval"]["high"]
    return f"{figure['value']:.0%} {low * 100:.0f}-{high * 100:.0f}"


def _links(url: str, console: Console) -> None:
    """Print three things to look at; each works as printed."""
    account = people()[0].account
    shown = "displayName mood { mood } timeline(first: 20) { edges { node { occurredAt title } } }"
    query = f'{{ customer(key: {{kind: "account", value: "{account}"}}) {{ {shown} }} }}'
    console.print("\n[bold]Look at[/bold]")
    console.print(f"  1. One customer, whole: {url}/graphiql with", highlight=False)
    console.print(f"     {query}", highlight=False, markup=False, soft_wrap=True)
    console.print(f"  2. What customers were told: {url}/insight/v1/board", highlight=False)
    console.print(
        f"  3. What nobody has written down yet: curl -H \"Authorization: Bearer $KEY\" '{url}/knowledge/v1/gaps'",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
