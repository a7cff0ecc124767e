"""What is worth warming, and in which order."""

import pytest

from dealradar.httpcache.control import planning
from dealradar.httpcache.control.planning import LEAST_WORTH, Candidate, Skip, State

SELDOM = 1.0
OFTEN = 100.0


def page(path: str, state: State = State.EXPIRED, *, demand: float = OFTEN, **known: float) -> Candidate:
    return Candidate(path, state, demand, **{"ttl_s": 180.0, "cost_s": 0.01} | known)


def order(*candidates: Candidate) -> list[str]:
    return [step.path for step in planning.plan(candidates).steps]


def test_what_readers_wait_for_comes_before_what_is_due_and_each_by_the_time_it_saves() -> None:
    assert order(
        page("/due, dear", State.DUE, cost_s=1.0),
        page("/cheap", State.LOST),
        page("/dear", State.INVALIDATED, cost_s=0.1),
        page("/asked twice as often", demand=2 * OFTEN),
        page("/earned nothing", cost_s=0.1, worth=LEAST_WORTH),
    ) == ["/dear", "/asked twice as often", "/cheap", "/earned nothing", "/due, dear"]


def test_a_page_whose_cost_nobody_knows_counts_as_an_ordinary_one() -> None:
    unknown = Candidate("/unknown", State.LOST, OFTEN, ttl_s=180)

    assert order(page("/cheap", cost_s=0.001), unknown, page("/dear", cost_s=0.1)) == ["/dear", "/unknown", "/cheap"]


def test_what_is_fresh_and_what_nobody_asks_for_is_left_alone() -> None:
    agenda = planning.plan([page("/fresh", State.FRESH), page("/seldom", demand=SELDOM), page("/often")])

    assert [step.path for step in agenda.steps] == ["/often"]
    assert agenda.skipped == {Skip.FRESH: 1, Skip.UNWANTED: 1}


@pytest.mark.parametrize(("ttl_s", "is_worth_it"), [(300.0, True), (30.0, False)])
def test_an_entry_must_be_expected_to_earn_a_hit_while_it_lives(ttl_s: float, *, is_worth_it: bool) -> None:
    assert bool(order(page("/deals", demand=5.0, ttl_s=ttl_s))) is is_worth_it


def test_a_page_that_earns_nothing_is_warmed_no_more_until_it_is_asked_for_more_often() -> None:
    worth, runs = 1.0, 0
    while order(page("/deals", demand=10.0, worth=worth)):
        worth, runs = planning.judged(worth, earned_hits=0), runs + 1

    assert 2 <= runs <= 10
    assert order(page("/deals", demand=10 * OFTEN, worth=worth)) == ["/deals"]


def test_worth_stays_within_bounds_and_rises_again_with_what_is_earned() -> None:
    worth = 1.0
    for _ in range(50):
        worth = planning.judged(worth, earned_hits=0)
    rises = planning.judged(worth, earned_hits=3)

    assert worth == LEAST_WORTH
    assert worth < rises < planning.judged(rises, earned_hits=1) < 1
    assert planning.judged(0.4, earned_hits=None) == 0.4


@pytest.mark.parametrize(
    ("hits", "state", "earned"),
    [(7, State.EXPIRED, 2), (5, State.DUE, 0), (3, State.EXPIRED, None), (9, State.LOST, None)],
)
def test_earned_is_what_came_since_unless_the_count_is_lost(hits: int, state: State, earned: int | None) -> None:
    assert planning.earned(hits, before=5, state=state) == earned


@pytest.mark.parametrize("how", sorted(planning.MISSING))
@pytest.mark.parametrize(("lost", "fresh", "shows_loss"), [(3, 2, True), (2, 2, False), (0, 0, False)])
def test_a_loss_is_when_most_of_what_is_wanted_is_missing(
    how: State, lost: int, fresh: int, *, shows_loss: bool
) -> None:
    pages = [page(f"/lost/{number}", how) for number in range(lost)]
    pages += [page(f"/fresh/{number}", State.FRESH) for number in range(fresh)]
    pages += [page(f"/unwanted/{number}", State.LOST, demand=0) for number in range(9)]

    assert planning.plan(pages).shows_loss is shows_loss


def test_front_pages_count_as_asked_for_as_often_as_is_declared_at_least() -> None:
    raised = planning.with_front_pages(
        {"/deals/1": 5.0, "/deals": 2.0, "/merchants": 9.0}, {"/deals": 7.0, "/new": 1.0}
    )

    assert [*raised.items()] == [("/merchants", 9.0), ("/deals", 7.0), ("/deals/1", 5.0), ("/new", 1.0)]


def test_what_a_page_costs_moves_towards_what_it_took() -> None:
    assert planning.blended(None, 0.2) == 0.2
    assert 0.1 < planning.blended(0.1, 0.2) < 0.2
