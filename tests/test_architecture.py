"""What the house promises about itself and no linter checks; the floors are import-linter's (pyproject.toml)."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from dealradar.config import VERSION
from dealradar.httpcache.policies import POLICIES, Policy, Sharing
from dealradar.web import site
from dealradar.web.api import FAMILIES
from dealradar.web.endpoint import Endpoint

ROOT = Path(__file__).parents[1]
OURS = ("dealradar", "workers", "scripts", "tests")
MAX_LINES = 300
ENDPOINTS = {
    (endpoint.method, endpoint.rule): endpoint
    for family in (*FAMILIES, *site.FAMILIES)
    for endpoint in family.endpoints
}


def sources() -> list[Path]:
    return [path for folder in OURS for path in sorted((ROOT / folder).rglob("*.py"))]


def inner_imports(tree: ast.Module) -> Iterator[str]:
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.ImportFrom):
                yield node.module or ""
            elif isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.endpoint)
def test_every_policy_has_its_route_with_the_same_parameters(policy: Policy) -> None:
    endpoint = ENDPOINTS["GET", policy.endpoint]

    assert endpoint.contract.query is policy.query


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.endpoint)
def test_a_public_entry_is_of_a_route_for_everybody_that_asks_nobody_s_name(policy: Policy) -> None:
    endpoint = ENDPOINTS["GET", policy.endpoint]
    is_public = policy.sharing is Sharing.PUBLIC

    assert endpoint.who.is_everyone == is_public
    assert not (is_public and (endpoint.contract.takes_actor or endpoint.contract.takes_caller))


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=lambda endpoint: f"{endpoint.method} {endpoint.rule}")
def test_every_route_says_in_a_sentence_what_it_does(endpoint: Endpoint) -> None:
    summary = (endpoint.view.__doc__ or "").strip().splitlines()[0]

    assert summary.endswith(".")


def test_files_stay_small() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources()
        if (lines := len(path.read_text().splitlines())) > MAX_LINES
    }

    assert long == {}


def test_nothing_of_ours_is_imported_inside_a_function() -> None:
    hidden = [
        f"{path.relative_to(ROOT)}: {module}"
        for path in sources()
        for module in inner_imports(ast.parse(path.read_text()))
        if module.split(".")[0] in OURS
    ]

    assert hidden == []


def test_decisions_are_numbered_once() -> None:
    numbers = Counter(path.name[:4] for path in (ROOT / "docs" / "decisions").glob("*.md"))

    assert [number for number, times in numbers.items() if times > 1] == []


def test_the_release_has_one_version() -> None:
    assert f'version = "{VERSION}"' in (ROOT / "pyproject.toml").read_text()
