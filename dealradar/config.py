"""The settings: one frozen object, read once from the environment and ``.env.dealradarus.local``."""

import os
import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from dealradar.alert_settings import AlertSettings
from dealradar.mail_settings import MailSettings

VERSION: Final = "0.1.0"
ENV_FILE: Final = ".env.dealradarus.local"
DEFAULT_SECRET_KEY: Final = "dealradar-development-only"  # noqa: S105  refused in production, see below
SECRET_KEY_MIN_CHARS: Final = 32
HIDDEN: Final = frozenset(
    {
        *("secret_key", "database_url", "database_replica_url", "redis_url", "celery_broker_url", "region_redis_urls"),
        *("fastly_api_token", "cloudflare_api_token", "smtp_password"),
    }
)

CDN_ID: Final = r"^[A-Za-z0-9_-]{1,64}$"
TOKENS: Final = MappingProxyType(
    {"fastly_api_token": "fastly_service_id", "cloudflare_api_token": "cloudflare_zone_id"}
)
"""Each CDN's token, and what it is good for: neither is any use without the other."""
_TOKEN: Final = re.compile(r"[!-~]+")

TtlS = Annotated[int, Field(ge=1, le=86_400)]
Network = IPv4Network | IPv6Network


class ConfigError(Exception):
    """The environment holds a value that the program cannot run with; says which and what is allowed."""


