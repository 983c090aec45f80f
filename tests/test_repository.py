"""What must hold for the tree as a whole; reads files only, needs no database.

The names of things follow one written rule: who knows a noun knows its files and ids.
Where a noun lacks one of its six places, the reason stands in a table below.
"""

import ast
import csv
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import docutils.core
import polib
import pytest
from lxml import etree

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(path.parent for path in ROOT.glob("bsc_*/__manifest__.py"))
VIEW_TYPES = "activity calendar form graph hierarchy kanban list pivot search".split()

# Files beside the models that are no noun of their own.
NO_NOUN = {
    "bsc_referral_client": "who bsc.referral is about",
    "bsc_referral_intake": "the intake of bsc.referral",
    "bsc_referral_gate": "where bsc.referral may go",
    "bsc_referral_match": "what fits bsc.referral",
    "bsc_referral_ask": "asks providers for bsc.referral",
    "bsc_referral_place": "the places of bsc.referral",
    "bsc_referral_review": "looking again and reopening of bsc.referral",
    "bsc_referral_follow": "how bsc.referral goes after the start",
    "bsc_followup_link": "the page behind the link of bsc.followup",
    "bsc_referral_feedback": "the feedback of bsc.referral",
    "bsc_referral_mail": "mail about bsc.referral",
    "bsc_referral_merge": "doubles of bsc.referral",
    "bsc_referral_portal": "what an account shows of bsc.referral",
    "bsc_portal": "what outsiders with an account may know of",
    "bsc_feedback_reaction": "what the referrer says back on bsc.feedback",
    "bsc_relation_refer": "the link to refer of bsc.relation",
    "bsc_relation_digest": "the digest of bsc.relation",
    "bsc_check_guide": "what bsc.check still needs, in words",
    "bsc_check_history": "which bsc.check counts",
    "bsc_check_line": "the lines of bsc.check",
    "bsc_check_link": "stamps of bsc.check given through a link",
    "bsc_evaluation_line": "the lines of bsc.evaluation",
    "bsc_evaluation_link": "the scores of bsc.evaluation given through a link",
    "bsc_check_promise": "what is agreed about a line of bsc.check",
    "bsc_check_renewal": "what the days do to bsc.check",
    "bsc_client_double": "recognises the same bsc.client again",
    "bsc_check_stamps": "the double stamp of bsc.check",
    "bsc_feed_mixin": "abstract",
    "bsc_offering_answer": "what the provider tells about bsc.offering",
    "bsc_offering_cost": "what bsc.offering costs",
    "bsc_offering_feed": "bsc.offering as open data",
    "bsc_offering_import": "reads a list into bsc.offering",
    "bsc_offering_overview": "the overview of bsc.offering",
    "bsc_offering_paper": "the overview of bsc.offering on paper",
    "bsc_pipeline_mixin": "abstract",
    "bsc_privacy_mixin": "abstract",
    "bsc_relation_evaluation": "the evaluations of bsc.relation",
    "bsc_relation_feasibility": "the feasibility of bsc.relation",
    "bsc_relation_health": "the health of bsc.relation",
    "bsc_referral_request_link": "the page behind the link of bsc.referral.request",
    "bsc_referral_request_reach": "how a provider of bsc.referral.request reaches one",
    "bsc_referral_request_remind": "the reminders of bsc.referral.request",
    "bsc_offering_match": "bsc.offering in the words of a match",
    "bsc_relation_kit": "the meeting kit of bsc.relation",
    "bsc_relation_newsletter": "bsc.relation in a newsletter",
    "bsc_relation_profile": "the profile of bsc.relation",
    "bsc_relation_promise": "the promises of bsc.relation",
    "bsc_provider_double": "doubles of bsc.provider",
    "bsc_provider_newsletter": "bsc.provider in a newsletter",
    "bsc_provider_ask": "asks bsc.provider to confirm",
    "bsc_stage_mixin": "abstract",
}
# A noun has data when the module brings its records, and demo when the story tells it.
NO_DATA = {
    "bsc_family": "made by the coach",
    "bsc_followup": "planned from the referral",
    "bsc_measurement": "made by the coach",
    "bsc_acquaintance": "made by the coach",
    "bsc_evaluation": "made by the coach",
    "bsc_signal": "made by the coach",
    "bsc_area": "loaded by the wizard from the list of CBS",
    "bsc_check": "made by the coach",
    "bsc_client": "made by the coach",
    "bsc_mail": "comes in",
    "bsc_feedback": "made by the coach",
    "bsc_funding": "differs per municipality",
    "bsc_offering": "made by the coach or imported",
    "bsc_offering_slot": "made with the offering",
    "bsc_offering_update": "made by the provider",
    "bsc_provider": "made by the coach or imported",
    "bsc_referral": "made by the coach",
    "bsc_referral_request": "made by the coach",
    "bsc_relation": "made by the coach",
    "bsc_story": "made by the coach",
}
NO_DEMO = {
    "bsc_barrier": "the same in every municipality",
    "bsc_aid": "the same in every municipality",
    "bsc_indicator": "the same in every municipality",
    "bsc_mail": "may tell who somebody is",
    "bsc_match_factor": "the same in every municipality",
    "bsc_feedback_text": "the same in every municipality",
    "bsc_evaluation_item": "the same in every municipality",
    "bsc_signal_theme": "the same in every municipality",
    "bsc_criterion": "the same in every municipality",
    "bsc_intervention": "the same in every municipality",
    "bsc_level": "the same in every municipality",
    "bsc_offering_slot": "made with the offering",
    "bsc_reason": "the same in every municipality",
    "bsc_referral_stage": "the same in every municipality",
    "bsc_relation_stage": "the same in every municipality",
    "bsc_sport": "the same in every municipality",
    "bsc_target_group": "the same in every municipality",
}


