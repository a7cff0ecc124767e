"""What moderators do over HTTP, and what can be seen of it."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dealradar.domain.reports.models import Report


def decide(client: FlaskClient, report: Report, **decision: Any) -> TestResponse:
    """Decide on the report as it is now."""
    path = f"/api/reports/{report.id}"
    return client.patch(path, json=decision, headers={"If-Match": client.get(path).headers["ETag"]})


def log_of(client: FlaskClient) -> list[tuple[str, str, int, str | None]]:
    """Return the log from the first line to the last."""
    lines = client.get("/api/moderation/log").get_json()["items"]
    return [(line["action"], line["target_type"], line["target_id"], line["note"]) for line in reversed(lines)]


def told(client: FlaskClient) -> list[tuple[str, str]]:
    """Return what the person has been told."""
    return [(each["kind"], each["message"]) for each in client.get("/api/notifications").get_json()["items"]]
