"""`make map`: what each service owns, says, hears and does, read from the code."""

import sys
from importlib import import_module
from pathlib import Path

SERVICES = ("survey", "feedback", "routing", "knowledge", "customers", "insight")


def chart() -> str:
    """Return the map as text."""
    lines = []
    for name in SERVICES:
        module = import_module(f"services.{name}")
        folder = Path(next(iter(module.__path__))) / "use_cases"
        verbs = sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
        lines += [f"{name}/", *(f"  {line.strip()}" for line in (module.__doc__ or "").strip().splitlines() if line.strip())]
        lines += [f"  Does: {', '.join(verbs)}.", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(chart())
