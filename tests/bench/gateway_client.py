"""Whether a frontend team's first hour works: types are generated from the committed schema, and a client that uses them compiles.

Needs Node and npm; without them the figure says so and is missed. `make test` does not run it.
"""

import asyncio
import shutil
import tempfile
from pathlib import Path

import orjson

from gateway.execution.trusted import TrustMode, load
from tests.bench.figure import Figure

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "infra" / "sample_client"
ID = "gateway.client_errors"


async def _run(*command: str, cwd: Path) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(*command, cwd=cwd, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode(errors="replace")


async def run() -> list[Figure]:
    """Install the lock, generate, compile, and load the generated documents as a gateway does that runs nothing else."""
    npm = shutil.which("npm")
    if npm is None:
        return [Figure(ID, 1, "errors", 0, lower_is_better=True, note="Node and npm are missing: the sample client was not compiled")]
    if not (SAMPLE / "node_modules" / "typescript").exists():
        await _run(npm, "ci", "--ignore-scripts", "--no-progress", cwd=SAMPLE)
    code, out = await _run(npm, "run", "--silent", "check", cwd=SAMPLE)
    errors = out.count("error TS") + (code != 0 and "error TS" not in out)
    manifest = SAMPLE / "src" / "gql" / "persisted-documents.json"
    documents = orjson.loads(manifest.read_bytes()) if manifest.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "documents.json"
        file.write_bytes(orjson.dumps(documents))
        known = load(TrustMode.ONLY, file) if documents else None
    missing = [digest for digest in documents if known is None or known.text({"documentId": digest})[0] != documents[digest]]
    note = f"graphql-codegen client preset and tsc --strict; {len(documents)} documents as a trusted manifest. {out.strip()[-300:] if errors else ''}"
    return [Figure(ID, errors + len(missing) + (not documents), "errors", 0, lower_is_better=True, note=note.strip())]
