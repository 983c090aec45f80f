"""Odoo 19 and its printer of PDFs out of Debian's packages, without installing them.

The mirror, its settings and its keys are those of this machine's apt, read at run time;
packages are checked by apt and unpacked in the cache, which needs no root.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from machine import ROOT, cached, fingerprint, step, stop

# What Odoo's package links to. Font Awesome 4.7 stands under the names that Odoo's
# pages ask for; later suites of Debian carry a version with other names.
ODOO_PACKAGES = [
    "fonts-font-awesome",
    "fonts-glyphicons-halflings",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
]
FONT_AWESOME_SUITE = "trixie"
PRINTER_SUITE = "bookworm"
PRINTER_PACKAGES = re.compile(
    r"(?!libc-|libc6|libgcc|libstdc\+\+)"  # the machine's own, at least as new
    r"(?!libgl1-mesa|libllvm|libz3)"  # large, and not used without a screen
    r"(fonts-|lib|wkhtmltopdf)"
)
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


# --- Odoo ---


def odoo_root() -> Path:
    """Return the folder that holds Odoo's Python package, fetched when it is not there.

    ``ODOO_PATH`` names an existing Odoo 19, ``ODOO_DEB`` a Debian package file.
    """
    if os.environ.get("ODOO_PATH"):
        return existing_odoo(Path(os.environ["ODOO_PATH"]).expanduser())
    deb = os.environ.get("ODOO_DEB")
    if deb:
        deb = Path(deb).expanduser().resolve()
        if not deb.is_file():
            stop(f"ODOO_DEB names {deb}, which is not a file.")
        name = f"odoo-19-{fingerprint(deb.name, deb.stat().st_size)}"
    else:
        name = "odoo-19"
    folder = cached(name, lambda folder: unpack_odoo(folder, deb), 2.5)
    return folder / "usr/lib/python3/dist-packages"


def existing_odoo(folder: Path) -> Path:
    for root in (folder, folder / "usr/lib/python3/dist-packages"):
        release = root / "odoo/release.py"
        if release.exists():
            found = re.search(r"version_info = \((\d+), (\d+)", release.read_text())
            if found and found.groups() == ("19", "0"):
                return root.resolve()
            stop(f"ODOO_PATH names {folder}, which holds Odoo but not version 19.0.")
    stop(f"ODOO_PATH names {folder}, where no package «odoo» stands.")


def addons_path(root: Path) -> list[Path]:
    """The folders with Odoo's addons (a source checkout has two), and ours."""
    folders = [root / "addons", root / "odoo/addons"]
    found = [folder for folder in folders if (folder / "base/static").exists()]
    found += [folder for folder in folders if (folder / "web/static").exists()]
    return list(dict.fromkeys(found)) + [ROOT]


