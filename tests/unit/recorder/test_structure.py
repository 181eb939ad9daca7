"""What could run of a file, and what the team's settings hide of it."""

from __future__ import annotations

import pytest
from coverage import Coverage

from quality_gate_recorder.evidence_file import File, numbers
from quality_gate_recorder.exclusions import TeamSettings
from quality_gate_recorder.remembered import Remembered
from quality_gate_recorder.structure import complete

SOURCE = '''\
"""A docstring."""


def charge(amount):
    if amount < 0:  # pragma: no cover
        raise ValueError(
            "negative",
        )
    return call(
        amount,
    )


class Gateway:
    def send(self):
        return self
'''


@pytest.fixture
def problems():
    return []


@pytest.fixture
def settings(problems, tmp_path, monkeypatch):
    """Makes the team's settings from a text for `.coveragerc`."""

    def make(text: str = "") -> TeamSettings:
        monkeypatch.chdir(tmp_path)
        (tmp_path / ".coveragerc").write_text(text)
        return TeamSettings(".coveragerc", None, problems.append)

    return make


def completed(tmp_path, settings, problems, source=SOURCE, file=None) -> File | None:
    (tmp_path / "pay.py").write_text(source)
    files = {} if file is None else {"pay.py": file}
    complete(files, str(tmp_path), ["pay.py"], settings, problems.append)
    return files.get("pay.py")


class TestComplete:
    def test_every_statement_counts_those_included_that_are_excluded(self, tmp_path, settings, problems):
        file = completed(tmp_path, settings(), problems)
        assert numbers(file.statements) == [4, 5, 6, 9, 14, 15, 16]
        assert numbers(file.excluded) == [5, 6]
        assert problems == []

    def test_branches_have_their_destinations(self, tmp_path, settings, problems):
        assert completed(tmp_path, settings(), problems).branches == {5: [6, 9]}

    def test_functions_have_fingerprints(self, tmp_path, settings, problems):
        functions = completed(tmp_path, settings(), problems).functions
        assert {name: (found.first, found.last) for name, found in functions.items()} == {
            "": (1, 16),
            "charge": (4, 11),
            "Gateway.send": (15, 16),
        }

    def test_arcs_are_told_by_first_lines(self, tmp_path, settings, problems):
        file = File()
        file.add("t", "call", [(-4, 5), (5, 9), (9, 10), (10, 9), (9, -4)])
        file = completed(tmp_path, settings(), problems, file=file)
        assert set(file.arcs) == {(-4, 5), (5, 9), (9, 9), (9, -4)}

    @pytest.mark.parametrize("source", ["def broken(:\n", "\x00", "x = " + "(" * 400 + ")" * 400])
    def test_what_is_no_python_is_not_known(self, source, tmp_path, settings, problems):
        assert completed(tmp_path, settings(), problems, source=source, file=File()) is None

    def test_what_is_not_there_any_more_is_not_known(self, tmp_path, settings, problems):
        files = {"gone.py": File()}
        complete(files, str(tmp_path), ["gone.py"], settings(), problems.append)
        assert files == {}

    def test_a_file_that_nobody_ran_is_known(self, tmp_path, settings, problems):
        assert completed(tmp_path, settings(), problems).executed == {}

    def test_what_the_source_warns_of_is_no_warning_of_the_tests(self, tmp_path, settings, problems):
        assert completed(tmp_path, settings(), problems, source="x = '\\d'\ny = 1 is 1\n") is not None


