"""Every statement of the API and of the tasks has an index that it can do with, and every index such a statement."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest
from celery import Celery
from click import Command, Group
from flask import Flask
from sqlalchemy import text

import workers
from dealradar.app import create_app
from dealradar.config import Settings
from dealradar.domain import reviews
from dealradar.domain.reports import Action, ReportStatus
from dealradar.domain.reviews import ReviewQuery
from dealradar.domain.users import Role
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.indexes import CATALOGUE
from dealradar.jobs import Job
from tests.accesses import Ear, Plan, explained
from tests.asking import Asked, every_way
from tests.emptying import EMPTY
from tests.ending import end
from tests.factories.people import make_user, token_for
from tests.factories.things import path_of, things_of
from tests.routes import MODERATORS, TABLE, Line, always
from tests.serving import faults, unused

IN_ORDER: Final = ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin")
"""What PostgreSQL does of few rows, and not of many, for what is read off an index in its order; it can do without."""
SEARCHING: Final = ("seqscan", "indexscan", "indexonlyscan", "hashjoin", "mergejoin")
"""The same for what is found first, and sorted then."""

FILLING: Final = """
SET LOCAL session_replication_role = replica;
INSERT INTO users (username, display_name) SELECT left(md5(n::text), 20), md5(n::text) FROM generate_series(1, 3000) n;
INSERT INTO deals (author_id, title, price_cents, list_price_cents, upvote_count)
SELECT (SELECT max(id) FROM users), md5(n::text), n, n + n % 40, n % 50 FROM generate_series(1, 3000) n;
INSERT INTO reports (reporter_id, target_type, deal_id, reason, status, created_at, closed_at)
SELECT reporter.id, 'deal', deals.id,
       (ARRAY['spam', 'abuse', 'fake', 'expired', 'duplicate', 'illegal', 'other'])[n % 7 + 1],
       (ARRAY['resolved', 'dismissed'])[n % 2 + 1], now() - make_interval(mins => n::integer), now()
  FROM deals JOIN (SELECT id, row_number() OVER () AS n FROM users) reporter ON reporter.n = deals.id % 3000;
INSERT INTO moderation_log (moderator_id, report_id, action, target_type, target_id, created_at)
SELECT reporter_id, id, (ARRAY['hide', 'remove', 'warn', 'ban', 'resolve', 'dismiss', 'assign', 'edit'])[id % 8 + 1],
       target_type, deal_id, created_at
  FROM reports WHERE deal_id IS NOT NULL;
INSERT INTO tokens (user_id, token_hash, expires_at)
SELECT id, sha256(id::text::bytea), now() + interval '1 day' FROM users
"""
"""What a seeded community has few or none of, without triggers."""

KNOWN: Final = {
    "user_id": "SELECT author_id FROM reviews GROUP BY 1 ORDER BY count(*) DESC LIMIT 1",
    "deal_id": "SELECT id FROM deals WHERE status = 'active' ORDER BY review_count DESC LIMIT 1",
    "review_id": "SELECT id FROM reviews WHERE status = 'visible' ORDER BY comment_count DESC LIMIT 1",
    "comment_id": "SELECT id FROM comments WHERE status = 'visible' ORDER BY reply_count DESC LIMIT 1",
    "report_id": "SELECT min(id) FROM reports",
    "slug": "SELECT slug FROM merchants LIMIT 1",
    "merchant": "SELECT slug FROM merchants LIMIT 1",
    "author": "SELECT author_id FROM deals ORDER BY id LIMIT 1",
    "assignee": "SELECT assignee_id FROM reports WHERE assignee_id IS NOT NULL LIMIT 1",
    "reporter": "SELECT reporter_id FROM reports LIMIT 1",
    "moderator": "SELECT moderator_id FROM moderation_log LIMIT 1",
    "report": "SELECT report_id FROM moderation_log WHERE report_id IS NOT NULL LIMIT 1",
    "target_id": "SELECT deal_id FROM reports WHERE deal_id IS NOT NULL LIMIT 1",
}
FIXED: Final = {
    "target_type": "deal",
    "category": "electronics",
    "min_price": 100_000,
    "max_price": 20,
    "min_rating": 5,
    "rating": 2,
    "q": "espresso",
    "since": "2026-01-01T00:00:00Z",
    "until": "2100-01-01T00:00:00Z",
    "older_than": "2100-01-01T00:00:00Z",
    "path": "/deals",
    "name": "docs.js",
}
"""What is asked for; filters of a few values aren't named here, for they are asked for by each."""

