"""One of each thing that a route may be about, and the paths that lead to them."""

import re
from collections.abc import Mapping
from typing import Any, Final

from dealradar.domain.users.models import User
from dealradar.httpcache.control import jobs
from dealradar.httpcache.control.jobs import Kind, Wanted
from dealradar.invalidation import transaction
from tests.factories.alerts import make_alert, make_silence
from tests.factories.deals import make_category, make_deal, make_merchant
from tests.factories.reports import make_report
from tests.factories.reviews import make_comment, make_review

Ids = Mapping[str, Any]
PLACEHOLDER: Final = re.compile(r"<(?:\w+:)?(\w+)>")


def things_of(owner: User, reporter: User) -> Ids:
    """Return the ids of new things of *owner*'s, by the names that rules have for them."""
    deal = make_deal(owner)
    review = make_review(deal, owner)
    comment = make_comment(review, owner)
    return {
        "user_id": owner.id,
        "deal_id": deal.id,
        "bare_deal_id": make_deal(owner).id,
        "review_id": review.id,
        "comment_id": comment.id,
        "report_id": make_report(reporter, review).id,
        "job_id": _job_id(),
        "alert_id": make_alert().id,
        "silence_id": make_silence().id,
        "slug": make_merchant(make_category(f"one-{deal.id}").slug).slug,
        "part": 1,
        "name": "docs.js",
        "release": "000000000000",
    }


def path_of(rule: str, ids: Ids) -> str:
    """Return the path of *rule* with its ids filled in."""
    return PLACEHOLDER.sub(lambda name: str(ids[name[1]]), rule)


def _job_id() -> int:
    with transaction():
        return jobs.file(Wanted(Kind.INVALIDATE), by="operator").id
