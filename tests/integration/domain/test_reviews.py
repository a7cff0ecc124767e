from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select

from dealradar.domain import deals, reviews
from dealradar.domain.comments.models import Comment
from dealradar.domain.deals import DealStatus
from dealradar.domain.errors import ConflictError, ForbiddenError, NotFoundError
from dealradar.domain.reviews import ReviewChange, ReviewDraft, ReviewOut, ReviewStatus
from dealradar.domain.users import Actor, Role
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.invalidation import transaction
from tests.factories.deals import make_deal
from tests.factories.people import make_user
from tests.factories.reviews import make_comment, make_review

pytestmark = pytest.mark.usefixtures("app")


def _as(user: User) -> Actor:
    return Actor(user.id, Role(user.role))


def _publish(author: User, deal_id: int, **fields: Any) -> ReviewOut:
    with transaction():
        return reviews.publish(
            ReviewDraft(deal_id=deal_id, **{"rating": 4, "body": "Good sound."} | fields), by=_as(author)
        )


def _change(review_id: int, by: User, **fields: Any) -> ReviewOut:
    with transaction():
        return reviews.change(review_id, ReviewChange(**fields), by=_as(by))


def _remove(review_id: int, by: User) -> None:
    with transaction():
        reviews.remove(review_id, by=_as(by))


def _set_status(review_id: int, status: ReviewStatus) -> None:
    with transaction():
        reviews.set_status(review_id, status)


def test_a_review_is_shown_with_its_author_and_its_deal() -> None:
    alice, bob = make_user("alice"), make_user("bob", reputation=12)
    deal = make_deal(alice, title="Good headphones")

    published = _publish(bob, deal.id, rating=5, title="Fine", body="They sit well.")

    assert (published.deal_id, published.deal.id, published.deal.title) == (deal.id, deal.id, "Good headphones")
    assert (published.author.id, published.author.display_name, published.author.reputation) == (bob.id, "Bob", 12)
    assert (published.rating, published.title, published.body) == (5, "Fine", "They sit well.")
    assert (published.helpful_count, published.unhelpful_count, published.comment_count) == (0, 0, 0)
    assert reviews.get(published.id) == published


@pytest.mark.parametrize(
    "text", ["  two  spaces, a tab\t, a line\r\nand \U0001f600 ", "<b>&amp;</b>", "e\u0301 \u00e9"]
)
def test_title_and_body_are_kept_character_for_character(text: str) -> None:
    published = _publish(make_user("bob"), make_deal(make_user("alice")).id, title=text, body=text)

    assert (published.title, published.body) == (text, text)


@pytest.mark.parametrize(
    "fields",
    [
        {"rating": 0},
        {"rating": 6},
        {"title": ""},
        {"title": " "},
        {"title": "x" * 201},
        {"body": ""},
        {"body": " \n"},
        {"body": "x" * 10_001},
        {"body": "nul\x00"},
    ],
)
def test_a_review_out_of_bounds_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ReviewDraft.model_validate({"deal_id": 1, "rating": 4, "title": None, "body": "Good."} | fields)


def test_the_longest_review_is_kept() -> None:
    title, body = "\U0001f600" * 200, "\U0001f600" * 10_000

    published = _publish(make_user("bob"), make_deal(make_user("alice")).id, title=title, body=body)

    assert (published.title, published.body) == (title, body)


def test_a_deal_counts_its_reviews() -> None:
    alice, bob = make_user("alice"), make_user("bob")
    deal = make_deal(alice)

    _publish(alice, deal.id, rating=5)
    _publish(bob, deal.id, rating=2)

    assert (deals.get(deal.id).review_count, deals.get(deal.id).rating_avg) == (2, 3.5)


def test_a_second_review_of_a_deal_by_one_person_is_a_conflict() -> None:
    bob = make_user("bob")
    deal = make_deal(make_user("alice"))
    first = _publish(bob, deal.id, body="The first.")

    with pytest.raises(ConflictError, match=f"reviewed deal {deal.id} before"):
        _publish(bob, deal.id, body="The second.")

    assert reviews.get(first.id).body == "The first."


@pytest.mark.parametrize("status", [DealStatus.HIDDEN, DealStatus.REMOVED])
def test_a_deal_that_nobody_sees_is_not_reviewed_and_its_reviews_are_seen_by_nobody(status: DealStatus) -> None:
    bob = make_user("bob")
    deal = make_deal(make_user("alice"), status=status)
    review = make_review(deal, bob)

    with pytest.raises(NotFoundError):
        _publish(make_user("carol"), deal.id)

    with pytest.raises(NotFoundError):
        reviews.get(review.id)
    with pytest.raises(NotFoundError):
        reviews.ensure_visible(review.id)


