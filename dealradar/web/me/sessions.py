"""Who is logged in on the site: a cookie keeps their token as long as it is good."""

from datetime import UTC, datetime

from flask import Response, request

from dealradar.domain.users import SessionOut
from dealradar.security.sessions import OWN, OWN_COOKIE


def keep(response: Response, session: SessionOut) -> None:
    """Have the browser keep the token of *session*, and show it to nobody else and nowhere else."""
    left_s = (session.expires_at - datetime.now(UTC)).total_seconds()
    response.set_cookie(
        OWN_COOKIE,
        session.token,
        max_age=int(left_s),
        path=OWN,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",  # a link in a mail to one's own pages opens them; changes need a page of ours besides
    )


def forget(response: Response, _result: object = None) -> None:
    """Have the browser forget its token."""
    response.delete_cookie(OWN_COOKIE, path=OWN, secure=request.is_secure, httponly=True, samesite="Lax")
