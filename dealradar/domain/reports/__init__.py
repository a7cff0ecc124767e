"""What people say is wrong, and what is wrong with it."""

from dealradar.domain.reports.models import CLOSED, Action, Reason, ReportStatus, TargetType
from dealradar.domain.reports.queries import get, listing
from dealradar.domain.reports.service import change, file
from dealradar.domain.reports.shapes import (
    Age,
    ReportChange,
    ReportDraft,
    ReportOut,
    ReportQuery,
    ReportSort,
    ReportStats,
    TargetOut,
)
from dealradar.domain.reports.statistics import stats

__all__ = [
    "CLOSED",
    "Action",
    "Age",
    "Reason",
    "ReportChange",
    "ReportDraft",
    "ReportOut",
    "ReportQuery",
    "ReportSort",
    "ReportStats",
    "ReportStatus",
    "TargetOut",
    "TargetType",
    "change",
    "file",
    "get",
    "listing",
    "stats",
]
