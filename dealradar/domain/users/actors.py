"""Who acts: the little that every verb needs to know of the person behind a request."""

from dataclasses import dataclass

from dealradar.domain.users.models import Role


@dataclass(frozen=True)
class Actor:
    """A person who has proven who they are and may write."""

    user_id: int
    role: Role

    @property
    def moderates(self) -> bool:
        """Whether the person may act on what others wrote."""
        return self.role in {Role.MODERATOR, Role.ADMIN}

    def may_change(self, author_id: int) -> bool:
        """Return whether the person may change what *author_id* wrote."""
        return self.moderates or self.user_id == author_id

    def outranks(self, other: Role) -> bool:
        """Return whether the person's role is higher than *other*."""
        return self.role.rank > other.rank
