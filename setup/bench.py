"""The scale benchmark: fills a database to a large size, and measures on it.

Prints queries and seconds beside their targets, and fails when one is missed. What is
measured stands in ``tests/bench``. The database is made at the first run and kept;
``./setup/bench --anew`` makes it anew. ``./setup/bench relation`` measures one part.
"""

import subprocess
import sys

import debian
import machine
import service
from gate import drop_databases

DATABASE = "bsc_bench"
FOLDER = machine.DATA / "bench"
MODULES = [*machine.MODULES, "crm"]  # Odoo's own pipeline, to compare with


def main() -> int:
    refusal = "Another benchmark runs in this folder."
    with machine.lock(FOLDER / "lock", refusal=refusal):
        debian.need_wkhtmltopdf()
        python = machine.environment("requirements.txt")
        machine.need_space(FOLDER, 2)
        with service.postgres(python, FOLDER / "postgres"):
            odoo = service.Odoo(
                python,
                FOLDER,
                port=service.free_port(),
                db_name=DATABASE,
                log_level="error",
            )
            prepare(odoo, anew="--anew" in sys.argv[1:])
            parts = [word for word in sys.argv[1:] if not word.startswith("-")]
            command = [python, "-m", "tests.bench", odoo.config, DATABASE, *parts]
            return subprocess.run(
                command, cwd=machine.ROOT, env=odoo.environment
            ).returncode


def prepare(odoo: service.Odoo, anew: bool) -> None:
    """Make the database, or bring it up to date when the modules changed."""
    mark = FOLDER / f"{DATABASE}.modules"
    state = machine.modules_state()
    if anew or not mark.exists():
        drop_databases(odoo.python, DATABASE)
    if DATABASE not in service.databases(odoo.python):
        arguments = odoo.making(DATABASE, MODULES)
        title = "Installing both modules, about a minute"
    elif mark.read_text() != state:
        arguments = odoo.updating(DATABASE, MODULES)
        title = "Bringing the database up to date with the modules"
    else:
        return
    mark.unlink(missing_ok=True)
    odoo.step(title, *arguments)
    mark.write_text(state)


if __name__ == "__main__":
    machine.start(main)
