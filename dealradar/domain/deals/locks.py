"""The lock under which everything about one deal is written."""

from sqlalchemy import select

from dealradar.domain.deals.models import VISIBLE, Deal
from dealradar.domain.deals.queries import absent
from dealradar.extensions import db


def lock(deal_id: int) -> Deal:
    """Return the deal as it is now, locked until the transaction ends.

    It is the lock that a change of the row takes, not the stronger one of a deletion: rows that refer to the deal
    (reviews, comments) can be written meanwhile.

    Raises:
        NotFoundError: There is no such deal, or it is hidden or removed.
    """
    statement = select(Deal).where(Deal.id == deal_id, Deal.status.in_(VISIBLE)).with_for_update(key_share=True)
    deal = db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if deal is None:
        raise absent(deal_id)
    return deal
