"""A real server, a real browser and a real mailbox for the journeys."""

import contextlib
import email
import email.policy
import os
import re
import resource
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import requests

DATABASE = "bsc_journey"
SHARED = Path(__file__).parents[2] / "shared" / "data"


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Mailbox:
    """Keeps what the server mails, as the receiver's mail server would."""

    def __init__(self):
        self.messages = []

    async def handle_DATA(self, _server, _session, envelope):
        self.messages.append(
            email.message_from_bytes(envelope.content, policy=email.policy.default)
        )
        return "250 OK"

    def wait_for(self, recipient, text="", seconds=60):
        """Return the first message to this address that holds a text.

        Waits until it arrives.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in self.messages:
                body = message.get_body(("html", "plain")).get_content()
                if recipient in message["To"] and text in body:
                    return message
            time.sleep(0.2)
        raise AssertionError(f"no mail to {recipient}")


class Server:
    """Odoo with both modules and the invented town, as an organisation runs it."""

    def __init__(self, url):
        self.url = url
        self.sessions = {}

    def session(self, login):
        """Return a session that is logged in, as the browser's would be."""
        if login not in self.sessions:
            session = requests.Session()
            params = {"db": DATABASE, "login": login, "password": login}
            self.sessions[login] = session
            self.post(session, "/web/session/authenticate", params)
        return self.sessions[login]

    def post(self, session, path, params):
        answer = session.post(self.url + path, json={"params": params}).json()
        assert "error" not in answer, answer["error"]["data"]["message"]
        return answer.get("result")

    def call(self, login, model, method, *args, **kwargs):
        """Call a method as a user, the way the web client does."""
        return self.post(
            self.session(login),
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def send_mails(self):
        """Send what waits to be mailed, as the scheduled job does."""
        [job] = self.call(
            "admin",
            "ir.cron",
            "search",
            [("model_id.model", "=", "mail.mail"), ("code", "ilike", "queue")],
        )
        self.call("admin", "ir.cron", "method_direct_trigger", [job])


@pytest.fixture(scope="session")
def mailbox():
    controller = pytest.importorskip("aiosmtpd.controller")
    box = Mailbox()
    smtp = controller.Controller(box, hostname="127.0.0.1", port=free_port())
    smtp.start()
    box.port = smtp.port
    yield box
    smtp.stop()


@pytest.fixture(scope="session")
def server(mailbox, tmp_path_factory):
    config = os.environ.get("BSC_ODOO_CONFIG")
    source = os.environ.get("BSC_DEMO_DATABASE")
    if not (config and source):
        pytest.skip("a journey needs a database with demo data: run ./setup/test")
    odoo = [sys.executable, "-m", "odoo"]
    duplicate = [*odoo, "db", "-c", config, "duplicate", "-f", source, DATABASE]
    subprocess.run(duplicate, check=True, capture_output=True)
    port = free_port()
    log = tmp_path_factory.mktemp("server") / "odoo.log"
    process = subprocess.Popen(
        [
            *(*odoo, "-c", config, "-d", DATABASE, "--db-filter", f"^{DATABASE}$"),
            *("--http-interface", "127.0.0.1", "--http-port", str(port)),
            *("--smtp", "127.0.0.1", "--smtp-port", str(mailbox.port)),
            *("--logfile", str(log)),
        ],
        stdin=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{url}/web/health", timeout=5)
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(log.read_text()) from None
                time.sleep(0.2)
        running = Server(url)
        # Odoo's bot greets a newcomer at any moment, in a window that takes the focus
        # and covers a phone.
        users = running.call("admin", "res.users", "search", [])
        greeted = {"odoobot_state": "disabled"}
        running.call("admin", "res.users", "write", users, greeted)
        yield running
        errors = [
            entry
            for entry in re.split(r"\n(?=\d{4}-\d\d-\d\d )", log.read_text())
            if re.match(r"\S+ \S+ \d+ (ERROR|CRITICAL) ", entry)
            # Two requests met at one record: Odoo says so and tries again.
            and "could not serialize access" not in entry
        ]
        assert not errors, "\n".join(errors)
    finally:
        process.terminate()
        process.wait(30)
        subprocess.run(
            [*odoo, "db", "-c", config, "drop", DATABASE], capture_output=True
        )


@pytest.fixture(scope="session")
def chromium():
    api = pytest.importorskip("playwright.sync_api")
    # Odoo limits the memory that it may address; a browser reserves far more.
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("BSC_CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def browse(server, chromium, tmp_path):
    """Return a function that logs a user in and gives the page.

    Anything the browser reports as an error fails the journey.
    """
    contexts = []
    errors = []

    def open_page(login=None, width=1400, height=900):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            base_url=server.url,
            timezone_id="Europe/Amsterdam",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        if login:
            page.goto("/web/login")
            page.fill("input[name=login]", login)
            page.fill("input[name=password]", login)
            page.click(".oe_login_form button[type=submit]")
            # The first visitor waits until the server has put its files together.
            page.wait_for_selector(".o_navbar", timeout=90_000)
        return page

    yield open_page
    for context in contexts:
        for number, page in enumerate(context.pages):
            # Shown with the test that fails: what was on the screen.
            print(page.url, page.locator("body").inner_text(), sep="\n")
            folder = os.environ.get("BSC_SCREENSHOTS")
            if folder:
                page.screenshot(path=f"{folder}/last-{number}.png")
        context.close()
    assert not errors, "\n".join(errors)


@pytest.fixture
def check_barriers():
    """Return a function that finds no barrier for people with a disability in a page.

    The rules are those of WCAG 2.1, levels A and AA.
    """
    script = os.environ.get("BSC_AXE")
    if not script:
        pytest.skip("this needs the accessibility checker: run ./setup/test")
    source = Path(script).read_text()
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}

    def check(page):
        page.evaluate(source)
        result = page.evaluate("options => axe.run(document, options)", options)
        assert result["passes"], "nothing was looked at"
        found = [
            f"{violation['id']}: {node['html']}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]
        assert not found, "\n".join(found)

    return check


@pytest.fixture
def ids(server):
    """Return the id of a record that the module ships."""

    def find(name):
        return server.call(
            "admin",
            "ir.model.data",
            "search_read",
            [("module", "=", "bsc_wijkteam"), ("name", "=", name)],
            ["res_id"],
        )[0]["res_id"]

    return find


@pytest.fixture
def create(server):
    """Return a function that makes one record as the coach."""

    def make(model, **values):
        return server.call("coach", model, "create", [values])[0]

    return make


@pytest.fixture
def read(server):
    """Return a function that reads one field of one record as the coach."""

    def read(model, record, name):
        return server.call("coach", model, "read", [record], [name])[0][name]

    return read


@pytest.fixture
def in_dutch(server):
    """The coach speaks Dutch, whatever another journey changed."""
    users = server.call("admin", "res.users", "search", [("login", "=", "coach")])
    server.call("admin", "res.users", "write", users, {"lang": "nl_NL"})


@pytest.fixture
def open_link(server, mailbox, browse, check_barriers):
    """Return a function that opens the link in somebody's mail on a phone."""

    def open_it(recipient, path):
        server.send_mails()
        mail = mailbox.wait_for(recipient, path)
        text = mail.get_body(("html", "plain")).get_content()
        link = re.search(rf"http[^\"\s]+{path}/[\w.-]+", text).group()
        page = browse(width=390, height=844)
        page.goto(re.sub(r"^https?://[^/]+", server.url, link))
        check_barriers(page)
        return page

    return open_it
