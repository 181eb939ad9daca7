"""Functions that call each other in a circle, each circle after those that it calls."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator


def circles(
    start: str, callees: Callable[[str], Iterable[str]], known: Container[str]
) -> Iterator[tuple[list[str], bool]]:
    """All that a function calls, directly or not, from the bottom up (Tarjan's strongly connected components).

    Args:
        callees: what a function calls.
        known: functions that need not be gone into.

    Returns:
        Each circle, most of them of one function, and whether its members do call each other.
    """
    order: dict[str, int] = {start: 0}
    lowest: dict[str, int] = {start: 0}
    held = [start]
    waiting = {start}
    selves: set[str] = set()
    work = [(start, iter(callees(start)))]
    while work:
        name, below = work[-1]
        for callee in below:
            if callee in known:
                continue
            if callee == name:
                selves.add(name)
            elif callee not in order:
                order[callee] = lowest[callee] = len(order)
                held.append(callee)
                waiting.add(callee)
                work.append((callee, iter(callees(callee))))
                break
            elif callee in waiting:
                lowest[name] = min(lowest[name], order[callee])
        else:
            work.pop()
            if work:
                above = work[-1][0]
                lowest[above] = min(lowest[above], lowest[name])
            if lowest[name] == order[name]:
                circle = [held.pop()]
                while circle[-1] != name:
                    circle.append(held.pop())
                waiting.difference_update(circle)
                yield circle, len(circle) > 1 or name in selves
