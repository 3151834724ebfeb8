"""`key rotate` and `key drop` as somebody gives them: resumed, asked for, refused in time, never showing a key."""

from __future__ import annotations

import json
import signal
import time
from datetime import UTC, datetime, timedelta

import pytest

from ffp_admin.keyring import Keyring
from ffp_admin.store import SYSTEM, Store, load
from tests.commands.keeping import House, in_a_process


def _aged(house: House) -> None:
    """The newest key as it is a quarter of an hour later."""
    stored = json.loads(house.key_file.read_text())
    earlier = datetime.now(UTC) - timedelta(minutes=15)  # noqa: TID251 - the commands ask the machine too
    stored["keys"][stored["current"]]["made_at"] = earlier.isoformat(timespec="seconds")
    house.key_file.write_text(json.dumps(stored))


def _keys(house: House) -> list[str]:
    return list(Keyring.load(house.key_file).facts())


def _somebody(store: Store) -> str:
    with store.reading() as session:
        found = load(session, store, "person", 1, SYSTEM)
    assert found is not None
    return repr(found.values)


def test_a_key_is_changed_and_the_old_one_dropped(house: House) -> None:
    serving = house.store()
    before = _somebody(serving)
    house.done("key", "rotate")
    assert _keys(house) == ["k1", "k2"]
    assert _somebody(serving) == before, "a serving program takes up the new key by itself"
    house.refused("key", "drop", "--yes")
    _aged(house)
    house.done("key", "drop", typed="n\n")
    assert _keys(house) == ["k1", "k2"]
    house.done("key", "drop", typed="y\n")
    assert _keys(house) == ["k2"]
    assert "k2" in house.done("key", "drop")
    assert _somebody(serving) == before
    serving.dispose()


def test_a_killed_change_of_keys_goes_on_with_the_same_key(small: House) -> None:
    run = in_a_process(small, "key", "rotate")
    deadline = time.monotonic() + 60
    while _keys(small) == ["k1"]:
        assert run.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    run.send_signal(signal.SIGKILL)  # the new key is in the file, nothing or little is sealed with it
    run.communicate()
    assert " 0 " not in f" {small.done('key', 'show').splitlines()[-1]} "
    small.done("key", "rotate")
    assert _keys(small) == ["k1", "k2"]
    store = small.store()
    assert "5299" in _somebody(store)
    store.dispose()
    _aged(small)
    small.done("key", "drop", "--yes")


@pytest.mark.parametrize("words", [("key", "show"), ("key", "rotate"), ("backup",), ("health",)])
def test_no_command_shows_a_key(small: House, words: tuple[str, ...]) -> None:
    output = small.run(*words).output
    stored = json.loads(small.key_file.read_text())
    for secret in (stored["hash_key"], *(one["key"] for one in stored["keys"].values())):
        assert secret not in output


def test_without_a_key_file_there_is_a_sentence(small: House) -> None:
    small.key_file.unlink()
    for words in (("backup",), ("key", "show"), ("key", "rotate"), ("restore", "none.zip")):
        assert "keyring.json" in small.refused(*words)
