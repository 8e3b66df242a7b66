"""Who is there, who is dead, and how often one looks."""

from __future__ import annotations

from pathlib import Path

import pytest

from onedoor.stores.owners import Owners, owner_name
from onedoor.testing import FakeClock


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "owners"


def test_names_are_in_the_order_of_time_and_never_the_same() -> None:
    names = [owner_name() for _ in range(100)]
    assert sorted(name.split("-")[0] for name in names) == [name.split("-")[0] for name in names]
    assert len(set(names)) == 100


def test_the_living_are_not_dead_whoever_looks(folder: Path) -> None:
    first, second = Owners(folder), Owners(folder)
    assert first.dead() == second.dead() == ()
    first.drop()
    second.drop()


def test_one_who_let_go_without_leaving_is_dead(folder: Path) -> None:
    first, second, third = (Owners(folder, name=name) for name in "abc")
    second.drop()
    first.drop()
    assert third.dead() == ("a", "b")
    third.leave()


def test_everyone_with_a_file_has_a_name_here_the_dead_included(folder: Path) -> None:
    first, second = Owners(folder, name="a"), Owners(folder, name="b")
    second.drop()
    assert first.names() == ("a", "b")
    first.leave()


def test_one_who_left_is_not_dead(folder: Path) -> None:
    first, second = Owners(folder), Owners(folder)
    first.leave()
    assert second.dead() == ()
    second.leave()
    assert list(folder.iterdir()) == []


def test_the_dead_are_looked_for_only_so_often(folder: Path) -> None:
    clock = FakeClock()
    first, second = Owners(folder, name="a", every=0.1, clock=clock), Owners(folder, name="b")
    assert first.dead() == ()
    second.drop()
    clock.advance(0.09)
    assert first.dead() == ()
    clock.advance(0.02)
    assert first.dead() == ("b",)
    first.leave()


def test_the_buried_are_forgotten(folder: Path) -> None:
    first, second = Owners(folder, name="a"), Owners(folder, name="b")
    second.drop()
    assert first.dead() == ("b",)
    first.bury(["b", "never there"])
    assert first.dead() == ()
    assert [path.name for path in folder.iterdir()] == ["a"]
    first.leave()


def test_what_a_crash_left_half_made_is_swept_up_and_never_an_owner(folder: Path) -> None:
    folder.mkdir()
    (folder / ".half").touch()
    owners = Owners(folder)
    assert owners.dead() == ()
    assert [path.name for path in folder.iterdir()] == [owners.name]
    owners.leave()
