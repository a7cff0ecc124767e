"""What one person alone sees and does on the site, below ``/me``; their cookie goes nowhere else (ADR 0074)."""

from dealradar.web.me.routing import register

__all__ = ["register"]
