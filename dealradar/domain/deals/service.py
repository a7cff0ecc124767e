from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from psycopg.errors import ForeignKeyViolation
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from dealradar.domain.deals import queries
from dealradar.domain.deals.locks import lock
from dealradar.domain.deals.models import Deal, DealStatus, PriceChange
from dealradar.domain.deals.shapes import DealChange, DealDraft, DealOut
from dealradar.domain.errors import Fault, ForbiddenError, InvalidError
from dealradar.domain.users import Actor
from dealradar.extensions import db

UNKNOWN: Final = {
    "fk_deals_category_id_categories": Fault("category_id", "there is no such category"),
    "fk_deals_merchant_id_merchants": Fault("merchant_id", "there is no such merchant"),
}
CLOSED_AT_ONCE: Final = 500


def post(draft: DealDraft, *, by: Actor) -> DealOut:
    """Publish a deal, its first price in its history; the caller commits.

    Raises:
        InvalidError: There is no such category or merchant, or the deal ends before it starts.
    """
    deal = Deal(author_id=by.user_id)
    _assign(deal, draft.model_dump())
    _record_price(deal, by)
    return queries.get(deal.id)


def change(deal_id: int, wanted: DealChange, *, by: Actor) -> DealOut:
    """Set the given fields of a deal; a new price is appended to its history. The caller commits.

    Raises:
        NotFoundError: There is no such deal, or it is hidden or removed.
        ForbiddenError: *by* is neither its author nor a moderator.
        InvalidError: There is no such category or merchant, or the deal ends before it starts.
    """
    deal = _lock_own(deal_id, by)
    former_price = _price(deal)
    _assign(deal, wanted.model_dump(exclude_unset=True))
    if _price(deal) != former_price:
        _record_price(deal, by)
    return queries.get(deal_id)


def remove(deal_id: int, *, by: Actor) -> None:
    """Take a deal out of everybody's sight; its row stays, for the reports about it. The caller commits.

    Raises:
        NotFoundError: There is no such deal, or it is hidden or removed already.
        ForbiddenError: *by* is neither its author nor a moderator.
    """
    _lock_own(deal_id, by).status = DealStatus.REMOVED
    db.session.flush()


def set_status(deal_id: int, status: DealStatus) -> None:
    """Give a deal a status, be it visible or not, as moderation does; the caller commits.

    Raises:
        NotFoundError: There is no such deal.
    """
    deal = db.session.get(Deal, deal_id, with_for_update={"key_share": True}, populate_existing=True)
    if deal is None:
        raise queries.absent(deal_id)
    deal.status = status
    db.session.flush()


def close_ended(now: datetime) -> int:
    """Set the active deals whose end has come by *now* to expired; return how many. The caller commits.

    A deal's status is kept and not worked out from the clock, so that an answer can't grow stale just by waiting.
    """
    closed = 0
    while batch := _close_some(now):
        closed += batch
    return closed


def _close_some(now: datetime) -> int:
    has_ended = (Deal.status == DealStatus.ACTIVE, Deal.ends_at <= now)
    # Some at a time, in their order: most ends are long past, so that PostgreSQL expects far more of them, and would
    # read all deals.
    some = select(Deal.id).where(*has_ended).order_by(Deal.ends_at, Deal.id).limit(CLOSED_AT_ONCE)
    ended = update(Deal).where(Deal.id.in_(some), *has_ended)
    closed = ended.values(status=DealStatus.EXPIRED).returning(Deal.id)
    return len(db.session.scalars(closed, execution_options={"synchronize_session": False}).all())


def _lock_own(deal_id: int, by: Actor) -> Deal:
    deal = lock(deal_id)
    if not by.may_change(deal.author_id):
        raise ForbiddenError("Only its author or a moderator may change a deal.")
    return deal


def _assign(deal: Deal, columns: Mapping[str, Any]) -> None:
    try:
        with db.session.begin_nested():
            for name, value in columns.items():
                setattr(deal, name, value)
            _ensure_ends_after_start(deal)
            db.session.add(deal)
    except IntegrityError as error:
        raise _refusal(error) from None


def _ensure_ends_after_start(deal: Deal) -> None:
    if deal.starts_at and deal.ends_at and deal.ends_at <= deal.starts_at:
        raise InvalidError(Fault("ends_at", "must be later than starts_at"))


def _refusal(error: IntegrityError) -> Exception:
    if isinstance(error.orig, ForeignKeyViolation) and error.orig.diag.constraint_name in UNKNOWN:
        return InvalidError(UNKNOWN[error.orig.diag.constraint_name])
    return error


def _price(deal: Deal) -> tuple[int, int | None]:
    return deal.price_cents, deal.list_price_cents


def _record_price(deal: Deal, by: Actor) -> None:
    # The lock decides who comes first; now() would tell when the transaction began to wait for it.
    changed_at = func.clock_timestamp()
    db.session.execute(
        insert(PriceChange).values(
            deal_id=deal.id,
            price_cents=deal.price_cents,
            list_price_cents=deal.list_price_cents,
            changed_by_id=by.user_id,
            changed_at=changed_at,
        )
    )
