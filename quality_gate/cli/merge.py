"""`quality-gate merge`: joins the evidence of sharded test runs."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import click

from quality_gate.cli._click_options import shared
from quality_gate.config import load
from quality_gate.errors import UsageError
from quality_gate.evidence._untrusted import Unreadable
from quality_gate.evidence.runs.shards import Joined, join, read_shard
from quality_gate.neutral import neutral
from quality_gate_recorder.evidence_file import Evidence, write
from quality_gate_recorder.folder import EVIDENCE, FOLDER, own_folder

_REMEDY = (
    "name evidence.db files of quality-gate test; coverage.py's data is joined by coverage combine, and any other "
    "coverage is named to quality-gate check --coverage FILE"
)


@click.command("merge", short_help="Join the evidence of sharded test runs.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE ...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"Where to; otherwise {FOLDER}/{EVIDENCE} of the project.",
)
@shared
def command(
    files: tuple[Path, ...],
    output: Path | None,
    config: Path | None,
    format: str,
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Join the evidence that `quality-gate test` wrote on several machines or in several runs.

    A file of the project that they measured in different versions is left out, and said so.

    \b
    quality-gate merge shard-1/evidence.db shard-2/evidence.db
    """
    if format != "text":
        raise UsageError(f"--format {format}", "merge joins files and prints a line", "leave --format out")
    joined = join([_read(file) for file in files])
    place = output or _own_place(config)
    _write(joined.evidence, place)
    _say(joined, len(files), str(output or f"{FOLDER}/{EVIDENCE}"), quiet=quiet)
    return 0


def _read(file: Path) -> Evidence:
    try:
        return read_shard(Path.cwd() / file)
    except Unreadable as error:
        raise UsageError(str(file), str(error), _REMEDY) from error


def _own_place(config: Path | None) -> Path:
    root = Path(os.path.realpath(load(Path.cwd(), config).root))
    try:
        return own_folder(root) / EVIDENCE
    except OSError as error:
        remedy = f"remove {FOLDER}, or name another place with -o"
        raise UsageError(FOLDER, f"it cannot be used: {error}", remedy) from error


def _write(evidence: Evidence, place: Path) -> None:
    try:
        write(evidence, place)
    except (OSError, sqlite3.Error) as error:
        remedy = "name a file in a folder that is there, and yours to write to"
        raise UsageError(str(place), f"it cannot be written: {error}", remedy) from error


def _say(joined: Joined, files: int, place: str, *, quiet: bool) -> None:
    said: Sequence[str] = [*joined.notes, *(f"not recorded well: {text}" for text in joined.evidence.problems)]
    for sentence in said:
        click.echo(neutral(sentence), err=True)
    if not quiet:
        tests, measured = len(joined.evidence.tests), len(joined.evidence.files)
        click.echo(
            f"Joined {files} runs: {tests} tests, {measured} files in {neutral(place)}. Next: quality-gate report",
            err=True,
        )
