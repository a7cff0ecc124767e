import pytest
from sqlalchemy import text

from dealradar.extensions import db
from dealradar.invalidation import covering, sweep, tell
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.targets import TargetUnavailableError
from dealradar.invalidation.turns import turns_of
from tests.edges import Edge, let_pass, owe, owed, told

pytestmark = pytest.mark.usefixtures("_community")


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(covering, "MAX_LATE_TAGS", 3)


@pytest.fixture
def edge() -> Edge:
    """Return a target that can't be told for now."""
    return Edge(fault=TargetUnavailableError("away"))


def test_a_target_that_is_late_with_too_much_is_told_of_everything_instead(edge: Edge) -> None:
    other = Edge("other")
    turns = turns_of([edge, other])
    owe("deal:1", "deal:2", "deal:3")
    tell("other", turns)
    let_pass(3.0)
    tell("other", turns)

    tell("edge", turns)
    sweep(turns)
    edge.fault = None
    for _ in range(2):
        let_pass(3_600.0)
        tell("edge", turns)

    assert edge.tags == [("path:/",), ("path:/",)]
    assert [set(tags) for tags in other.tags] == [{"deal:1", "deal:2", "deal:3"}] * 2
    assert (tell("other", turns), owed()) == (0, [])


def test_what_everything_stands_for_no_longer_delays_who_looks_for_what_is_owed(edge: Edge) -> None:
    turns = turns_of([edge])
    owe("deal:1", "deal:2", "deal:3")

    sweep(turns)

    assert owed() == ["path:/"]
    assert told()["path:/"] == ["store"]


@pytest.mark.parametrize("kind", [Kind.HARD, Kind.STRICT])
def test_everything_is_as_urgent_as_the_most_urgent_that_it_stands_for(edge: Edge, kind: Kind) -> None:
    turns = turns_of([edge])
    owe("deal:1", kind=kind)
    owe("deal:2", "deal:3", kind=Kind.SOFT)
    edge.fault = None

    sweep(turns)
    tell("edge", turns)

    assert [(batch.kind, batch.tags) for batch in edge.heard] == [(kind, ("path:/",))]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("created_at = now() - interval '50 s'", id="it has not been owed for long"),
        pytest.param("delivered_to = '{}' WHERE tag = 'deal:1'", id="the store does not have it yet"),
        pytest.param("delivered_to = '{store,edge,edge again}' WHERE tag = 'deal:1'", id="it is not too much"),
    ],
)
def test_nothing_is_covered_as_long_as(edge: Edge, change: str) -> None:
    owe("deal:1", "deal:2", "deal:3")
    db.session.execute(text(f"UPDATE cache_outbox SET {change}"))  # noqa: S608  the test's own words
    db.session.commit()

    covering.cover(turns_of([edge]))

    assert set(told()) == {"deal:1", "deal:2", "deal:3"}


def test_what_somebody_is_marking_just_now_is_left_to_the_next_sweep(edge: Edge) -> None:
    turns = turns_of([edge])
    owe("deal:1", "deal:2", "deal:3")

    with db.engine.connect() as somebody:
        somebody.execute(text("SELECT FROM cache_outbox WHERE tag = 'deal:1' FOR UPDATE"))
        covering.cover(turns)
        somebody.rollback()

    assert owed() == ["deal:1", "path:/"]
