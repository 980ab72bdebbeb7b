"""Every answer of insight with a figure in it says what the figure means, of which time and of which part of the house, and how sure it is.

The answers are found in the OpenAPI document and in the GraphQL schema, so a new door is looked at as soon as it is there.
"""

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLObjectType, get_named_type

from gateway.schema.build import core_schema
from services.insight.app import app

DOCUMENT = app.openapi()
SCHEMAS: dict[str, dict[str, Any]] = DOCUMENT["components"]["schemas"]
KEPT = {
    "/v1/metrics": "what figures mean, without one",
    "/v1/alerts": "sentences and who looks after them",
    "/v1/departments": "what people keep",
    "/v1/cost-rates": "what people keep",
    "/v1/disputes": "what people said",
    "/v1/disputes/{dispute_id}": "what people said",
    "/v1/initiatives": "what is planned; the initiative itself has its effect",
    "/v1/board": "what was promised to customers",
    "/v1/processes": "as they are drawn",
    "/v1/pulses": "the questions",
    "/v1/quality-forms": "what reviewers look for",
    "/v1/quality-forms/{key}": "what reviewers look for",
    "/v1/quality-forms/{key}/reviews": "what reviewers found, one by one",
    "/v1/quality-forms/{key}/sample": "which contacts to review",
    "/v1/exports": "names of columns",
    "/v1/parked-events": "what every service says of itself",
    "/v1/dead-letters": "what every service says of itself",
}
"""Answers that show no figure, and what they show."""
GIVEN = {"AvoidedView": "worked out of what was given alone: of no time and no part of the house"}
DIFFERENCES = {"ChangeView", "EffectView", "ControlledView"}
"""Both sides of a difference are figures of their own."""
ONLY_WHEN_ENOUGH = {
    "PlaceView",
    "AdjustedPlaceView",
    "TrainingGapView",
    "PulseScoreView",
    "PointView",
    "EstimateView",
    "CalibrationView",
    "FunnelStageView",
}
"""Rows that are not there at all while too few stand behind them."""
COUNTED = {
    "StageView",
    "DisputeSummaryView",
    "TrainingGapView",
    "CalibrationView",
    "PulseScoreView",
    "PointView",
    "AdjustedPlaceView",
    "RepeatView",
    "FunnelStageView",
}
"""Figures of what is counted wholly, or compared as it was answered: there are no weights, so n answers are worth n."""
NUMERATORS = {"numerator", "good", "bad", "repeats", "answered", "accepted", "value", "kappa", "share"}
DENOMINATORS = {"n", "answers"}


def _named(part: dict[str, Any]) -> str | None:
    """Return the schema that a property, a list or an optional value is of."""
    for inner in (part, part.get("items") or {}, *part.get("anyOf", ())):
        if "$ref" in inner:
            return str(inner["$ref"]).rsplit("/", 1)[1]
    return None


def _answers() -> Iterator[tuple[str, str]]:
    """Return (path, schema) of what every question answers in JSON; of a page and a list, its rows."""
    for path, methods in DOCUMENT["paths"].items():
        door = path.removeprefix("/insight")
        if "get" not in methods or door in KEPT or not door.startswith("/v1"):
            continue
        content = methods["get"]["responses"]["200"].get("content", {})
        name = _named(content.get("application/json", {}).get("schema", {}))
        if name is None:
            continue
        items = SCHEMAS[name].get("properties", {}).get("items") if name.startswith("Page") else None
        yield door, (_named(items) or name) if items else name


def _figures(name: str, around: frozenset[str]) -> Iterator[tuple[str, frozenset[str], frozenset[str]]]:
    """Return every schema with an interval of its own in an answer, with its own parts and with what stands around it."""
    parts = SCHEMAS[name].get("properties", {})
    own = frozenset(parts)
    if "interval" in own and name not in DIFFERENCES:
        yield name, own, around | own
    for part in parts.values():
        inner = _named(part)
        if inner is not None and inner != "IntervalView":
            yield from _figures(inner, around | own)


def test_every_answer_says_which_time_and_which_part_of_the_house_it_is_of() -> None:
    found = dict(_answers())
    silent = []
    for door, name in found.items():
        own = set(SCHEMAS["EffectView" if name == "InitiativeDetailView" else name]["properties"])
        timed = bool(own & {"period", "before"})
        if name not in GIVEN and not (timed and "filters" in own):
            silent.append(f"{door}: {name}")

    assert len(found) > 20
    assert silent == []


def test_every_answer_names_the_definition_of_what_it_shows() -> None:
    nameless = []
    for door, name in _answers():
        figures = list(_figures(name, frozenset()))
        own = set(SCHEMAS[name]["properties"])
        if own & {"definition_id", "definitions"}:
            continue
        if not figures or any(not around & {"definition_id", "definitions"} for _, _, around in figures):
            nameless.append(f"{door}: {name}")

    assert nameless == []


def test_every_figure_has_its_numbers_its_effective_number_and_a_word_for_being_withheld() -> None:
    missing = set()
    for _, name in _answers():
        for figure, own, around in _figures(name, frozenset()):
            if not own & NUMERATORS or not own & DENOMINATORS:
                missing.add(f"{figure}: numbers")
            if figure not in COUNTED and "n_effective" not in own:
                missing.add(f"{figure}: effective n")
            if figure not in ONLY_WHEN_ENOUGH and not own & {"withheld", "state"}:
                missing.add(f"{figure}: withheld")
            if figure not in DIFFERENCES and not around & {"definition_id", "definitions"}:
                missing.add(f"{figure}: definition")

    assert missing == set()


def test_every_interval_names_its_method() -> None:
    assert {"low", "high", "method", "level"} == set(SCHEMAS["IntervalView"]["required"])


def test_graphql_shows_every_part_that_rest_shows() -> None:
    """Each view with figures has a type of the same name (without View), or one of those named here."""
    other_names = {
        "AvoidedView": "ContactsAvoided", "BiasView": "AskedGroup", "ChangeView": "FigureChange", "ControlledView": "ControlledEffect",
        "ImportanceView": "KeyDriver", "InterruptedView": "InterruptedEffect", "LoopView": "InnerLoop", "ParetoView": "ParetoDriver",
        "PointView": "SeriesPoint", "RepeatView": "Repeats", "SideView": "EffectSide", "SourceView": "SourceSays", "StageView": "CycleStage",
        "StepView": "ProcessStep", "TableView": "ChartTable", "TileView": "OverviewFigure", "TrainingNeedView": "TeamLag",
    }  # fmt: skip
    kinds = core_schema().type_map
    lacking, looked_at = [], 0
    pending, seen = {name for _, name in _answers()}, set[str]()
    while pending:
        view = pending.pop()
        seen.add(view)
        pending |= {inner for part in SCHEMAS[view].get("properties", {}).values() if (inner := _named(part)) and inner not in seen}
        kind = kinds.get(other_names.get(view, view.removesuffix("View")))
        if view in {"InitiativeDetailView", "TargetView"}:
            continue  # a node with ids of its own and a target that lies flat in it: its other parts are looked at one by one
        assert isinstance(kind, GraphQLObjectType), f"{view} has no type"
        looked_at += 1
        shown = {name.lower() for name in kind.fields}
        lacking += [f"{kind.name}.{name}" for name in SCHEMAS[view]["properties"] if name.replace("_", "").lower() not in shown | {"id"}]

    assert looked_at > 40
    assert lacking == []
    assert get_named_type(kinds["Query"].fields["triangulation"].type) is kinds["Triangulation"]  # type: ignore[attr-defined]  # an object type
