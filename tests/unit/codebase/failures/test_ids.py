"""Ids of failure paths: the same wherever a path stands and however it is broken into lines, on every Python."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from failure_cases_of import failure_cases
from failure_listing import listed
from quality_gate.failure_paths import FailurePath

GOLDEN = Path(__file__).resolve().parents[3] / "golden" / "failure_paths.txt"

FUNCTIONS = [
    "import requests\nimport contextlib\n",
    """class Shop:
    def charge(self, card, amount):
        if amount <= 0:
            raise ValueError(f"{amount!r:>{self.width}} is {'nothing'} {amount:.2f}")
        try:
            token = requests.post("https://bank/auth", json={"card": card, "amount": [1, 2.5, b"x", None]}, timeout=3)
            self.keep(token)
        except (requests.Timeout, OSError) as error:
            raise Refused(card) from error
        except KeyError:
            raise
        finally:
            self.close()
        if token.status_code != 200:
            return None
        return token

    def keep(self, token):
        if self.old():
            raise Old(token)
        if self.older():
            raise Old(token)
        raise Old(token)
""",
    """def settle(shop, cards):
    for card in cards:
        with contextlib.suppress(OSError):
            shop.keep(card)
        try:
            shop.charge(card, lambda x: x)
        except Exception:
            return False
    return True
""",
    """def refund(card):
    response = requests.get("https://bank", params={"card": card}, headers={"a": "b"})
    if not response.ok:
        return {"error": "no"}, 502
    return response
""",
]


def source(*parts: str) -> str:
    return "\n".join(parts)


def ids(text: str) -> list[str]:
    return sorted(path.id for path in listed({"shop/pay.py": text}))


def edited(text: str, seed: int) -> str:
    """Comments, blank lines and other indents, at random, where they mean nothing."""
    chance = random.Random(seed)
    width = chance.choice((1, 2, 3, 8))
    lines: list[str] = []
    for line in text.split("\n"):
        depth = (len(line) - len(line.lstrip())) // 4
        lines += chance.choice(([], [], [""], ["# raise Nothing(card)"], ["", "   # except: pass", ""]))
        lines.append(" " * width * depth + line.strip() + chance.choice(("", "  # note" if line.strip() else "")))
    return "\n".join(lines)


def spread(text: str, seed: int) -> str:
    """Calls broken into lines at some of their commas, outside of strings."""
    chance = random.Random(seed)
    return re.sub(
        r'(?<=\w), (?=\w+=)|(?<=["\d]), (?=["\d])', lambda found: ",\n        " if chance.random() < 0.6 else ", ", text
    )


@pytest.mark.parametrize("seed", range(12))
def test_ids_survive_comments_blank_lines_indents_and_broken_lines(seed: int) -> None:
    assert ids(edited(source(*FUNCTIONS), seed)) == ids(source(*FUNCTIONS))
    assert ids(spread(source(*FUNCTIONS), seed)) == ids(source(*FUNCTIONS))


@pytest.mark.parametrize("seed", range(6))
def test_ids_survive_functions_that_move(seed: int) -> None:
    head, *functions = FUNCTIONS
    random.Random(seed).shuffle(functions)
    assert ids(source(head, *functions)) == ids(source(*FUNCTIONS))


def test_ids_tell_equal_paths_apart_by_their_order() -> None:
    found = [path for path in listed({"shop/pay.py": source(*FUNCTIONS)}) if path.text == "raise Old(token)"]
    stem = found[0].id
    assert [path.id for path in found] == [stem, f"{stem}:2", f"{stem}:3"]
    assert [path.line for path in found] == sorted(path.line for path in found)


def test_a_new_path_leaves_the_others_alone() -> None:
    text = source(*FUNCTIONS)
    more = text.replace(
        "        if self.old():\n", "        if self.odd():\n            raise Odd(token)\n        if self.old():\n"
    )
    assert more != text
    assert len(set(ids(more)) - set(ids(text))) == 1
    assert set(ids(text)) < set(ids(more))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("raise Refused(card) from error", "raise Refused(card, 1) from error"),
        ("(requests.Timeout, OSError)", "(requests.Timeout, IndexError)"),
        ("status_code != 200", "status_code != 201"),
        ("{amount:.2f}", "{amount:.3f}"),
        ("def settle(", "def settle_all("),
        ('params={"card": card}', 'params={"card": 1}'),
    ],
)
def test_what_changes_is_another_path(before: str, after: str) -> None:
    text = source(*FUNCTIONS)
    assert before in text
    assert set(ids(text.replace(before, after))) != set(ids(text))


def test_ids_are_unique_in_their_file() -> None:
    found = ids(source(*FUNCTIONS, *FUNCTIONS[1:]))
    assert len(set(found)) == len(found) > len(ids(source(*FUNCTIONS)))


def described(path: FailurePath) -> str:
    types = " ".join(path.types)
    call = f" {path.call.line}:{path.call.column}-{path.call.end_line}:{path.call.end_column}" if path.call else ""
    never = f" U: {path.never}" if path.never else ""
    return f"{path.path} {path.id} {path.line}-{path.last} {path.text} [{types}]{call}{never}"


def everything() -> str:
    cases = [(case.title, case.files) for case in failure_cases()]
    cases.append(("ids", {"shop/pay.py": source(*FUNCTIONS)}))
    return "".join(
        f"--- {title}\n" + "".join(f"{described(path)}\n" for path in listed(files)) for title, files in cases
    )


def test_every_python_lists_the_same() -> None:
    """The file is the same for all of them; `python tests/unit/codebase/failures/test_ids.py` writes it anew."""
    assert everything() == GOLDEN.read_text(encoding="utf-8")


if __name__ == "__main__":
    GOLDEN.write_text(everything(), encoding="utf-8")