def test_an_expired_deal_is_still_reviewed() -> None:
    deal = make_deal(make_user("alice"), status=DealStatus.EXPIRED)

    assert _publish(make_user("bob"), deal.id).deal_id == deal.id


def test_a_deal_that_never_was_is_not_reviewed() -> None:
    with pytest.raises(NotFoundError):
        _publish(make_user("bob"), 99)


def test_a_change_leaves_alone_what_it_does_not_name() -> None:
    bob = make_user("bob")
    review = make_review(make_deal(make_user("alice")), bob, rating=4, title="Fine", body="They sit well.")

    changed = _change(review.id, bob, rating=2)

    assert (changed.rating, changed.title, changed.body) == (2, "Fine", "They sit well.")
    assert changed.updated_at > review.updated_at


def test_a_title_can_be_taken_away() -> None:
    bob = make_user("bob")
    review = make_review(make_deal(make_user("alice")), bob, title="Fine")

    assert _change(review.id, bob, title=None).title is None


@pytest.mark.parametrize("field", ["rating", "body"])
def test_what_every_review_has_is_not_taken_away(field: str) -> None:
    with pytest.raises(ValidationError, match="leave it out"):
        ReviewChange.model_validate({field: None})


def test_a_change_of_nothing_changes_nothing() -> None:
    bob = make_user("bob")
    review = make_review(make_deal(make_user("alice")), bob)
    before = reviews.get(review.id)

    assert _change(review.id, bob) == before


def test_a_changed_rating_is_the_one_that_the_deal_counts() -> None:
    bob = make_user("bob")
    deal = make_deal(make_user("alice"))
    review = make_review(deal, bob, rating=1)

    _change(review.id, bob, rating=5)

    assert deals.get(deal.id).rating_avg == 5


def test_only_its_author_and_moderators_change_and_remove_a_review() -> None:
    bob, mallory, mona = make_user("bob"), make_user("mallory"), make_user("mona", Role.MODERATOR)
    review = make_review(make_deal(make_user("alice")), bob)

    with pytest.raises(ForbiddenError):
        _change(review.id, mallory, rating=1)
    with pytest.raises(ForbiddenError):
        _remove(review.id, mallory)

    assert _change(review.id, mona, title="Edited").title == "Edited"


def test_who_removes_their_own_review_may_write_another() -> None:
    bob = make_user("bob")
    deal = make_deal(make_user("alice"))
    first = _publish(bob, deal.id)

    _remove(first.id, bob)

    with pytest.raises(NotFoundError):
        reviews.get(first.id)
    assert _publish(bob, deal.id).id != first.id


def test_whose_review_a_moderator_removed_may_not_write_another() -> None:
    bob, mona = make_user("bob"), make_user("mona", Role.MODERATOR)
    deal = make_deal(make_user("alice"))
    review = _publish(bob, deal.id)

    _remove(review.id, mona)

    with pytest.raises(NotFoundError):
        reviews.get(review.id)
    with pytest.raises(ConflictError):
        _publish(bob, deal.id)
    assert reviews.briefs([review.id])[review.id].status == ReviewStatus.REMOVED
    assert deals.get(deal.id).review_count == 0


def test_with_a_review_goes_all_that_was_said_about_it() -> None:
    bob = make_user("bob")
    deal = make_deal(make_user("alice"))
    review = make_review(deal, bob)
    make_comment(make_comment(review, bob), bob)

    _remove(review.id, bob)

    assert db.session.scalar(select(func.count()).select_from(Comment)) == 0
    assert deals.get(deal.id).comment_count == 0


def test_a_hidden_review_is_seen_again_once_it_is_made_visible() -> None:
    review = make_review(make_deal(make_user("alice")), make_user("bob"))

    _set_status(review.id, ReviewStatus.HIDDEN)
    with pytest.raises(NotFoundError):
        reviews.get(review.id)
    _set_status(review.id, ReviewStatus.VISIBLE)

    assert reviews.get(review.id).id == review.id


def test_the_status_of_no_review_is_not_set() -> None:
    with pytest.raises(NotFoundError):
        _set_status(99, ReviewStatus.HIDDEN)


def test_briefs_tell_of_every_review_whatever_people_see() -> None:
    bob = make_user("bob")
    review = make_review(make_deal(make_user("alice")), bob, body="x" * 139 + "yz", status=ReviewStatus.HIDDEN)

    brief = reviews.briefs([review.id, 99])[review.id]

    assert (brief.author_id, brief.excerpt, brief.status) == (bob.id, "x" * 139 + "y", ReviewStatus.HIDDEN)
    assert reviews.author_of(review.id) == bob.id


def test_no_review_has_no_author() -> None:
    assert reviews.briefs([99]) == {}
    with pytest.raises(NotFoundError):
        reviews.author_of(99)
