"""Counts the queries and seconds of one thing a user does, and undoes it."""

import contextlib
import json
import os
import threading
import time
from unittest.mock import patch

import psycopg2
import requests
from lxml import etree
from werkzeug.serving import WSGIRequestHandler, make_server

from odoo import api, http
from odoo.modules.registry import Registry
from odoo.service.server import load_server_wide_modules
from odoo.sql_db import Cursor, close_all
from odoo.tools import SQL, config

PATIENCE = 60  # seconds for one query
LINE = "{:<46} {:>8} {:>4} {:>9} {:>5}   {}"


class QuietHandler(WSGIRequestHandler):
    def log_request(self, *_args, **_options):
        """Say nothing about every request."""


class Bench:
    """Measures one database as one coach, and keeps what did not reach its target.

    :ivar queries: what the last measurement asked the database, to look into
    """

    def __init__(self, database: str, login: str):
        # A query without end fails, and the others are measured all the same.
        os.environ["PGOPTIONS"] = f"-c statement_timeout={PATIENCE}s"
        close_all()
        load_server_wide_modules()
        self.registry = Registry(database)
        self.login = login
        self.missed = []
        self.queries = []
        print("\n" + LINE.format("", "queries", "max", "seconds", "max", ""))

    @contextlib.contextmanager
    def environment(self, login: str | None = None):
        """Give an environment of a user whose work is always undone."""
        with self.registry.cursor() as cr, patch.object(cr, "commit"):
            user = api.Environment(cr, api.SUPERUSER_ID, {})["res.users"].search(
                [("login", "=", login or self.login)]
            )
            context = {"lang": user.lang, "tz": user.tz, "allowed_company_ids": [1]}
            yield api.Environment(cr, user.id, context)
            cr.rollback()

    @contextlib.contextmanager
    def serving(self):
        """Serve the database while the block runs, for links and for paper."""
        server = make_server(
            config["http_interface"],
            int(config["http_port"]),
            http.root,
            threaded=True,
            request_handler=QuietHandler,
        )
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://{config['http_interface']}:{config['http_port']}"
        try:
            yield
        finally:
            server.shutdown()

    @contextlib.contextmanager
    def recording(self):
        """Keep what is asked of the database, whoever asks it."""
        queries = self.queries = []
        execute = Cursor.execute

        def record(cursor, query, params=None, *args, **options):
            asked = query.code if isinstance(query, SQL) else query
            # Odoo asks at every request whether another process changed something.
            if "orm_signaling" not in asked:
                given = query.params if isinstance(query, SQL) else params
                queries.append((asked, given))
            return execute(cursor, query, params, *args, **options)

        with patch.object(Cursor, "execute", record):
            yield

    def measure(
        self,
        what: str,
        do,
        *,
        queries: int | None = None,
        seconds: float | None = None,
        prepare=None,
        warm: bool = True,
        unscanned: str | None = None,
    ) -> None:
        """Do something once to warm up and once for the record, and print the result.

        :param do: function of an environment and of what ``prepare`` returned
        :param int queries: how many it may take
        :param float seconds: how long it may take
        :param prepare: function of an environment: what comes before, uncounted
        :param bool warm: whether to do it first, so that caches are as on a server
            that runs for a while
        :param str unscanned: table that no query may read from end to end
        """
        try:
            for _round in range(1 + warm):
                taken = self.once(do, prepare)
        except (requests.RequestException, psycopg2.Error) as error:
            print(f"{what}: FAILED\n    {' '.join(str(error).split())[:300]}")
            self.missed.append(what)
            return
        scans = self.scans(unscanned) if unscanned else []
        count = len(self.queries)
        faults = [
            *(["too many queries"] if queries and count > queries else []),
            *(["too slow"] if seconds and taken > seconds else []),
            *([f"reads all of {unscanned}"] if scans else []),
        ]
        verdict = ", ".join(faults).upper() or "ok"
        print(
            LINE.format(
                what, count, queries or "", f"{taken:.2f}", seconds or "", verdict
            ),
            flush=True,
        )
        for query in scans:
            print(f"    {query[:200]}")
        if faults:
            self.missed.append(what)

    def once(self, do, prepare) -> float:
        """Do something, undo it, and return how many seconds it took."""
        with self.environment() as env:
            given = [prepare(env)] if prepare else []
            env.flush_all()
            env.invalidate_all()
            with self.recording():
                started = time.perf_counter()
                do(env, *given)
                env.flush_all()
                return time.perf_counter() - started

    def get(self, path: str) -> requests.Response:
        """Open a page as anybody would who has the address."""
        response = requests.get(self.url + path, timeout=300)
        response.raise_for_status()
        return response

    def scans(self, table: str) -> list[str]:
        """Return the queries of the last measurement that read a table end to end."""
        with self.registry.cursor() as cr:
            return [
                query
                for query in (
                    cr.mogrify(code, params).decode() for code, params in self.queries
                )
                if table in query
                and query.split(None, 1)[0].upper() in ("SELECT", "WITH")
                and table in sequential(explain(cr, query))
            ]


def explain(cr, query: str) -> dict:
    cr.execute("EXPLAIN (FORMAT JSON) " + query.replace("%", "%%"), ())
    [[plan]] = cr.fetchone()
    return (plan if isinstance(plan, dict) else json.loads(plan))["Plan"]


def sequential(plan: dict) -> set[str]:
    """Return the tables that a plan reads from end to end."""
    tables = {plan["Relation Name"]} if plan["Node Type"] == "Seq Scan" else set()
    return tables.union(*map(sequential, plan.get("Plans", [])))


# --- What the web client asks for ---


def specification(env, view: str) -> tuple[str, dict]:
    """Return the model of a view, and what the web client reads to show it.

    :param view: id of the view
    """
    record = env.ref(view).sudo()
    arch = env[record.model].get_view(record.id, record.type)["arch"]
    return record.model, fields_of(env[record.model], etree.fromstring(arch))


def fields_of(records, arch) -> dict:
    """Return the specification of the fields of a view, inner views included."""
    specification = {}
    for node in arch.xpath(".//field[not(ancestor::field)]"):
        field = records._fields[node.get("name")]
        inner = {}
        if field.relational:
            comodel = records.env[field.comodel_name]
            [*views] = node.iterchildren("list", "kanban")
            if field.type == "many2one" or not views:
                names = {"display_name", "color"} & set(comodel._fields)
                inner = {"fields": {name: {} for name in names}}
            else:
                fields = {}
                for view in views:
                    fields |= fields_of(comodel, detached(view))
                inner = {"fields": fields, "limit": 40}
        specification[node.get("name")] = inner
    return specification


def detached(node):
    """Return an inner view by itself."""
    return etree.fromstring(etree.tostring(node))
