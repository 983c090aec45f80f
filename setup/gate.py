"""The whole gate: formatting, linters, installation with and without demo data, tests.

Without arguments everything runs on databases made anew and ends in pytest's summary.
With arguments only pytest runs, with these arguments, on the databases of the last run
brought up to date: ``./setup/test bsc_wijkteam/tests/test_bsc_referral.py -k gate``.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import debian
import machine
import service
from machine import MODULES, ROOT, say

FOLDER = machine.DATA / "test"
SOURCES = [*MODULES, "setup", "tests"]
DATABASE = "bsc_gate"  # both modules, no demo data: the tests run on it
DEMO_DATABASE = "bsc_gate_demo"
LINT_DATABASE = "bsc_gate_lint"

LOG_ENTRY = re.compile(r"\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")
SUMMARY = re.compile(
    r"(=+ )?(\d+ (passed|failed|skipped|error|warning)|no tests ran).* in "
)
# What a log may hold although it is not ours: logger, text, reason.
NOT_OURS = [
    # The embedded PostgreSQL has no contrib modules; Odoo tries them once and goes on.
    ("odoo.sql_db", "CREATE EXTENSION IF NOT EXISTS"),
    ("odoo.service.db", "Unable to create PostgreSQL extensions"),
]
# Odoo's own rules for its source (addon test_lint) that look at the source without
# importing it; the others run inside a database.
ODOO_PYLINT = [
    "used-before-assignment",
    "undefined-variable",
    "eval-used",
    "unreachable",
    "function-redefined",
    "sql-injection",
    "missing-gettext",
    "gettext-variable",
    "gettext-placeholders",
    "gettext-repr",
    "raise-unlink-override",
]


class Gate:
    """Runs checks one after another and remembers which did not pass."""

    def __init__(self, python: Path, odoo: service.Odoo):
        self.python = python
        self.odoo = odoo
        self.failed = []

    def check(self, title: str, command: list, **options) -> None:
        result = machine.step(title, command, check=False, **options)
        if result.returncode:
            self.fail(title, result.stdout)

    def fail(self, title: str, output: str) -> None:
        self.failed.append(title)
        lines = output.splitlines()
        shown = lines if len(lines) <= 200 else [*lines[:150], "…", *lines[-50:]]
        say("".join(f"  | {line}\n" for line in shown))

    # --- The source ---

    def lint(self) -> None:
        tool = [self.python, "-m"]
        programs = self.python.parent
        catalogues = [path for path in files() if path.suffix in {".po", ".pot"}]
        # A noun with much to it stands in several files, one per matter.
        split = "--disable=consider-merging-classes-inherited"
        ruff_format = ["ruff", "format", "--no-cache", "--diff", "--quiet"]
        for title, command in {
            "Ruff": [*tool, "ruff", "check", "--no-cache", *SOURCES],
            "Ruff format": [*tool, *ruff_format, *SOURCES],
            "Prettier": [*machine.prettier(), "--list-different", *markup()],
            "Pylint with OCA's rules": [*tool, "pylint", split, *MODULES],
            "OCA's rules for modules": [programs / "oca-checks-odoo-module", *MODULES],
            "OCA's rules for translations": [
                *(programs / "oca-checks-po", "--disable=po-pretty-format"),
                *catalogues,
            ],
        }.items():
            self.check(title, command, cwd=ROOT)

    def lint_as_odoo(self) -> None:
        """Run Odoo's own rules on our modules."""
        [rules] = (path for path in self.odoo.addons if (path / "test_lint").exists())
        addons = ",".join(map(str, self.odoo.addons))
        path = f"{rules / 'test_lint/tests'}:{self.odoo.root}"
        self.check(
            "Pylint with Odoo's rules",
            [
                *(self.python, "-m", "pylint", "--rcfile=/dev/null", "--score=no"),
                "--disable=all,unknown-option-value",
                f"--enable={','.join(ODOO_PYLINT)}",
                "--load-plugins=_pylint_path_setup,pylint.extensions.bad_builtin,"
                "_odoo_checker_sql_injection,_odoo_checker_gettext,"
                "_odoo_checker_unlink_override",
                *("--bad-functions=input", *MODULES),
            ],
            cwd=ROOT,
            env=dict(os.environ, PYTHONPATH=path, ADDONS_PATH=addons),
        )
        self.odoo.database(
            "duplicate", DATABASE, LINT_DATABASE, title="A copy of the database"
        )
        title = "Odoo's rules in a database"
        result = self.odoo.step(
            title,
            *("-c", self.odoo.config, "-d", LINT_DATABASE, "-i", "test_lint"),
            *("--test-tags", "/test_lint,-/test_lint:TestPyLint"),
            *("--no-http", "--stop-after-init"),
            check=False,
        )
        # These rules read all of Odoo as well; what it breaks itself is not ours.
        ours = [
            entry
            for entry in entries(log_problems(result.stdout))
            if "odoo.addons.test_lint" in entry and any(map(entry.count, MODULES))
        ]
        if ours or "tests when loading database" not in result.stdout:
            self.fail(title, "\n".join(ours) or result.stdout)

    def wheels(self) -> None:
        folder = FOLDER / "wheels"
        for module in MODULES:
            self.check(
                f"Wheel of {module}",
                [
                    *(self.python, "-m", "pip", "wheel", "--quiet", "--no-deps"),
                    *("--no-build-isolation", "--wheel-dir", folder, ROOT / module),
                ],
            )

    # --- The databases ---

    def start_databases(self, anew: bool) -> dict[str, "Making"]:
        """Start making or updating the two databases, side by side."""
        names = {DATABASE: [], DEMO_DATABASE: ["--with-demo"]}
        if anew:
            drop_databases(self.python, DATABASE, DEMO_DATABASE, LINT_DATABASE)
            shutil.rmtree(FOLDER / "data", ignore_errors=True)
        present = service.databases(self.python)
        state = machine.modules_state()
        makings = {}
        for name, options in names.items():
            mark = FOLDER / f"{name}.modules"
            if name in present and mark.exists():
                if mark.read_text() == state:
                    continue
                arguments = self.odoo.updating(name, MODULES)
            else:
                drop_databases(self.python, name)
                arguments = self.odoo.making(name, MODULES, *options)
            mark.unlink(missing_ok=True)
            makings[name] = Making(self.odoo, name, arguments, mark, state)
        return makings

    def finish_databases(self, makings: dict[str, "Making"]) -> None:
        for name, making in makings.items():
            demo = "with" if name == DEMO_DATABASE else "without"
            title = f"Installation {demo} demo data"
            problems = making.finish(title)
            if problems:
                self.fail(title, problems)
            if making.process.returncode and name == DATABASE:
                machine.stop("No tests were run: the database could not be made.")

    # --- The tests ---

    def pytest(self, arguments: list[str]) -> int:
        """Run pytest; hold its summary back until what else failed has been told."""
        environment = dict(
            self.odoo.environment,
            BSC_ODOO_CONFIG=str(self.odoo.config),
            BSC_DATABASE=DATABASE,
            BSC_DEMO_DATABASE=DEMO_DATABASE,
            BSC_AXE=str(machine.axe()),
        )
        command = [
            *(self.python, "-m", "pytest", f"--odoo-config={self.odoo.config}"),
            *(f"--odoo-database={DATABASE}", "--odoo-http", *arguments),
        ]
        summary = ""
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            for line in process.stdout:
                if SUMMARY.match(line):
                    summary, line = line, summary
                print(line, end="", flush=True)
        if self.failed:
            say(f"\nNOT PASSED: {'; '.join(self.failed)}")
        print(summary, end="", flush=True)
        return process.returncode


