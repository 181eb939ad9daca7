"""Row 50, the comment action: what a pull request leaves behind is data, and only our own comment is edited."""

from __future__ import annotations

import importlib.util
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from golden_reports import FEW, REPORTS
from quality_gate.formats.markdown import markdown, marker
from quality_gate.model import Look

_SPEC = importlib.util.spec_from_file_location("post", Path(__file__).resolve().parents[2] / "comment" / "post.py")
post = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(post)

TEXT = markdown.render(FEW, Look())
MARKER = marker(FEW)
BOT = {"login": "github-actions[bot]", "type": "Bot"}
RUN = {"head_sha": "a" * 40, "head_repository": {"id": 5}}
PULL = {"state": "open", "head": {"sha": "a" * 40, "repo": {"id": 5}}}


class TestText:
    @pytest.mark.parametrize("name", REPORTS)
    @pytest.mark.parametrize("folder", ["", "back end"])
    def test_whatever_the_format_writes_is_taken(self, name, folder):
        report = msgspec.structs.replace(REPORTS[name], folder=folder)
        assert post.fault(markdown.render(report, Look())) is None

    def test_a_text_that_was_cut_is_taken(self):
        verdicts = tuple(msgspec.structs.replace(FEW.verdicts[1], reason="x" * 299) for _ in range(90))
        text = markdown.render(msgspec.structs.replace(FEW, verdicts=verdicts), Look())
        assert "verdicts truncated: 50 more" in text
        assert post.fault(text) is None

    @pytest.mark.parametrize(
        "line",
        [
            "- @shop/team look", "- see #123", "- GH-12", "- http://evil.example", "- WWW.evil.example", "- [a](b)", "- ![a](b)",
            "- <b>", "<!-- x -->", "- <img src=x>", "- `a` @b", "- ``a` @b", "- \\`@b` x", "- `@b", "- $x$", "- &#64;b",
            "- &commat;b", "- &#x40;b", "/approve", "    code", "# a", "```", "~~~", "> a", "1. a", "===", "---", ":-:", "a",
            "| a | b |", "|---|---|---|---|", "- a | b", "- ‮a", "- a\x0b", "- a\r", "### @a", "## a", "Next: @a", "- a\u2028b",
        ],
    )  # fmt: skip
    def test_what_it_does_not_write_is_not_taken(self, line):
        assert post.fault(f"{TEXT}{line}\n") is not None

    @pytest.mark.parametrize(
        "rows",
        [
            "| practice | outcome | measured | |\n\n| a | b | c | `d` |",
            "| practice | outcome | measured | |\n|---|---|---|---|\n- a",
            "| practice | outcome | measured | |\n|---|---|---|---|\n**a** `b | @c | d`",
            "| practice | outcome | measured | |\n|---|---|---|---|\n| a | `b | @c` |",
            "| practice | outcome | measured | |\n|---|---|---|---|\n| `a | @b` | c | d |",
            "- a\n| practice | outcome | measured | |",
            "**a** `b|c|d|@e`\n|---|---|---|---|",
            "| practice | outcome | measured | |\n|---|---|---|",
            "| critical path | What if ... | Which test says so? |\n|---|---|---|---|",
            "| critical path | What if ... | Which test says so? |\n|---|---|---|\n| a | b | c | d |",
            "| critical path | What if ... | Which test says so? |\n|---|---|---|\n| a | `b | @c` |",
            "| critical path | What if ... | Which test says so? |\n|---|---|---|\n|---|---|---|",
        ],
    )
    def test_pipes_end_code_in_tables(self, rows):
        assert post.fault(f"{MARKER}\n\n{rows}\n") is not None

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "\n",
            TEXT.partition("\n")[2],
            f" {TEXT}",
            f"x\n{TEXT}",
            "<!-- quality-gate comment ABC -->\n",
            f"{MARKER} @a\n",
        ],
    )
    def test_the_marker_comes_first(self, text):
        assert post.fault(text) is not None

    def test_it_is_as_long_as_github_takes(self):
        line = "- " + "a" * 997 + "\n"
        assert post.fault(f"{MARKER}\n" + line * 65) is None
        assert "65,536" in post.fault(f"{MARKER}\n" + line * 66)

    @pytest.mark.parametrize("table", post._TABLES.items())
    @given(
        lines=st.lists(
            st.lists(
                st.sampled_from(["`", "``", "|", "| ", "a", "@b", "#1", "<br>", "<", "\\", "- ", "**", "&#42;", "&", "[", "](c)", "---", " ", ":", "\n"]),
                max_size=8,
            ).map("".join),
            max_size=6,
        )
    )  # fmt: skip
    def test_what_is_taken_does_nothing_but_say_something(self, table, lines):
        text = "\n".join([MARKER, "", *table, *lines])
        if post.fault(text) is None:
            for token in MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)[1:]:
                assert token.type != "html_block"
                for child in token.children or []:
                    assert child.type not in ("link_open", "image")
                    assert child.type != "html_inline" or child.content == "<br>"
                    assert child.type not in ("text", "text_special") or not set("@#") & set(child.content)


