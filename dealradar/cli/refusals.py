"""How a command says that it can't do what it was asked to: a line, and exit status 1."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from pydantic import ValidationError

from dealradar.domain.errors import DomainError


@contextmanager
def in_plain_words() -> Iterator[None]:
    """End the command with what was wrong if the block is refused."""
    try:
        yield
    except ValidationError as error:
        faults = (f"{fault['loc'][0]}: {fault['msg']}" for fault in error.errors())
        raise click.ClickException("\n".join(faults)) from None
    except DomainError as error:
        raise click.ClickException(str(error)) from None
