"""Fills a database to the scale of a large city and measures what people do there.

Started by ``./setup/bench``. Every part fills once and measures always; a new part is a
module beside this one with ``fill(env)`` and ``measure(bench)``.
"""

import importlib
import sys
import time

from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config

from .measure import Bench

PARTS = ["offer", "relation", "match", "referral"]
LOGIN = "bench_coach"


def fill(database: str, name: str, part) -> None:
    """Fill the database for one part, once."""
    mark = f"bench.{name}"
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {"tracking_disable": True})
        parameters = env["ir.config_parameter"]
        state = parameters.get_param(mark)
        if state == "filled":
            return
        if state:
            sys.exit("The database is half filled: make it anew, ./setup/bench --anew.")
        print(f"Filling, a few minutes: {name}", flush=True)
        started = time.monotonic()
        parameters.set_param(mark, "filling")
        part.fill(env)
        parameters.set_param(mark, "filled")
        cr.execute("ANALYZE")
        cr.commit()
        print(f"  {time.monotonic() - started:.0f} s", flush=True)


def main(configuration: str, database: str, *names: str) -> int:
    """Fill and measure the parts that are named, or all."""
    config.parse_config(["-c", configuration, "-d", database], setup_logging=True)
    # The addons are found from here on.
    parts = {
        name: importlib.import_module(f".{name}", __package__)
        for name in names or PARTS
    }
    for name, part in parts.items():
        fill(database, name, part)
    bench = Bench(database, LOGIN)
    with bench.serving():
        for part in parts.values():
            part.measure(bench)
    if bench.missed:
        print(f"\nTARGET MISSED: {'; '.join(bench.missed)}")
    return int(bool(bench.missed))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
