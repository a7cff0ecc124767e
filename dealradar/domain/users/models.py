from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, DateTime, Index, LargeBinary, String, false, func, text, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dealradar import indexes
from dealradar.domain.columns import AuthorId, Count, CreatedAt, PrimaryKey, Timestamp, UpdatedAt, one_of
from dealradar.extensions import Base


class Role(StrEnum):
    """What a person may do: each role may do all that the former may."""

    MEMBER = "member"
    MODERATOR = "moderator"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """Return how high the role is: of two, the one that may do more has more."""
        return list(Role).index(self)


class Standing(StrEnum):
    """How moderators have judged a person so far."""

    GOOD = "good"
    WARNED = "warned"
    BANNED = "banned"


class User(Base):
    """A person of the community, or an anonymous one that an import made up (no e-mail, no password)."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("username ~ '^[A-Za-z0-9_.-]{3,32}$'", "username_is_plain"),
        CheckConstraint("char_length(display_name) BETWEEN 1 AND 64", "display_name_length"),
        CheckConstraint(one_of("role", Role), "role_is_known"),
        CheckConstraint(one_of("standing", Standing), "standing_is_known"),
        CheckConstraint("password_hash IS NULL OR email IS NOT NULL", "log_in_needs_email"),
        Index("uq_users_username_lower", func.lower(text("username")), unique=True),
        Index("uq_users_email_lower", func.lower(text("email")), unique=True),
        *indexes.of("users"),
    )

    id: Mapped[PrimaryKey]
    username: Mapped[str] = mapped_column(String(32))
    email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    display_name: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(16), server_default=Role.MEMBER)
    standing: Mapped[str] = mapped_column(String(16), server_default=Standing.GOOD)
    is_anonymous: Mapped[bool] = mapped_column(server_default=false())
    email_alerts: Mapped[bool] = mapped_column(server_default=true())
    reputation: Mapped[Count]
    deal_count: Mapped[Count]
    review_count: Mapped[Count]
    comment_count: Mapped[Count]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class Token(Base):
    """One log-in of one person; only the SHA-256 of the secret is kept."""

    __tablename__ = "tokens"
    __table_args__ = (
        CheckConstraint("octet_length(token_hash) = 32", "hash_is_sha256"),
        *indexes.of("tokens"),
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[AuthorId]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Timestamp]
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ApiKey(Base):
    """A machine's credential; only the SHA-256 of the secret is kept, with its first characters to tell it by."""

    __tablename__ = "api_keys"
    __table_args__ = (
        CheckConstraint("octet_length(key_hash) = 32", "hash_is_sha256"),
        CheckConstraint("cardinality(scopes) > 0", "has_scopes"),
    )

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    prefix: Mapped[str] = mapped_column(String(12))
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
