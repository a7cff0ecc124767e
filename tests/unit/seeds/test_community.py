"""What a made-up community is like, without a database."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

import pytest

from dealradar.domain import registry
from dealradar.seeds import LOG_INS, SCALES, Timeline, community, popularity
from dealradar.seeds.dice import Dice
from dealradar.seeds.rows import (
    TABLES,
    BookmarkRow,
    CommentRow,
    CommentVoteRow,
    DealRow,
    DealVoteRow,
    ReviewRow,
    ReviewVoteRow,
    UserRow,
)
from dealradar.seeds.scales import Scale, named

TODAY = datetime(2026, 3, 1, tzinfo=UTC)
SMALL = Timeline(named("small"), TODAY)
Rows = dict[type[NamedTuple], list[Any]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    by_kind: Rows = defaultdict(list)
    for row in community.rows(SMALL, {}):
        by_kind[type(row)].append(row)
    return by_kind


def test_the_same_day_makes_the_same_community() -> None:
    assert list(community.rows(SMALL, {})) == list(community.rows(SMALL, {}))


def test_another_day_makes_the_same_community_on_other_dates(rows: Rows) -> None:
    tomorrow = Timeline(SMALL.scale, TODAY + timedelta(days=1))

    later = [row for row in community.rows(tomorrow, {}) if isinstance(row, ReviewRow)]

    assert [row.body for row in later] == [row.body for row in rows[ReviewRow]]
    assert {one.created_at - other.created_at for one, other in zip(later, rows[ReviewRow], strict=True)} == {
        timedelta(days=1)
    }


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.name)
def test_each_scale_has_its_number_of_reviews_and_some_deals_have_most_of_them(scale: Scale) -> None:
    counts = popularity.reviews_by_deal(scale)

    assert len(counts) == scale.deals
    assert sum(counts) == scale.reviews
    assert sum(sorted(counts)[-scale.deals // 10 :]) > scale.reviews / 3
    assert max(counts) < scale.people / 3


def test_what_a_row_is_made_of_are_columns_of_its_table() -> None:
    models = {model.__tablename__: model for model in registry.MODELS}

    for kind, table in TABLES.items():
        assert set(kind._fields) <= set(models[table].__table__.columns.keys())


def test_the_first_deal_can_be_tried_out_at_once(rows: Rows) -> None:
    (first,) = (deal for deal in rows[DealRow] if deal.id == 1)
    reviewers = {review.author_id for review in rows[ReviewRow] if review.deal_id == 1}

    assert (first.status, first.ends_at) == ("active", None)
    assert len(reviewers) > 20
    assert not reviewers & {1, 2, 3}
    assert [user.username for user in rows[UserRow][:3]] == [log_in.username for log_in in LOG_INS]


def test_nothing_happens_in_the_future_but_the_end_of_deals(rows: Rows) -> None:
    for kind, of_kind in rows.items():
        moments = {
            moment
            for row in of_kind
            for field, moment in row._asdict().items()
            if isinstance(moment, datetime) and field not in {"ends_at", "starts_at"}
        }
        assert max(moments) < TODAY, kind

    assert any(deal.ends_at and deal.ends_at > TODAY for deal in rows[DealRow])


def test_nobody_does_anything_before_they_joined(rows: Rows) -> None:
    joined = {user.id: user.created_at for user in rows[UserRow]}

    assert all(joined[review.author_id] <= review.created_at for review in rows[ReviewRow])
    assert all(joined[comment.author_id] <= comment.created_at for comment in rows[CommentRow])
    assert all(joined[vote.user_id] <= vote.voted_at for vote in rows[DealVoteRow])


def test_everybody_has_one_review_and_one_vote_a_thing_and_none_on_their_own(rows: Rows) -> None:
    pairs = {
        ReviewRow: [(row.deal_id, row.author_id) for row in rows[ReviewRow]],
        DealVoteRow: [(row.deal_id, row.user_id) for row in rows[DealVoteRow]],
        BookmarkRow: [(row.deal_id, row.user_id) for row in rows[BookmarkRow]],
        ReviewVoteRow: [(row.review_id, row.user_id) for row in rows[ReviewVoteRow]],
        CommentVoteRow: [(row.comment_id, row.user_id) for row in rows[CommentVoteRow]],
    }

    for kind, of_kind in pairs.items():
        assert len(of_kind) == len(set(of_kind)), kind
    assert not {(row.id, row.author_id) for row in rows[ReviewRow]} & set(pairs[ReviewVoteRow])
    assert not {(row.id, row.author_id) for row in rows[CommentRow]} & set(pairs[CommentVoteRow])


def test_people_are_busy_to_very_different_degrees(rows: Rows) -> None:
    written = sorted(Counter(row.author_id for row in rows[ReviewRow]).values())

    assert written[-1] > 5 * written[len(written) // 2]


def test_threads_go_deep_and_stay_in_their_review(rows: Rows) -> None:
    comments = {comment.id: comment for comment in rows[CommentRow]}
    depth: dict[int, int] = {}
    for comment in comments.values():
        depth[comment.id] = depth[comment.parent_id] + 1 if comment.parent_id else 0
        if comment.parent_id:
            parent = comments[comment.parent_id]
            assert parent.review_id == comment.review_id
            assert parent.created_at < comment.created_at

    assert max(depth.values()) >= 8


def test_a_tombstone_has_replies_or_was_put_by_a_moderator(rows: Rows) -> None:
    answered = {comment.parent_id for comment in rows[CommentRow]}

    withdrawn = [comment for comment in rows[CommentRow] if comment.status == "deleted"]

    assert withdrawn
    assert sum(comment.id in answered for comment in withdrawn) >= len(withdrawn) / 2
    assert all((comment.status == "deleted") == (comment.deleted_at is not None) for comment in rows[CommentRow])


def test_texts_are_whole_and_as_long_as_they_may_be(rows: Rows) -> None:
    bodies = [review.body for review in rows[ReviewRow]]

    texts = [text for kind in rows.values() for row in kind for text in row if isinstance(text, str)]

    assert not [text for text in texts if "{" in text or "}" in text or "  " in text]
    assert all(len(deal.title) <= 200 and deal.title == deal.title.strip() for deal in rows[DealRow])
    assert len(set(bodies)) > 0.9 * len(bodies)
    assert min(map(len, bodies)) < 60
    assert max(map(len, bodies)) > 400


def test_a_list_price_is_never_below_the_price(rows: Rows) -> None:
    priced = [deal for deal in rows[DealRow] if deal.list_price_cents is not None]

    assert 0 < len(priced) < len(rows[DealRow])
    assert all(deal.list_price_cents >= deal.price_cents for deal in priced)


def test_a_community_is_made_as_it_is_taken() -> None:
    large = Timeline(named("large"), TODAY)

    assert len(list(islice(community.rows(large, {}), 1_000))) == 1_000


def test_a_tail_is_mostly_nothing_and_rarely_much() -> None:
    dice = Dice("tail")

    numbers = sorted(dice.tail(0.7, at_most=50) for _ in range(10_000))

    assert numbers[0] == 0
    assert numbers[5_000] <= 1
    assert numbers[-1] == 50
