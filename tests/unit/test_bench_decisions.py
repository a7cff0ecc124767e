"""What `scripts/dev bench` decides, without starting anything."""

from collections import Counter
from dataclasses import replace

import pytest

from scripts.bench import idle, miss, steady
from scripts.bench.database import Comparison, Cost, Outcome, table
from scripts.bench.statements import less
from scripts.bench.traffic import MEMBERS, Places, recorded
from scripts.load.histogram import Histogram, bucket_of

PLACES = Places(deals=range(1, 101), reviews=range(201, 401), people=range(501, 551))
PLAIN = Outcome("off", 2_000, Cost(statements=6_000, buffers=80_000, cpu_s=4.0), refused=0, calls={})
WARM = Outcome(
    "warm", 2_000, Cost(statements=300, buffers=8_000, cpu_s=1.0), refused=0, calls={"SELECT 1": 30.0, "COMMIT": 4.0}
)
REFUSED = replace(PLAIN, refused=1)
COMPARISON = Comparison(0.01, plain=PLAIN, cold=PLAIN, warm=WARM)


def test_the_same_seed_gives_the_same_traffic_and_another_seed_another() -> None:
    first, again, other = (recorded(PLACES, requests=500, writes_share=0.1, seed=seed) for seed in (1, 1, 2))

    assert first == again
    assert first != other


@pytest.mark.parametrize(("writes_share", "writes"), [(0.01, 10), (0.1, 100)])
def test_as_many_requests_write_as_were_asked_for(writes_share: float, writes: int) -> None:
    traffic = recorded(PLACES, requests=1_000, writes_share=writes_share, seed=1)

    assert Counter(ask.method for ask in traffic) == {"GET": 1_000 - writes, "POST": writes}


def test_only_members_write_and_nobody_reviews_a_deal_twice() -> None:
    traffic = recorded(PLACES, requests=4_000, writes_share=0.1, seed=1)

    writers = {ask.member for ask in traffic if ask.method == "POST"}
    reviews = [(ask.member, ask.send["deal_id"]) for ask in traffic if ask.send and "rating" in ask.send]

    assert writers <= set(range(MEMBERS))
    assert len(reviews) == len(set(reviews)) == 100


def test_the_best_liked_deal_is_asked_for_most() -> None:
    traffic = recorded(PLACES, requests=4_000, writes_share=0.01, seed=1)

    asked = Counter(ask.path for ask in traffic if ask.path.startswith("/api/deals/") and ask.path[-1].isdigit())

    assert asked.most_common(1)[0][0] == "/api/deals/1"


@pytest.mark.parametrize(
    "spoilt",
    [replace(COMPARISON, plain=REFUSED), replace(COMPARISON, cold=REFUSED), replace(COMPARISON, warm=REFUSED)],
)
def test_a_refused_request_spoils_the_comparison(spoilt: Comparison) -> None:
    assert COMPARISON.is_exact()
    assert not spoilt.is_exact()


def test_the_table_says_what_a_thousand_requests_cost_and_what_was_saved() -> None:
    warm = next(line for line in table([COMPARISON]).splitlines() if "warm" in line)

    assert warm.split() == ["1%", "writes,", "warm", "150", "95.0%", "4,000", "90.0%", "0.50", "75.0%", "0"]


def test_what_is_left_is_listed_for_a_thousand_requests_the_most_frequent_first() -> None:
    lines = table([COMPARISON]).splitlines()

    left = lines[lines.index("what is left at 1% writes, for 1,000 requests") + 1 :]

    assert [line.split(maxsplit=1) for line in left] == [["15.0", "SELECT 1"], ["2.0", "COMMIT"], ["0.0", "0 others"]]


def test_what_was_done_before_does_not_count() -> None:
    assert less({"a": 3.0, "b": 2.0, "c": 1.0}, {"a": 1.0, "b": 2.0}) == {"a": 2.0, "c": 1.0}


IDLE = idle.Cost(connections=10_000, grown_bytes=50_000_000, rate_without=1_000.0, rate_with=950.0, waited_s=0.01)


@pytest.mark.parametrize(
    ("cost", "is_within"),
    [
        (IDLE, True),
        (replace(IDLE, grown_bytes=100_000_000), False),
        (replace(IDLE, rate_with=900.0), False),
        (replace(IDLE, waited_s=4.8), False),
    ],
)
def test_idle_connections_may_cost_little_memory_little_throughput_and_no_thread(
    cost: idle.Cost, is_within: bool
) -> None:
    assert cost.is_within is is_within
    assert f"{cost.bytes_each:,.0f} bytes" in idle.table(cost)


def test_a_line_is_the_median_of_its_rounds() -> None:
    rounds = [Histogram(Counter({bucket_of(duration_us): 100})) for duration_us in (50, 9_000, 70)]

    line = steady.median_of("hit", rounds)

    assert line.late_ms == (0.07, 0.07, 0.07)
    assert steady.table([line]).splitlines()[-1].split() == ["hit", "0.07", "0.07", "0.07"]


@pytest.mark.parametrize(("web_us", "is_within"), [(1_300.0, True), (1_301.0, False)])
def test_a_miss_may_take_so_much_more_than_flask_itself(web_us: float, *, is_within: bool) -> None:
    measured = {(miss.OURS, miss.REVIEWS): miss.Cost(web_us, 600.0), (miss.FLOOR, miss.REVIEWS): miss.Cost(700.0, 0.0)}

    shown = miss.table(measured).splitlines()[2]

    assert miss.is_within(measured) is is_within
    assert shown.split()[-3:] == [f"{web_us:.0f}", f"{web_us - 700:.0f}", "600"]
