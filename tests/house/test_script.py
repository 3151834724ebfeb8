"""The script ./ffp, on a machine whose system programs are stand-ins that write down what they were asked."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.tree import HOUSE

# every stand-in writes its name and arguments; what it answers stands behind
STAND_INS = {
    "id": "echo ${ACCOUNT_NUMBER:-1000}",
    "dpkg-query": '[ -f "$STATE/installed" ] && echo installed || echo not-installed',
    "apt-get": '[ "$1" = update ] || touch "$STATE/$APT_MAKES"',
    "python3": """
        case "$*" in
            *venv*--clear*) mkdir -p "$4/bin" && cp "$STATE/venv/"* "$4/bin/" ;;
        esac""",
    **dict.fromkeys(("chromium", "pdftotext", "qpdf", "git"), "true"),
}
IN_ENVIRONMENT = {
    "python": '[ "$2 $3" != "pip install" ] || exit ${PIP_ANSWER:-0}',
    "pybabel": 'touch "$PWD/translations/zh/LC_MESSAGES/messages.mo"',
    "ffp-admin": 'echo "data=$FFP_DATA_DIR"',
    "pytest": "echo 3 passed",
    "ruff": "exit ${RUFF_ANSWER:-0}",
    "mypy": "true",
    "lint-imports": "true",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A checkout and a system of stand-ins."""

    house: Path
    state: Path

    def ffp(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ./ffp with everything it prints kept apart."""
        path = f"{self.state / 'system'}:/usr/bin:/bin"
        settings = {"PATH": path, "STATE": str(self.state), "APT_MAKES": "installed", **environment}
        command = [str(self.house / "ffp"), *arguments]
        return subprocess.run(
            command, env=settings, cwd=self.state, capture_output=True, text=True, timeout=60, check=False
        )

    def calls(self, name: str) -> list[str]:
        """The arguments of every call of one stand-in, in order."""
        log = self.state / "log"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        return [line.partition(" ")[2] for line in lines if line.split(" ")[0] == name]

    def forget(self) -> None:
        """Begin a new list of calls."""
        (self.state / "log").unlink()


def _write_stand_ins(folder: Path, answers: Mapping[str, str]) -> None:
    folder.mkdir(parents=True)
    for name, answer in answers.items():
        program = folder / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >>"$STATE/log"\n{answer}\n', encoding="utf-8")
        program.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with all Debian packages, whose checkout was never started."""
    house, state = tmp_path / "a house", tmp_path / "state"
    catalogue = house / "translations" / "zh" / "LC_MESSAGES" / "messages.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.touch()
    for name in ("ffp", "requirements.lock", "pyproject.toml"):
        shutil.copy(HOUSE / name, house / name)
    _write_stand_ins(state / "system", STAND_INS)
    _write_stand_ins(state / "venv", IN_ENVIRONMENT)
    (state / "installed").touch()
    return Machine(house=house, state=state)


def test_the_script_needs_no_shell_but_posix() -> None:
    subprocess.run(["dash", "-n", str(HOUSE / "ffp")], check=True)
    subprocess.run(["bash", "-n", str(HOUSE / ".ci" / "run")], check=True)


def test_without_a_command_it_explains_itself(machine: Machine) -> None:
    assert machine.ffp().stdout == machine.ffp("help").stdout
    assert "test [--long]" in machine.ffp().stdout


def test_an_unknown_command_is_refused(machine: Machine) -> None:
    done = machine.ffp("tset")
    assert (done.returncode, done.stdout) == (2, "")
    assert "没有这个命令:tset" in done.stderr


def test_an_ordinary_user_is_told_what_to_ask_for(machine: Machine) -> None:
    (machine.state / "installed").unlink()
    done = machine.ffp("run")
    assert done.returncode == 1
    assert "请让管理员" in done.stderr
    assert "Ask the administrator" in done.stderr
    assert (
        "    apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0"
        " libharfbuzz-subset0 fonts-noto-cjk fonts-hanazono\n"
    ) in done.stderr
    assert machine.calls("apt-get") == []
    assert not (machine.house / ".venv").exists()


def test_root_installs_what_is_missing(machine: Machine) -> None:
    (machine.state / "installed").unlink()
    done = machine.ffp("admin", "health", ACCOUNT_NUMBER="0")
    assert done.returncode == 0, done.stderr
    assert [call.split()[0] for call in machine.calls("apt-get")] == ["update", "install"]
    assert "fonts-hanazono" in machine.calls("apt-get")[1]


def test_root_is_told_when_installing_did_not_help(machine: Machine) -> None:
    (machine.state / "installed").unlink()
    done = machine.ffp("admin", "health", ACCOUNT_NUMBER="0", APT_MAKES="nothing")
    assert done.returncode == 1
    assert "    apt-get install -y --no-install-recommends libpango" in done.stderr


def test_the_first_start_installs_from_the_lock_and_the_second_nothing(machine: Machine) -> None:
    first = machine.ffp("run", "--no-demo")
    assert first.returncode == 0, first.stderr
    installs = [call for call in machine.calls("python") if "install" in call]
    assert [call.split("requirements.lock ")[1] for call in installs] == [
        "setuptools",
        "--no-build-isolation -e .",
    ]
    assert machine.calls("pybabel") == ["-q compile -d translations"]
    machine.forget()
    second = machine.ffp("run", "--no-demo")
    assert second.returncode == 0
    assert machine.calls("python") == ["-c "]  # only asked whether it lives
    assert machine.calls("pybabel") == []
    assert second.stderr == ""


def test_tests_bring_their_own_packages_and_a_start_afterwards_nothing(machine: Machine) -> None:
    assert machine.ffp("test").returncode == 0
    assert "-e .[test]" in machine.calls("python")[-1]
    machine.forget()
    assert machine.ffp("run").returncode == 0
    assert machine.calls("python") == ["-c "]


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_a_changed_list_of_packages_is_installed(machine: Machine, name: str) -> None:
    machine.ffp("admin", "check")
    machine.forget()
    with (machine.house / name).open("a", encoding="utf-8") as handle:
        handle.write("# changed\n")
    machine.ffp("admin", "check")
    assert any("pip install" in call for call in machine.calls("python"))
    assert machine.calls("python3") == []  # the environment itself is kept


def test_a_moved_house_gets_a_new_environment(machine: Machine) -> None:
    machine.ffp("admin", "check")
    machine.forget()
    moved = Machine(house=machine.house.rename(machine.house.parent / "moved"), state=machine.state)
    assert moved.ffp("admin", "check").returncode == 0
    assert moved.calls("python3")[-1] == f"-m venv --clear {moved.house}/.venv"


def test_a_failed_installation_is_explained_and_tried_again(machine: Machine) -> None:
    failed = machine.ffp("run", PIP_ANSWER="1")
    assert failed.returncode == 1
    assert "PIP_NO_INDEX" in failed.stderr
    assert machine.calls("ffp-admin") == []
    assert machine.ffp("run").returncode == 0
    assert machine.calls("ffp-admin") != []


def test_an_environment_left_half_changed_is_not_trusted(machine: Machine) -> None:
    lock = machine.house / "requirements.lock"
    text = lock.read_text(encoding="utf-8")
    machine.ffp("run")
    lock.write_text(text + "# changed\n", encoding="utf-8")
    assert machine.ffp("run", PIP_ANSWER="1").returncode == 1
    lock.write_text(text, encoding="utf-8")
    machine.forget()
    machine.ffp("run")
    assert any("pip install" in call for call in machine.calls("python"))


def test_run_makes_the_database_and_the_county_before_it_serves(machine: Machine) -> None:
    machine.ffp("run", "--port", "9090", "--workers=1")
    assert machine.calls("ffp-admin") == [
        "init --if-needed",
        "demo --if-empty",
        "run --host 127.0.0.1 --port 8080 --port 9090 --workers=1",
    ]


def test_run_leaves_the_fictional_county_out_on_request(machine: Machine) -> None:
    machine.ffp("run", "--no-demo", FFP_HOST="127.0.0.2", FFP_PORT="9091")
    assert machine.calls("ffp-admin") == ["init --if-needed", "run --host 127.0.0.2 --port 9091"]


@pytest.mark.parametrize("arguments", [("--data", "my data"), ("--data=my data",)], ids=["apart", "joined"])
def test_the_data_folder_is_private_and_absolute(machine: Machine, arguments: tuple[str, ...]) -> None:
    done = machine.ffp("run", *arguments)
    folder = machine.state / "my data"
    assert done.stdout.splitlines() == [f"data={folder}"] * 3
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_data_folder_is_var_unless_said_otherwise(machine: Machine) -> None:
    assert machine.ffp("admin", "health").stdout == f"data={machine.house / 'var'}\n"
    assert machine.ffp("admin", "health", FFP_DATA_DIR="other").stdout == f"data={machine.state / 'other'}\n"


def test_data_without_a_folder_is_refused(machine: Machine) -> None:
    assert machine.ffp("run", "--data").returncode == 2


def test_arguments_reach_the_administrators_program_unchanged(machine: Machine) -> None:
    machine.ffp("admin", "import", "household", "柳树村 花名册.xlsx", "--dry-run")
    assert machine.calls("ffp-admin") == ["import household 柳树村 花名册.xlsx --dry-run"]


def test_the_suite_runs_after_the_checkers(machine: Machine) -> None:
    done = machine.ffp("test", "-k", "money")
    assert done.stdout.splitlines()[-1] == "3 passed"
    assert machine.calls("pytest") == ["-m not long -n 2 --dist loadfile -k money"]
    assert machine.calls("ruff") == ["check .", "format --check ."]
    assert len(machine.calls("mypy") + machine.calls("lint-imports")) == 2


def test_a_checker_that_complains_stops_the_run_after_all_have_spoken(machine: Machine) -> None:
    done = machine.ffp("test", RUFF_ANSWER="1")
    assert done.returncode == 1
    assert "Checks failed: ruff-check ruff-format" in done.stderr
    assert len(machine.calls("mypy") + machine.calls("lint-imports")) == 2
    assert machine.calls("pytest") == []


def test_long_runs_only_the_long_tests(machine: Machine) -> None:
    machine.ffp("test", "--long", "-x")
    assert machine.calls("pytest") == ["-m long -x"]
    assert machine.calls("ruff") == []


def test_two_starts_at_once_install_once(machine: Machine) -> None:
    environment = {
        **os.environ,
        "PATH": f"{machine.state / 'system'}:/usr/bin:/bin",
        "STATE": str(machine.state),
    }
    command = [str(machine.house / "ffp"), "admin", "check"]
    starts = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) for _turn in range(2)]
    assert [start.wait(timeout=60) for start in starts] == [0, 0]
    assert len([call for call in machine.calls("python") if "-e ." in call]) == 1
