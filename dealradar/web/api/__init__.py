"""The API's endpoints, a file a family."""

from dealradar.web.endpoint import Routes

FAMILIES: tuple[Routes, ...] = ()
