"""`scripts/dev redis`: a prompt on the running cache or broker, which answers as redis-cli does."""

import readline  # noqa: F401 - importing it gives line editing to `input`
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import redis

from scripts import find
from scripts.clone import HERE
from scripts.redis_replies import Reply, for_a_person, for_a_program
from scripts.refused import RefusedError

_VARIABLES: Final = {"cache": "REDIS_URL", "broker": "CELERY_BROKER_URL"}
_LEAVE: Final = frozenset({"quit", "exit"})


def main(arguments: Sequence[str]) -> int:
    """Run the command in the arguments, those on standard input, a line each, or those typed at a prompt."""
    which, *command = arguments if arguments and arguments[0] in _VARIABLES else ("cache", *arguments)
    url = find.url(HERE, _VARIABLES[which])
    connection = redis.Redis.from_url(url, protocol=2).connection_pool.get_connection()
    try:
        replies = [_run(connection, words) for words in ([command] if command else _commands(which))]
    except redis.ConnectionError as reason:
        raise RefusedError(f"{which}: {reason}") from None
    return int(any(isinstance(reply, redis.ResponseError) for reply in replies))


def _commands(which: str) -> Iterator[list[str]]:
    for line in _typed(f"{which}> ") if sys.stdin.isatty() else sys.stdin:
        try:
            words = shlex.split(line, comments=False)
        except ValueError as reason:
            print(f"(error) {reason}", file=sys.stderr)
            continue
        if words and words[0].lower() in _LEAVE:
            return
        if words:
            yield words


def _typed(prompt: str) -> Iterable[str]:
    while True:
        try:
            yield input(prompt)
        except EOFError:
            print()
            return


def _run(connection: redis.Connection, words: Sequence[str]) -> Reply:
    """Run one command and show its reply."""
    connection.send_command(*words)  # type: ignore[no-untyped-call] # of the client
    reply: Reply
    try:
        reply = connection.read_response()
    except redis.ResponseError as reason:
        reply = reason
    if sys.stdout.isatty():
        print(for_a_person(reply))
    else:
        sys.stdout.buffer.write(for_a_program(reply) + b"\n")
        sys.stdout.buffer.flush()
    return reply
