"""Where on the site something stands that has no page of its own."""

from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, current_app, redirect

from dealradar.domain import comments
from dealradar.domain.reading import read_only
from dealradar.httpcache.directives import Content
from dealradar.web import fields

blueprint: Final = Blueprint("permalinks", __name__)


@blueprint.get("/comments/<int:comment_id>")
def comment(comment_id: int) -> Response:
    """Lead to the comment in its discussion.

    Raises:
        NotFoundError: There is no such comment, or it may not be seen.
    """
    with read_only():
        review_id = comments.get(comment_id).review_id
    place = redirect(f"/reviews/{review_id}#comment-{comment_id}", HTTPStatus.SEE_OTHER)
    return fields.direct(current_app.make_response(place), Content.REDIRECT)