class GitHubHere:
    """What the API answers, and what it was asked to write.

    Args:
        pull: pull request 7. comments: of it.
    """

    def __init__(self, pull, comments):
        self.pull, self.comments, self.written, self.tokens = pull, comments, [], set()

    def answer(self, method, path, body):
        if path == "/repos/shop/shop/pulls/7":
            return 200, self.pull
        if method == "GET" and path.startswith("/repos/shop/shop/issues/7/comments?per_page=100&page="):
            page = int(path.rpartition("=")[2])
            return 200, self.comments[(page - 1) * 100 : page * 100]
        if method in ("POST", "PATCH"):
            self.written.append((method, path.removeprefix("/repos/shop/shop/"), body["body"]))
            return 200, {}
        return 404, {}


@pytest.fixture
def served(tmp_path):
    """Serve an API; gives a function that runs the script and gives its exit code."""
    servers = []

    def run(here, folder, **more):
        class Handler(BaseHTTPRequestHandler):
            def _do(self):
                here.tokens.add(self.headers["Authorization"])
                length = int(self.headers.get("Content-Length") or 0)
                code, said = here.answer(self.command, self.path, json.loads(self.rfile.read(length) or "{}"))
                self.send_response(code)
                if code == 302:
                    self.send_header("Location", "http://127.0.0.1:9/")
                self.end_headers()
                self.wfile.write(json.dumps(said).encode())

            do_GET = do_POST = do_PATCH = _do

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        servers.append((server, thread))
        event = tmp_path / "event.json"
        event.write_text(json.dumps({"workflow_run": RUN}))
        environment = {
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_API_URL": f"http://127.0.0.1:{server.server_port}",
            "GITHUB_REPOSITORY": "shop/shop",
            "TOKEN": "secret",
            "AUTHOR": BOT["login"],
            "FOLDER": str(folder),
        }
        return post.main(environment | more)

    yield run
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def left(tmp_path):
    """What the action leaves behind, as it is downloaded."""
    folder = tmp_path / "left" / "quality-gate-comment--"
    folder.mkdir(parents=True)
    (folder / "comment.md").write_text(TEXT)
    (folder / "pull-request").write_text("7\n")
    return folder


def comment(number, user, body):
    return {"id": number, "user": user, "body": body}


