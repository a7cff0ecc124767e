from threading import Thread

import pytest

from dealradar.cache.breaker import Breaker, Circuit, Patience, Phase, ask, fail, succeed

PATIENCE = Patience(failures=3, open_s=0.5, open_max_s=2.0)


def failed(circuit: Circuit, *, times: int, now_s: float) -> Circuit:
    for _ in range(times):
        circuit = fail(circuit, PATIENCE, now_s=now_s, error="timed out")
    return circuit


@pytest.fixture
def opened() -> Circuit:
    """Return a circuit that opened at second 10."""
    return failed(Circuit(), times=3, now_s=10.0)


@pytest.mark.parametrize(("failures", "phase"), [(2, Phase.CLOSED), (3, Phase.OPEN), (4, Phase.OPEN)])
def test_it_opens_at_the_third_failure_in_a_row(failures: int, phase: Phase) -> None:
    assert failed(Circuit(), times=failures, now_s=10.0).phase is phase


def test_an_answer_in_between_starts_the_count_again() -> None:
    answered = succeed(failed(Circuit(), times=2, now_s=10.0))

    assert failed(answered, times=2, now_s=11.0).phase is Phase.CLOSED


def test_while_open_nothing_passes(opened: Circuit) -> None:
    passes, after = ask(opened, now_s=10.49)

    assert not passes
    assert after == opened


def test_after_its_wait_exactly_one_probe_passes(opened: Circuit) -> None:
    first, half_open = ask(opened, now_s=10.5)
    second, _ = ask(half_open, now_s=10.5)

    assert (first, second) == (True, False)
    assert half_open.phase is Phase.HALF_OPEN


def test_a_probe_that_was_answered_closes_it(opened: Circuit) -> None:
    _, half_open = ask(opened, now_s=10.5)

    closed = succeed(half_open)

    assert closed.phase is Phase.CLOSED
    assert closed.opened_at_s is None
    assert closed.failures == 0


def test_each_probe_that_failed_doubles_the_wait_up_to_its_bound(opened: Circuit) -> None:
    waits_s = []
    circuit, now_s = opened, 10.0
    for _ in range(4):
        now_s += circuit.open_s
        _, half_open = ask(circuit, now_s=now_s)
        circuit = fail(half_open, PATIENCE, now_s=now_s, error="refused")
        waits_s.append(circuit.open_s)

    assert waits_s == [1.0, 2.0, 2.0, 2.0]
    assert circuit.opened_at_s == 10.0


def test_a_probe_whose_thread_died_is_replaced_after_another_wait(opened: Circuit) -> None:
    _, half_open = ask(opened, now_s=10.5)

    too_early, _ = ask(half_open, now_s=10.99)
    replaced, _ = ask(half_open, now_s=11.0)

    assert (too_early, replaced) == (False, True)


def test_stragglers_from_before_it_opened_neither_close_nor_prolong_it(opened: Circuit) -> None:
    assert succeed(opened) == opened
    assert failed(opened, times=5, now_s=10.4).retry_at_s == opened.retry_at_s


def test_it_says_since_when_it_is_open_and_why(opened: Circuit) -> None:
    assert opened.opened_at_s == 10.0
    assert opened.last_error == "timed out"


def test_the_last_error_is_remembered_after_it_closed(opened: Circuit) -> None:
    _, half_open = ask(opened, now_s=10.5)

    assert succeed(half_open).last_error == "timed out"


def test_it_tells_of_each_change_of_phase_once() -> None:
    now_s = 10.0
    phases: list[Phase] = []
    breaker = Breaker(PATIENCE, on_change=lambda circuit: phases.append(circuit.phase), clock_s=lambda: now_s)

    for _ in range(3):
        breaker.failed("timed out")
    now_s = 10.5
    breaker.allows()
    breaker.allows()
    breaker.succeeded()
    breaker.succeeded()

    assert phases == [Phase.OPEN, Phase.HALF_OPEN, Phase.CLOSED]


def test_of_many_threads_one_probes() -> None:
    now_s = 10.0
    passed: list[bool] = []
    breaker = Breaker(PATIENCE, on_change=lambda _: None, clock_s=lambda: now_s)
    for _ in range(3):
        breaker.failed("timed out")
    now_s = 10.5

    threads = [Thread(target=lambda: passed.append(breaker.allows())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(passed) == [False] * 7 + [True]
