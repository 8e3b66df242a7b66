"""Items out of files: streamed, and what can't be read named by its line."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from onedoor.bulk.items import Item, count, each, read
from onedoor.errors import InvalidCall

FILES: dict[str, tuple[str, bytes, list[dict[str, Any]]]] = {
    "JSON lines": ("a.jsonl", b'{"a": 1}\n\n{"a": "\xc3\xa4"}', [{"a": 1}, {"a": "ä"}]),
    "JSON lines with a byte order mark": ("a.ndjson", b'\xef\xbb\xbf{"a": 1}\n', [{"a": 1}]),
    "CSV": ("a.csv", b'a,b\n1,"x, y"\n2,"two\nlines"\n', [{"a": "1", "b": "x, y"}, {"a": "2", "b": "two\nlines"}]),
    "TSV": ("a.tsv", b"a\tb\n1\t2\n", [{"a": "1", "b": "2"}]),
    "an empty file": ("a.jsonl", b"", []),
}


@pytest.mark.parametrize("name", FILES)
def test_files(name: str, tmp_path: Path) -> None:
    file, content, expected = FILES[name]
    (tmp_path / file).write_bytes(content)
    found = list(read(tmp_path / file))
    assert [item.fields for item in found] == expected
    assert [item.place for item in found] == list(range(len(expected)))
    assert count(tmp_path / file) == len(expected)


PROBLEMS: dict[str, tuple[str, bytes, str]] = {
    "broken JSON": ("a.jsonl", b'{"a": 1}\n{"a": \n{"a": 3}\n', "line 2"),
    "a list instead of an object": ("a.jsonl", b'{"a": 1}\n[1]\n{"a": 3}\n', "line 2: Expected `object`"),
    "not UTF-8": ("a.jsonl", b'{"a": 1}\n{"a": "\xff"}\n{"a": 3}\n', "line 2"),
    "a row too long": ("a.csv", b"a\n1\n2,3\n4\n", "line 3: more cells"),
    "a row too short": ("a.csv", b"a,b\n1,1\n2\n4,4\n", "line 3: fewer cells"),
    "a row not UTF-8": ("a.csv", b"a\n1\n\xff\n4\n", "line 3: it is not UTF-8"),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_line_that_cant_be_read_is_an_item_with_a_problem_and_the_next_is_read(name: str, tmp_path: Path) -> None:
    file, content, said = PROBLEMS[name]
    (tmp_path / file).write_bytes(content)
    first, bad, last = read(tmp_path / file)
    assert said in bad.problem
    assert (first.problem, last.problem, last.place) == ("", "", 2)


def test_with_strict_it_ends_there_naming_the_line(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"a": 1}\n{\n')
    with pytest.raises(InvalidCall, match="line 2"):
        asyncio.run(_all(tmp_path / "a.jsonl"))


async def _all(path: Path) -> list[Item]:
    return [item async for item in each(path, strict=True)]


def test_a_directory_gives_its_texts_by_name(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.txt").write_text("two")
    (tmp_path / "sub" / "a.md").write_text("three")
    (tmp_path / "a.txt").write_bytes(b"\xff")
    (tmp_path / "c.png").write_bytes(b"no text")
    bad, good, below = read(tmp_path)
    assert "a.txt" in bad.problem
    assert [good.fields, below.fields] == [{"name": "b.txt", "text": "two"}, {"name": "sub/a.md", "text": "three"}]
    assert count(tmp_path) == 3


def test_parquet_names_the_extra_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InvalidCall, match=r"onedoor\[parquet\]"):
        list(read(tmp_path / "a.parquet"))


def test_parquet_is_read_in_batches(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(pyarrow.table({"a": list(range(600))}), tmp_path / "a.parquet")
    assert [item.fields["a"] for item in read(tmp_path / "a.parquet")] == list(range(600))
    assert count(tmp_path / "a.parquet") == 600


@pytest.mark.parametrize(("name", "said"), [("a.docx", "items are read from"), ("gone.jsonl", "there is no file")])
def test_another_format_or_no_file(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(InvalidCall, match=said):
        read(tmp_path / name)
