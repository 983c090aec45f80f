"""What the machine must have: room, Python packages, a few programs; and how we tell.

Everything fetched lives once per user in a cache folder and is made there in one piece:
a folder without its mark ``.done`` is the rest of an interrupted run and is made anew.
Only the standard library is used, because this runs before anything is installed.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SETUP = ROOT / "setup"
DATA = ROOT / ".bsc"  # databases, files and logs of this clone
CACHE = (
    Path(
        os.environ.get("BSC_CACHE")
        or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "bsc-wijkteam"
    )
    .expanduser()
    .absolute()
)
MODULES = sorted(path.parent.name for path in ROOT.glob("bsc_*/__manifest__.py"))

NO_MIRROR = re.compile(
    r"could not resolve|temporary failure|name resolution|unreachable|no matching"
    r"|unable to connect|cannot connect|connection (refused|timed out)"
    r"|failed to (fetch|establish)|ENOTFOUND|ETIMEDOUT|ECONNREFUSED|EAI_AGAIN",
    re.IGNORECASE,
)
NO_SPACE = re.compile(r"no space left|ENOSPC|disk quota", re.IGNORECASE)


# --- Talking ---


def say(text: str = "") -> None:
    print(text, flush=True)


def stop(sentence: str):
    """End the run with one sentence on what to do."""
    sys.exit(f"\n{sentence}")


def start(main) -> None:
    """Run a script's main function; when it is stopped, its servers are stopped too."""
    for number in (signal.SIGTERM, signal.SIGHUP):  # killed, or its terminal closed
        signal.signal(number, lambda *_: sys.exit(1))
    if {"-h", "--help"} & set(sys.argv[1:2]):
        say(sys.modules["__main__"].__doc__)
        return
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nStopped. What was finished is kept.")


def step(
    title: str, command: list, *, show: str = r"\S.*", check: bool = True, **options
) -> subprocess.CompletedProcess:
    """Run a command and show that it goes on.

    :param str show: pattern of the part of an output line that tells how far it is
    :param bool check: stop with a sentence on what to do when the command fails
    :return: the finished process, with all its output as ``stdout``
    """
    terminal = sys.stdout.isatty()
    started = time.monotonic()
    lines = []
    print(f"{title} … ", end="", flush=True)
    with subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **options,
    ) as process:
        for line in process.stdout:
            lines.append(line)
            found = re.search(show, line)
            if terminal and found:
                seconds = time.monotonic() - started
                news = f"{title} … {seconds:.0f} s  {found.group().strip()}"
                width = shutil.get_terminal_size().columns - 1
                print(f"\r\x1b[K{news[:width]}", end="", flush=True)
    if terminal:
        print(f"\r\x1b[K{title} … ", end="")
    seconds = time.monotonic() - started
    say("failed" if process.returncode else f"{seconds:.0f} s")
    output = "".join(lines)
    if process.returncode and check:
        stop(advice(title, output))
    return subprocess.CompletedProcess(command, process.returncode, output)


def advice(title: str, output: str) -> str:
    """One sentence on what to do after a failed step, below the end of its output."""
    end = "".join(f"  | {line}\n" for line in output.splitlines()[-15:])
    if NO_SPACE.search(output):
        return f"{end}The disk is full: make room ({CACHE} and {DATA}) and start again."
    if NO_MIRROR.search(output):
        return (
            f"{end}No mirror answered: check this machine's network and what its apt, "
            "pip and npm are set to, and start again."
        )
    return f"{end}«{title}» failed: the lines above say why."


