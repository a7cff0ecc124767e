from collections.abc import Sequence
from queue import Queue
from threading import Event
from typing import Final

import pytest

from dealradar.invalidation.courier import MAX_A_MESSAGE, MAX_WAITING, Courier, Paid
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.measures import MESSAGES

PATIENCE_S: Final = 5.0


class Broker:
    """Takes messages one at a time, each when it is let."""

    def __init__(self) -> None:
        self.arrived: Queue[Sequence[Paid]] = Queue()
        self.is_open = Event()
        self.is_open.set()
        self.fails = False

    def take(self, paid: Sequence[Paid]) -> None:
        self.arrived.put(paid)
        self.is_open.wait(PATIENCE_S)
        if self.fails:
            raise ConnectionError("as the test wants it")

    def next_message(self) -> Sequence[int]:
        return [transaction_id for transaction_id, _ in self.arrived.get(timeout=PATIENCE_S)]


@pytest.fixture
def broker() -> Broker:
    """Return a broker that takes what it is sent."""
    return Broker()


@pytest.fixture
def courier(broker: Broker) -> Courier:
    """Return a courier that sends to it."""
    return Courier(broker.take, gather_s=0.0, pause_s=0.0)


def _count(outcome: str) -> float:
    samples = [sample for family in MESSAGES.labels(outcome).collect() for sample in family.samples]
    return next(sample.value for sample in samples if sample.name.endswith("_total"))


def test_what_it_is_told_arrives(courier: Courier, broker: Broker) -> None:
    courier.tell(7, Kind.STRICT)

    assert broker.arrived.get(timeout=PATIENCE_S) == [(7, Kind.STRICT)]


def test_what_comes_together_while_it_is_busy_is_one_message(courier: Courier, broker: Broker) -> None:
    broker.is_open.clear()
    courier.tell(1, Kind.STRICT)
    broker.next_message()
    for transaction_id in range(2, 6):
        courier.tell(transaction_id, Kind.STRICT)

    broker.is_open.set()

    assert broker.next_message() == [2, 3, 4, 5]


def test_what_comes_within_the_time_it_gathers_is_one_message(broker: Broker) -> None:
    courier = Courier(broker.take, gather_s=1.0)
    for transaction_id in range(3):
        courier.tell(transaction_id, Kind.STRICT)

    assert broker.next_message() == [0, 1, 2]


def test_a_message_is_bounded(courier: Courier, broker: Broker) -> None:
    broker.is_open.clear()
    courier.tell(0, Kind.STRICT)
    broker.next_message()
    for transaction_id in range(MAX_A_MESSAGE + 1):
        courier.tell(transaction_id, Kind.STRICT)

    broker.is_open.set()

    assert [len(broker.next_message()), len(broker.next_message())] == [MAX_A_MESSAGE, 1]


def test_whoever_tells_it_waits_for_no_broker_and_what_is_too_much_is_dropped(courier: Courier, broker: Broker) -> None:
    broker.is_open.clear()
    courier.tell(0, Kind.STRICT)
    broker.next_message()
    dropped = _count("dropped")

    for transaction_id in range(MAX_WAITING + 3):
        courier.tell(transaction_id, Kind.STRICT)

    assert _count("dropped") - dropped == 3
    broker.is_open.set()


def test_what_the_broker_refuses_is_dropped_and_what_comes_later_arrives(courier: Courier, broker: Broker) -> None:
    dropped = _count("dropped")
    broker.fails = True
    broker.is_open.clear()
    courier.tell(1, Kind.STRICT)
    broker.next_message()
    courier.tell(2, Kind.STRICT)

    broker.is_open.set()
    arrived = broker.next_message()

    assert arrived == [2]
    assert _count("dropped") - dropped >= 1


def test_a_forked_child_begins_anew(courier: Courier, broker: Broker) -> None:
    broker.is_open.clear()
    courier.tell(1, Kind.STRICT)
    broker.next_message()

    courier.forget()
    courier.tell(2, Kind.STRICT)

    assert broker.next_message() == [2]
    broker.is_open.set()
