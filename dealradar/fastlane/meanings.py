"""What a request target means, found the way the ordinary road finds it: by the same routes, parameters and policies."""

from dataclasses import replace
from typing import Any, Final

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

from dealradar.cache import InvalidKeyError
from dealradar.cache.near import Wanted
from dealradar.config import Settings
from dealradar.domain.errors import InvalidError
from dealradar.fastlane.lessons import Lesson, limits_of
from dealradar.httpcache.overrides import PoliciesInForce
from dealradar.httpcache.plans import Plan, Wish, plan
from dealradar.httpcache.policies import Policy, Sharing
from dealradar.ratelimit.limits import ADDRESSES, CALLERS
from dealradar.security.callers import ANYBODY
from dealradar.security.permissions import EVERYONE
from dealradar.web import parsing
from dealradar.web.endpoint import Endpoint
