"""What is sent."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    """A mail to one recipient, as it will be sent, however often that has to be tried.

    Attributes:
        batch: What those to the others who are told the same have in common.
    """

    recipient: str
    message_id: str
    batch: str
    subject: str
    content: bytes