ARGUMENTS: Final[Mapping[Job, tuple[object, ...]]] = {
    Job.DELIVER_INVALIDATIONS: ([[1, 2]],),
    Job.TELL_TARGET: ("store",),
}

DECISIONS: Final = tuple(
    Line("PATCH", "/api/reports/<int:report_id>", MODERATORS, always(**{field: term}), (("If-Match", "*"),))
    for field, terms in (("action", Action), ("status", ReportStatus))
    for term in terms
)
"""What may be decided on a report, each of which does something else."""

PAGES: Final = frozenset({"pages", "feeds", "sitemaps", "me", "own"})
"""The families of what people open."""

COMMANDS: Final = (
    "alerts list",
    "alerts mails",
    "alerts silence disk_free --minutes 5 --reason moving",
    "alerts watch",
    "api-keys create {name} --scope metrics:read",
    "api-keys list",
    "api-keys revoke {name}",
    "cache inspect /deals",
    "cache invalidate --tag deal:1",
    "cache jobs",
    "cache policies",
    "cache policies set /deals --ttl-s 60",
    "cache runs",
    "cache stats",
    "cache warm /deals",
    "users create-admin {name} {name}@example.org --password dealradar-demo",
    "users set-role {name} moderator",
)
OTHER_COMMANDS: Final = frozenset(
    {
        "alerts ack",  # as over HTTP
        "alerts test-mail",  # who the admins are, as for any mail
        "alerts unsilence",  # as over HTTP
        "db-indexes advise",  # what PostgreSQL itself knows
        "db-indexes create",  # likewise
        "db-indexes drop",  # likewise
        "db-indexes status",  # likewise
        "import-reviews",  # rows whose keys are unique, which is all that it looks for
        "monitoring export",  # reads no table
        "recount",  # reads whole tables, on purpose
        "seed",  # begins with nothing
    }
)
"""What needs no index, or has been asked for in another way."""


@dataclass(frozen=True)
class Stage:
    """A community, the people who act in it, and what there is to be asked for."""

    app: Flask
    admin: User
    owner: User
    known: Mapping[str, Any]


@pytest.fixture(scope="module")
def stage(_migrated: Flask, settings: Settings) -> Iterator[Stage]:
    """Return a community on an application of its own, which answers each request from the database."""
    with _migrated.app_context():
        db.session.execute(EMPTY)
        db.session.commit()
    seeded = _migrated.test_cli_runner().invoke(args=["seed"])
    assert seeded.exit_code == 0, seeded.output
    with _migrated.app_context():
        for statement in FILLING.split(";"):
            db.session.execute(text(statement))
        db.session.commit()
        known = FIXED | {name: db.session.scalar(text(sql)) for name, sql in KNOWN.items()}
        admin, owner, reporter = make_user("ada", Role.ADMIN), make_user("alice"), make_user("bob")
        known = known | {"job_id": things_of(owner, reporter)["job_id"]}
        for person in (admin, owner):
            db.session.refresh(person)
            db.session.expunge(person)
        db.session.remove()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    app = create_app(settings.model_copy(update={"cache_enabled": False}))
    app.test_client_class = _migrated.test_client_class
    yield Stage(app, admin, owner, known)
    end(app)


def _plans_of_all(stage: Stage) -> set[Plan]:
    """Return how all is done that routes, tasks, commands and their triggers send: in order, and by searching."""
    ear = Ear()
    lists = list(every_way(stage.known))
    for name, without in (("in-order", IN_ORDER), ("searching", SEARCHING)):
        with stage.app.app_context(), explained(db.engine, ear, without=without):
            _ask_all(stage, lists, ear)
            _look_at_all(stage, ear)
            _change_all(stage, ear)
            _work(stage.app, ear)
            _command(stage.app, ear, name=name)
    return ear.heard


