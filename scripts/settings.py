"""What the developer has set, and what the parts of the application are told on top of it."""

import os
from collections.abc import Mapping
from typing import Final

from dealradar.config import ConfigError, Settings
from scripts import secret_files
from scripts.clone import Clone
from scripts.refused import RefusedError

# One developer with a loop of requests isn't a crowd.
_RATE_LIMIT: Final = "100000"


def read(clone: Clone) -> Settings:
    """Return the settings as the application will see them; the variables of ours aren't among them yet.

    Raises:
        RefusedError: A variable has a value that isn't allowed.
    """
    try:
        return Settings.from_environment(_env_file=clone.settings_file)
    except ConfigError as reason:
        raise RefusedError(str(reason)) from None


def names(settings: Settings, variable: str) -> bool:
    """Whether the developer has set *variable*, in the environment or in the file."""
    return variable.lower() in settings.model_fields_set


def environment(settings: Settings, urls: Mapping[str, str], *, clone: Clone) -> dict[str, str]:
    """Return the environment of the application: ours, with *urls*, where the developer has set nothing."""
    ours = {**urls, "PORT": str(settings.port), "DEALRADAR_ENV": settings.dealradar_env}
    if not settings.is_production:
        ours |= {"RATE_LIMIT_MAX_REQUESTS": _RATE_LIMIT, "SECRET_KEY": secret_files.keep(clone.make_var(), "site")}
    unset = {name: value for name, value in ours.items() if not names(settings, name)}
    return {**os.environ, **unset, "PYTHONUNBUFFERED": "1"}
