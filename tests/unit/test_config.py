from pathlib import Path

import pytest

from dealradar.config import SECRET_KEY_MIN_CHARS, ConfigError, Settings

ROOT = Path(__file__).parents[2]
VARIABLES = {name.upper() for name in Settings.model_fields}


def settings_of(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Settings.from_environment(_env_file=None)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("PORT", "70000", "65535"),
        ("CACHE_ENABLED", "perhaps", "boolean"),
        ("CACHE_REVIEWS_TTL_S", "0", "greater than or equal to 1"),
        ("DEALRADAR_ENV", "staging", "'development', 'test' or 'production'"),
        ("DATABASE_URL", "mysql://here/there", "postgresql://"),
        ("DATABASE_REPLICA_URL", "mysql://here/there", "postgresql://"),
        ("DATABASE_REPLICA_URL", "postgres://dealradar@127.0.0.1:5432/dealradar", "not that server itself"),
        ("REDIS_URL", "localhost:6379", "redis://"),
        ("REGION_REDIS_URLS", "redis://far:6379/0,far:6379", "redis://"),
        ("REGION_REDIS_URLS", "redis://127.0.0.1:6379/0", "other regions"),
        ("VARNISH_URLS", "http://10.0.0.5,10.0.0.6:80", "http://10.0.0.5:80"),
        ("VARNISH_URLS", "http://me:word@10.0.0.5", "http://10.0.0.5:80"),
        ("METRICS_ALLOWED_NETWORKS", "10.0.0.0/8,everyone", "network"),
        ("REQUEST_TIMEOUT_S", "0", "greater than or equal to 1"),
        ("TRUSTED_PROXIES", "10.0.0.0/8,0.0.0.0/0", "everybody can be anybody"),
        ("TRUSTED_PROXIES", "proxy.internal", "network"),
        ("FASTLY_API_URL", "api.fastly.com", "https://"),
        ("FASTLY_SERVICE_ID", "a/b", "pattern"),
        ("TRACE_FILE", "/nowhere/trace", "in a folder that is there"),
        ("TRACE_FILE", "/", "must name a file"),
        ("PUBLIC_URL", "deals.example.com", "https://deals.example.com"),
        ("SMTP_HOST", "smtp://mail.example.com", "pattern"),
        ("SMTP_PORT", "0", "greater than or equal to 1"),
        ("SMTP_TLS", "ssl", "'none', 'starttls' or 'tls'"),
        ("SMTP_TIMEOUT_S", "0", "greater than or equal to 0.1"),
        ("MAIL_FROM", "DealRadar", "not a valid email address"),
        ("ALERT_EMAILS", "ops@example.com,oncall", "not a valid email address"),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str
) -> None:
    with pytest.raises(ConfigError, match=name) as refusal:
        settings_of(monkeypatch, **{name: value})

    assert allowed in str(refusal.value)


def test_all_bad_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError) as refusal:
        settings_of(monkeypatch, PORT="x", CACHE_DEFAULT_TTL_S="-1")

    assert "PORT=x" in str(refusal.value)
    assert "CACHE_DEFAULT_TTL_S=-1" in str(refusal.value)


def test_what_may_hold_a_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError) as refusal:
        settings_of(monkeypatch, DATABASE_URL="mysql://someone:hunter2@here/there")

    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("environment", "missing"),
    [
        ({"FASTLY_SERVICE_ID": "SU1Z0"}, "FASTLY_API_TOKEN"),
        ({"FASTLY_API_TOKEN": "hunter2"}, "FASTLY_SERVICE_ID"),
        ({"CLOUDFLARE_ZONE_ID": "023e1"}, "CLOUDFLARE_API_TOKEN"),
        ({"CLOUDFLARE_API_TOKEN": "hunter2"}, "CLOUDFLARE_ZONE_ID"),
    ],
)
def test_half_a_cdn_stops_the_start_naming_the_other_half(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], missing: str
) -> None:
    with pytest.raises(ConfigError, match=missing) as refusal:
        settings_of(monkeypatch, **environment)

    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("environment", "named", "allowed"),
    [
        ({"SMTP_HOST": "mail.example.com"}, "MAIL_FROM", "as SMTP_HOST is"),
        ({"SMTP_USERNAME": "dealradar"}, "SMTP_PASSWORD", "as SMTP_USERNAME is"),
        ({"SMTP_PASSWORD": "hunter2"}, "SMTP_PASSWORD", "SMTP_USERNAME"),
        (
            {"SMTP_HOST": "mail.example.com", "SMTP_TLS": "none", "SMTP_USERNAME": "me", "SMTP_PASSWORD": "hunter2"},
            "SMTP_PASSWORD",
            "SMTP_TLS=starttls or tls",
        ),
    ],
)
def test_half_a_mail_server_stops_the_start_naming_the_other_half(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], named: str, allowed: str
) -> None:
    with pytest.raises(ConfigError, match=named) as refusal:
        settings_of(monkeypatch, **environment)

    assert allowed in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(("tls", "port"), [("none", 25), ("starttls", 587), ("tls", 465)])
def test_the_mail_server_listens_where_is_usual_unless_it_is_told(
    monkeypatch: pytest.MonkeyPatch, tls: str, port: int
) -> None:
    assert settings_of(monkeypatch, SMTP_TLS=tls).port_of_smtp == port
    assert settings_of(monkeypatch, SMTP_TLS=tls, SMTP_PORT="2525").port_of_smtp == 2525


def test_mails_link_to_where_people_go(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings_of(monkeypatch, PUBLIC_URL="https://deals.example.com/").site_url == "https://deals.example.com"
    assert settings_of(monkeypatch, HOST="::1").site_url == "http://[::1]:3001"


def test_a_token_that_no_header_field_can_hold_is_refused_unrepeated(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="FASTLY_API_TOKEN") as refusal:
        settings_of(monkeypatch, FASTLY_SERVICE_ID="SU1Z0", FASTLY_API_TOKEN="hunter2 hunter2")

    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("secret", [None, "dealradar-development-only", "x" * (SECRET_KEY_MIN_CHARS - 1)])
def test_production_does_not_start_without_a_secret(monkeypatch: pytest.MonkeyPatch, secret: str | None) -> None:
    environment = {"DEALRADAR_ENV": "production"} | ({"SECRET_KEY": secret} if secret else {})

    with pytest.raises(ConfigError, match="SECRET_KEY"):
        settings_of(monkeypatch, **environment)


def test_production_starts_with_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(monkeypatch, DEALRADAR_ENV="production", SECRET_KEY="x" * SECRET_KEY_MIN_CHARS)

    assert settings.is_production


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_database_url_is_understood(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    settings = settings_of(monkeypatch, DATABASE_URL=f"{scheme}://me:word@here:5433/radar")

    assert settings.database_url == "postgresql+psycopg://me:word@here:5433/radar"


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings_of(monkeypatch, PORT="").port == 3001


def test_settings_do_not_change(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(monkeypatch)

    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[misc]  # that it doesn't is the point


def test_every_variable_is_documented_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    documented = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    assert documented.keys() == VARIABLES
    assert settings_of(monkeypatch, **documented) == settings_of(monkeypatch)


def test_the_readme_lists_every_variable() -> None:
    readme = (ROOT / "README.md").read_text()

    assert [name for name in sorted(VARIABLES) if f"`{name}`" not in readme] == []