def unpack_odoo(folder: Path, deb: Path | None) -> None:
    """Unpack Odoo's Debian package with the packages it links to; nothing is installed.

    Only the suite is ours to name: *sid* has Odoo 19.
    """
    own, _mirror = debian_mirror()
    apt = private_apt(folder / "apt", "sid", own, FONT_AWESOME_SUITE)
    debs = folder / "debs"
    debs.mkdir()
    versions = subprocess.run(
        ["apt-cache", *apt, "madison", "fonts-font-awesome"],
        capture_output=True,
        text=True,
    ).stdout
    font = re.search(r"fonts-font-awesome \| (\S*4\.7\S*)", versions)
    packages = list(ODOO_PACKAGES)
    if font:
        packages[0] += f"={font.group(1)}"
    if not deb:
        packages.insert(0, "odoo-19/sid")
    step(
        "Odoo 19 and its fonts from Debian, about 130 MB",
        ["apt-get", *apt, "download", *packages],
        cwd=debs,
        show=r"Get:.*",
    )
    for package in [*([deb] if deb else []), *sorted(debs.glob("*.deb"))]:
        if package.name.startswith("odoo") or package == deb:
            step("Unpacking Odoo, 1.2 GB", ["dpkg-deb", "-x", package, folder])
        else:
            subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
    shutil.rmtree(debs)
    shutil.rmtree(folder / "apt")
    root = existing_odoo(folder)
    # Debian leaves this file out (it has no source for it); without any file at all
    # every page reports an error. It only blurs the background of video calls.
    blur = (
        root / "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    )
    blur.parent.mkdir(exist_ok=True)
    blur.touch()
    broken = [
        path for path in root.rglob("*") if path.is_symlink() and not path.exists()
    ]
    for path in broken:
        if "/addons/web/" in str(path):
            stop(f"Debian's packages do not fit together: {path.name} is missing.")
        path.unlink()  # a font of an app that we do not use


def private_apt(folder: Path, *suites: str) -> list[str]:
    """Return options that give apt lists of its own, for these suites of Debian."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        stop(
            "This is not a Debian machine: let ODOO_PATH name a folder with Odoo 19, "
            "and install wkhtmltopdf yourself."
        )
    for name in ("state/lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True)
    _suite, mirror = debian_mirror()
    signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
    sources = [
        f"deb {signed}{mirror} {suite} main\n" for suite in dict.fromkeys(suites)
    ]
    (folder / "sources.list").write_text("".join(sources))
    apt = []
    for setting in (
        f"Dir::Etc::SourceList={folder}/sources.list",
        "Dir::Etc::SourceParts=/dev/null",
        f"Dir::State={folder}/state",
        "Dir::State::Status=/dev/null",
        f"Dir::Cache={folder}/cache",
        "Debug::NoLocking=1",
        "Acquire::Languages=none",
        "APT::Keep-Downloaded-Packages=1",
        "APT::Update::Error-Mode=any",
        "APT::Sandbox::User=root",
    ):
        apt += ["-o", setting]
    step(
        "Debian's package lists, about 30 MB",
        ["apt-get", *apt, "update"],
        show=r"Get:.*",
    )
    return apt


def debian_mirror() -> tuple[str, str]:
    """Return the suite and the mirror that this machine's own apt takes Debian from."""
    listing = subprocess.run(
        [
            "apt-get",
            "indextargets",
            "--format",
            "$(RELEASE) $(COMPONENT) $(REPO_URI)",
            "Created-By: Packages",
        ],
        capture_output=True,
        text=True,
    ).stdout
    release = Path("/etc/os-release").read_text()
    codename = re.search(r'^VERSION_CODENAME="?(\w+)', release, re.MULTILINE)
    names = {"stable", "oldstable", "testing", "unstable", "sid"}
    names |= {codename.group(1)} if codename else set()
    for line in listing.splitlines():
        suite, component, mirror = line.split(" ", 2)
        if suite in names and component == "main":
            return suite, mirror
    stop(
        "No mirror of Debian is named in this machine's apt settings: add one, or let "
        "ODOO_PATH name a folder with Odoo 19."
    )


# --- Printing ---


def need_wkhtmltopdf() -> None:
    """See to it that Odoo finds the program that prints PDFs.

    Debian has it up to the suite bookworm. Its libraries are unpacked beside it, which
    needs no root and leaves the machine as it is.
    """
    if shutil.which("wkhtmltopdf"):
        return
    folder = cached("wkhtmltopdf", unpack_wkhtmltopdf, 0.6)
    os.environ["PATH"] = f"{folder / 'bin'}:{os.environ['PATH']}"


def unpack_wkhtmltopdf(folder: Path) -> None:
    apt = private_apt(folder / "apt", PRINTER_SUITE)
    step(
        "Printer of PDFs, about 110 MB",
        [
            *("apt-get", *apt, "-y", "--no-install-recommends", "--download-only"),
            *("install", "wkhtmltopdf", "fonts-dejavu-core"),
        ],
        show=r"Get:.*",
    )
    for package in (folder / "apt/cache/archives").glob("*.deb"):
        if PRINTER_PACKAGES.match(package.name):
            subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
    shutil.rmtree(folder / "apt")
    [webkit] = folder.glob("usr/lib/*/libQt5WebKit.so.5")
    libraries = webkit.parent
    fonts = folder / "fonts.conf"
    fonts.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{folder}/usr/share/fonts</dir><cachedir>{folder}/fonts</cachedir>"
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include></fontconfig>'
    )
    program = folder / "bin/wkhtmltopdf"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\n"
        f"export LD_LIBRARY_PATH={libraries}:{folder}/lib/{libraries.name}\n"
        f"export QT_PLUGIN_PATH={libraries}/qt5/plugins QT_QPA_PLATFORM=offscreen\n"
        f"export FONTCONFIG_FILE={fonts}\n"
        f'exec {folder}/usr/bin/wkhtmltopdf "$@"\n'
    )
    program.chmod(0o755)