class TestPosting:
    def test_the_first_time_it_is_made(self, served, left, capsys):
        here = GitHubHere(PULL, [])
        assert served(here, left.parent) == 0
        assert here.written == [("POST", "issues/7/comments", TEXT)]
        assert here.tokens == {"Bearer secret"}
        assert capsys.readouterr().out == "commented on pull request 7\n"

    def test_then_it_is_edited_and_a_forger_is_not_believed(self, served, left):
        forged = [
            comment(1, {"login": "mallory", "type": "User"}, TEXT),
            comment(2, {"login": "github-actions[bot]", "type": "User"}, TEXT),
            comment(3, BOT, f"quoting\n{MARKER}\n"),
            comment(4, {"login": "other[bot]", "type": "Bot"}, TEXT),
            comment(5, BOT, TEXT.replace("comment -->", "comment 0123456789ab -->", 1)),
            *(comment(100 + number, BOT, "another") for number in range(100)),
        ]
        here = GitHubHere(PULL, [*forged, comment(6, BOT, TEXT.replace("\n", "\r\n"))])
        assert served(here, left.parent) == 0
        assert here.written == [("PATCH", "issues/comments/6", TEXT)]

    @pytest.mark.parametrize(
        "pull",
        [
            PULL | {"head": {"sha": "a" * 40, "repo": {"id": 6}}},
            PULL | {"head": {"sha": "a" * 40, "repo": None}},
            {},
        ],
        ids=["another repository", "repository deleted", "nothing"],
    )
    def test_a_number_that_is_not_the_runs_is_refused(self, served, left, pull, capsys):
        here = GitHubHere(pull, [])
        assert served(here, left.parent) == 1
        assert here.written == []
        assert "the run was not of pull request 7" in capsys.readouterr().out

    @pytest.mark.parametrize("moved", [{"state": "closed"}, {"head": {"sha": "b" * 40, "repo": {"id": 5}}}])
    def test_an_old_run_says_nothing(self, served, left, moved, capsys):
        here = GitHubHere(PULL | moved, [])
        assert served(here, left.parent) == 0
        assert here.written == []
        assert "has moved on" in capsys.readouterr().out

    def test_no_comment_was_left(self, served, tmp_path, capsys):
        assert served(GitHubHere(PULL, []), tmp_path / "nothing") == 0
        assert "left no comment" in capsys.readouterr().out

    @pytest.mark.parametrize("code", [302, 403, 500])
    def test_an_answer_that_is_none(self, served, left, code, capsys):
        here = GitHubHere(PULL, [])
        here.answer = lambda *_: (code, {})
        assert served(here, left.parent) == 1
        said = capsys.readouterr().out
        assert f"GitHub answered {code}" in said
        assert ("pull-requests: write" in said) == (code == 403)


class TestLeftBehind:
    @pytest.mark.parametrize("number", ["", "0", "7a", "07", "٧", "7\n8", "99999999999"])
    def test_a_number_is_a_number(self, left, number):
        (left / "pull-request").write_text(number)
        with pytest.raises(post.Refused, match="holds no number"):
            list(post.left_behind(left.parent))

    def test_links_folders_and_pipes_are_not_read(self, left, tmp_path):
        secret = tmp_path / "secret"
        secret.write_text(TEXT)
        for make in (
            lambda place: place.symlink_to(secret),
            lambda place: os.mkfifo(place),
            lambda place: place.mkdir(),
        ):
            place = left / "comment.md"
            place.unlink()
            make(place)
            with pytest.raises(post.Refused, match=r"comment\.md"):
                list(post.left_behind(left.parent))
            place.rmdir() if place.is_dir() and not place.is_symlink() else place.unlink()
            place.write_text(TEXT)

    def test_a_linked_folder_is_not_entered(self, left, tmp_path):
        (tmp_path / "only").mkdir()
        (tmp_path / "only" / "link").symlink_to(left)
        assert list(post.left_behind(tmp_path / "only")) == []

    @pytest.mark.parametrize("content", [b"\xff", b"a" * (4 * 65_536 + 1)], ids=["not UTF-8", "too large"])
    def test_bytes(self, left, content):
        (left / "comment.md").write_bytes(content)
        with pytest.raises(post.Refused):
            list(post.left_behind(left.parent))

    def test_so_many_and_no_more(self, left):
        for number in range(20):
            (left.parent / str(number)).mkdir()
            (left.parent / str(number) / "comment.md").write_text(TEXT)
        with pytest.raises(post.Refused, match="21 comments"):
            list(post.left_behind(left.parent))
