"""The house keeps its own rules: walls, true docstrings, versioned subjects, silent imports, tagged personal data."""

import ast
import inspect
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from services.kit.events import Event
from services.kit.fields import Command

ROOT = Path(__file__).parents[2]
SERVICES = ("survey", "feedback", "routing", "knowledge", "customers", "insight")
BUSINESS = re.compile(r"survey|feedback|customer|\bagent|rating|department|review|invitation|article|skill", re.IGNORECASE)


def events_of(service: str) -> list[type[Event]]:
    contract = import_module(f"services.{service}.contract")
    return [
        kind
        for kind in vars(contract).values()
        if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event and kind.__module__ == contract.__name__
    ]


def listed(docstring: str, line: str) -> set[str]:
    match = re.search(rf"^{line}: (.*?)\.?\s*(?=^\w[\w ]*: |\Z)", docstring, re.MULTILINE | re.DOTALL)
    assert match, f"no line '{line}: …'"
    found = {name.strip().rstrip(".") for name in match[1].replace("\n", " ").split(",")}
    return set() if found == {"nothing"} else found


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_says_truly_what_it_publishes_and_hears(service: str) -> None:
    module = import_module(f"services.{service}")
    docstring = re.sub(r"^ +", "", module.__doc__ or "", flags=re.MULTILINE)
    app = import_module(f"services.{service}.app")
    assert listed(docstring, "Publishes") == {event.subject for event in events_of(service)}
    assert listed(docstring, "Listens to") == {consumer.event.subject for consumer in app.service.consumers}
    assert listed(docstring, "Owns")
    assert listed(docstring, "Never")


@pytest.mark.parametrize("service", SERVICES)
def test_every_event_has_a_versioned_subject_an_order_and_a_meaning(service: str) -> None:
    for event in events_of(service):
        assert re.fullmatch(rf"{service}\.[a-z_]+\.v[1-9]", event.subject), event
        assert set(event.ordered_by) <= set(event.model_fields), event
        assert event.__doc__, event


def test_the_kit_speaks_no_business() -> None:
    said = []
    for path in sorted((ROOT / "services/kit").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [getattr(node, field, None) for field in ("id", "name", "attr", "arg")]
            said += [f"{path.name}:{node.lineno} {name}" for name in names if isinstance(name, str) and BUSINESS.search(name)]  # type: ignore[attr-defined]
    assert said == []


def test_the_kit_stays_small() -> None:
    """3,300 lines of code beside docstrings and comments: what grows past that is a service, or a library that somebody else keeps."""
    assert sum(code_lines(path) for path in (ROOT / "services/kit").glob("*.py")) <= 3300


def test_no_file_is_longer_than_a_person_can_hold_in_mind() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for part, limit in (("services", 300), ("gateway", 300), ("infra", 300), ("tests", 400))
        for path in (ROOT / part).rglob("*.py")
        if "versions" not in path.parts and (lines := len(path.read_text().splitlines())) > (400 if path.name == "contract.py" else limit)
    }
    assert long == {}


def code_lines(path: Path) -> int:
    source = path.read_text()
    texts = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)]
    documented = {number for text in texts for number in range(text.lineno, (text.end_lineno or text.lineno) + 1)}
    lines = enumerate(source.splitlines(), 1)
    return sum(1 for number, line in lines if line.strip() and not line.lstrip().startswith("#") and number not in documented)


