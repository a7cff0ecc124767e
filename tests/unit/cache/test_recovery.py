"""A breaker that only a recovery closes."""

from collections.abc import Callable, Iterator
from threading import Event, Thread

import pytest

from dealradar.cache.breaker import Circuit, Patience, Phase
from dealradar.cache.recovery import RecoveringBreaker

AT_ONCE = Patience(failures=3, open_s=0.001, open_max_s=0.001)
NEVER_AGAIN = Patience(failures=3, open_s=3_600.0, open_max_s=3_600.0)
SOON_S = 10.0
Make = Callable[..., RecoveringBreaker]


class Payer:
    """Pays when it is let, and fails when it is told to."""

    def __init__(self) -> None:
        self.calls = 0
        self.begun = Event()
        self.may_end = Event()
        self.may_end.set()
        self.error: Exception | None = None

    def __call__(self) -> None:
        self.calls += 1
        self.begun.set()
        assert self.may_end.wait(SOON_S)
        if self.error is not None:
            raise self.error

    def hold(self) -> None:
        """Let the next call begin, and not end."""
        self.begun.clear()
        self.may_end.clear()


@pytest.fixture
def payer() -> Payer:
    return Payer()


@pytest.fixture
def phases() -> list[Phase]:
    """Return what the breakers of `make` tell of their phases."""
    return []


@pytest.fixture
def closed() -> Event:
    """Return what is set whenever a breaker of `make` closes."""
    return Event()


@pytest.fixture
def make(payer: Payer, phases: list[Phase], closed: Event) -> Iterator[Make]:
    """Return what makes a breaker that *payer* recovers."""
    made: list[RecoveringBreaker] = []

    def note(circuit: Circuit) -> None:
        phases.append(circuit.phase)
        if circuit.phase is Phase.CLOSED:
            closed.set()

    def with_patience(patience: Patience = AT_ONCE, *, first_wait_s: float = SOON_S) -> RecoveringBreaker:
        made.append(RecoveringBreaker(payer, on_change=note, patience=patience, first_wait_s=first_wait_s))
        return made[-1]

    yield with_patience
    payer.may_end.set()
    for breaker in made:
        breaker.stop()


def test_nothing_is_recovered_before_somebody_asks(make: Make, payer: Payer) -> None:
    breaker = make()

    assert (breaker.circuit.phase, payer.calls) == (Phase.OPEN, 0)


def test_the_first_who_asks_waits_until_all_is_paid(make: Make, payer: Payer, phases: list[Phase]) -> None:
    breaker = make()

    assert breaker.allows()
    assert (payer.calls, phases) == (1, [Phase.HALF_OPEN, Phase.CLOSED])


def test_one_who_cannot_wait_that_long_passes_it_by(make: Make, payer: Payer) -> None:
    payer.hold()

    assert not make(first_wait_s=0.0).allows()


def test_while_it_is_being_paid_nobody_begins_again_and_no_answer_closes_it(make: Make, payer: Payer) -> None:
    payer.hold()
    breaker = make(first_wait_s=0.0)
    breaker.allows()
    assert payer.begun.wait(SOON_S)

    relied_on = breaker.succeeded()
    asked = [breaker.allows() for _ in range(3)]

    assert (relied_on, asked, payer.calls) == (False, [False] * 3, 1)


def test_what_could_not_be_paid_keeps_it_open_and_nobody_waits_for_the_next_try(make: Make, payer: Payer) -> None:
    payer.error = ConnectionError("no database")
    breaker = make(NEVER_AGAIN)

    asked = [breaker.allows() for _ in range(3)]

    assert (asked, payer.calls) == ([False] * 3, 1)
    assert breaker.circuit.last_error == "ConnectionError: no database"


def test_it_is_tried_until_it_is_paid_though_nobody_asks(make: Make, payer: Payer, closed: Event) -> None:
    payer.error = ConnectionError("no database")
    breaker = make()
    breaker.allows()

    payer.error = None

    assert closed.wait(SOON_S)
    assert breaker.allows()


def test_a_failed_invalidation_is_made_up_for_though_nobody_ever_asks(make: Make, closed: Event) -> None:
    make().distrust("an invalidation failed")

    assert closed.wait(SOON_S)


def test_a_recovery_that_was_overtaken_by_a_failed_invalidation_is_in_vain(
    make: Make, payer: Payer, closed: Event
) -> None:
    payer.hold()
    breaker = make(first_wait_s=0.0)
    breaker.allows()
    assert payer.begun.wait(SOON_S)

    breaker.distrust("an invalidation failed")
    payer.may_end.set()

    assert closed.wait(SOON_S)
    assert payer.calls == 2


def test_one_that_is_no_longer_trusted_is_recovered_again(make: Make, payer: Payer, closed: Event) -> None:
    breaker = make()
    breaker.allows()
    closed.clear()
    payer.hold()

    breaker.distrust("another server")
    relied_on = breaker.succeeded()
    payer.may_end.set()

    assert not relied_on
    assert closed.wait(SOON_S)
    assert payer.calls == 2


def test_failures_of_readers_have_it_recovered_as_well(make: Make, payer: Payer, closed: Event) -> None:
    breaker = make()
    breaker.allows()
    closed.clear()

    for _ in range(AT_ONCE.failures):
        breaker.failed("timeout")

    assert closed.wait(SOON_S)
    assert payer.calls == 2


def test_what_a_recovery_itself_finds_out_does_not_make_it_vain(closed: Event) -> None:
    def find_another_server() -> None:
        breaker.distrust("another server")

    breaker = RecoveringBreaker(find_another_server, on_change=lambda _: closed.set(), patience=NEVER_AGAIN)

    assert breaker.allows()


def test_without_a_thread_to_be_had_the_store_is_passed_by(
    make: Make, payer: Payer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    breaker = make(first_wait_s=0.0)
    with monkeypatch.context() as crowded:
        crowded.setattr(Thread, "start", refuse)
        asked = breaker.allows()

    assert (asked, payer.calls) == (False, 0)
    breaker.distrust("and now there is one")
    assert payer.begun.wait(SOON_S)
