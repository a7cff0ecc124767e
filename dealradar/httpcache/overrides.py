"""What operators have changed of the policies while the program runs, as far as this process knows it (ADR 0036)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from flask import Flask, current_app

from dealradar.config import Settings
from dealradar.httpcache.policies import POLICIES, Policy

_EXTENSION: Final = "policies_in_force"


@dataclass(frozen=True)
class Override:
    """How an endpoint's policy differs from the declared one.

    Attributes:
        ttl_s: How long entries live, None for as long as is declared.
        is_enabled: Whether the endpoint is cached at all.
    """

    ttl_s: int | None = None
    is_enabled: bool = True


AS_DECLARED: Final = Override()


class PoliciesInForce:
    """The policies that hold in this process: the declared ones, with what was last heard of their changes.

    Threads may share it: what holds is exchanged as a whole.
    """

    def __init__(self) -> None:
        self._overrides: Mapping[str, Override] | None = None
        self._by_endpoint: Mapping[str, Policy] = {}
        self.put({})

    def put(self, overrides: Mapping[str, Override]) -> None:
        """Let *overrides*, by endpoint, hold from now on, and no others; endpoints that aren't cached are ignored.

        While they are the same as before, so are the policies: who has learned something under one may go by that.
        """
        if overrides == self._overrides:
            return
        self._overrides = dict(overrides)
        self._by_endpoint = {
            policy.endpoint: overridden(policy, overrides.get(policy.endpoint, AS_DECLARED)) for policy in POLICIES
        }

    def find(self, endpoint: str) -> Policy | None:
        """Return the policy of the rule *endpoint*, or None where nothing is ever cached."""
        return self._by_endpoint.get(endpoint)

    def longest_ttl_s(self, settings: Settings) -> int:
        """Return how long the entry lives that lives longest, in seconds."""
        return max(policy.ttl(settings) for policy in self._by_endpoint.values())


def overridden(policy: Policy, override: Override) -> Policy:
    """Return *policy* as it is with *override*."""
    changed = replace(policy, is_enabled=override.is_enabled)
    ttl_s = override.ttl_s
    return changed if ttl_s is None else replace(changed, ttl=lambda _: ttl_s)


def connect(app: Flask) -> None:
    """Give *app* its policies, as they are declared."""
    app.extensions[_EXTENSION] = PoliciesInForce()


def current() -> PoliciesInForce:
    """Return the policies that hold in the current application."""
    in_force: PoliciesInForce = current_app.extensions[_EXTENSION]
    return in_force
