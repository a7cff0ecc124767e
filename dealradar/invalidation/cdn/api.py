"""Calls of CDNs' interfaces with a token, in JSON; faults name the setting that is wrong, and never hold the token."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from pydantic import SecretStr
from urllib3 import BaseHTTPResponse

from dealradar.invalidation.cdn import http
from dealradar.invalidation.cdn.waits import REFUSED_WAIT_S
from dealradar.invalidation.targets import TargetUnavailableError

REFUSING: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


@dataclass(frozen=True)
class Account:
    """What one vendor has for us.

    Attributes:
        url: What the paths of its interface are put after.
        token: What calls are allowed by.
        admitted_by: The setting that *token* comes from.
        named_by: The setting that names, in the paths, what is called for.
    """

    url: str
    token: SecretStr
    admitted_by: str
    named_by: str

    def post(self, path: str, content: object, *, fields: Mapping[str, str]) -> dict[str, Any]:
        """Return the object that answers *content*, sent as JSON to *path* with the header *fields*.

        Raises:
            TargetUnavailableError: There was none in time, it says no, or it isn't what this interface answers.
        """
        sent = {"Accept": "application/json", "Content-Type": "application/json", **fields}
        url = self.url.rstrip("/") + path
        answer = http.send("POST", url, fields=sent, body=json.dumps(content).encode())
        if answer.status != HTTPStatus.OK:
            raise self._refusal(answer, url)
        done = _object(answer.data)
        if done is None:
            raise TargetUnavailableError(f"not its interface: {self._quoted(answer)}")
        return done

    def _refusal(self, answer: BaseHTTPResponse, url: str) -> TargetUnavailableError:
        said = f"{answer.status} {self._quoted(answer)}"
        if answer.status in REFUSING:
            return TargetUnavailableError(f"{self.admitted_by} is refused: {said}", retry_after_s=REFUSED_WAIT_S)
        if answer.status == HTTPStatus.NOT_FOUND:
            return TargetUnavailableError(f"{self.named_by} names nothing there: {said}", retry_after_s=REFUSED_WAIT_S)
        return http.refused(answer, url, without=self.token.get_secret_value())

    def _quoted(self, answer: BaseHTTPResponse) -> str:
        return http.quoted(answer, without=self.token.get_secret_value())


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(body)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