class Making:
    """A database that Odoo makes or updates in the background."""

    def __init__(self, odoo: service.Odoo, name: str, arguments: list, mark, state):
        self.log = FOLDER / f"{name}.log"
        self.mark = mark
        self.state = state
        self.started = time.monotonic()
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [str(part) for part in odoo.command(*arguments)],
                cwd=FOLDER,
                env=odoo.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def finish(self, title: str) -> str:
        """Wait until the database is there; return what in the log may not be."""
        print(f"{title} … ", end="", flush=True)
        failed = self.process.wait()
        log = self.log.read_text(errors="replace")
        problems = log_problems(log)
        if failed:
            problems = problems or log
        if not problems:
            self.mark.write_text(self.state)
        seconds = f"{time.monotonic() - self.started:.0f} s"
        say("failed" if problems else f"{seconds} since its start")
        return problems


def files() -> list[Path]:
    return [path for module in MODULES for path in (ROOT / module).rglob("*")]


def markup() -> list[Path]:
    """What the formatter of XML and JavaScript looks after."""
    return [path for path in files() if path.suffix in {".xml", ".js", ".scss"}]


def entries(log: str) -> list[str]:
    """Split a log of Odoo in its entries, each with the lines that belong to it."""
    return re.split(r"\n(?=\d{4}-\d\d-\d\d )", log)


def log_problems(log: str) -> str:
    """Return the warnings and errors of a log that are not known as not ours."""
    return "\n".join(
        entry
        for entry in entries(log)
        if LOG_ENTRY.match(entry)
        and not any(logger in entry and text in entry for logger, text in NOT_OURS)
    )


def drop_databases(python: Path, *names: str) -> None:
    query = (
        "import psycopg2, sys; c = psycopg2.connect(dbname='postgres'); "
        "c.autocommit = True; [c.cursor().execute("
        "f'DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)') for name in sys.argv[1:]]"
    )
    subprocess.run([python, "-c", query, *names], check=True)


def main() -> int:
    arguments = sys.argv[1:]
    with machine.lock(FOLDER / "lock", refusal="Another gate runs in this folder."):
        machine.need_programs({"chromium": "chromium"})
        debian.need_wkhtmltopdf()
        python = machine.environment("requirements-test.txt")
        machine.need_space(FOLDER, 1)
        with service.postgres(python, FOLDER / "postgres", durable=False):
            odoo = service.Odoo(
                python,
                FOLDER,
                port=service.free_port(),
                screenshots=FOLDER / "screenshots",
            )
            gate = Gate(python, odoo)
            makings = gate.start_databases(anew=not arguments)
            try:
                if not arguments:
                    gate.lint()
                    gate.wheels()
                gate.finish_databases(makings)
            finally:
                for making in makings.values():
                    making.process.terminate()
            if not arguments:
                gate.lint_as_odoo()
            return gate.pytest(arguments) or int(bool(gate.failed))


if __name__ == "__main__":
    machine.start(main)
