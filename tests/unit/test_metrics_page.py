import re
from pathlib import Path

from prometheus_client import REGISTRY

import workers  # noqa: F401  with the application it makes all families
from dealradar import app  # noqa: F401  likewise
from dealradar.monitoring import redis_gauges
from dealradar.web import owing, standing

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"


def test_every_family_of_ours_has_its_line_and_every_line_its_family() -> None:
    documented = {name for name in re.findall(r"^\| `(\w+)`", PAGE.read_text(), re.MULTILINE) if "dealradar" in name}
    measured = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in REGISTRY.collect()
        if family.name.startswith("dealradar_")
    }

    assert documented == measured | owing.FAMILIES | standing.FAMILIES | redis_gauges.FAMILIES
