"""`quality-gate paths`: what belongs to each critical path, and by which calls; or the call graph itself."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from quality_gate.cli._assemble import Run
from quality_gate.cli._click_options import shared, with_coverage
from quality_gate.cli._options import Options, stage_of
from quality_gate.cli._output import emit
from quality_gate.codebase.critical_paths import ResolvedPath
from quality_gate.codebase.graph import Codebase, Confidence, Edge
from quality_gate.errors import UsageError
from quality_gate.neutral import neutral, printable
from quality_gate_checkers.model.violation import Violation


@click.command("paths", short_help="What belongs to each critical path, and by which calls.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--calls", is_flag=True, help="The calls between functions of the project instead.")
@click.option("--possible", is_flag=True, help="With --calls: also those where only a name fits.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write there instead of standard output."
)
@with_coverage
@shared
def command(
    names: tuple[str, ...],
    calls: bool,
    possible: bool,
    output: Path | None,
    coverage: tuple[Path, ...],
    config: Path | None,
    format: str,
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Show the critical paths: their functions, each below the one that calls it, and the calls that lead nowhere.

    \b
    quality-gate paths                        all critical paths
    quality-gate paths payments               one of them
    quality-gate paths --calls --format json  the call graph: {caller: [callees]}
    """
    if format not in ("text", "json"):
        raise UsageError(f"--format {format}", "there is no such format", "one of: json, text")
    options = Options(config=config, format=format, color=color, quiet=quiet, verbose=verbose)
    run = Run(options, stage_of(None, os.environ), whole=True, coverage=coverage)
    chosen = _chosen(run, names) if names or not calls else ()
    if calls:
        edges = _edges(run.bench.codebase, chosen if names else None, possible=possible)
        emit(_calls_json(edges) if format == "json" else _calls_text(edges, run.bench.codebase), output)
    else:
        emit(_paths_text(run, chosen, options) if format == "text" else _paths_json(run, chosen), output)
    return 0


def _chosen(run: Run, names: Sequence[str]) -> tuple[ResolvedPath, ...]:
    known = {path.name: path for path in run.bench.critical.paths} if run.bench.has_critical_paths else {}
    unknown = next((name for name in names if name not in known), None)
    if unknown is None:
        return tuple(known[name] for name in names) if names else tuple(known.values())
    import difflib

    near = difflib.get_close_matches(unknown, known, n=1)
    listed = f"one of: {', '.join(known)}" if known else "declare one: quality-gate explain critical-path-coverage"
    raise UsageError(unknown, "no critical path is called so", f"did you mean {near[0]}?" if near else listed)


def _paths_text(run: Run, chosen: Sequence[ResolvedPath], options: Options) -> str:
    from quality_gate.cli._paths import as_text, idle_text

    idle = "".join(f"{line}\n" for line in idle_text(_idle(run), verbose=options.verbose))
    if not chosen:
        return f"no critical path declared\n{idle}Next: quality-gate explain critical-path-coverage\n"
    return as_text(run.bench.codebase, chosen, verbose=options.verbose) + (f"\n{idle}" if idle else "")


def _paths_json(run: Run, chosen: Sequence[ResolvedPath]) -> str:
    from quality_gate.cli._paths import as_json

    return as_json(run.bench.codebase if chosen else None, chosen, _idle(run))


def _idle(run: Run) -> list[tuple[str, Violation]]:
    """Comments about critical paths that declare none, each with its file."""
    from quality_gate_checkers.model.critical import WITHOUT_EFFECT

    held = sorted(run.bench.inspections.items())
    return [(path, one) for path, inspection in held for one in inspection.violations if one.name == WITHOUT_EFFECT]


def _edges(codebase: Codebase, within: Sequence[ResolvedPath] | None, *, possible: bool) -> list[Edge]:
    """Calls in the order of their callers' names, each pair as often as it stands in the source.

    Args:
        within: only calls of members of these; None for all.
    """
    names = None if within is None else {member.name for path in within for member in path.members}
    return [
        edge
        for name in sorted(codebase.definitions if names is None else names)
        for edge in codebase.calls_from(name)
        if possible or edge.confidence is not Confidence.POSSIBLE
    ]


def _calls_json(edges: Sequence[Edge]) -> str:
    graph: dict[str, list[str]] = {}
    for edge in edges:
        held = graph.setdefault(printable(edge.caller), [])
        callee = printable(edge.callee)
        if callee not in held:
            held.append(callee)
    return msgspec.json.format(msgspec.json.encode(graph), indent=1).decode() + "\n"


def _calls_text(edges: Sequence[Edge], codebase: Codebase) -> str:
    lines = []
    for edge in edges:
        place = f"{codebase.definitions[edge.caller].path}:{edge.line}"
        lines.append(neutral(f"{edge.caller} -> {edge.callee}   {place}   {edge.confidence} {edge.rung}"))
    return "".join(f"{line}\n" for line in lines)
