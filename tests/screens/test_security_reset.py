"""Phone and slip are lost: who may reset the second factor, and what ends with it."""

from __future__ import annotations

import shutil

import pytest
from click.testing import CliRunner
from flask import Flask

from ffp_admin.cli import main
from ffp_admin.config import Settings
from ffp_admin.store import Store
from tests.screens.conftest import Template
from tests.screens.county import Hands
from tests.screens.test_security_factor import _actions, _bind, strict
from tests.screens.visitor import Visitor

__all__ = ["strict"]


def test_the_security_administrator_and_the_command_line_reset_it_and_sessions_end(
    strict: Flask,
    settings: Settings,
    store: Store,
    clock: Hands,
    template: Template,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    admin, clerk = Visitor(strict.test_client()), Visitor(strict.test_client())
    admin.log_in("xian")
    _bind(admin, clock)
    clerk.log_in("willow")
    _bind(clerk, clock)
    token = admin.get("/").form("/logout/").texts("csrf_token")[0]
    clerk_token = clerk.get("/").form("/logout/").texts("csrf_token")[0]
    own = f"{admin.open_account('xian').path}/factor"
    denied = clerk.client.post(own, data={"csrf_token": clerk_token})
    assert denied.status_code == 403
    assert not [form for form in admin.open_account("poplar").forms if form.action.endswith("/factor")]
    assert "已解除绑定" in admin.press(admin.open_account("willow").form("/factor")).text
    assert clerk.get("/").path == "/login/"
    assert clerk.log_in("willow").path == "/"
    assert "登录安全" in admin.get("/second-factor/").text
    admin.client.post(own, data={"csrf_token": token})  # one's own only with a code
    assert admin.get("/ledger/household/").path == "/ledger/household/"
    shutil.copy(template.file.with_name("keyring.json"), settings.key_file)
    for name, value in (
        ("FFP_DATA_DIR", settings.data_dir),
        ("FFP_DATABASE_URL", settings.database_url),
        ("FFP_KEY_FILE", settings.key_file),
    ):
        monkeypatch.setenv(name, str(value))
    done = CliRunner().invoke(main, ["user", "reset-second-factor", "xian"])
    assert done.exit_code == 0, done.output
    assert admin.get("/").path == "/login/"
    assert _actions(store).count("second_factor_reset") == 2
    assert CliRunner().invoke(main, ["user", "reset-second-factor", "xian"]).exit_code == 1
