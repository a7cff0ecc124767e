"""What people should know of what others did."""

from dealradar.domain.notifications.models import Kind
from dealradar.domain.notifications.service import tell

__all__ = ["Kind", "tell"]
