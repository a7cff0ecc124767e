import pytest

from dealradar.monitoring.mail import queueing
from tests.integration.monitoring.watched import Mailbox


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """Return what is queued instead of in the table of mails."""
    mailbox = Mailbox()
    monkeypatch.setattr(queueing, "queue", mailbox.queue)
    return mailbox
