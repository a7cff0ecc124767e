"""The API holds to its own OpenAPI document, whoever sends whatever: no 5xx, nothing off its schema."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from flask import Flask

from dealradar.config import Settings
from dealradar.domain.users import Role
from dealradar.domain.users.models import User
from tests.factories.deals import make_deal
from tests.factories.people import make_user, token_for
from tests.factories.reports import make_report
from tests.factories.reviews import make_comment, make_review
from tests.servers.site import Site, told
from tests.servers.valkey import Valkey

EXAMPLES: Final = 6
PHASES: Final = "fuzzing"
"""The phase called coverage sends some 1,800 requests a role: for a run by hand (docs/operations.md)."""
CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)


@pytest.fixture(scope="module")
def site(_migrated: Flask, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return one site for all roles; that its cache has known another community shows in no answer's form."""
    folder = tmp_path_factory.mktemp("site")
    valkey = Valkey(folder)
    valkey.start()
    site = Site(told(settings, valkey), folder / "web.log")
    site.start()
    yield site
    site.stop()
    valkey.kill()


@pytest.fixture
def _community(app: Flask, alice: User, bob: User) -> None:  # noqa: ARG001  its context
    """Give the first ids of each kind something to stand for."""
    for _ in range(3):
        deal = make_deal(alice)
        for author in (alice, bob):
            comment = make_comment(make_review(deal, author), bob)
            make_comment(comment, alice)
    make_report(bob, deal)
    make_report(alice, comment)


@pytest.mark.usefixtures("_community")
@pytest.mark.parametrize("role", [None, *Role])
def test_the_api_is_as_it_says_it_is(site: Site, role: Role | None, tmp_path: Path) -> None:
    credentials = ("-H", f"Authorization: Bearer {token_for(make_user('fuzz', role))}") if role else ()
    command = [
        *(str(Path(sys.executable).parent / "st"), "run", f"{site.url}/api/openapi.json"),
        *("--checks", ",".join(CHECKS), "--phases", PHASES, "--max-examples", str(EXAMPLES)),
        *("--seed", "7", "--no-color", "--warnings", "off", *credentials),
    ]

    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)  # noqa: S603

    assert run.returncode == 0, run.stdout[-8_000:] + run.stderr[-2_000:]
