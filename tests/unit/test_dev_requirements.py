"""Whether compiled requirements are in step with pyproject.toml."""

from scripts.requirements import faults

PYPROJECT = """\
[project]
dependencies = ["flask", "psycopg[binary]>=3"]
[project.optional-dependencies]
dev = ["Import_Linter"]
"""
COMPILED = """\
flask==3.1.3 \\
    --hash=sha256:aa
    # via
    #   dealradar (pyproject.toml)
    #   flask-caching
psycopg==3.3.9 \\
    --hash=sha256:bb
    # via dealradar (pyproject.toml)
werkzeug==3.1.9 ; python_version >= '3.11' \\
    --hash=sha256:cc
    # via flask
"""
COMPILED_DEV = COMPILED + "import-linter==2.16\n    # via dealradar (pyproject.toml)\n"


def test_files_in_step_have_no_fault() -> None:
    assert faults(PYPROJECT, compiled=COMPILED, compiled_dev=COMPILED_DEV) == []


def test_a_new_dependency_that_is_not_compiled_is_named() -> None:
    pyproject = PYPROJECT.replace('"flask", ', '"flask", "rich", ')

    assert faults(pyproject, compiled=COMPILED, compiled_dev=COMPILED_DEV) == [
        "requirements.txt lacks rich, which pyproject.toml asks for",
        "requirements-dev.txt lacks rich, which pyproject.toml asks for",
    ]


def test_a_package_that_only_another_one_needs_is_no_substitute() -> None:
    pyproject = PYPROJECT.replace('"flask", ', '"flask", "werkzeug", ')

    assert "requirements.txt lacks werkzeug, which pyproject.toml asks for" in faults(
        pyproject, compiled=COMPILED, compiled_dev=COMPILED_DEV
    )


def test_a_dropped_dependency_that_is_still_compiled_is_named() -> None:
    pyproject = PYPROJECT.replace('"Import_Linter"', "")

    assert faults(pyproject, compiled=COMPILED, compiled_dev=COMPILED_DEV) == [
        "requirements-dev.txt still has import-linter, which pyproject.toml doesn't ask for"
    ]


def test_two_versions_of_one_package_are_named() -> None:
    older = COMPILED_DEV.replace("werkzeug==3.1.9", "werkzeug==3.1.8")

    assert faults(PYPROJECT, compiled=COMPILED, compiled_dev=older) == [
        "requirements-dev.txt pins another werkzeug than requirements.txt"
    ]
