from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from dealradar import indexes
from dealradar.domain.columns import Count, CreatedAt, PrimaryKey
from dealradar.extensions import Base


class Merchant(Base):
    """A shop that sells what deals are about."""

    __tablename__ = "merchants"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", "slug_is_plain"),
        *indexes.of("merchants"),
    )

    id: Mapped[PrimaryKey]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    url: Mapped[str | None] = mapped_column(String(2000))
    deal_count: Mapped[Count]
    created_at: Mapped[CreatedAt]
