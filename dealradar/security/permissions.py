"""Who may use an endpoint, as a value that stands beside its route."""

from dataclasses import dataclass
from typing import Final

from dealradar.domain.errors import ForbiddenError, UnauthenticatedError
from dealradar.domain.users import Role
from dealradar.security.callers import Caller


@dataclass(frozen=True)
class Who:
    """The least role that may use an endpoint; or, for machines, the scope that an API key needs.

    Neither of both means everybody.
    """

    role: Role | None = None
    scope: str | None = None

    @property
    def is_everyone(self) -> bool:
        """Whether no credentials are needed."""
        return self.role is None and self.scope is None

    def admit(self, caller: Caller) -> None:
        """Let *caller* pass.

        Raises:
            UnauthenticatedError: The endpoint needs credentials and there are none.
            ForbiddenError: The caller is known and may not.
        """
        if self.lets_in(caller):
            return
        if caller.is_anonymous:
            raise UnauthenticatedError("This needs credentials; send Authorization: Bearer <token>.")
        raise ForbiddenError(f"This needs {self._wanted()}.")

    def lets_in(self, caller: Caller) -> bool:
        """Return whether *caller* may pass."""
        return self.is_everyone or self._has_scope(caller) or self._has_role(caller)

    def _has_scope(self, caller: Caller) -> bool:
        return self.scope is not None and self.scope in caller.scopes

    def _has_role(self, caller: Caller) -> bool:
        if self.role is None or caller.actor is None:
            return False
        return caller.actor.role.rank >= self.role.rank

    def _wanted(self) -> str:
        role = f"the role {self.role}" if self.role else ""
        scope = f"an API key with the scope {self.scope}" if self.scope else ""
        return " or ".join(part for part in (role, scope) if part)


EVERYONE: Final = Who()
MEMBER: Final = Who(Role.MEMBER)
MODERATOR: Final = Who(Role.MODERATOR)
ADMIN: Final = Who(Role.ADMIN)
