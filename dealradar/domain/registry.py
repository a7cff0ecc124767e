"""Every model, imported, so that the metadata is whole for migrations and tests."""

from dealradar.domain.categories.models import Category
from dealradar.domain.comments.models import Comment, CommentVote
from dealradar.domain.deals.models import Bookmark, Deal, DealVote, PriceChange
from dealradar.domain.merchants.models import Merchant
from dealradar.domain.moderation.models import LogEntry
from dealradar.domain.notifications.models import Notification
from dealradar.domain.reports.models import Report, ReportTally
from dealradar.domain.reviews.models import Review, ReviewTally, ReviewVote
from dealradar.domain.users.models import ApiKey, Token, User

MODELS = (
    User,
    Token,
    ApiKey,
    Merchant,
    Category,
    Deal,
    PriceChange,
    DealVote,
    Bookmark,
    Review,
    ReviewTally,
    ReviewVote,
    Comment,
    CommentVote,
    Report,
    ReportTally,
    LogEntry,
    Notification,
)
