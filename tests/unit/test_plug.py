"""The one shape of everything that can be added: pages, and folders of plugs that are loaded whole or not at all."""

from __future__ import annotations

import importlib
import sys
import textwrap

import pytest

from quality_gate import formats, practices, project_rules
from quality_gate.bench import Practice, ProjectRule
from quality_gate.model import Format
from quality_gate_checkers import rules
from quality_gate_checkers.model import Rule
from quality_gate_checkers.plug import Fence, PlugError, collect, page


class Plug:
    """What the files of the scratch folder hold."""

    def __init__(self, name: str) -> None:
        self.name = name


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A package of plugs on the path: `write(file, text)` adds one, `names()` collects."""
    package = f"plugs_{tmp_path.name.replace('-', '_')}"
    root = tmp_path / package
    root.mkdir()
    (root / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))

    class Folder:
        @staticmethod
        def write(file: str, text: str = "plug = Plug(__name__.rpartition('.')[2])") -> None:
            place = root / file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(f"from {__name__} import Plug\n{text}\n", encoding="utf-8")

        @staticmethod
        def names() -> list[str]:
            importlib.invalidate_caches()
            return [plug.name for plug in collect(importlib.import_module(package), Plug)]

    yield Folder
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]


def test_every_file_is_one_plug_in_the_order_of_the_names(folder):
    for file in ("b.py", "a.py", "topic/z.py", "c.py"):
        folder.write(file)
    assert folder.names() == ["a", "b", "c", "z"]


def test_what_begins_with_an_underscore_or_a_dot_is_no_plug(folder):
    folder.write("a.py")
    folder.write("_helpers.py", "raise RuntimeError")
    folder.write("__pycache__/x.py", "raise RuntimeError")
    folder.write(".hidden/x.py", "raise RuntimeError")
    folder.write("notes.txt", "no Python")
    assert folder.names() == ["a"]


def test_a_folder_without_plugs(folder):
    assert folder.names() == []


BROKEN = {
    "does not parse": "def (",
    "does not import": "import no_such_module_anywhere",
    "fails": "1 / 0",
    "none": "x = 1",
    "two": "a = Plug('a'); b = Plug('b')",
    "the class instead of an instance": "plug = Plug",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_a_file_that_is_not_exactly_one_plug_is_an_error_that_names_it(folder, text):
    folder.write("good.py")
    folder.write("topic/bad.py", text)
    with pytest.raises(PlugError, match=r"topic\.bad"):
        folder.names()


def test_how_many_plugs_there_are_is_said(folder):
    folder.write("bad.py", "a = Plug('a'); b = Plug('b')")
    with pytest.raises(PlugError, match="holds 2 plugs of kind Plug; a file holds exactly one"):
        folder.names()


def test_a_plug_under_two_names_counts_twice(folder):
    folder.write("bad.py", "a = b = Plug('a')")
    with pytest.raises(PlugError, match="holds 2 plugs"):
        folder.names()


@pytest.mark.parametrize(
    ("package", "kind"), [(rules, Rule), (project_rules, ProjectRule), (practices, Practice), (formats, Format)]
)
def test_the_folders_of_this_installation_hold_plugs_with_pages(package, kind):
    found = collect(package, kind)
    assert found
    assert len({plug.name for plug in found}) == len(found)
    for plug in found:
        assert page(plug.render.__doc__).summary if isinstance(plug, Format) else plug.page.summary


# -- pages


def undented(text: str) -> str:
    return textwrap.dedent(text).strip()


DOCSTRING = """One fault
    in two lines.

    More of it.

    ## Bad
    ```python
    def f():
        ## no heading
        return 1
    ```

    ## Good
    Text.

    ```
    x
    ```
    ```toml
    y = 1
    ```

    ## Empty
    """


def test_a_page_is_read_from_a_docstring():
    found = page(DOCSTRING)
    assert found.summary == "One fault in two lines."
    assert list(found.sections) == ["", "Bad", "Good", "Empty"]
    assert found.sections[""] == "One fault\nin two lines.\n\nMore of it."
    assert found.sections["Bad"] == "```python\ndef f():\n    ## no heading\n    return 1\n```"
    assert found.first_paragraph("Good") == "Text."
    assert found.first_paragraph("Empty") == found.first_paragraph("No such") == ""


def test_fences_keep_their_indentation_and_language():
    assert page(DOCSTRING).fences() == [
        Fence("Bad", "python", "def f():\n    ## no heading\n    return 1\n"),
        Fence("Good", "", "x\n"),
        Fence("Good", "toml", "y = 1\n"),
    ]


@pytest.mark.parametrize("docstring", [None, ""])
def test_no_docstring_no_page(docstring):
    with pytest.raises(PlugError, match="there is none"):
        page(docstring)


def test_a_fence_that_is_left_open_is_an_error():
    with pytest.raises(PlugError, match="never closed"):
        page("Summary.\n\n## Bad\n```python\nx\n")


def test_one_line_is_a_page():
    assert page("A fault.").sections == {"": "A fault."}
