"""What can go wrong with a wish, in the domain's own words; ``web/errors.py`` alone knows statuses."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One field that can't be accepted: where it is (``rating``, ``deal_id``) and what would be right."""

    field: str
    message: str


class DomainError(Exception):
    """A wish that the rules of the community refuse; the text is for the person who wished."""


class NotFoundError(DomainError):
    """There is no such thing, or the caller may not see it."""


class ForbiddenError(DomainError):
    """The caller is known and may not do this."""


class UnauthenticatedError(DomainError):
    """The credentials don't prove who the caller is."""


class ConflictError(DomainError):
    """It contradicts something that is already there."""


class BusyError(DomainError):
    """It can't be done at this moment; asked again in a few seconds, it probably can."""


class BadCursorError(DomainError):
    """The cursor is damaged, or was given out for another list."""


class InvalidError(DomainError):
    """Some fields can't be accepted.

    Attributes:
        faults: Each of them, in the order of the input.
    """

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.message}" for fault in faults))
        self.faults = faults
