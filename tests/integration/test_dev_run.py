"""`scripts/dev run` on a toy application, with the servers from the wheels."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

from tests.integration.toy_clone import ToyClone, until

Make = Callable[..., ToyClone]


@pytest.fixture
def home() -> Iterator[Path]:
    # tmp_path is closed to the account that PostgreSQL runs as when root runs the tests.
    with TemporaryDirectory(prefix="toy-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def make(home: Path) -> Iterator[Make]:
    made: list[ToyClone] = []

    def one(**environment: str) -> ToyClone:
        made.append(ToyClone(home / f"clone{len(made)}", **environment))
        return made[-1]

    yield one
    for clone in made:
        clone.leave()


@pytest.fixture
def clone(make: Make) -> ToyClone:
    return make()


def test_the_first_start_makes_the_demo_community_and_the_next_keeps_it(clone: ToyClone) -> None:
    first = clone.up()
    assert "small community made" in clone.said()
    first.send_signal(signal.SIGINT)
    assert first.wait() == 0

    clone.up()

    assert "tables made" in clone.said()
    assert "community made" not in clone.said()
    assert "WARNING" not in clone.said()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything(clone: ToyClone, number: signal.Signals) -> None:
    run = clone.up()

    run.send_signal(number)

    assert run.wait() == 0
    assert clone.processes() == []
    assert clone.said().rstrip().endswith("stopped")


def test_a_killed_run_leaves_nothing_and_the_next_starts_at_once(clone: ToyClone) -> None:
    run = clone.up()

    run.kill()
    run.wait()
    second = clone.up()

    assert second.poll() is None
    second.send_signal(signal.SIGINT)
    second.wait()
    until(lambda: not clone.processes(), "nothing is left of either run")


def test_what_outlived_its_run_and_its_guard_is_stopped_by_the_next_start(clone: ToyClone) -> None:
    run = clone.up()
    old = clone.pids()
    parts = set(old.values())
    guard = next(p for p in clone.processes() if p.pid not in parts and "scripts.guard" in p.cmdline())

    guard.suspend()
    run.kill()
    run.wait()
    guard.kill()
    clone.up()

    assert f"stopped postgres (process {old['postgres']}), which an earlier run had left" in clone.said()
    assert parts.isdisjoint(p.pid for p in clone.processes())


def test_a_part_that_dies_starts_again_while_the_others_go_on(clone: ToyClone) -> None:
    clone.up()

    for name in ("web", "worker", "beat", "cache", "broker", "postgres"):
        before = clone.pids()
        os.kill(before[name], signal.SIGKILL)
        clone.says(f"{name} died (killed by SIGKILL); starting it again in 0.5 s")
        clone.starts_again(name, instead_of=before[name])
        assert {**clone.pids(), name: 0} == {**before, name: 0}


def test_what_a_dead_part_leaves_behind_dies_with_it(clone: ToyClone) -> None:
    clone.procfile(worker="python wait.py & wait")
    clone.up()
    clone.says("worker   | waiting")
    leader = psutil.Process(clone.pids()["worker"])
    [child] = leader.children()

    leader.kill()

    until(lambda: not child.is_running(), "the child is gone")


def test_a_part_that_keeps_dying_is_started_less_and_less_often(clone: ToyClone) -> None:
    clone.procfile(worker="exit 3")

    clone.up()

    for pause in ("0.5", "1", "2"):
        clone.says(f"worker died (exit 3); starting it again in {pause} s")


def test_a_guard_that_dies_is_replaced(clone: ToyClone) -> None:
    clone.up()
    guard = next(p for p in clone.processes() if "scripts.guard" in p.cmdline())

    guard.kill()

    clone.says("the guard died; another one watches now")


def test_a_part_that_ignores_the_end_is_killed_when_told_twice(clone: ToyClone) -> None:
    clone.procfile(worker='trap "" TERM QUIT; echo deaf; while true; do sleep 1; done')
    run = clone.up()
    clone.says("deaf")

    run.send_signal(signal.SIGINT)
    clone.says("stopping")

    def nagged_to_death() -> bool:
        run.send_signal(signal.SIGINT)
        return run.poll() is not None

    until(nagged_to_death, "the run listens to the second signal")
    assert clone.processes() == []


def test_a_clone_runs_once(clone: ToyClone) -> None:
    run = clone.up()
    before = clone.pids()

    second = clone.start()

    assert second.wait() == 1
    where = f"process {run.pid}, http://127.0.0.1:{clone.environment['PORT']}/"
    assert clone.said() == f"this clone runs already ({where}): stop that one first, with Ctrl-C\n"
    assert run.poll() is None
    assert before


def test_another_clone_runs_beside_the_first(make: Make) -> None:
    alice, bob = make(), make()
    alices = alice.up()

    bobs = bob.up()

    assert alices.poll() is None
    assert bobs.poll() is None


def test_a_taken_port_is_named_in_one_line(make: Make) -> None:
    alice = make()
    alice.up()
    port = alice.environment["PORT"]
    bob = make(PORT=port)

    run = bob.start()

    assert run.wait() == 1
    taken = f"web: port {port} of 127.0.0.1 is taken: stop what listens there, or choose another one: "
    assert bob.said() == f"{taken}PORT={int(port) + 1} scripts/dev run\n"
    assert bob.processes() == []


def test_a_failed_step_is_named_last_and_nothing_is_left(clone: ToyClone) -> None:
    (clone.root / "wsgi.py").write_text("raise SystemExit('no such column: price')")

    run = clone.start()

    assert run.wait() == 1
    last = clone.said().splitlines()[-1]
    assert last == "migrate failed (exit 1: no such column: price); its lines above say more"
    assert clone.processes() == []


def test_a_site_that_dies_while_it_starts_is_named_last(clone: ToyClone) -> None:
    clone.procfile(web="echo no such module; exit 3")

    run = clone.start()

    assert run.wait() == 1
    assert clone.said().splitlines()[-1] == "web stopped while it started (exit 3: no such module)"
    assert clone.processes() == []


def test_servers_that_the_developer_names_are_used_instead(make: Make) -> None:
    alice = make()
    alice.up()
    urls = alice.urls()
    bob = make(**{**urls, "CELERY_BROKER_URL": urls["REDIS_URL"]})

    bob.up()

    assert bob.pids().keys() == {"web", "worker", "beat"}
    assert "WARNING: the broker (CELERY_BROKER_URL) evicts: its maxmemory-policy is allkeys-lru" in bob.said()


def test_only_their_owner_reads_the_passwords(clone: ToyClone) -> None:
    clone.up()

    var = clone.root / "var"
    private = [*(var / "secrets").iterdir(), var / "running.json", var / "cache" / "valkey.conf"]
    assert {path.stat().st_mode & 0o077 for path in private} == {0}
    passwords = [path.read_text() for path in (var / "secrets").iterdir()]
    lines = [" ".join(process.cmdline()) for process in clone.processes()]
    assert not [line for line in lines for password in passwords if password in line]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's PostgreSQL runs as somebody else")
def test_a_home_that_is_closed_to_the_servers_account_has_its_data_elsewhere(make: Make, home: Path) -> None:
    home.chmod(0o700)
    clone = make()

    clone.up()

    data = clone.root / "var" / "postgres"
    assert data.is_symlink()
    assert f"its data lies in {data.resolve().parent}" in clone.said()
    clone.leave()
    shutil.rmtree(data.resolve().parent)
