"""The last place goes to one, also when fifty take it at the same moment (rule 2).

Fifty real requests to a real server: each is a transaction of its own.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import requests

LOGIN = "coordinator"
TAKERS = 50


@pytest.fixture
def taken(server):
    """Return a function that lets fifty take the places of a new offering at once."""
    referrals = []

    def take(places):
        [offering, *rest] = make_takers(server, places)
        referrals.extend(rest)
        stage = stage_with(server, ("occupies_place", "=", True))
        session = server.session(LOGIN)
        together = threading.Barrier(TAKERS)

        def move(referral):
            call = {
                "model": "bsc.referral",
                "method": "write",
                "args": [[referral], {"stage_id": stage}],
                "kwargs": {},
            }
            together.wait(60)
            return requests.post(
                f"{server.url}/web/dataset/call_kw/bsc.referral/write",
                json={"params": call},
                cookies=session.cookies,
                timeout=120,
            ).json()

        with ThreadPoolExecutor(TAKERS) as pool:
            answers = list(pool.map(move, rest))
        return SimpleNamespace(
            answers=answers,
            errors=[a["error"]["data"] for a in answers if "error" in a],
            moved=search(
                server, "bsc.referral", ("id", "in", rest), ("stage_id", "=", stage)
            ),
            room=server.call(
                LOGIN, "bsc.offering", "read", offering, ["places_taken", "places_free"]
            )[0],
        )

    yield take
    if referrals:
        server.call(LOGIN, "bsc.referral", "write", referrals, {"active": False})


def search(server, model, *domain, **options):
    return server.call(LOGIN, model, "search", list(domain), **options)


def stage_with(server, condition):
    [stage] = search(
        server,
        "bsc.referral.stage",
        condition,
        order="sequence",
        limit=1,
    )
    return stage


def make_takers(server, places):
    """Make an offering, and fifty who may go there.

    :return: identifiers, of the offering first
    """
    [referable] = server.call(
        LOGIN,
        "bsc.offering",
        "search_read",
        [("is_referable", "=", True), ("check_ids", "=", False)],
        ["provider_id"],
        limit=1,
    )
    values = {
        "name": f"Room for {places}",
        "provider_id": referable["provider_id"][0],
        "is_limited": True,
        "places": places,
    }
    [offering] = server.call(LOGIN, "bsc.offering", "create", [values])
    clients = server.call(
        LOGIN,
        "bsc.client",
        "create",
        [{"name": f"Taker {n}", "may_register": True} for n in range(TAKERS)],
    )
    [relation] = search(server, "bsc.relation", limit=1)
    [coach] = search(server, "res.users", ("login", "=", LOGIN))
    takers = server.call(
        LOGIN,
        "bsc.referral",
        "create",
        [
            {
                "relation_id": relation,
                "coach_id": coach,
                "client_id": client,
                "offering_id": offering,
                "stage_id": stage_with(server, ("milestone", "=", "match")),
            }
            for client in clients
        ],
    )
    return [offering, *takers]


@pytest.mark.parametrize("places", [1, 3])
def test_places_go_to_as_many_as_there_are(taken, places):
    result = taken(places)
    assert result.room["places_taken"] == places
    assert result.room["places_free"] == 0
    assert len(result.moved) == places
    # All others read one clear sentence, and nothing else of theirs was stored.
    assert len(result.errors) == TAKERS - places
    for error in result.errors:
        assert error["name"] == "odoo.exceptions.ValidationError", error["debug"]
        assert f"Room for {places}" in error["message"]
