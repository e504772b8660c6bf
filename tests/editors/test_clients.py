"""Every client goes through the session, sees what it must, and leaves no server behind."""

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from clients import CLIENTS, HERE, Client
from page import REPOSITORY, blocks

SESSION = json.loads((HERE / "session.json").read_text())["steps"]
# Seconds that a whole session, and that the end of a server may take on a busy machine.
PATIENCE = 120
SIMPLE = [it for it in CLIENTS if it.is_simple]
# Where a session ends, and the exit code that the server owes then.
ENDINGS = {"shutdown": 0, "exit": 1, "die": 1}


class Session:
    """One client on its own copy of the project."""

    def __init__(self, client: Client, folder: Path, steps: list[dict]):
        if client.program is None:
            missing = f"{client.name} is not installed, so nothing is known about it: see tests/editors/README.md"
            (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
        self.steps = steps
        self.report = folder / "report.ndjson"
        self.ended = folder / "ended"
        self.output = folder / "output.txt"
        self.project = folder / "project"
        shutil.copytree(HERE / "project", self.project)
        (folder / "session.json").write_text(json.dumps({"steps": steps}))
        home = folder / "home"
        home.mkdir()
        at_home = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")}
        setup = None
        if client.setup:
            heading, language, ending = client.setup
            setup = folder / f"setup.{ending}"
            setup.write_text("".join(blocks(heading, language)))
            for commands in blocks(heading, "text"):
                subprocess.run(["sh", "-e"], input=commands, text=True, cwd=REPOSITORY, env=at_home, check=True)
        variables = {
            **at_home,
            "PATH": f"{HERE}{os.pathsep}{os.environ['PATH']}",
            "LQL_ENDED": str(self.ended),
            "LQL_REPORT": str(self.report),
            "LQL_SESSION": str(folder / "session.json"),
        }
        arguments = [str(setup) if it == "SETUP" else it for it in client.arguments]
        self.process = subprocess.Popen(
            [client.program, *arguments],
            cwd=self.project,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=self.output.open("w"),
            stderr=subprocess.STDOUT,
        )

    def seen(self) -> list[dict]:
        """What the client has seen so far, step by step."""
        lines = self.report.read_text().splitlines() if self.report.exists() else []
        return [json.loads(line) for line in lines]

    def wait(self, what: str, is_so) -> None:
        end = time.monotonic() + PATIENCE
        while not is_so():
            if time.monotonic() > end:
                self.process.kill()
                pytest.fail(f"waited in vain for {what}, after {len(self.seen())} steps\n{self.output.read_text()}")
            time.sleep(0.02)

    def is_over(self) -> bool:
        return self.process.poll() is not None

    def exit_code_of_server(self) -> int:
        self.wait("the end of the server", lambda: self.ended.exists() and self.ended.read_text().strip())
        return int(self.ended.read_text())


def compare(seen: dict, wanted: dict) -> None:
    """Everything that is wanted must be seen; what is not spoken of may be as it likes."""
    if "findings" in wanted:
        assert len(seen["findings"]) == len(wanted["findings"]), seen["findings"]
        for found, it in zip(sorted(seen["findings"], key=lambda it: it["line"]), wanted["findings"]):
            assert found["text"] == it["text"], found
            assert found["line"] == it["line"], found
            assert found["column"] == it["column"][found["unit"]], found
            assert it["says"] in found["says"], found
    if "items" in wanted:
        assert set(wanted["items"]) <= set(seen["items"]), seen["items"]
    for words in wanted.get("hover", []):
        assert words in seen["hover"], seen["hover"]
    for file, lines in wanted.get("texts", {}).items():
        assert seen["texts"][file].splitlines() == lines, file


@pytest.mark.parametrize("client", CLIENTS, ids=lambda it: it.name)
def test_the_whole_session(client, tmp_path):
    session = Session(client, tmp_path, [*SESSION, {"do": "shutdown"}])
    session.wait("the end of the session", session.is_over)
    for step, seen in zip(session.steps, session.seen()):
        try:
            compare(seen, step.get("sees", {}))
        except AssertionError as error:
            pytest.fail(f"{step['do']}: {error}\n{session.output.read_text()}")
    assert len(session.seen()) == len(session.steps), session.output.read_text()
    assert session.process.returncode == 0, session.output.read_text()
    assert session.exit_code_of_server() == ENDINGS["shutdown"]


def test_neovim_colours_what_the_page_says(tmp_path):
    client = next(it for it in CLIENTS if it.name == "neovim-0.11")
    wanted = {"SELECT": "keyword", "email(": "function.builtin", "mail)": "variable", "-- ": "comment"}
    looks = [{"do": "colours", "on": word} for word in wanted]
    session = Session(client, tmp_path, [SESSION[1], *looks, {"do": "shutdown"}])
    session.wait("the end of the session", session.is_over)
    seen = session.seen()[1:-1]
    assert len(seen) == len(wanted), session.output.read_text()
    for (word, colour), it in zip(wanted.items(), seen):
        assert colour in it["colours"], (word, it)


def test_a_lens_of_neovim_opens_its_answer(tmp_path):
    client = next(it for it in CLIENTS if it.name == "neovim-0.11")
    mend = {"do": "edit", "replace": "emial", "by": "email", "findings": 0}
    session = Session(client, tmp_path, [SESSION[1], mend, {"do": "lens", "on": "events match"}, {"do": "shutdown"}])
    session.wait("the end of the session", session.is_over)
    assert len(session.seen()) == len(session.steps), session.output.read_text()
    lens = session.seen()[2]
    assert lens["answer"].startswith(f"Query web: {lens['title']}."), lens


@pytest.mark.parametrize("client", SIMPLE, ids=lambda it: it.name)
def test_exit_without_shutdown(client, tmp_path):
    session = Session(client, tmp_path, [*SESSION[:2], {"do": "exit"}])
    session.wait("the end of the session", session.is_over)
    assert len(session.seen()) == len(session.steps), session.output.read_text()
    assert session.exit_code_of_server() == ENDINGS["exit"]


@pytest.mark.parametrize("client", CLIENTS, ids=lambda it: it.name)
def test_the_server_ends_when_the_editor_is_killed(client, tmp_path):
    session = Session(client, tmp_path, [*SESSION[:2], {"do": "die"}])
    session.wait("the editor", lambda: len(session.seen()) == 2 or session.is_over())
    assert len(session.seen()) == 2, session.output.read_text()
    if client.is_simple:
        assert not session.ended.exists()
        session.process.send_signal(signal.SIGKILL)
    assert session.exit_code_of_server() == ENDINGS["die"]
    # Of other editors the process that has started the server has killed itself; the rest is still there.
    if not client.is_simple:
        session.process.terminate()
        session.wait("the end of the editor", session.is_over)
