from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from dealradar.domain.columns import Count, CreatedAt, PrimaryKey
from dealradar.extensions import Base


class Category(Base):
    """A kind of goods; categories nest."""

    __tablename__ = "categories"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", "slug_is_plain"),
        CheckConstraint("parent_id <> id", "not_its_own_parent"),
    )

    id: Mapped[PrimaryKey]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    parent_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("categories.id", ondelete="RESTRICT"))
    deal_count: Mapped[Count]
    created_at: Mapped[CreatedAt]
