"""Settings of one installation, read once from FFP_* environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

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
    extra: Mapping[str, str] = field(default_factory=dict)


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment (FFP_DATA_DIR, FFP_DATABASE_URL, FFP_KEY_FILE, FFP_PUBLIC_URL, …)."""
    env = os.environ if environ is None else environ
    data_dir = Path(env.get("FFP_DATA_DIR", "var")).resolve()
    return Settings(
        data_dir=data_dir,
        database_url=env.get("FFP_DATABASE_URL", f"sqlite:///{data_dir / 'ffp.db'}"),
        key_file=Path(env.get("FFP_KEY_FILE", data_dir / "keys" / "keyring.json")),
        public_url=env.get("FFP_PUBLIC_URL", "http://127.0.0.1:8080"),
        cipher=env.get("FFP_CIPHER", "aes-gcm"),
        form_specs=Path(env.get("FFP_FORM_SPECS", HOUSE / "form_specs")),
        plugins=Path(env.get("FFP_PLUGINS", HOUSE / "plugins")),
        print_templates=Path(env.get("FFP_PRINT_TEMPLATES", HOUSE / "print_templates")),
        max_upload=int(env.get("FFP_MAX_UPLOAD", 64 * 1024 * 1024)),
        web_workers=int(env.get("FFP_WEB_WORKERS", 2)),
    )
