"""Settings of one installation, read once from FFP_* environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

SECOND_FACTORS = ("off", "offered", "duties", "all")
HOUSE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where things are and which choices an installation made."""

    #: database, key file, uploads, fonts cache; kept out of the checkout in production
    data_dir: Path
    #: SQLAlchemy URL; SQLite in the data folder when not set
    database_url: str
    #: the keyring file (0600), outside database and backup
    key_file: Path
    #: what people type into the browser; https makes cookies Secure
    public_url: str = "http://127.0.0.1:8080"
    #: "aes-gcm" or "sm4-gcm" (GB/T 39786 installations)
    cipher: str = "aes-gcm"
    #: folders with declarations: registers first, measures second
    form_specs: Path = HOUSE / "form_specs"
    plugins: Path = HOUSE / "plugins"
    print_templates: Path = HOUSE / "print_templates"
    #: largest upload in bytes
    max_upload: int = 64 * 1024 * 1024
    web_workers: int = 2
    #: who must show a code of an authenticator beside the password: "off", "offered" to accounts with a platform
    #: duty, demanded of those ("duties") or of "all"; without FFP_SECOND_FACTOR an https address demands it of duties
    second_factor: str = "off"
    #: minutes without a request, and hours after the log-in, after which a session ends
    session_idle: int = 30
    session_hours: int = 12
    #: networks of the proxies in front of us; only what they say about the client's address is believed
    trusted_proxies: tuple[str, ...] = ()
    #: further host names people reach us by
    allowed_hosts: tuple[str, ...] = ()
    #: whether requests are counted besides those about passwords and codes, which always are
    rate_limits: bool = True
    extra: Mapping[str, str] = field(default_factory=dict)


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment (FFP_DATA_DIR, FFP_DATABASE_URL, FFP_KEY_FILE, FFP_PUBLIC_URL, …)."""
    env = os.environ if environ is None else environ
    data_dir = Path(env.get("FFP_DATA_DIR", "var")).resolve()
    public_url = env.get("FFP_PUBLIC_URL", "http://127.0.0.1:8080")
    return Settings(
        data_dir=data_dir,
        database_url=env.get("FFP_DATABASE_URL", f"sqlite:///{data_dir / 'ffp.db'}"),
        key_file=Path(env.get("FFP_KEY_FILE", data_dir / "keys" / "keyring.json")),
        public_url=public_url,
        cipher=env.get("FFP_CIPHER", "aes-gcm"),
        form_specs=Path(env.get("FFP_FORM_SPECS", HOUSE / "form_specs")),
        plugins=Path(env.get("FFP_PLUGINS", HOUSE / "plugins")),
        print_templates=Path(env.get("FFP_PRINT_TEMPLATES", HOUSE / "print_templates")),
        max_upload=int(env.get("FFP_MAX_UPLOAD", 64 * 1024 * 1024)),
        web_workers=int(env.get("FFP_WEB_WORKERS", 2)),
        second_factor=_second_factor(env.get("FFP_SECOND_FACTOR", ""), public_url),
        session_idle=int(env.get("FFP_SESSION_IDLE", 30)),
        session_hours=int(env.get("FFP_SESSION_HOURS", 12)),
        trusted_proxies=_networks(env.get("FFP_TRUSTED_PROXIES", "")),
        allowed_hosts=_words(env.get("FFP_ALLOWED_HOSTS", "")),
        rate_limits=env.get("FFP_RATE_LIMITS", "on") != "off",
    )


def _second_factor(asked: str, public_url: str) -> str:
    """What was asked for; without it demanded where the county works, offered where somebody tries the program."""
    if asked not in ("", *SECOND_FACTORS):
        raise ValueError(f"FFP_SECOND_FACTOR is one of {', '.join(SECOND_FACTORS)}, not {asked!r}")
    return asked or ("duties" if public_url.startswith("https://") else "offered")


def _networks(text: str) -> tuple[str, ...]:
    """Addresses and networks; ValueError names one that is neither."""
    return tuple(str(ip_network(word, strict=False)) for word in _words(text))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())
