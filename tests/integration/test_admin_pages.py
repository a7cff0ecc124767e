"""The dashboard's page and its files: the same for everybody, kept for as long as they stay as they are."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dealradar.web.admin import pages
from dealradar.web.assets import Release

NAMED = re.compile(r'(?:href|src)="(/admin/assets/[^"]+)"')
IMPORTED = re.compile(r'from "\./([^"]+)"')


def test_the_page_says_nothing_and_runs_only_files_of_its_own(client: FlaskClient) -> None:
    answer = client.get("/admin/")

    assert answer.status_code == 200
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|https?://", answer.text)


def test_whoever_leaves_out_the_slash_is_led_to_the_page_of_the_same_host(client: FlaskClient) -> None:
    answer = client.get("/admin", headers={"Host": "evil.example"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")


def test_what_the_page_loads_may_be_kept_for_a_year(client: FlaskClient) -> None:
    named = NAMED.findall(client.get("/admin/").text)

    assert named
    for path in named:
        with client.get(path) as answer:
            assert (answer.status_code, bool(answer.data)) == (200, True)
            assert answer.headers["Cache-Control"] == "max-age=31536000, immutable"


def test_every_module_that_is_imported_is_there_and_each_is_loaded_by_something() -> None:
    scripts = {path.name: path.read_text() for path in pages.FILES.paths if path.suffix == ".js"}

    imported = {name for text in scripts.values() for name in IMPORTED.findall(text)}

    assert imported | {"main.js"} == set(scripts)


@pytest.mark.parametrize("path", ["000000000000/main.js", "{digest}/nothing.js", "{digest}/..%2fpages.py"])
def test_what_is_not_of_this_release_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(f"/admin/assets/{path.format(digest=pages.FILES.digest)}").status_code == 404


def test_a_release_has_another_name_once_any_of_its_files_changes(tmp_path: Path) -> None:
    (tmp_path / "one.js").write_text("1")
    (tmp_path / "two.js").write_text("2")
    before = Release(tmp_path).digest

    (tmp_path / "two.js").write_text("3")

    assert Release(tmp_path).digest != before
