"""A configured verifier or reviewer can do what it is there for, or the message names the place and the rule."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from onedoor.config import Defaults, File, Model, Reviewer, Task, Verifier
from onedoor.lines import Places
from onedoor.shape import nearest

WAYS = ("contract", "function", "command", "agree", "judge")


def check_reviews(file: File, places: Places) -> None:
    """Every verifier and reviewer; those of the defaults first, where they are written."""
    _check(file.defaults, "defaults", file, places)
    for name, task in file.tasks.items():
        _check(task, f"tasks.{name}", file, places)


def _check(settings: Defaults, path: str, file: File, places: Places) -> None:
    authors = settings.models if isinstance(settings, Task) else []
    reviewer = settings.reviewer
    for place, verifier in enumerate(settings.verify.by if settings.verify else ()):
        where = f"{path}.verify.by[{place}]"
        _check_verifier(verifier, where, places)
        if verifier.judge is not None:
            _check_reviewer(verifier.judge, authors, f"{where}.judge", file, places)
            _check_unjudged(verifier.judge.task, f"{where}.judge.task", file, places)
    if reviewer is not None:
        its_own = reviewer == file.defaults.reviewer and path == f"tasks.{reviewer.task}"
        _check_reviewer(reviewer, [] if its_own else authors, f"{path}.reviewer", file, places)


def _check_verifier(verifier: Verifier, path: str, places: Places) -> None:
    given = [way for way in WAYS if getattr(verifier, way) not in (None, "", [])]
    if len(given) != 1:
        told = f", not {' and '.join(given)}" if given else ""
        raise places.wrong(path, f"give exactly one of {', '.join(WAYS)}{told}")
    if verifier.function and not all(verifier.function.partition(":")):
        raise places.wrong(f"{path}.function", f'{verifier.function!r} is not "module:callable"')
    if verifier.command and not verifier.command[0].strip():
        raise places.wrong(f"{path}.command", "the program has no name; its name comes first")
    if verifier.agree is not None and verifier.agree > verifier.samples:
        rule = f"{verifier.agree} of {verifier.samples} samples can never agree; raise samples or lower agree"
        raise places.wrong(f"{path}.agree", rule)
    _check_inside(verifier.file, f"{path}.file", places)


def _check_inside(file: str, path: str, places: Places) -> None:
    inside = PurePosixPath(file)
    if ".." in inside.parts or inside.is_absolute() or file.endswith("/"):
        raise places.wrong(path, f"{file!r} must be a file inside the command's directory, like answer.py")


def _check_reviewer(reviewer: Reviewer, authors: list[str], path: str, file: File, places: Places) -> None:
    if reviewer.task not in file.tasks:
        raise places.wrong(f"{path}.task", f"there is no task {reviewer.task!r}; {nearest(reviewer.task, file.tasks)}")
    if reviewer.different_lab:
        _check_labs(authors, reviewer.task, f"{path}.different_lab", file, places)


def _check_labs(authors: list[str], task: str, path: str, file: File, places: Places) -> None:
    """For each model that may have answered, one that is surely of another lab: where a lab isn't known, neither is
    whether it is another one."""
    reviewing = file.tasks[task].models
    for author in authors:
        lab = _lab(author, file.models)
        if not lab:
            raise places.wrong(path, f"the lab of model {author!r} isn't known; give [models.{author}] its lab")
        if not any(_lab(name, file.models) not in {"", lab} for name in reviewing):
            raise places.wrong(
                path,
                f"no model of task {task!r} ({', '.join(reviewing)}) is surely of another lab than {author!r} ({lab}); "
                "give each its lab, or add one of another",
            )


def _lab(name: str, models: Mapping[str, Model]) -> str:
    return models[name].lab if name in models else ""


def _check_unjudged(task: str, path: str, file: File, places: Places) -> None:
    """Two that judge each other would never end."""
    verify = file.tasks[task].verify
    if verify is not None and any(verifier.judge for verifier in verify.by):
        rule = f"the answers of {task!r} are judged themselves; give [tasks.{task}] a verify without a judge"
        raise places.wrong(path, rule)
