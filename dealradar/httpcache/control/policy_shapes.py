"""How operators change policies, and how they are shown them."""

from collections.abc import Mapping
from typing import Annotated, Final, Self

from flask import current_app
from pydantic import AfterValidator, Field, model_validator

from dealradar.cache import MAX_TTL_S
from dealradar.config import Settings
from dealradar.domain.shapes import Input, Moment, Output
from dealradar.httpcache.control import changes, paths
from dealradar.httpcache.control.changes import Change, Standing
from dealradar.httpcache.overrides import AS_DECLARED, Override, overridden
from dealradar.httpcache.policies import POLICIES, Policy, Sharing

SHOWN_CHANGES: Final = 50


class PolicyPatch(Input):
    """What is to be changed of one endpoint's policy; what is left out stays, null goes back to what is declared.

    Attributes:
        endpoint: Its rule below ``/api``, as the list has it.
        ttl_s: How long its entries live.
        enabled: Whether it is cached.
    """

    endpoint: Annotated[str, Field(max_length=200), AfterValidator(paths.check_endpoint)]
    ttl_s: Annotated[int, Field(ge=1, le=MAX_TTL_S)] | None = None
    enabled: bool | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.model_fields_set == {"endpoint"}:
            raise ValueError("say what is to be changed: ttl_s, enabled")
        return self

    def applied_to(self, before: Override) -> Override:
        """Return *before* with what this changes."""
        return Override(
            ttl_s=self.ttl_s if "ttl_s" in self.model_fields_set else before.ttl_s,
            is_enabled=self.enabled is not False if "enabled" in self.model_fields_set else before.is_enabled,
        )


class PolicyOut(Output):
    """How one endpoint is cached.

    Attributes:
        ttl_s: How long its entries live, by what holds now.
        declared_ttl_s: How long they do unless somebody changes it.
        soft_ttl_s: From which age on one is refreshed while it is served, by what holds now; null where none is.
        sharing: Whom an entry is given to: everybody, or the one person that it was made for.
        tags: What its entries depend on beside their path, as templates over the ids of the path.
        parameters: What makes another entry of it.
        changed_by: Who changed it last: ``user:5`` or ``operator:root``.
    """

    endpoint: str
    enabled: bool
    ttl_s: int
    declared_ttl_s: int
    soft_ttl_s: float | None
    sharing: Sharing
    tags: list[str]
    parameters: list[str]
    changed_by: str | None
    changed_at: Moment | None


class OverrideOut(Output):
    """How a policy differed from the declared one: a life of null is the declared one."""

    ttl_s: int | None
    enabled: bool


class PolicyChangeOut(Output):
    """One change: who did what, when, to which endpoint."""

    endpoint: str
    changed_by: str
    changed_at: Moment
    before: OverrideOut
    after: OverrideOut


class PoliciesOut(Output):
    """How every cached endpoint is cached, and what was changed of that lately, the newest first.

    Attributes:
        cache_enabled: False where the whole cache is switched off by CACHE_ENABLED; no policy switches it on.
    """

    cache_enabled: bool
    items: list[PolicyOut]
    changes: list[PolicyChangeOut]


def overview(*, for_update: bool = False) -> PoliciesOut:
    """Return what the database says; it is in force in all processes a few seconds after it was written.

    With *for_update*, nobody else changes anything until the caller's transaction ends.
    """
    settings: Settings = current_app.extensions["settings"]
    standing = changes.standing(for_update=for_update)
    return PoliciesOut(
        cache_enabled=settings.cache_enabled,
        items=[_shown(policy, standing, settings) for policy in POLICIES],
        changes=[_told(change) for change in changes.latest(SHOWN_CHANGES)],
    )


def _shown(declared: Policy, standing: Mapping[str, Standing], settings: Settings) -> PolicyOut:
    known = standing.get(declared.endpoint)
    policy = overridden(declared, known.override if known else AS_DECLARED)
    return PolicyOut(
        endpoint=policy.endpoint,
        enabled=policy.is_enabled,
        ttl_s=policy.ttl(settings),
        declared_ttl_s=declared.ttl(settings),
        soft_ttl_s=policy.soft_ttl_s(settings),
        sharing=policy.sharing,
        tags=list(policy.tags),
        parameters=list(policy.query.model_fields) if policy.query else [],
        changed_by=known.changed_by if known else None,
        changed_at=known.changed_at if known else None,
    )


def _told(change: Change) -> PolicyChangeOut:
    before, after = (
        OverrideOut(ttl_s=override.ttl_s, enabled=override.is_enabled) for override in (change.before, change.after)
    )
    return PolicyChangeOut(
        endpoint=change.endpoint,
        changed_by=change.changed_by,
        changed_at=change.changed_at,
        before=before,
        after=after,
    )
