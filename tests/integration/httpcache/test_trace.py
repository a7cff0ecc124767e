"""A trace tells of both roads, of what is stored and of what is invalidated, and names nobody."""

import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from flask import Flask

from dealradar.cache import Entry
from dealradar.domain.deals.models import Deal
from dealradar.domain.users.models import User
from dealradar.httpcache import stores, trace
from dealradar.httpcache.plans import Plan
from dealradar.httpcache.policies import Sharing
from dealradar.httpcache.trace import Trace
from tests.applications import Make
from tests.factories.people import token_for
from tests.integration.fastlane.lanes import ask, lane_of

SECRET = b"of the tests"


def lines_of(folder: Path) -> list[str]:
    return [line for file in sorted(folder.iterdir()) for line in file.read_text().splitlines()]


def kinds_of(folder: Path) -> str:
    return "".join(line[0] for line in lines_of(folder) if line and not line.startswith("dealradar-trace"))


def plan_of(name: str) -> Plan:
    return Plan(f"dealradarus:v1:{name}:0", (f"{name}:1",), 300, Sharing.PUBLIC, soft_ttl_s=240.0, endpoint="/deals")


def entry_of(body: bytes) -> Entry:
    return Entry(200, "application/json", body, (("deals:1", "x"),), stored_at_s=time.time(), ttl_s=300, cost_s=0.25)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "traces"
    folder.mkdir()
    return folder


@pytest.fixture
def traced(make: Make, folder: Path) -> Flask:
    return make(trace_file=folder / "trace")


def test_both_roads_and_the_store_are_told_of_in_turn(traced: Flask, folder: Path, deal: Deal) -> None:
    client, path = traced.test_client(), f"/api/deals/{deal.id}"
    lane = lane_of(traced)

    client.get(path)
    client.get(path)
    ask(lane, path)
    ask(lane, path, method="HEAD")
    lane.close()
    with traced.app_context():
        stores.current().bump([f"deal:{deal.id}"])
    client.get(path)

    assert kinds_of(folder)[-9:] == "ksaaaaisa"
    assert [line[-1] for line in lines_of(folder) if line.startswith("a")] == list("mhhhm")


def test_a_traces_lines_name_neither_ids_nor_people(traced: Flask, folder: Path, alice: User, mona: User) -> None:
    client = traced.test_client()
    token = token_for(mona)

    client.get(f"/api/users/{alice.id}?token={token}")
    client.get("/api/reports", headers={"Authorization": f"Bearer {token}"})

    named = [line.split() for line in lines_of(folder) if line.startswith("k")]
    assert [line[3] for line in named] == ["/users/<int:user_id>", "/reports"]
    assert [line[5] == "0" for line in named] == [False, True]  # what is one person's is never refreshed
    assert token not in "".join(lines_of(folder))
    assert all(len(tag) == 16 for line in named for tag in line[6].split(","))


def test_what_is_invalidated_bears_the_hash_under_which_a_key_names_it(traced: Flask, folder: Path, deal: Deal) -> None:
    traced.test_client().get(f"/api/deals/{deal.id}")

    with traced.app_context():
        stores.current().bump([f"deal:{deal.id}"])

    key = next(line.split() for line in lines_of(folder) if line.startswith("k"))
    invalidated = [line.split() for line in lines_of(folder) if line.startswith("i")]
    assert invalidated[-1][2] == key[6].split(",")[0]


def test_without_the_setting_there_is_no_trace(app: Flask) -> None:
    assert trace.of(app) is None


def test_a_long_file_becomes_the_older_half_and_the_next_names_its_keys_again(folder: Path) -> None:
    trace = Trace(folder / "trace", SECRET, max_file_bytes=2_000)
    plan = plan_of("deals")

    for _ in range(100):
        trace.stored(plan, entry_of(b"{}"))

    files = sorted(folder.iterdir())
    assert [file.name.split(".")[2:] for file in files] == [[], ["1"]]
    assert all(file.stat().st_size < 2_100 for file in files)
    assert all(_begins_well(file.read_text().splitlines()) for file in files)


def _begins_well(lines: Sequence[str]) -> bool:
    return lines[1].startswith("dealradar-trace 1 ") and lines[2].startswith("k 1 ")


def test_a_trace_that_cannot_be_written_ends_and_nobody_is_troubled(tmp_path: Path) -> None:
    folder = tmp_path / "soon-gone"
    trace = Trace(folder / "trace", SECRET)

    trace.stored(plan_of("deals"), entry_of(b"{}"))
    folder.mkdir()
    trace.stored(plan_of("deals"), entry_of(b"{}"))

    assert list(folder.iterdir()) == []
