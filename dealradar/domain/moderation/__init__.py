"""What moderators do about reports, and the log of it."""

from dealradar.domain.moderation.models import LogAction
from dealradar.domain.moderation.queries import log
from dealradar.domain.moderation.service import decide, intervene
from dealradar.domain.moderation.shapes import LogEntryOut, LogQuery

__all__ = ["LogAction", "LogEntryOut", "LogQuery", "decide", "intervene", "log"]
