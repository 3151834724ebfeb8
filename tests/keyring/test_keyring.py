"""The keyring: sealing, opening, hashing, rotation, and the safety of its file."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ffp_admin import keyring
from ffp_admin.keyring import CIPHERS, Keyring, KeyringError


@pytest.fixture(params=sorted(CIPHERS))
def ring(request: pytest.FixtureRequest, tmp_path: Path) -> Keyring:
    return Keyring.create(tmp_path / "keyring.json", request.param)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(text=st.text(), context=st.text(max_size=20))
def test_what_is_sealed_opens_again_and_never_shows(ring: Keyring, text: str, context: str) -> None:
    sealed = ring.seal(text, context)
    assert ring.open(sealed, context) == text
    assert sealed != ring.seal(text, context)
    assert sealed.startswith("k1:")
    assert len(text) < 4 or text not in sealed


def test_bytes_are_sealed_too(ring: Keyring) -> None:
    assert ring.open_bytes(ring.seal(b"\xff\x00", "scan"), "scan") == b"\xff\x00"


def test_a_value_moved_elsewhere_or_changed_does_not_open(ring: Keyring) -> None:
    sealed = ring.seal("529901199001011234", "r_person.id_number")
    with pytest.raises(KeyringError):
        ring.open(sealed, "r_person.phone")
    with pytest.raises(KeyringError):
        ring.open(sealed)
    flipped = "A" if sealed[20] != "A" else "B"
    with pytest.raises(KeyringError):
        ring.open(sealed[:20] + flipped + sealed[21:], "r_person.id_number")
    with pytest.raises(KeyringError, match="k9"):
        ring.open("k9" + sealed[2:], "r_person.id_number")


def test_the_file_is_private_and_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "keyring.json"
    first = Keyring.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(KeyringError):
        Keyring.create(path)
    assert Keyring.load(path).open(first.seal("青山县")) == "青山县"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keyring.json"
    Keyring.create(path)
    path.chmod(mode)
    with pytest.raises(KeyringError, match="chmod 600"):
        Keyring.load(path)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"keys": {}, "current": "k1", "hash_key": ""}', '{"keys": [1]}']
)
def test_a_damaged_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keyring.json"
    path.touch(0o600)
    path.write_text(text)
    with pytest.raises(KeyringError):
        Keyring.load(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyringError):
        Keyring.load(tmp_path / "none.json")


def test_rotation_keeps_old_values_and_hashes(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    old = Keyring.create(path)
    sealed, digest = old.seal("电话", "x"), old.hash("phone", "13800000000")
    new = old.rotate(path, "sm4-gcm")
    for ring in (new, Keyring.load(path)):
        assert ring.open(sealed, "x") == "电话"
        assert not ring.is_current(sealed)
        assert ring.seal("新").startswith("k2:")
        assert ring.hash("phone", "13800000000") == digest
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["keyring.json"]


def test_hashes_differ_by_purpose_text_and_installation(tmp_path: Path) -> None:
    ring, other = Keyring.create(tmp_path / "a"), Keyring.create(tmp_path / "b")
    digest = ring.hash("id_number", "1")
    assert len(digest) == 64
    assert digest == ring.hash("id_number", "1")
    assert (
        len({digest, ring.hash("phone", "1"), ring.hash("id_number", "2"), other.hash("id_number", "1")}) == 4
    )


def test_an_unknown_cipher_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(KeyringError, match="rot13"):
        Keyring.create(tmp_path / "keyring.json", "rot13")
    assert list(tmp_path.iterdir()) == []


def test_the_keys_never_show_in_a_log(tmp_path: Path) -> None:
    ring = Keyring.create(tmp_path / "keyring.json")
    assert repr(ring) == "Keyring(k1; current k1)"


def test_a_serving_program_takes_up_a_new_key_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "keyring.json"
    serving = Keyring.create(path)
    new = serving.rotate(path)
    assert serving.current == "k1"
    assert serving.open(new.seal("电话")) == "电话"  # a value it cannot know yet makes it look
    assert serving.current == "k2"
    newer = new.rotate(path)
    monkeypatch.setattr(keyring, "FRESH_FOR", -1.0)
    assert newer.open(serving.seal("户主")) == "户主"
    assert serving.seal("户主").startswith("k3:")  # and before sealing it looks at the file now and then


def test_a_key_file_that_vanished_or_broke_keeps_the_program_going(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "keyring.json"
    serving = Keyring.create(path)
    monkeypatch.setattr(keyring, "FRESH_FOR", -1.0)
    path.write_text("{")
    assert serving.open(serving.seal("户主")) == "户主"
    path.unlink()
    assert serving.open(serving.seal("户主")) == "户主"
    other = Keyring.create(path)  # another installation's key file put in its place
    with pytest.raises(KeyringError):
        serving.open(other.rotate(path).seal("户主"))
    assert serving.open(serving.seal("户主")) == "户主"


def test_dropped_keys_open_nothing_and_their_ids_never_come_back(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    first = Keyring.create(path)
    sealed = first.seal("户主")
    alone = first.rotate(path).without_old(path)
    with pytest.raises(KeyringError, match="k1"):
        alone.open(sealed)
    assert list(alone.facts()) == ["k2"]
    assert alone.rotate(path).current == "k3"
    assert list(Keyring.load(path).facts()) == ["k2", "k3"]


def test_fingerprints_tell_keys_apart_and_give_nothing_away(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    ring = Keyring.create(path).rotate(path)
    marks = ring.fingerprints()
    assert set(marks) == {"k1", "k2", "hash"}
    assert len(set(marks.values())) == 3
    assert marks == Keyring.load(path).fingerprints()
    other = Keyring.create(tmp_path / "other.json").fingerprints()
    assert not set(marks.values()) & set(other.values())
