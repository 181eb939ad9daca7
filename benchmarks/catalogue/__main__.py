"""Is the catalogue of fallible calls true? Every entry is held against the real packages: `make catalogue`.

Checked are names of calls, arguments and seconds of deadlines, exceptions and all their bases, aliases, and what
factories make. Where a version has brought a deadline, the seconds are read in what is installed: today's version in
one environment, in another the last one without it. Nothing leaves the machine. Exit code 1 when an entry is wrong.
What is not installed is named as not checked, and what cannot be seen from outside (arguments behind `**kwargs`,
functions written in C, what only a server makes) is counted apart: neither is ever called right.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "checkers"))

from called import check_calls
from factories import check_factories
from finding import is_absent
from naming import check_aliases, check_attributes, check_exceptions
from tally import Tally, listed
from versions import INSTALLED_AS, check_versions, versions

from quality_gate_checkers.dependencies import Catalogue, Library, catalogue


def check(library: Library, facts: Catalogue) -> Tally:
    tally = Tally(library)
    tally.absent |= {module for module in library.modules if module != "open" and is_absent(module)}
    check_calls(tally, facts)
    check_exceptions(tally, facts)
    check_aliases(tally, facts)
    check_attributes(tally)
    check_factories(tally)
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--unseen", action="store_true", help="list what could not be checked")
    parser.add_argument("--before", action="store_true", help="only print what to install to see older defaults")
    parser.add_argument("--versions", action="store_true", help="only check the defaults that a version has brought")
    options = parser.parse_args()
    facts = catalogue()
    if options.before:
        older = (f"{INSTALLED_AS.get(one.package, one.package)}<{one.version}" for one in versions(facts))
        print("\n".join(sorted(older)))
        return 0
    if options.versions:
        return 0 if check_versions(facts) else 1
    tallies = [check(library, facts) for library in facts.libraries]
    show(tallies, options.unseen)
    right = check_versions(facts)
    return 1 if any(tally.wrong for tally in tallies) or not right else 0


def show(tallies: list[Tally], unseen: bool) -> None:
    print(f"{'library':<18}{'checked':>9}{'wrong':>7}{'unseen':>8}  not installed, so not checked")
    for tally in tallies:
        looked_at = tally.checked or tally.wrong
        counts = _row(tally.checked, len(tally.wrong), len(tally.unseen)) if looked_at else f"{'not checked':>24}"
        print(f"{tally.library.name:<18}{counts}  {listed(tally.absent) or '-'}")
    wrong, missed = (sum(len(getattr(tally, kind)) for tally in tallies) for kind in ("wrong", "unseen"))
    print(f"{'all':<18}{_row(sum(tally.checked for tally in tallies), wrong, missed)}")
    for tally in tallies:
        for problem in tally.wrong:
            print(f"wrong: {tally.library.name}: {problem}")
        for problem in tally.unseen if unseen else ():
            print(f"unseen: {tally.library.name}: {problem}")


def _row(checked: int, wrong: int, unseen: int) -> str:
    return f"{checked:>9}{wrong:>7}{unseen:>8}"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main())
