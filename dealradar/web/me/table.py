"""The table: every form of the site. Nothing else changes anything for who uses it."""

from typing import Final

from dealradar.web.me import sessions, sheets
from dealradar.web.me.forms import Form

FORMS: Final = (
    Form("log_in", "/login", "POST /auth/login", "/", sheet=sheets.log_in, ends=sessions.keep),
    Form("join", "/register", "POST /auth/register", "/", sheet=sheets.join, ends=sessions.keep),
    Form("log_out", "/me/log-out", "POST /auth/logout", "/", ends=sessions.forget),
    Form("account", "/me", "PATCH /auth/me", "/me", sheet=sheets.account),
    Form("password", "/me/password", "POST /auth/password", "/me", sheet=sheets.password),
    Form("read", "/me/notifications/read", "POST /notifications/read", "/me/notifications"),
    Form("new_deal", "/me/deals/new", "POST /deals", "/deals/{result.id}", sheet=sheets.new_deal, leads_back=False),
    Form(
        "edit_deal",
        "/me/deals/<int:deal_id>/edit",
        "PATCH /deals/<int:deal_id>",
        "/deals/{deal_id}",
        sheet=sheets.edit_deal,
    ),
    Form(
        "remove_deal",
        "/me/deals/<int:deal_id>/remove",
        "DELETE /deals/<int:deal_id>",
        "/me",
        sheet=sheets.remove_deal,
    ),
    Form("vote_deal", "/me/deals/<int:deal_id>/vote", "POST /deals/<int:deal_id>/vote", "/deals/{deal_id}"),
    Form("keep_deal", "/me/deals/<int:deal_id>/bookmark", "PUT /deals/<int:deal_id>/bookmark", "/deals/{deal_id}"),
    Form("drop_deal", "/me/deals/<int:deal_id>/forget", "DELETE /deals/<int:deal_id>/bookmark", "/me/bookmarks"),
    Form(
        "new_review",
        "/me/reviews/new",
        "POST /reviews",
        "/deals/{result.deal_id}#review-{result.id}",
        sheet=sheets.new_review,
        leads_back=False,
    ),
    Form(
        "edit_review",
        "/me/reviews/<int:review_id>/edit",
        "PATCH /reviews/<int:review_id>",
        "/reviews/{review_id}",
        sheet=sheets.edit_review,
    ),
    Form(
        "remove_review",
        "/me/reviews/<int:review_id>/remove",
        "DELETE /reviews/<int:review_id>",
        "/me",
        sheet=sheets.remove_review,
    ),
    Form(
        "vote_review", "/me/reviews/<int:review_id>/vote", "POST /reviews/<int:review_id>/vote", "/reviews/{review_id}"
    ),
    Form(
        "new_comment",
        "/me/comments/new",
        "POST /comments",
        "/reviews/{result.review_id}#comment-{result.id}",
        sheet=sheets.new_comment,
        leads_back=False,
    ),
    Form(
        "edit_comment",
        "/me/comments/<int:comment_id>/edit",
        "PATCH /comments/<int:comment_id>",
        "/reviews/{result.review_id}#comment-{comment_id}",
        sheet=sheets.edit_comment,
    ),
    Form(
        "remove_comment",
        "/me/comments/<int:comment_id>/remove",
        "DELETE /comments/<int:comment_id>",
        "/me",
        sheet=sheets.remove_comment,
    ),
    Form("vote_comment", "/me/comments/<int:comment_id>/vote", "POST /comments/<int:comment_id>/vote", "/"),
    Form("report", "/me/report", "POST /reports", "/", sheet=sheets.report),
)
