"""Who sends a request, as far as the credentials prove it."""

from dataclasses import dataclass
from typing import Final

from dealradar.domain.users import Actor


@dataclass(frozen=True)
class Caller:
    """A person with a token, a machine with an API key, or anybody.

    Attributes:
        actor: The person, if it is one.
        scopes: What a machine may do.
        token_id: The row of the token that was shown, so that logging out can revoke it.
        key_id: The row of the API key that was shown, so that its use can be counted.
    """

    actor: Actor | None = None
    scopes: frozenset[str] = frozenset()
    token_id: int | None = None
    key_id: int | None = None

    @property
    def is_anonymous(self) -> bool:
        """Whether no valid credentials were shown."""
        return self.actor is None and not self.scopes

    @property
    def identity(self) -> str:
        """Return what makes this caller's own responses differ from everybody else's."""
        return f"user:{self.actor.user_id}" if self.actor else f"scopes:{' '.join(sorted(self.scopes))}"

    @property
    def counted_as(self) -> str | None:
        """Return what this caller's requests are counted under, from wherever they come; None for anybody."""
        if self.actor is not None:
            return f"user:{self.actor.user_id}"
        return None if self.key_id is None else f"key:{self.key_id}"


ANYBODY: Final = Caller()