class TestExclusions:
    @pytest.mark.parametrize(
        ("text", "excluded"),
        [
            ("[report]\nexclude_also = raise\n", [5, 6]),
            ("[report]\nexclude_lines = return call\n", [9]),
            ("[report]\nexclude_lines = nothing_like_it\n", []),
            ("[run]\nomit = pay.py\n", [4, 5, 6, 9, 14, 15, 16]),
            ("[report]\nomit = */pay.py\n", [4, 5, 6, 9, 14, 15, 16]),
            ("[run]\nomit = other.py\n", [5, 6]),
            ("[run]\nsource = other\n", [4, 5, 6, 9, 14, 15, 16]),
            ("[run]\nsource = .\n", [5, 6]),
            ("[run]\nsource_pkgs = pay\n", [5, 6]),
            ("[run]\ninclude = other.py\n", [4, 5, 6, 9, 14, 15, 16]),
            ("[run]\ninclude = *.py\n", [5, 6]),
        ],
    )
    def test_what_the_team_hides(self, text, excluded, tmp_path, settings, problems):
        assert numbers(completed(tmp_path, settings(text), problems).excluded) == excluded
        assert problems == []

    def test_what_runs_counts_more_than_what_a_file_says(self, tmp_path, settings, problems):
        settings("[run]\nomit = pay.py\n")
        running = Coverage(config_file=False, data_file=None, source=[str(tmp_path)])
        found = completed(tmp_path, TeamSettings(".coveragerc", running, problems.append), problems)
        assert numbers(found.excluded) == [5, 6]

    def test_tests_that_change_the_working_directory_change_nothing(self, tmp_path, settings, monkeypatch):
        made = settings("[run]\nomit = shop/*\n")
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        places = {str(tmp_path / name) for name in ("shop/pay.py", "lib/shop/pay.py", "elsewhere/shop/pay.py")}
        assert made.files_left_out(places) == {str(tmp_path / "shop/pay.py")}

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("[run\n", "settings of coverage cannot be read"),
            ("[report]\nexclude_also = (\n", "settings of coverage cannot be read"),
            ("[run]\nomit = a**b\n", "leave out is not known"),
        ],
    )
    def test_settings_that_are_wrong_are_told(self, text, said, tmp_path, settings, problems):
        assert completed(tmp_path, settings(text), problems) is not None
        assert len(problems) == 1
        assert said in problems[0]

    def test_plugins_that_settings_name_are_not_loaded(self, tmp_path, settings, problems, monkeypatch):
        (tmp_path / "evil_plugin.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\ndef coverage_init(*a): ...\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        completed(tmp_path, settings("[run]\nplugins = evil_plugin\n"), problems)
        assert not (tmp_path / "ran").exists()

    def test_concurrency_is_taken_over(self, settings):
        assert settings("[run]\nconcurrency = greenlet, thread, multiprocessing\n").concurrency == [
            "greenlet",
            "thread",
        ]


ARCS = ((-4, 5), (5, 9), (9, 10), (10, 9), (9, -4))


class TestRemembered:
    """What is remembered of the same bytes is what would be found in them."""

    @pytest.fixture
    def complete_again(self, tmp_path, settings, problems):
        """Completes a file of some arcs as a run of its own does; gives it, and the files that had to be parsed."""

        def again(source: str = SOURCE, arcs=ARCS) -> tuple[File, list[str]]:
            (tmp_path / "pay.py").write_text(source)
            file, parsed = File(), []
            file.add("t", "call", arcs)
            remembered = Remembered(tmp_path / "test-run.cache")
            told = settings(), problems.append, lambda path, _: parsed.append(path)
            complete({"pay.py": file}, str(tmp_path), ["pay.py"], *told, remembered)
            remembered.save()
            return file, parsed

        return again

    def test_a_file_is_parsed_once(self, complete_again):
        first, second = complete_again(), complete_again()
        assert (first[1], second[1]) == (["pay.py"], [])
        assert first[0] == second[0]

    def test_other_bytes_are_parsed(self, complete_again):
        complete_again()
        file, parsed = complete_again(SOURCE.replace("negative", "nought"))
        assert parsed == ["pay.py"]
        assert file.functions["charge"].digest != complete_again()[0].functions["charge"].digest

    def test_arcs_that_were_never_seen_are_put_into_the_terms_of_statements(self, complete_again):
        complete_again(arcs=[(-4, 5)])
        file, parsed = complete_again()
        assert parsed == ["pay.py"]
        assert set(file.arcs) == {(-4, 5), (5, 9), (9, 9), (9, -4)}
        assert complete_again(arcs=[(-4, 5)])[1] == []

    def test_arcs_that_only_the_interpreter_sees_stay_away(self, complete_again):
        source = "def pay():\n    with a:\n        b = 2\n    return 4\n"
        arcs = [(-1, 2), (2, 3), (3, 2), (2, 4), (4, -1)]
        first, second = complete_again(source, arcs), complete_again(source, arcs)
        assert (second[1], set(second[0].arcs)) == ([], set(first[0].arcs))

    def test_files_of_the_same_bytes_share_what_is_known(self, tmp_path, settings, problems):
        def parsed_again(arcs: dict[str, list[tuple[int, int]]]) -> list[str]:
            files, parsed = {}, []
            for path, ran in arcs.items():
                (tmp_path / path).write_text(SOURCE)
                files[path] = File()
                files[path].add("t", "call", ran)
            remembered = Remembered(tmp_path / "test-run.cache")
            told = settings(), problems.append, lambda path, _: parsed.append(path)
            complete(files, str(tmp_path), list(files), *told, remembered)
            remembered.save()
            return parsed

        arcs = {"a.py": [(-4, 5)], "b.py": [(5, 9)], "c.py": [(9, -4)]}
        assert parsed_again(arcs) == ["a.py", "b.py", "c.py"]
        assert parsed_again(arcs) == []