def need_space(folder: Path, gigabytes: float) -> None:
    """Refuse to start what would fill the disk halfway."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free / 1e9
    if free < gigabytes:
        stop(
            f"The disk is too full: {folder} has {free:.1f} GB free and needs "
            f"{gigabytes} GB; make room, or let BSC_CACHE name a folder elsewhere."
        )


# --- The cache ---


@contextlib.contextmanager
def lock(path: Path, waiting: str = "", refusal: str = ""):
    """Hold a lock file; meanwhile others wait, or stop with the refusal."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("w")
    except PermissionError as error:
        stop(f"You may not write in {error.filename}: use a clone of your own.")
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if refusal:
                stop(refusal)
            say(waiting)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def cached(name: str, make, gigabytes: float) -> Path:
    """Return a folder of the cache; ``make(folder)`` fills it when it is not there."""
    folder = CACHE / name
    if (folder / ".done").exists():
        return folder
    need_space(CACHE, gigabytes)
    with lock(
        CACHE / ".lock", waiting="Waiting for another run that fills the cache …"
    ):
        if not (folder / ".done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            make(folder)
            (folder / ".done").touch()
    return folder


def fingerprint(*parts) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:12]


def modules_state() -> str:
    """What the modules are made of, tests aside: a database is as new as its state."""
    digest = hashlib.sha256()
    for module in MODULES:
        for path in sorted((ROOT / module).rglob("*")):
            if path.is_file() and not {"tests", "__pycache__"} & set(path.parts):
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


# --- Programs of the system ---


def need_programs(packages: dict[str, str]) -> None:
    """See to it that programs are there.

    :param packages: program to the Debian package that brings it
    """
    missing = {
        package for program, package in packages.items() if not shutil.which(program)
    }
    if missing:
        install(sorted(missing))


def install(packages: list[str]) -> None:
    """Install packages with apt where we may, otherwise say which are missing."""
    names = " ".join(packages)
    rights = ["sudo", "-n"] if os.geteuid() else []
    try:
        may = not subprocess.run([*rights, "true"], capture_output=True).returncode
    except FileNotFoundError:  # no sudo
        may = False
    if not may or not shutil.which("apt-get"):
        stop(f"Missing on this machine; ask its administrator: apt-get install {names}")
    apt = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qy"]
    step("Package lists of this machine", [*apt, "update"], check=False)
    step(
        f"System packages: {names}",
        [*apt, "install", "--no-install-recommends", *packages],
    )


# --- Python packages ---


def environment(requirements: str) -> Path:
    """Return the Python of a virtual environment with these requirements."""
    files = [SETUP / "requirements.txt", SETUP / requirements]
    key = fingerprint(sys.version_info[:2], *(path.read_text() for path in files))
    name = f"venv-{key}"
    if not (CACHE / name / "bin/python").exists():  # also when its Python was removed
        (CACHE / name / ".done").unlink(missing_ok=True)

    def make(folder: Path) -> None:
        if not importlib.util.find_spec("ensurepip"):  # Debian ships it apart
            install([f"python3.{sys.version_info[1]}-venv"])
        step("Virtual environment", [sys.executable, "-m", "venv", folder])
        step(
            "Python packages, about 150 MB",
            [folder / "bin/python", "-m", "pip", "install", "-r", SETUP / requirements],
            show=r"(Collecting|Downloading|Building|Installing) .*",
        )

    return cached(name, make, 1) / "bin/python"


def node_packages(name: str, *packages: str) -> Path:
    """Return the folder with these npm packages, made once per set of versions."""
    need_programs({"node": "nodejs", "npm": "npm"})

    def make(folder: Path) -> None:
        npm = ["npm", "install", "--no-audit", "--no-fund", "--prefix", folder]
        step(name, [*npm, *packages])

    return cached(f"npm-{fingerprint(*packages)}", make, 0.2) / "node_modules"


def prettier() -> list:
    """Return the command that checks or writes the formatting of XML and JavaScript."""
    packages = ["prettier@3.6.2", "@prettier/plugin-xml@3.4.2"]
    folder = node_packages("Formatter of XML", *packages)
    plugin = folder / "@prettier/plugin-xml/src/plugin.js"
    return ["node", folder / "prettier/bin/prettier.cjs", f"--plugin={plugin}"]


def axe() -> Path:
    """Return the script that looks in a page for barriers (WCAG)."""
    return node_packages("Accessibility checker", "axe-core@4.14.1") / (
        "axe-core/axe.min.js"
    )