class Settings(AlertSettings, MailSettings):
    """What the program may be told from outside; each field is the environment variable of its name.

    ``.env.example`` documents them for operators.
    """

    model_config = SettingsConfigDict(
        env_file=ENV_FILE, env_file_encoding="utf-8", extra="ignore", frozen=True, env_ignore_empty=True
    )

    dealradar_env: Literal["development", "test", "production"] = "development"
    secret_key: SecretStr = SecretStr(DEFAULT_SECRET_KEY)
    host: str = "127.0.0.1"
    port: int = Field(3001, ge=1, le=65_535)
    web_concurrency: int = Field(2, ge=1, le=64)
    web_threads: int = Field(8, ge=1, le=256)
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    database_url: str = "postgresql+psycopg://dealradar@127.0.0.1:5432/dealradar"
    database_replica_url: str = ""
    database_pool_size: int = Field(10, ge=1, le=200)
    database_connect_timeout_s: int = Field(2, ge=1, le=60)
    database_statement_timeout_ms: int = Field(5_000, ge=100, le=600_000)

    redis_url: str = "redis://127.0.0.1:6379/0"
    celery_broker_url: str = "redis://127.0.0.1:6380/0"

    region_redis_urls: Annotated[tuple[str, ...], NoDecode] = ()
    varnish_urls: Annotated[tuple[str, ...], NoDecode] = ()
    fastly_api_url: str = "https://api.fastly.com"
    fastly_service_id: str | None = Field(None, pattern=CDN_ID)
    fastly_api_token: SecretStr | None = Field(None, validate_default=True)
    cloudflare_api_url: str = "https://api.cloudflare.com/client/v4"
    cloudflare_zone_id: str | None = Field(None, pattern=CDN_ID)
    cloudflare_api_token: SecretStr | None = Field(None, validate_default=True)
    cloudfront_distribution_id: str | None = Field(None, pattern=CDN_ID)

    cache_enabled: bool = True
    cache_bust_on_write: bool = True
    cache_default_ttl_s: TtlS = 300
    cache_reviews_ttl_s: TtlS = 180
    cache_comments_ttl_s: TtlS = 120
    cache_reports_ttl_s: TtlS = 120
    cache_replay_window_s: int = Field(900, ge=60, le=86_400)
    cache_not_found_ttl_s: int = Field(10, ge=0, le=3_600)
    cache_stale_if_error_s: int = Field(0, ge=0, le=86_400)
    cache_timeout_ms: int = Field(100, ge=5, le=5_000)
    cache_soft_ttl_percent: int = Field(80, ge=10, le=100)
    cache_lease_wait_ms: int = Field(1_500, ge=0, le=10_000)
    cache_recompute_max_concurrent: int = Field(4, ge=1, le=256)
    cache_warm_database_percent: int = Field(25, ge=0, le=100)
    cache_max_entry_bytes: int = Field(1_048_576, ge=1_024, le=67_108_864)
    cache_near_max_bytes: int = Field(67_108_864, ge=0, le=4_294_967_296)
    trace_file: Path | None = None

    http_cache_enabled: bool = True
    http_etag_enabled: bool = True

    rate_limit_max_requests: int = Field(100, ge=1)
    rate_limit_window_ms: int = Field(900_000, ge=1_000)
    login_max_tries_per_minute: int = Field(5, ge=1)
    register_max_per_minute: int = Field(20, ge=1)

    token_ttl_s: int = Field(2_592_000, ge=60)
    password_hash_max_concurrent: int = Field(2, ge=1, le=64)
    max_body_bytes: int = Field(262_144, ge=1_024)
    request_timeout_s: int = Field(15, ge=1, le=300)

    metrics_allowed_networks: Annotated[tuple[Network, ...], NoDecode] = ()
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = ()

    @field_validator("metrics_allowed_networks", "trusted_proxies", "region_redis_urls", "varnish_urls", mode="before")
    @classmethod
    def _split_on_commas(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    @field_validator("trusted_proxies")
    @classmethod
    def _are_some(cls, networks: tuple[Network, ...]) -> tuple[Network, ...]:
        if any(network.prefixlen == 0 for network in networks):
            raise ValueError("must name the proxies' networks; where everybody is trusted, everybody can be anybody")
        return networks

    @field_validator("database_url")
    @classmethod
    def _speak_psycopg(cls, url: str) -> str:
        return _of_psycopg(url)

    @field_validator("database_replica_url")
    @classmethod
    def _is_another_database(cls, given: str, info: ValidationInfo) -> str:
        url = _of_psycopg(given) if given else ""
        if url and url == info.data.get("database_url"):
            raise ValueError("must name a streaming replica of DATABASE_URL, not that server itself")
        return url

    @field_validator("redis_url", "celery_broker_url")
    @classmethod
    def _is_redis(cls, url: str) -> str:
        if not url.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must be a Redis URL, such as redis://host:6379/0")
        return url

    @field_validator("region_redis_urls")
    @classmethod
    def _are_other_redis(cls, urls: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if any(not url.startswith(("redis://", "rediss://", "unix://")) for url in urls):
            raise ValueError("must be Redis URLs, such as redis://host:6379/0, with commas between them")
        if info.data.get("redis_url") in urls:
            raise ValueError("must name the stores of other regions, not REDIS_URL, which is told anyway")
        return urls

    @field_validator("varnish_urls")
    @classmethod
    def _are_http(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        for url in urls:
            parts = urlsplit(url)
            # Its name stands in the log and in the metrics, which is no place for a password.
            if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"} or "@" in url:
                raise ValueError("must say where each Varnish listens, such as http://10.0.0.5:80, with commas between")
        return urls

    @field_validator("fastly_api_url", "cloudflare_api_url")
    @classmethod
    def _is_web(cls, url: str) -> str:
        if not url.startswith(("https://", "http://")):
            raise ValueError("must be an address of the web, such as https://api.example.com")
        return url

    @field_validator("fastly_api_token", "cloudflare_api_token")
    @classmethod
    def _goes_with_its_id(cls, token: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        id_name = TOKENS[str(info.field_name)]
        has_id = info.data.get(id_name) is not None
        if has_id and token is None:
            raise ValueError(f"must be set, as {id_name.upper()} is")
        if token is not None and not has_id:
            raise ValueError(f"needs {id_name.upper()} as well, which says what it is for")
        if token is not None and not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("must be printable ASCII without spaces")
        return token

    @field_validator("trace_file")
    @classmethod
    def _can_be_written(cls, path: Path | None) -> Path | None:
        if path is not None and (path.is_dir() or not os.access(path.parent, os.W_OK | os.X_OK)):
            raise ValueError("must name a file in a folder that is there and can be written to")
        return path

    @field_validator("secret_key")
    @classmethod
    def _is_secret_in_production(cls, key: SecretStr, info: ValidationInfo) -> SecretStr:
        value = key.get_secret_value()
        if info.data.get("dealradar_env") == "production" and (
            value == DEFAULT_SECRET_KEY or len(value) < SECRET_KEY_MIN_CHARS
        ):
            raise ValueError(
                f"production needs a secret of at least {SECRET_KEY_MIN_CHARS} characters, not the default"
            )
        if not value:
            raise ValueError("must not be empty")
        return key

    @property
    def has_fastly(self) -> bool:
        """Whether there is the CDN that reads Surrogate-Control, not CDN-Cache-Control."""
        return self.fastly_service_id is not None

    @property
    def wants_cache_tags(self) -> bool:
        """Whether a CDN is told to forget by what it reads in Cache-Tag, not in Surrogate-Key."""
        return self.cloudflare_zone_id is not None or self.cloudfront_distribution_id is not None

    @property
    def site_url(self) -> str:
        """Where people reach the site, without a slash at its end: as set, or where this process listens."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def is_production(self) -> bool:
        """Whether real users are served: no demo log-ins, no default secrets."""
        return self.dealradar_env == "production"

    @classmethod
    def from_environment(cls, **overrides: Any) -> Self:  # noqa: ANN401  each field has a type of its own
        """Return the settings of this process; *overrides* win over the environment.

        Raises:
            ConfigError: A variable has a value that is not allowed; the text names each such variable.
        """
        try:
            return cls(**overrides)
        except ValidationError as error:
            raise ConfigError("\n".join(_explain(fault) for fault in error.errors())) from None


def _of_psycopg(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if scheme not in {"postgres", "postgresql", "postgresql+psycopg"} or not separator:
        raise ValueError("must be a PostgreSQL URL, such as postgresql://user:password@host:5432/name")
    return f"postgresql+psycopg://{rest}"


def _explain(fault: Any) -> str:  # noqa: ANN401  pydantic's ErrorDetails, a plain dict
    name = str(fault["loc"][0]) if fault["loc"] else "settings"
    given = "" if name in HIDDEN else f"={fault['input']}"
    allowed = str(fault["msg"]).removeprefix("Value error, ")
    return f"{name.upper()}{given} is not allowed: {allowed}"
