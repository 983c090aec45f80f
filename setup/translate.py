"""Renews ``i18n/*.pot`` from the source and adds its new terms to ``i18n/nl.po``.

Existing Dutch is kept. A changed source term counts as new, because a guess that looks
right is worse than a gap. Labels of fields that Odoo's own models bring get Odoo's own
Dutch. Lists what lacks Dutch, and fails as long as something does.
"""

import os
import subprocess

import machine
import service
from gate import DATABASE, FOLDER, Gate
from machine import MODULES, ROOT, say

# Runs in the virtual environment, where polib is.
MERGE = r"""
import sys
from pathlib import Path
import polib

template, catalogue, *odoo = map(Path, sys.argv[1:])
pot = polib.pofile(str(template), wrapwidth=78)
for stamp in ("POT-Creation-Date", "PO-Revision-Date"):
    pot.metadata.pop(stamp, None)  # they would change at every run
pot.save(str(template))
catalogue.touch()
po = polib.pofile(str(catalogue), wrapwidth=78)
po.header = pot.header
po.metadata = pot.metadata | {
    "Language": "nl", "Plural-Forms": "nplurals=2; plural=(n != 1);"
}
po.merge(pot)
for entry in po.obsolete_entries():
    po.remove(entry)
known = {}
for path in reversed(odoo):
    for entry in polib.pofile(str(path)).translated_entries():
        known[entry.msgid] = entry.msgstr
for entry in po.untranslated_entries():
    if all(at.startswith("model:ir.model.fields,") for at, _ in entry.occurrences):
        entry.msgstr = known.get(entry.msgid, "")
po.sort(key=lambda entry: entry.msgid)
po.save(str(catalogue))
for entry in po.untranslated_entries() + po.fuzzy_entries():
    print(f"{catalogue.parent.parent.name}: {entry.msgid!r}")
"""
BRINGS_FIELDS = ["base", "mail", "portal", "rating", "calendar"]


def main() -> int:
    with machine.lock(FOLDER / "lock", refusal="The gate runs in this folder."):
        python = machine.environment("requirements-test.txt")
        with service.postgres(python, FOLDER / "postgres", durable=False):
            odoo = service.Odoo(python, FOLDER)
            gate = Gate(python, odoo)
            gate.finish_databases(gate.start_databases(anew=False))
            odoo.step(
                "Terms of the source",
                *("i18n", "export", "-c", odoo.config, "-d", DATABASE, *MODULES),
                *("-l", "pot"),
            )
    known = [
        path / module / "i18n/nl.po"
        for module in BRINGS_FIELDS
        for path in odoo.addons
        if (path / module / "i18n/nl.po").exists()
    ]
    missing = ""
    for module in MODULES:
        folder = ROOT / module / "i18n"
        result = subprocess.run(
            [python, "-c", MERGE, folder / f"{module}.pot", folder / "nl.po", *known],
            env=dict(os.environ, PYTHONUTF8="1"),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        missing += result.stdout
    say(missing or "Everything is in Dutch.")
    return int(bool(missing))


if __name__ == "__main__":
    machine.start(main)