def _ask_all(stage: Stage, wanted: list[Asked], ear: Ear) -> None:
    client = stage.app.test_client()
    with stage.app.app_context():
        headers = {"Authorization": f"Bearer {token_for(stage.admin)}"}
    for asked in wanted:
        ear.asked = str(asked)
        path, query = path_of(asked.rule, stage.known), {**asked.query, **({"limit": 3} if asked.is_list else {})}
        answer = client.get(path, query_string=query, headers=headers)
        assert answer.status_code == 200, (asked, answer.text)
        if asked.is_list and (cursor := answer.get_json()["next_cursor"]):
            assert client.get(path, query_string={**query, "cursor": cursor}, headers=headers).status_code == 200


def _look_at_all(stage: Stage, ear: Ear) -> None:
    """Open each page of the site, and ask for what is laid over those that show the things of the query."""
    client = stage.app.test_client()
    with stage.app.app_context():
        headers = {"Authorization": f"Bearer {token_for(stage.admin)}"}
    things = {"slug": FIXED["category"], "part": 1}
    shown = {f"{kind}s": stage.known[f"{kind}_id"] for kind in ("deal", "review", "comment")}
    for rule in stage.app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] not in PAGES or "GET" not in (rule.methods or ()):
            continue
        ear.asked = f"GET {rule.rule}"
        answer = client.get(path_of(rule.rule, {**stage.known, **things}), query_string=shown, headers=headers)
        assert answer.status_code == 200, (rule.rule, answer.text)


def _change_all(stage: Stage, ear: Ear) -> None:
    for line in (*(line for line in TABLE if line.method != "GET"), *DECISIONS):
        with stage.app.app_context():
            ids = things_of(stage.owner, stage.admin)
            headers = [*line.headers, ("Authorization", f"Bearer {token_for(stage.admin)}")]
            body = line.body(ids)
        ear.asked = str(line)
        answer = stage.app.test_client().open(path_of(line.rule, ids), method=line.method, json=body, headers=headers)
        assert answer.status_code < 400, (str(line), answer.text)


def _work(app: Flask, ear: Ear) -> None:
    own = Celery("own", set_as_current=False)
    workers.register(app, own)
    for job in Job:
        ear.asked = job
        own.tasks[job].apply(args=ARGUMENTS.get(job, ())).get()
    own.close()


def _command(app: Flask, ear: Ear, *, name: str) -> None:
    runner = app.test_cli_runner()
    for command in COMMANDS:
        ear.asked = f"flask {command}"
        done = runner.invoke(args=command.format(name=name).split())
        assert done.exit_code == 0, (command, done.output)


def _names(command: Command, *path: str) -> Iterator[str]:
    if not isinstance(command, Group) or command.invoke_without_command:
        yield " ".join(path)
    if isinstance(command, Group):
        for name, below in command.commands.items():
            yield from _names(below, *path, name)


def test_every_command_is_asked_for_or_needs_no_index(stage: Stage) -> None:
    own = [command for command in stage.app.cli.commands.values() if _is_own(command)]
    names = {name for command in own for name in _names(command, str(command.name))}
    asked = {name for name in names for command in COMMANDS if command.startswith(name)}

    assert names == asked | OTHER_COMMANDS


def _is_own(command: Command) -> bool:
    below = command.commands.values() if isinstance(command, Group) else (command,)
    return any(one.callback is not None and one.callback.__module__.startswith("dealradar.") for one in below)


def test_every_statement_is_served_by_an_index_and_every_index_serves_a_statement(stage: Stage) -> None:
    plans = _plans_of_all(stage)

    assert (faults(plans, CATALOGUE), unused(plans, CATALOGUE)) == ([], [])


def test_an_index_that_is_gone_is_missed(stage: Stage) -> None:
    with_it = _plans_of_reviews(stage, "SELECT")
    without_it = _plans_of_reviews(stage, "DROP INDEX idx_reviews_author")

    assert faults(with_it, CATALOGUE) == []
    assert "idx_reviews_author" not in unused(with_it, CATALOGUE)
    assert len(faults(without_it, CATALOGUE)) == 1
    assert "idx_reviews_author" in unused(without_it, CATALOGUE)


def _plans_of_reviews(stage: Stage, before: str) -> set[Plan]:
    """Return how a person's reviews are read after *before*, which is rolled back."""
    ear = Ear("reviews of a person")
    with stage.app.app_context(), explained(db.engine, ear, without=IN_ORDER):
        db.session.execute(text(before))
        reviews.of_user(stage.known["user_id"], ReviewQuery())
        db.session.rollback()
    return ear.heard
