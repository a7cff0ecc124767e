"""Communities that are made up, to try things out with and to measure on (ADR 0009)."""

from dealradar.seeds.people import LOG_INS
from dealradar.seeds.scales import SCALES, named
from dealradar.seeds.sowing import is_empty, sow
from dealradar.seeds.timeline import Timeline

__all__ = ["LOG_INS", "SCALES", "Timeline", "is_empty", "named", "sow"]
