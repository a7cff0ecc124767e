"""The API's endpoints, a file a family."""

from dealradar.web.api import (
    alerts,
    auth,
    bookmarks,
    cache,
    categories,
    comments,
    deals,
    merchants,
    moderation,
    monitoring,
    notifications,
    reports,
    reviews,
    users,
    votes,
)
from dealradar.web.endpoint import Routes

FAMILIES: tuple[Routes, ...] = (
    alerts.routes,
    auth.routes,
    bookmarks.routes,
    cache.routes,
    categories.routes,
    comments.routes,
    deals.routes,
    merchants.routes,
    moderation.routes,
    monitoring.routes,
    notifications.routes,
    reports.routes,
    reviews.routes,
    users.routes,
    votes.routes,
)
