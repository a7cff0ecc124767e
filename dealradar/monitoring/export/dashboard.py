"""The dashboard, as Grafana imports it."""

import json
from collections.abc import Iterable
from itertools import count
from typing import Any, Final

from dealradar.monitoring.export.panels import ROWS, Panel, Row

_SCHEMA: Final = 39
_COLUMNS: Final = 24
_WIDTH: Final = 8
_HEIGHT: Final = 8
_SOURCE: Final = {"type": "prometheus", "uid": "${source}"}


def dashboard_file(rows: Iterable[Row] = ROWS) -> str:
    """Return the dashboard of *rows*, in JSON; which Prometheus it asks is chosen in Grafana."""
    told = {
        "title": "DealRadar",
        "uid": "dealradar",
        "tags": ["dealradar"],
        "schemaVersion": _SCHEMA,
        "timezone": "browser",
        "refresh": "10s",
        "time": {"from": "now-1h", "to": "now"},
        "templating": {
            "list": [{"name": "source", "type": "datasource", "query": "prometheus", "label": "Prometheus"}]
        },
        "panels": _placed(rows),
    }
    return json.dumps(told, indent=2) + "\n"


def _placed(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return all panels, each below its row's title, as many beside each other as there is room for."""
    ids, y = count(1), 0
    placed: list[dict[str, Any]] = []
    for row in rows:
        at = {"x": 0, "y": y, "w": _COLUMNS, "h": 1}
        placed.append(
            {"id": next(ids), "type": "row", "title": row.title, "gridPos": at, "collapsed": False, "panels": []}
        )
        y += 1
        for index, panel in enumerate(row.panels):
            line, x = divmod(index * _WIDTH, _COLUMNS)
            placed.append(_chart(panel, next(ids), x=x, y=y + line * _HEIGHT))
        y += -(-len(row.panels) * _WIDTH // _COLUMNS) * _HEIGHT
    return placed


def _chart(panel: Panel, number: int, *, x: int, y: int) -> dict[str, Any]:
    return {
        "id": number,
        "type": "timeseries",
        "title": panel.title,
        "datasource": _SOURCE,
        "gridPos": {"x": x, "y": y, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": {
            "tooltip": {"mode": "multi", "sort": "desc"},
            "legend": {"displayMode": "list", "placement": "bottom"},
        },
        "targets": [
            {"refId": chr(ord("A") + index), "expr": query, "legendFormat": legend, "datasource": _SOURCE}
            for index, (query, legend) in enumerate(panel.queries)
        ],
    }
