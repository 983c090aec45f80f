"""Formats Python, XML and JavaScript as the gate wants them."""

import subprocess

import machine
from gate import SOURCES, markup
from machine import MODULES, ROOT


def main() -> None:
    python = machine.environment("requirements-test.txt")
    programs = python.parent
    for command in (
        [programs / "ruff", "check", "--no-cache", "--fix", *SOURCES],
        [programs / "ruff", "format", "--no-cache", *SOURCES],
        [programs / "oca-checks-odoo-module", "--fix", "--no-exit", *MODULES],
        [*machine.prettier(), "--write", "--log-level=warn", *markup()],
    ):
        subprocess.run(command, cwd=ROOT)


if __name__ == "__main__":
    machine.start(main)
