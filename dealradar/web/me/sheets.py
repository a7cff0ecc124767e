"""The pages that have one form on them, and what stands in it at first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from dealradar.domain import categories, comments, deals, merchants, reviews, users
from dealradar.domain.deals import DealOut, DealQuery, DealSort
from dealradar.domain.errors import ForbiddenError
from dealradar.domain.merchants import MerchantQuery, MerchantRef, MerchantSort
from dealradar.domain.reviews import ReviewQuery
from dealradar.domain.shapes import ListQuery
from dealradar.domain.users import Actor, AuthorOut, Role
from dealradar.web.me.forms import Sheet

MOST_SHOPS: Final = 100
MOST_OWN: Final = 20


def log_in() -> Sheet:
    """Return the page to log in on."""
    return Sheet("me/log_in.html")


def join() -> Sheet:
    """Return the page to join on."""
    return Sheet("me/join.html")


def account(by: Actor) -> Sheet:
    """Return one's account, with what one has written."""
    own = users.own(by.user_id)
    values = {
        "own": own,
        "deals": deals.listing(DealQuery(author=by.user_id, status="all", sort=DealSort.NEW, limit=MOST_OWN)).items,
        "reviews": reviews.of_user(by.user_id, ReviewQuery(limit=MOST_OWN)).items,
        "comments": comments.of_user(by.user_id, ListQuery(limit=MOST_OWN)).items,
    }
    return Sheet("me/account.html", values, {"display_name": own.display_name, "email_alerts": _yes(own.email_alerts)})


def password(by: Actor) -> Sheet:  # noqa: ARG001  as with all of a member's
    """Return the page to change one's password on."""
    return Sheet("me/password.html")


def new_deal(by: Actor) -> Sheet:  # noqa: ARG001  as with all of a member's
    """Return the page to post a deal on."""
    return Sheet("me/deal.html", {"heading": "Post a deal", "deal_id": None, **_choices()})


def edit_deal(deal_id: int, by: Actor) -> Sheet:
    """Return the page to change a deal on.

    Raises:
        NotFoundError: There is no such deal.
        ForbiddenError: It is somebody else's.
    """
    deal = deals.get(deal_id)
    _require_own(deal.author, by)
    return Sheet(
        "me/deal.html", {"heading": "Edit the deal", "deal_id": deal_id, **_choices(deal.merchant)}, _fields(deal)
    )


def remove_deal(deal_id: int, by: Actor) -> Sheet:
    """Return the page that asks whether to remove a deal; errors as with `edit_deal`."""
    deal = deals.get(deal_id)
    _require_own(deal.author, by)
    return _confirm("this deal", deal.title, f"/deals/{deal_id}")


def new_review(by: Actor) -> Sheet:  # noqa: ARG001  as with all of a member's
    """Return the page to write a review on."""
    return Sheet("me/review.html", {"heading": "Write a review", "is_new": True})


def edit_review(review_id: int, by: Actor) -> Sheet:
    """Return the page to change a review on; errors as with `edit_deal`."""
    review = reviews.get(review_id)
    _require_own(review.author, by)
    shown = {"rating": str(review.rating), "title": review.title or "", "body": review.body}
    return Sheet("me/review.html", {"heading": f"Edit your review of {review.deal.title}", "is_new": False}, shown)


def remove_review(review_id: int, by: Actor) -> Sheet:
    """Return the page that asks whether to remove a review; errors as with `edit_deal`."""
    review = reviews.get(review_id)
    _require_own(review.author, by)
    return _confirm("this review", review.title or review.body, f"/reviews/{review_id}")


def new_comment(by: Actor) -> Sheet:  # noqa: ARG001  as with all of a member's
    """Return the page to comment or reply on."""
    return Sheet("me/comment.html", {"heading": "Join the discussion", "is_new": True})


def edit_comment(comment_id: int, by: Actor) -> Sheet:
    """Return the page to change a comment on; errors as with `edit_deal`."""
    comment = comments.get(comment_id)
    _require_own(comment.author, by)
    return Sheet("me/comment.html", {"heading": "Edit your comment", "is_new": False}, {"body": comment.body})


def remove_comment(comment_id: int, by: Actor) -> Sheet:
    """Return the page that asks whether to remove a comment; errors as with `edit_deal`."""
    comment = comments.get(comment_id)
    _require_own(comment.author, by)
    return _confirm("this comment", comment.body, f"/reviews/{comment.review_id}#comment-{comment_id}")


def report(by: Actor) -> Sheet:  # noqa: ARG001  as with all of a member's
    """Return the page to say on what is wrong with something."""
    return Sheet("me/report.html")


def _require_own(author: AuthorOut | None, by: Actor) -> None:
    if (author is None or author.id != by.user_id) and by.role.rank < Role.MODERATOR.rank:
        raise ForbiddenError("It is somebody else's; only they and moderators can change it.")


def _confirm(what: str, excerpt: str, path: str) -> Sheet:
    return Sheet("me/confirm.html", {"what": what, "excerpt": excerpt, "path": path})


def _choices(chosen: MerchantRef | None = None) -> Mapping[str, Any]:
    """Return what there is to choose from: of shops those with the most deals, and the one that is *chosen*."""
    listed = merchants.listing(MerchantQuery(sort=MerchantSort.DEALS, limit=MOST_SHOPS)).items
    shops = {shop.id: shop for shop in (*listed, *([chosen] if chosen else []))}.values()
    return {"tree": categories.tree().items, "shops": sorted(shops, key=lambda shop: shop.name.lower())}


def _fields(deal: DealOut) -> Mapping[str, str]:
    return {
        "title": deal.title,
        "description": deal.description,
        "url": deal.url or "",
        "price_cents": _price(deal.price_cents),
        "list_price_cents": _price(deal.list_price_cents),
        "coupon_code": deal.coupon_code or "",
        "category_id": str(deal.category.id) if deal.category else "",
        "merchant_id": str(deal.merchant.id) if deal.merchant else "",
        "ends_at": _second(deal.ends_at),
        "status": deal.status,
    }


def _price(cents: int | None) -> str:
    return "" if cents is None else f"{cents // 100}.{cents % 100:02}"


def _second(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%dT%H:%M:%S}"


def _yes(is_so: bool) -> str:
    return "true" if is_so else ""
