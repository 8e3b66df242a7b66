"""What of an answer goes into a file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.verifiers.fences import unfenced

TWO = "First install:\n```sh\npip install x\n```\nthen\n```python\nprint(1)\n```\nand\n```python\nprint(2)\n```\n"
CASES = {
    "plain": ("print(1)", "a.py", "print(1)"),
    "around the whole": ("```python\nprint(1)\n```", "a.py", "print(1)\n"),
    "around the whole, blanks outside": ("\n\n```\nprint(1)\n```  \n", "a.py", "print(1)\n"),
    "around the whole, of another kind": ("```text\nprint(1)\n```", "a.py", "print(1)\n"),
    "around the whole, on stdin": ("```json\n{}\n```", "", "{}\n"),
    "with tildes": ("~~~py\nprint(1)\n~~~", "a.py", "print(1)\n"),
    "a longer fence holds a shorter one": ("````md\n```\nx\n```\n````", "a.md", "```\nx\n```\n"),
    "cut off": ("```python\nprint(1)\nprint(", "a.py", "print(1)\nprint("),
    "the first of the kind": (TWO, "a.py", "print(1)\n"),
    "the kind by its other name": (TWO, "run.bash", "pip install x\n"),
    "none of the kind": (TWO, "a.rs", TWO),
    "several on stdin": (TWO, "", TWO),
    "one in prose": ("Here:\n```python\nprint(1)\n```\nDone.", "a.py", "print(1)\n"),
    "one of no kind in prose": ("Here:\n```\nprint(1)\n```\nDone.", "a.py", "Here:\n```\nprint(1)\n```\nDone."),
    "a kind with more behind it": ("Do:\n```python title=x\nprint(1)\n```", "a.py", "print(1)\n"),
    "a file without an ending": ("So:\n```makefile\nall:\n```", "Makefile", "all:\n"),
    "Windows lines": ("```py\r\nprint(1)\r\n```\r\n", "a.py", "print(1)\r\n"),
    "code that quotes a fence": ('s = """\n    ```\n"""', "a.py", 's = """\n    ```\n"""'),
    "empty": ("", "a.py", ""),
}


@pytest.mark.parametrize(("text", "file", "wanted"), CASES.values(), ids=CASES.keys())
def test_what_goes_into_a_file(text: str, file: str, wanted: str) -> None:
    assert unfenced(text, file) == wanted


@given(st.text(st.characters(exclude_characters="`~"), max_size=200))
def test_a_fence_around_the_whole_comes_off_and_nothing_else_changes(code: str) -> None:
    assert unfenced(code, "a.py") == code
    assert unfenced(f"```python\n{code}\n```", "a.py") == f"{code}\n"


@given(st.text("`~ \npy{", max_size=60), st.sampled_from(["", "a.py"]))
def test_nothing_is_made_up(text: str, file: str) -> None:
    assert unfenced(text, file) in text
