import pytest

from dealradar.ratelimit.recollection import Claim, Recollection, Tally


class Clock:
    """Shows the time that it is set to."""

    now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still."""
    return Clock()


@pytest.fixture
def seen(clock: Clock) -> Recollection:
    """Return the memory of a process that has seen the counter ``a`` at 7, a minute before it starts anew."""
    seen = Recollection(clock_s=clock)
    seen.note("a", Tally(7, 1_060.0))
    return seen


def test_while_all_is_well_there_is_nothing_to_make_good(seen: Recollection) -> None:
    assert seen.claim("a") == Claim(0, 0, 1_060.0)
    assert seen.claim("b") == Claim()


def test_counting_alone_goes_on_from_what_was_seen_last(seen: Recollection) -> None:
    assert seen.count("a", 1, lacking=1, window_s=900) == Tally(8, 1_060.0)
    assert seen.count("a", 2, lacking=2, window_s=900) == Tally(10, 1_060.0)


def test_counting_alone_begins_a_window_of_its_own_where_nothing_was_seen(seen: Recollection) -> None:
    assert seen.count("b", 1, lacking=1, window_s=900) == Tally(1, 1_900.0)


def test_what_was_counted_alone_is_claimed_once(seen: Recollection) -> None:
    seen.count("a", 3, lacking=3, window_s=900)

    assert seen.claim("a") == Claim(owed=3, at_least=7, resets_at_s=1_060.0)
    assert seen.claim("a") == Claim(owed=0, at_least=0, resets_at_s=1_060.0)


def test_a_claim_that_could_not_be_delivered_is_made_again(seen: Recollection) -> None:
    seen.count("a", 3, lacking=3, window_s=900)
    failed = seen.claim("a")
    seen.count("a", 1, lacking=failed.owed + 1, window_s=900)

    assert seen.claim("a") == Claim(owed=4, at_least=7, resets_at_s=1_060.0)


def test_what_has_presumably_been_counted_is_not_claimed(seen: Recollection) -> None:
    assert seen.count("a", 1, lacking=0, window_s=900) == Tally(8, 1_060.0)

    assert seen.claim("a") == Claim(owed=0, at_least=8, resets_at_s=1_060.0)


def test_an_outage_casts_doubt_on_every_counter_until_it_is_seen_again(seen: Recollection) -> None:
    seen.note("b", Tally(2, 1_060.0))
    seen.count("a", 1, lacking=1, window_s=900)

    assert seen.claim("b").at_least == 2

    seen.note("b", Tally(3, 1_060.0))
    assert seen.claim("b").at_least == 0


def test_what_others_of_the_process_counted_alone_meanwhile_stays_owed(seen: Recollection) -> None:
    seen.claim("a")
    seen.count("a", 1, lacking=1, window_s=900)
    seen.note("a", Tally(9, 1_060.0))

    assert seen.count("a", 1, lacking=1, window_s=900).count == 11
    assert seen.claim("a").owed == 2


def test_a_window_that_is_over_is_forgotten_with_what_was_owed_to_it(seen: Recollection, clock: Clock) -> None:
    seen.count("a", 1, lacking=1, window_s=900)
    clock.now_s = 1_060.0

    assert seen.claim("a") == Claim()
    assert seen.count("a", 1, lacking=1, window_s=900) == Tally(1, 1_960.0)


def test_what_is_given_back_is_not_owed(seen: Recollection) -> None:
    seen.count("a", 1, lacking=1, window_s=900)
    seen.count("a", -1, lacking=-1, window_s=900)

    assert seen.claim("a") == Claim(owed=0, at_least=7, resets_at_s=1_060.0)


def test_a_key_that_is_forgotten_begins_anew(seen: Recollection) -> None:
    seen.forget("a")
    seen.forget("never known")

    assert seen.claim("a") == Claim()


def test_no_more_is_remembered_than_is_allowed(clock: Clock) -> None:
    seen = Recollection(max_keys=2, clock_s=clock)
    for key in "abc":
        seen.note(key, Tally(1, 1_060.0))

    assert [seen.claim(key).resets_at_s for key in "abc"] == [None, 1_060.0, 1_060.0]
