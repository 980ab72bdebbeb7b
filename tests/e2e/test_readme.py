"""The README's story works as printed: its blocks are run by bash, in order, against a fresh house."""

import asyncio
import os
import re
from pathlib import Path

from tests.support.embedded import ROOT, EmbeddedHouse, embedded_house

BLOCK = re.compile(r"^```bash\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MARK = "=== block "
ANSWERS = (
    r"",
    r"Maria Keller\nplaced",
    r"contact [0-9a-f-]{36}",
    r"order_delivered",
    r"delivered\n<h1>Thank you",
    r'\{"processed":1\}',
    r"((answer|service_review) negative card_delivery logistics\n){2}1 follow-up: card_delivery open",
    r"available\n.+\naccepted",
    r"Maria Keller is unhappy\n(  \d{4}-\d\d-\d\dT\d\d:\d\d .+\n){10,}offer: None \[.*'unhappy'.*\]",
    r"Card stuck at sorting centre \d+\nCard stuck at sorting centre \d+\nresolved",
    r"ended\n<h1>Thank you\nconfirmed\ncard_delivery logistics 2 contacts \{'amount': '\d+\.\d\d', 'currency': 'EUR'\}\nstarted\npublished\ntold: 1",
)
"""What each block prints; the first defines the words that the others use."""


def blocks() -> list[str]:
    return BLOCK.findall((ROOT / "README.md").read_text())


async def printed(house: EmbeddedHouse, script: str) -> tuple[int | None, str, str]:
    """Run a script as a reader of the README would, in a folder that holds nothing of ours."""
    environment = {"PATH": os.environ["PATH"], "KEY": house.key, "BASE": house.url, "LC_ALL": "C.UTF-8"}
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec("bash", "-c", script, cwd=house.data_dir, env=environment, stdout=pipe, stderr=pipe)
    answer, complaints = await child.communicate()
    return child.returncode, answer.decode(), complaints.decode()


def test_the_readme_tells_the_story_in_ten_calls() -> None:
    numbers = re.findall(r"^\*\*(\d+)\. ", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert numbers == [str(number) for number in range(1, 11)]
    assert len(blocks()) == len(ANSWERS)
    assert "BASE=${BASE:-http://127.0.0.1:8000}" in blocks()[0]


async def test_the_calls_of_the_readme_work_as_printed(tmp_path: Path) -> None:
    script = "set -euo pipefail\n" + "".join(f"echo '{MARK}{number}'\n{block}" for number, block in enumerate(blocks()))
    async with embedded_house(tmp_path) as house:
        code, answer, complaints = await printed(house, script)
    assert code == 0, answer + complaints
    told = re.split(rf"^{MARK}\d+\n", answer, flags=re.MULTILINE)[1:]
    for wanted, said in zip(ANSWERS, told, strict=True):
        assert re.fullmatch(wanted, said.strip("\n")), (wanted, said)