def test_importing_acts_on_nothing(tmp_path: Path) -> None:
    """No file, no thread, no socket at import: what a module needs, its lifespan opens."""
    code = (
        "import threading, socket, sys\n"
        "socket.socket.connect = lambda *_: sys.exit('an import opened a connection')\n"
        + "".join(f"import services.{service}.app\n" for service in SERVICES)
        + "import gateway.app\n"
        "assert threading.active_count() == 1, threading.enumerate()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("service", [*SERVICES, "gateway"])
def test_every_text_column_says_whether_it_holds_personal_data(service: str) -> None:
    package = "gateway" if service == "gateway" else f"services.{service}"
    metadata = import_module(f"{package}.models").Base.metadata
    risky = re.compile(r"^(display_)?name$|email|phone|text|comment|note|body|title|description|problem|resolution|address|keys?_value|^value$")
    untagged = [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if risky.search(column.name) and "pii" not in column.info
    ]
    assert untagged == []


def test_commands_refuse_unknown_fields_and_bound_every_text() -> None:
    def descend(kind: type[Command]) -> list[type[Command]]:
        return [kind, *(deeper for child in kind.__subclasses__() for deeper in descend(child))]

    for service in SERVICES:
        import_module(f"services.{service}.app")
    for command in descend(Command):
        assert command.model_config["extra"] == "forbid", command


@pytest.mark.parametrize("service", SERVICES)
def test_no_dependency_of_a_door_is_a_plain_function(service: str) -> None:
    """FastAPI runs plain functions in threads: three of them cost more than a door's whole work."""
    plain = {
        f"{route.path} {one.call}"
        for router in import_module(f"services.{service}.app").service.routers
        for route in router.routes
        for one in route.dependant.dependencies
        if not inspect.iscoroutinefunction(one.call) and not inspect.iscoroutinefunction(type(one.call).__call__)
    }
    assert plain == set()


# --- planted violations ---------------------------------------------------------------------------------------------------------------------

PLANTED = {
    "a neighbour's model": ("services/survey/use_cases/planted.py", "from services.feedback import models\n", "1."),
    "a neighbour's use case": ("services/routing/use_cases/planted.py", "from services.survey.use_cases import record_response\n", "1."),
    "SQL in the domain": ("services/survey/domain/planted.py", "import sqlalchemy\n", "3."),
    "the kit in the domain": ("services/insight/domain/planted.py", "from services.kit import ids\n", "3."),
    "a table in a contract": ("services/knowledge/contract/articles.py", "import sqlmodel\n", "4."),
    "business in the kit": ("services/kit/planted.py", "from services.survey import contract\n", "5."),
    "a model in the gateway": ("gateway/schema/planted.py", "from services.feedback import models\n", "6."),
    "a web framework in a use case": ("services/feedback/use_cases/planted.py", "import fastapi\n", "7."),
    "HTTP in a use case": ("services/customers/use_cases/planted.py", "import httpx\n", "8."),
    "an upward import": ("services/routing/domain/planted.py", "from services.routing import models\n", "2."),
    "the API from a model": ("services/insight/models.py", "from services.insight import api\n", "2."),
    "a new kind of room": ("services/feedback/helpers/__init__.py", "", "2."),
}


@pytest.fixture(scope="module")
def copy_of_the_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    house = tmp_path_factory.mktemp("house")
    for part in ("services", "gateway", "infra"):
        shutil.copytree(ROOT / part, house / part, ignore=shutil.ignore_patterns("__pycache__", "static", "*.npz"))
    shutil.copy(ROOT / "pyproject.toml", house)
    return house


def lint_imports(house: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=house, capture_output=True, text=True, check=False)  # noqa: S603


def test_the_walls_stand(copy_of_the_house: Path) -> None:
    done = lint_imports(copy_of_the_house)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("violation", sorted(PLANTED))
def test_a_planted_violation_is_caught(copy_of_the_house: Path, violation: str) -> None:
    where, line, contract = PLANTED[violation]
    path = copy_of_the_house / where
    before = path.read_text() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text((before or "") + "\n" + line)
    try:
        done = lint_imports(copy_of_the_house)
        assert done.returncode != 0, violation
        assert re.search(rf"{re.escape(contract)}.*BROKEN|Missing layer|undeclared|exhaustive|not listed as a layer", done.stdout), done.stdout
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before)
        if path.name == "__init__.py" and before is None:
            path.parent.rmdir()
