"""Serves Odoo with both modules and demo data on this machine, for one to look around.

Everything is fetched and made at the first run; later runs start what is there.
Settings are environment variables: BSC_PORT, BSC_DB, BSC_CACHE, ODOO_PATH, ODOO_DEB and
those of PostgreSQL (PGHOST, PGPORT, PGUSER, PGPASSWORD).
"""

import os
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import debian
import machine
import service
from machine import say, stop

PORT = os.environ.get("BSC_PORT", "8069")
DATABASE = os.environ.get("BSC_DB", "bsc_wijkteam")
FOLDER = machine.DATA / "run"
LOGINS = {
    "coach": "works with teams, offers and own referrals",
    "team": "sees all referrals",
    "coordinator": "configures, overrides, hands over",
    "viewer": "looks at relations, offers and statistics",
    "admin": "administers the system",
}


def main() -> None:
    need_port()
    with machine.lock(
        FOLDER / "lock", refusal="This folder is served already; stop that run first."
    ):
        python = machine.environment("requirements.txt")
        say(f"Odoo: {debian.odoo_root()}")
        try:
            debian.need_wkhtmltopdf()
        except SystemExit as reason:
            say(f"{reason}\nUntil then no PDFs can be printed.")
        machine.need_space(FOLDER, 0.5)
        with service.postgres(python, FOLDER / "postgres"):
            odoo = service.Odoo(
                python, FOLDER, port=PORT, db_name=DATABASE, dbfilter=f"^{DATABASE}$"
            )
            prepare(odoo)
            serve(odoo)


def need_port() -> None:
    """Refuse a port that another program listens on, before anything is fetched."""
    if not PORT.isdigit() or not 0 < int(PORT) < 65536:
        stop(f"BSC_PORT must be a number below 65536, not «{PORT}».")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(PORT)))
        except OSError as error:
            stop(
                f"Port {PORT} cannot be used ({error.strerror}): stop the program that "
                "listens there, or choose another port, for example BSC_PORT=8070."
            )


def prepare(odoo: service.Odoo) -> None:
    """Make the database at the first run; bring it up to date when the modules changed.

    It is made under another name, so that a database with the final name is whole.
    """
    mark = FOLDER / f"{DATABASE}.modules"
    state = machine.modules_state()
    making = f"{DATABASE}_making"
    present = service.databases(odoo.python)
    if DATABASE not in present:
        if making in present:
            odoo.database("drop", making, title="Dropping an unfinished database")
        dutch = ("--language", "nl_NL", "--country", "NL")
        odoo.database(
            *("init", "--with-demo", *dutch, making), title="Making the database"
        )
        log = odoo.step(
            "Installing both modules with demo data, about a minute",
            *odoo.making(making, machine.MODULES),
        )
        odoo.log.write_text(log.stdout)
        odoo.database("rename", making, DATABASE, title="Naming the database")
    elif not mark.exists() or mark.read_text() != state:
        odoo.step(
            "Bringing the database up to date with the modules",
            *odoo.updating(DATABASE, machine.MODULES),
        )
    mark.write_text(state)


def serve(odoo: service.Odoo) -> None:
    """Run Odoo until it is stopped with Ctrl-C."""
    address = f"http://127.0.0.1:{PORT}"
    with (
        odoo.log.open("a") as log,
        subprocess.Popen(
            odoo.command("-c", odoo.config),
            cwd=odoo.folder,
            env=odoo.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for us; we end Odoo, then PostgreSQL
        ) as process,
    ):
        try:
            wait_until_up(process, address, odoo.log)
            say(f"\nOdoo is ready: {address}\n\n  login = password")
            for login, role in LOGINS.items():
                say(f"  {login:<12} {role}")
            say(f"\nLog: {odoo.log}\nStop with Ctrl-C; the data stay in {FOLDER}.")
            process.wait()
        except KeyboardInterrupt:
            say("\nStopping …")
        finally:
            process.terminate()


def wait_until_up(process: subprocess.Popen, address: str, log: Path) -> None:
    print("Starting Odoo … ", end="", flush=True)
    started = time.monotonic()
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/web/login", timeout=60):
                say(f"{time.monotonic() - started:.0f} s")
                return
        except OSError:
            time.sleep(0.3)
    end = (
        "".join(log.read_text().splitlines(keepends=True)[-15:]) if log.exists() else ""
    )
    stop(f"{end}\nOdoo stopped while starting: the lines above say why.")


if __name__ == "__main__":
    machine.start(main)
