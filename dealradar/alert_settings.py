"""From which values on somebody is told, and how soon: the settings of alerts, a base of all settings.

What each is about is in ``monitoring/alerts/signals.py``.
"""

from typing import Annotated, Final

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

Ratio = Annotated[float, Field(ge=0, le=1, validate_default=True)]
Seconds = Annotated[float, Field(ge=0, le=86_400, validate_default=True)]
Bytes = Annotated[int, Field(ge=0, validate_default=True)]
State = Annotated[int, Field(ge=0, le=2, validate_default=True)]
"""Above 0 is degraded, above 1 is failed, and nothing is above 2."""

BAD_WHEN_LOW: Final = ("alert_cache_hit_ratio", "alert_disk_free")


class AlertSettings(BaseSettings):
    """The thresholds of each signal, a warning and a critical one, and the pace of evaluating and telling."""

    alert_cache_hit_ratio_warning: Ratio = 0.8
    alert_cache_hit_ratio_critical: Ratio = 0.6
    alert_response_time_mean_warning: Seconds = 0.5
    alert_response_time_mean_critical: Seconds = 1.0
    alert_response_time_p95_warning: Seconds = 1.5
    alert_response_time_p95_critical: Seconds = 3.0
    alert_error_rate_warning: Ratio = 0.05
    alert_error_rate_critical: Ratio = 0.1
    alert_redis_memory_warning: Bytes = 1_500_000_000
    alert_redis_memory_critical: Bytes = 2_000_000_000
    alert_redis_connection_warning: State = 0
    alert_redis_connection_critical: State = 1
    alert_broker_connection_warning: State = 0
    alert_broker_connection_critical: State = 1
    alert_outbox_oldest_warning: Seconds = 30
    alert_outbox_oldest_critical: Seconds = 120
    alert_stale_ratio_warning: Ratio = 0
    alert_stale_ratio_critical: Ratio = 0.001
    alert_celery_silent_warning: Seconds = 60
    alert_celery_silent_critical: Seconds = 180
    alert_database_down_warning: State = 0
    alert_database_down_critical: State = 1
    alert_disk_free_warning: Ratio = 0.1
    alert_disk_free_critical: Ratio = 0.05
    alert_mail_failing_warning: Seconds = 300
    alert_mail_failing_critical: Seconds = 1_800

    alert_every_s: float = Field(5, ge=0.1, le=60)
    alert_window_s: int = Field(300, ge=10, le=3_600)
    alert_hold_percent: int = Field(100, ge=1, le=1_000)
    alert_group_s: float = Field(60, ge=0, le=600)
    alert_reminder_s: float = Field(14_400, ge=1, le=604_800)

    @field_validator("*")
    @classmethod
    def _is_worse_than_the_warning(cls, critical: object, info: ValidationInfo) -> object:
        name = str(info.field_name)
        warning = info.data.get(name.removesuffix("_critical") + "_warning")
        if warning is None or not isinstance(critical, int | float):
            return critical
        is_bad_when_low = name.startswith(BAD_WHEN_LOW)
        if critical > warning if is_bad_when_low else critical < warning:
            bound = "at most" if is_bad_when_low else "at least"
            raise ValueError(f"must be {bound} {warning:g}, which is the warning's")
        return critical
