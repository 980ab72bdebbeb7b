"""Measure: `python -m tests.bench [part …]`. One JSON line per figure; a reference is measured in the same run, so ratios survive a slow machine."""

import sys
from importlib import import_module
from pathlib import Path

import uvloop

from services.kit.service import settle_memory
from tests.bench.figure import Figure

FOLDER = Path(__file__).parent


def parts() -> dict[str, list[str]]:
    """Return part → modules, from the files `<part>_<what>.py`."""
    found: dict[str, list[str]] = {}
    for path in sorted(FOLDER.glob("*_*.py")):
        if not path.name.startswith("_"):
            found.setdefault(path.stem.split("_")[0], []).append(path.stem)
    return found


def main(arguments: list[str]) -> int:
    """Run the wanted parts; exit 1 when a figure misses its goal."""
    known = parts()
    wanted = arguments or sorted(known)
    unknown = [name for name in wanted if name not in known and not any(name in modules for modules in known.values())]
    if unknown:
        sys.exit(f"no bench named {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    missed = 0
    for name in wanted:
        for module in known.get(name, [name]):
            bench = import_module(f"tests.bench.{module}")
            settle_memory()  # as a service does once it is open; some benches open services in this process
            figures: list[Figure] = uvloop.run(bench.run())  # the loop that uvicorn gives every service
            for figure in figures:
                print(figure.line(), flush=True)
                missed += not figure.good
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
