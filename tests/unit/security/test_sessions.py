import pytest

from dealradar.domain.errors import ForbiddenError
from dealradar.security.sessions import Sender, require_own_page

OWN = "https://deals.example"


@pytest.mark.parametrize(
    "sender",
    [Sender("same-origin", OWN), Sender("same-origin", None), Sender(None, OWN)],
    ids=["a page of this site", "without Origin", "a browser without Sec-Fetch-Site"],
)
def test_a_page_of_this_site_may_use_the_session(sender: Sender) -> None:
    require_own_page(sender, OWN)


@pytest.mark.parametrize(
    "sender",
    [
        Sender("cross-site", "https://evil.example"),
        Sender("same-site", "https://evil.deals.example"),
        Sender("none", None),
        Sender("cross-site", OWN),
        Sender(None, "https://evil.example"),
        Sender(None, "http://deals.example"),
        Sender(None, "null"),
        Sender(None, None),
    ],
)
def test_nothing_else_may(sender: Sender) -> None:
    with pytest.raises(ForbiddenError, match="own pages"):
        require_own_page(sender, OWN)
