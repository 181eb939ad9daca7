"""Whose addresses are whose, what modules hold, and how tests' touches are attributed; in this very process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from types import ModuleType, SimpleNamespace

import pytest

from quality_gate_recorder import isolation, module_state
from quality_gate_recorder.addresses import Addresses
from quality_gate_recorder.isolation import Isolation
from quality_gate_recorder.module_state import ModuleState
from quality_gate_recorder.territory import Territory

ANY = SimpleNamespace(family=2)
HERE = "tests/unit/recorder/test_isolation.py"


class TestAddresses:
    @pytest.mark.parametrize(
        ("address", "found"),
        [
            (("93.184.216.34", 443), ("network", "93.184.216.34:443")),
            (("10.255.255.1", 80), ("network", "10.255.255.1:80")),
            (("2606:2800::1", 443, 0, 0), ("network", "2606:2800::1:443")),
            (("127.0.0.1", 6379), ("machine", "127.0.0.1:6379")),
            (("::1", 5432, 0, 0), ("machine", "::1:5432")),
            (("::ffff:127.0.0.1", 5432, 0, 0), ("machine", "::ffff:127.0.0.1:5432")),
            (("127.0.0.1", 40000), ("itself", "127.0.0.1:40000")),
            ("/run/bank.sock", None),
            (b"\0abstract", None),
            ((16, 0), None),
            (None, None),
        ],
    )
    def test_where_a_connection_goes(self, address, found):
        assert Addresses().connected(ANY, address) == found

    def test_a_port_that_was_served_is_our_own(self):
        addresses = Addresses()
        addresses.bound(object(), ("127.0.0.1", 6379))
        assert addresses.connected(ANY, ("127.0.0.1", 6379)) == ("itself", "127.0.0.1:6379")
        assert addresses.connected(ANY, ("127.0.0.1", 6380)) == ("machine", "127.0.0.1:6380")

    @pytest.mark.parametrize("host", ["", None, "localhost", "127.0.0.1", "93.184.216.34", "::1", b"localhost"])
    def test_nobody_is_asked_for_what_is_known(self, host):
        assert Addresses().looked_up(host, 80) is None

    def test_a_host_is_told_by_its_name_alone(self):
        addresses = Addresses()
        assert addresses.looked_up(b"bank.example", "443") == "bank.example:443"
        assert addresses.connected(ANY, ("93.184.216.34", 443)) is None
        addresses.forget_lookups()
        assert addresses.connected(ANY, ("93.184.216.34", 443)) == ("network", "93.184.216.34:443")


def module(name: str, **values: object) -> ModuleType:
    made = ModuleType(name)
    made.__file__ = "/project/shop/limits.py"
    vars(made).update(values)
    return made


class _Grumpy:
    """What nobody may compare."""

    def __eq__(self, other):
        raise AssertionError("it was asked")

    __hash__ = object.__hash__


def _set(name: str, value: object):
    return lambda held: setattr(held, name, value)


class TestModules:
    @pytest.fixture
    def state(self):
        return ModuleState(Territory("/project", ["shop/limits.py"]))

    @pytest.fixture
    def limits(self, monkeypatch):
        made = module(
            "shop.limits",
            enabled=True,
            cache={},
            items=[1],
            known={1},
            rates={"eu": 1.5},
            bank=_Grumpy(),
            long=[0] * 300,
        )
        monkeypatch.setitem(sys.modules, "shop.limits", made)
        return made

    @pytest.mark.parametrize(
        ("change", "names"),
        [
            (_set("enabled", False), {"enabled"}),
            (_set("added", 1), {"added"}),
            (lambda held: delattr(held, "enabled"), {"enabled"}),
            (lambda held: held.cache.update(a=1), {"cache"}),
            (lambda held: held.items.append(2), {"items"}),
            (lambda held: held.items.__setitem__(0, 2), {"items"}),
            (lambda held: held.known.add(2), {"known"}),
            (lambda held: held.rates.update(eu=2.5), {"rates"}),
            (lambda held: held.long.append(1), {"long"}),
            (_set("bank", _Grumpy()), {"bank"}),
            (lambda held: held.items.__setitem__(0, _Grumpy()), {"items"}),
            (lambda held: held.rates.update(eu=float("1.5")), set()),
            (_set("enabled", True), set()),
            (_set("__warningregistry__", {}), set()),
            (_set("sub", ModuleType("shop.limits.sub")), set()),
            (lambda held: None, set()),
        ],
    )
    def test_what_is_left_changed(self, state, limits, change, names):
        state.begin_call()
        change(limits)
        state.end_call()
        assert {name for _, name in state.left_changed()} == {f"shop.limits.{name}" for name in names}

    def test_what_a_tear_down_puts_back_is_in_order(self, state, limits):
        state.begin_call()
        limits.enabled = False
        limits.items.append(2)
        state.end_call()
        limits.enabled = True
        limits.items.pop()
        assert list(state.left_changed()) == []

    def test_what_a_set_up_does_is_its_own(self, state, limits):
        state.begin_call()
        state.end_call()
        limits.enabled = False
        state.begin_call()
        state.end_call()
        assert list(state.left_changed()) == []

    def test_other_peoples_modules_are_not_looked_at(self, state, monkeypatch):
        other = module("other", flag=1)
        other.__file__ = "/elsewhere/other.py"
        monkeypatch.setitem(sys.modules, "other", other)
        state.begin_call()
        other.flag = 2
        state.end_call()
        assert list(state.left_changed()) == []

    @pytest.mark.parametrize("path", ["limits.py", "shop/limits.py", "src/shop/core/limits.py"])
    def test_wherever_in_the_project_they_lie(self, path, limits):
        state = ModuleState(Territory("/project", [path]))
        limits.__file__ = f"/project/{path}"
        state.begin_call()
        limits.enabled = False
        state.end_call()
        assert list(state.left_changed()) == [(path, "shop.limits.enabled")]

    def test_too_many_names_are_said(self, state, limits, monkeypatch):
        monkeypatch.setattr(module_state, "_MOST_NAMES", 3)
        monkeypatch.setitem(sys.modules, "shop.more", module("shop.more"))
        state.begin_call()
        assert state.too_many == "the project's modules have more than 3 names"


class TestTests:
    @pytest.fixture
    def watched(self, pytestconfig):
        root = str(pytestconfig.rootpath)
        was = isolation._listening[:]
        found = Isolation(Territory(root, ["shop/limits.py"]))
        found.start()
        yield found
        found.stop()
        isolation._listening[:] = was

    def touches(self, watched: Isolation, act, phase: str = "call", undo=lambda: None) -> set[tuple[str, str]]:
        watched.switch("t.py::test", "setup")
        watched.switch("t.py::test", phase)
        act()
        watched.switch("t.py::test", "teardown")
        undo()
        watched.switch("", "none")
        return {(one.kind, one.what) for one in watched.found.found if one.phase == phase}

    @pytest.mark.parametrize("phase", ["setup", "call", "teardown"])
    def test_a_program_belongs_to_the_phase_that_started_it(self, watched, phase):
        assert self.touches(watched, lambda: subprocess.run(["true"]), phase) == {("process", "true")}
        (found,) = watched.found.found
        assert (found.path, found.test_path) == (HERE, HERE)
        assert found.line == found.test_line > 0

    @pytest.mark.parametrize(
        ("command", "program"),
        [(["/bin/true", "x"], "true"), ([b"true"], "true"), ("true x", "true"), (["sh", "-c", "true; false"], "true;")],
    )
    def test_programs_are_told_without_their_folder(self, watched, command, program):
        act = lambda: subprocess.run(command, shell=isinstance(command, str))  # noqa: E731
        assert self.touches(watched, act) == {("process", program)}

    def test_between_tests_nothing_is_noted(self, watched):
        watched.switch("", "none")
        subprocess.run(["true"])
        assert watched.found.found == set()

    def test_after_its_end_nothing_is_noted(self, watched):
        watched.stop()
        assert self.touches(watched, lambda: subprocess.run(["true"])) == set()

    def test_a_thread_that_was_there_before_is_not_the_tests(self, watched):
        go, done = threading.Event(), threading.Event()

        def serve():
            go.wait(5)
            subprocess.run(["true"])
            done.set()

        thread = threading.Thread(target=serve)
        thread.start()
        assert self.touches(watched, lambda: (go.set(), done.wait(5))) == set()
        thread.join()

    def test_a_variable_that_is_put_back_is_in_order(self, watched, monkeypatch):
        monkeypatch.setenv("QG_KEPT", "1")

        def act():
            os.environ["QG_KEPT"] = "2"
            os.environ["QG_LEFT"] = "2"
            os.environ["PYTEST_OF_THE_RUNNER"] = "2"

        found = self.touches(watched, act, undo=lambda: os.environ.update(QG_KEPT="1"))
        for name in ("QG_LEFT", "PYTEST_OF_THE_RUNNER"):
            del os.environ[name]
        assert found == {("environment", "QG_LEFT")}

    def test_the_working_directory(self, watched, tmp_path, monkeypatch):
        monkeypatch.chdir(".")
        assert self.touches(watched, lambda: os.chdir(tmp_path)) == {("environment", "the working directory")}

    @pytest.mark.skipif(sys.version_info < (3, 13), reason="sleeps are not told of")
    @pytest.mark.parametrize(("seconds", "found"), [(0.06, {("sleep", "time.sleep")}), (0.04, set())])
    def test_sleeps(self, watched, seconds, found):
        assert self.touches(watched, lambda: time.sleep(seconds)) == found

    @pytest.mark.skipif(sys.version_info < (3, 12), reason="sleeps are not told of")
    def test_a_sleep_that_nobody_waits_for_is_none(self, watched):
        frame = sys._getframe()
        assert self.touches(watched, lambda: watched.waits(frame, 10)) == set()

    @pytest.mark.skipif(sys.version_info < (3, 13), reason="sleeps are not told of")
    def test_sleeps_at_one_place_are_added_up(self, watched):
        self.touches(watched, lambda: [time.sleep(0.06) for _ in range(2)])
        assert [one.seconds for one in watched.found.found] == [0.12]

    def test_many_touches_of_a_test_are_cut(self, watched):
        def act():
            for port in range(isolation._MOST + 10):
                watched._note("machine", f"127.0.0.1:{port}", watched._where(None))

        assert len(self.touches(watched, act)) == isolation._MOST

    def test_a_fault_of_ours_is_not_the_tests(self, watched, monkeypatch):
        monkeypatch.setattr(isolation, "_program", lambda given: 1 / 0)
        assert self.touches(watched, lambda: subprocess.run(["true"], check=True)) == set()
        assert watched.found.not_watched["process"] == {
            "watching the tests failed: ZeroDivisionError: division by zero"
        }
        assert set(watched.found.not_watched) >= set(isolation.KINDS)

    def test_a_forked_process_tells_only_of_itself(self, watched):
        self.touches(watched, lambda: subprocess.run(["true"]))
        watched.forget()
        assert watched.found.found == set()

    def test_a_name_that_was_looked_up_is_told_within_its_phase_alone(self, watched):
        addresses = watched._addresses
        self.touches(watched, lambda: addresses.looked_up("bank.example", 443))
        assert addresses.connected(ANY, ("93.184.216.34", 443)) == ("network", "93.184.216.34:443")

    def test_real_sockets(self, watched):
        def act():
            with socket.create_server(("127.0.0.1", 0)) as served, socket.create_connection(served.getsockname()):
                pass

        assert {kind for kind, _ in self.touches(watched, act)} == {"itself"}

    def test_the_machines_own_questions_are_not_the_tests(self, watched):
        import ctypes.util

        assert self.touches(watched, lambda: ctypes.util.find_library("no such library")) == set()