def tracked_files():
    """Return the files that are, or are about to be, in the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    paths = (ROOT / name for name in output.decode().split("\0") if name)
    return [path for path in paths if path.is_file()]


def python_files():
    return [path for path in tracked_files() if path.suffix == ".py"]


def records():
    """Yield file, module and element of every record, template and menu item."""
    for module in MODULES:
        for path in sorted(module.rglob("*.xml")):
            if "static" in path.relative_to(module).parts:
                continue
            for element in etree.parse(path).iter("record", "template", "menuitem"):
                yield path, module.name, element


def field(element, name):
    """Return the text, reference or evaluated text of a field of a record."""
    node = element.find(f"field[@name='{name}']")
    return (
        "" if node is None else node.get("ref") or node.get("eval") or node.text or ""
    )


def underscored(model):
    return model.rpartition("model_")[2].replace(".", "_")


def manifest(module):
    return ast.literal_eval((module / "__manifest__.py").read_text())


def nouns():
    """Yield module and name of every noun: a file with models of our own."""
    for module in MODULES:
        for path in sorted((module / "models").glob("bsc_*.py")):
            if path.stem not in NO_NOUN:
                yield module, path.stem


# --- Files ---


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_every_data_file_is_in_the_manifest_once(module):
    listed = manifest(module).get("data", []) + manifest(module).get("demo", [])
    assert len(listed) == len(set(listed))
    present = {
        str(path.relative_to(module))
        for folder in ("data", "demo", "report", "security", "views", "wizard")
        for pattern in ("*.xml", "*.csv")
        for path in (module / folder).glob(pattern)
    }
    assert present == set(listed)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_every_module_is_packaged_and_described(module):
    packaging = (module / "pyproject.toml").read_text()
    assert packaging == (MODULES[0] / "pyproject.toml").read_text()
    assert (module / "static/description/icon.png").stat().st_size
    docutils.core.publish_doctree(  # Odoo shows it on the Apps page
        (module / "README.rst").read_text(),
        settings_overrides={"halt_level": 2, "report_level": 2},
    )


def test_every_noun_has_its_six_places():
    missing = []
    for module, noun in nouns():
        places = [f"views/{noun}_views.xml", f"tests/test_{noun}.py"]
        if noun not in NO_DATA:
            places.append(f"data/{noun}_data.xml")
        if noun not in NO_DEMO:
            places.append(f"demo/{noun}_demo.xml")
        missing += [place for place in places if not (module / place).exists()]
        access = (module / "security/ir.model.access.csv").read_text()
        if f",model_{noun}," not in access:
            missing.append(f"{noun} in security/ir.model.access.csv")
    assert not missing


def test_no_exception_outlives_its_reason():
    present = {noun for _module, noun in nouns()}
    assert set(NO_DATA) | set(NO_DEMO) <= present
    files = {path.stem for module in MODULES for path in module.glob("models/*.py")}
    assert set(NO_NOUN) <= files
    for module, noun in nouns():
        assert noun not in NO_DATA or not (module / f"data/{noun}_data.xml").exists()
        assert noun not in NO_DEMO or not (module / f"demo/{noun}_demo.xml").exists()


def test_every_wizard_has_its_view_and_test():
    missing = []
    for module in MODULES:
        for path in (module / "wizard").glob("bsc_*.py"):
            places = [
                module / "wizard" / f"{path.stem}_views.xml",
                module / "tests" / f"test_{path.stem}.py",
            ]
            missing += [place.name for place in places if not place.exists()]
    assert not missing


# --- Ids ---


def expected_id(module, element):
    """Return the pattern that the id of a record must match."""
    kind = element.get("model")
    model = underscored(field(element, "model") or field(element, "model_id"))
    patterns = {
        "ir.actions.act_window": f"{underscored(field(element, 'res_model'))}_action",
        "ir.actions.report": f"{model}_report",
        "ir.actions.server": f"{model}_action",
        "ir.module.category": "module_category",
        "ir.rule": f"{model}_rule_",
        "ir.ui.view": f"{model}_view_({'|'.join(VIEW_TYPES)})",
        "res.groups": f"{module}_group_",
    }
    return patterns.get(kind, underscored(kind)) + r"(_?[a-z0-9]+)*"


def test_ids_of_records_follow_the_rule():
    wrong = []
    for path, module, element in records():
        if element.tag != "record":
            continue
        name = element.get("id").rpartition(".")[2]
        inherited = field(element, "inherit_id").rpartition(".")[2]
        if inherited and element.get("model") == "ir.ui.view":
            right = name == inherited
        else:
            right = re.fullmatch(expected_id(module, element), name)
        if not right:
            wrong.append(f"{path.name}: {name}")
    assert not wrong


def test_ids_of_menus_follow_the_rule():
    """A menu is named after what it opens, else after a noun or the module."""
    actions = {
        element.get("id"): {underscored(field(element, "res_model"))}
        for _path, _module, element in records()
        if element.get("model") == "ir.actions.act_window"
    }
    names = {noun for _module, noun in nouns()}
    wrong = []
    for path, module, element in records():
        if element.tag == "menuitem":
            action = (element.get("action") or "").rpartition(".")[2]
            prefixes = "|".join({module} | actions.get(action, names))
            if not re.fullmatch(f"({prefixes})_menu(_[a-z0-9]+)*", element.get("id")):
                wrong.append(f"{path.name}: {element.get('id')}")
    assert not wrong


def test_ids_of_templates_name_their_noun():
    prefixes = tuple({noun for _module, noun in nouns()} | {m.name for m in MODULES})
    wrong = []
    for path, _module, element in records():
        if element.tag == "template":
            name = element.get("id")
            inherited = (element.get("inherit_id") or "").rpartition(".")[2]
            if name != inherited and not name.startswith(prefixes):
                wrong.append(f"{path.name}: {name}")
    assert not wrong


def test_names_of_views_follow_their_ids():
    wrong = []
    for path, _module, element in records():
        if element.get("model") != "ir.ui.view":
            continue
        name = field(element, "name")
        if field(element, "inherit_id"):
            right = name.endswith(".inherit.bsc")
        else:
            right = name == element.get("id").replace("_", ".")
        if not right:
            wrong.append(f"{path.name}: {name}")
    assert not wrong


def test_only_demo_ids_end_in_demo():
    wrong = []
    for path, _module, element in records():
        is_demo = path.parent.name == "demo"
        if element.get("id").endswith("_demo") != is_demo:
            wrong.append(f"{path.name}: {element.get('id')}")
    assert not wrong


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_access_rows_follow_the_rule_in_order(module):
    with (module / "security/ir.model.access.csv").open() as handle:
        rows = list(csv.DictReader(handle))
    wrong = []
    for row in rows:
        model = row["model_id:id"].rpartition("model_")[2]
        role = row["group_id:id"].rpartition("group_")[2]
        if row["id"] != f"access_{model}_{role}":
            wrong.append(row["id"])
    assert not wrong
    models = [row["model_id:id"].rpartition("model_")[2] for row in rows]
    assert models == sorted(models)


# --- Rights ---


def test_record_rules_keep_their_four_flags():
    """A rule without a flag does not forbid the right, it stops guarding it.

    A model of Odoo's own that everybody reads may be read as before: only there a rule
    is about changing.
    """
    wrong = [
        element.get("id")
        for _path, _module, element in records()
        if element.get("model") == "ir.rule"
        and element.xpath(
            "field[starts-with(@name, 'perm_')]"
            "[not(@name='perm_read' and ../field[@name='model_id']"
            "[starts-with(@ref, 'mail.')])]"
        )
    ]
    assert not wrong


def test_sudo_says_why():
    wrong = []
    for path in python_files():
        place = path.relative_to(ROOT)
        if not place.parts[0].startswith("bsc_") or "tests" in place.parts:
            continue
        before = ""
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            raises_rights = re.search(r"\.sudo\((?!False)", line)
            if raises_rights and "#" not in before + line:
                wrong.append(f"{place}:{number}")
            before = line
    assert not wrong


# --- Texts ---


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_every_term_is_in_dutch(module):
    template = polib.pofile((module / f"i18n/{module.name}.pot").read_text())
    dutch = polib.pofile((module / "i18n/nl.po").read_text())
    assert not [entry.msgid for entry in dutch if entry.fuzzy or entry.obsolete]
    translated = {entry.msgid for entry in dutch if entry.msgstr}
    assert not [entry.msgid for entry in template if entry.msgid not in translated]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_dutch_speaks_to_everybody_as_coaches_do(module):
    """The same person gets several mails and pages: all say "je", none says "u"."""
    dutch = polib.pofile((module / "i18n/nl.po").read_text())
    formal = re.compile(r"\b[Uu]w?\b(?!=)")
    assert not [entry.msgstr for entry in dutch if formal.search(entry.msgstr)]


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout
    except FileNotFoundError:
        return ""


def registry_hosts():
    """Return the hosts that this machine's apt, pip and npm get packages from."""
    addresses = output("apt-get", "indextargets", "--format", "$(SITE)").split()
    addresses += output(sys.executable, "-m", "pip", "config", "list").split("'")
    addresses += [os.environ.get("PIP_INDEX_URL", "")]
    addresses += output("npm", "config", "get", "registry").split()
    addresses += [
        output(
            *(sys.executable, "-c"),
            "from pip._internal.models.index import PyPI; print(PyPI.url)",
        )
    ]
    hosts = {urlsplit(address.strip()).hostname for address in addresses}
    return hosts - {None, "localhost", "127.0.0.1"}


def test_no_registry_and_no_machine_is_named():
    """The tree works on every machine: mirrors and folders are found at run time."""
    hosts = registry_hosts()
    assert hosts
    homes = ["/" + r"(root|home/\w+|Users/\w+)/", re.escape(f"{ROOT}/")]
    pattern = re.compile("|".join([*map(re.escape, hosts), *homes]).encode())
    wrong = {
        f"{path.relative_to(ROOT)}: {found.group().decode()}"
        for path in tracked_files()
        for found in pattern.finditer(path.read_bytes())
    }
    assert not wrong
