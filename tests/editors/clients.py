"""The clients: how each is started, and what it must have. A new one is a file in `clients` and an entry here."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
DRIVERS = HERE / "clients"
# This runs in the virtual environment that `run` has made.
PYTHON = Path(sys.executable)
# The driver where `run` has put it, beside its modules.
CODEMIRROR = os.environ.get("LQL_CODEMIRROR")


@dataclass
class Client:
    """An editor that can be driven by steps."""

    name: str
    # The program; nothing when it is not there.
    program: str | None
    arguments: list[str]
    # What of docs/editors.md sets it up: heading, language of the blocks, ending of a file of them. The blocks become such a
    # file, whose path is `SETUP` in the arguments; the page's commands there are carried out before.
    setup: tuple[str, str, str] | None = None
    # Whether it is one process, which can be killed and told what to leave out.
    is_simple: bool = True


def neovim(name: str, program: str | None, heading: str) -> Client:
    driver = f"luafile {DRIVERS / 'neovim.lua'}"
    return Client(name, program, ["--headless", "-n", "-u", "SETUP", "-c", driver], (heading, "lua", "lua"))


def debian(program: str) -> str | None:
    """A program of the system, not one of the virtual environment."""
    path = os.environ["PATH"].split(os.pathsep)
    return shutil.which(program, path=os.pathsep.join(it for it in path if Path(it) != PYTHON.parent))


def pytest_lsp(abilities: str) -> Client:
    return Client(f"pytest-lsp-as-{abilities}", str(PYTHON), [str(DRIVERS / "pytest_lsp_client.py"), abilities])


CLIENTS = [
    pytest_lsp("neovim@0.11"),
    pytest_lsp("visual-studio-code"),
    pytest_lsp("emacs"),
    neovim("neovim-0.11", shutil.which("nvim", path=str(PYTHON.parent)), "Neovim 0.11"),
    neovim("neovim-old", debian("nvim"), "Neovim 0.7 to 0.10"),
    Client("emacs", debian("emacs"), ["--batch", "-q", "-f", "package-initialize", "-l", "SETUP", "-l", str(DRIVERS / "emacs.el")], ("Emacs", "elisp", "el")),
    Client("codemirror", debian("node") if CODEMIRROR else None, [str(CODEMIRROR)]),
]
# Only where `editors/test` has put an editor.
if os.environ.get("LQL_WORKBENCH"):
    CLIENTS.append(Client("vscode", debian("node"), [str(DRIVERS / "vscode.mjs")], is_simple=False))
