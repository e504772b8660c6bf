"""pytest-lsp: a client of the bare protocol, with the abilities of a known editor. Positions stay in the unit that was agreed.

`python pytest_lsp_client.py ABILITIES`, where ABILITIES are a set that pytest-lsp ships, such as `neovim@0.11`.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from lsprotocol import types
from pytest_lsp import client_capabilities, make_test_lsp_client

PATIENCE = 20  # seconds that anything may take on a busy machine
WIDTH = {  # how many units of each encoding a text has
    "utf-8": lambda text: len(text.encode()),
    "utf-16": lambda text: len(text.encode("utf-16-le")) // 2,
    "utf-32": len,
}


class Editor:
    """Open files, the one in front, and the client."""

    def __init__(self, abilities: str):
        self.abilities = client_capabilities(abilities)
        self.client = make_test_lsp_client()
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.file = ""

    async def start(self) -> None:
        await self.client.start_io("lql", "lsp")
        folder = types.WorkspaceFolder(uri=Path.cwd().as_uri(), name="project")
        result = await self.client.initialize_session(
            types.InitializeParams(capabilities=self.abilities, workspace_folders=[folder], root_uri=folder.uri)
        )
        self.unit = str(result.capabilities.position_encoding or "utf-16")
        self.width = WIDTH[self.unit]

    # Files and places.

    def uri(self, file: str) -> str:
        return (Path.cwd() / file).as_uri()

    def document(self) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(uri=self.uri(self.file))

    def position(self, offset: int) -> types.Position:
        before = self.texts[self.file][:offset]
        return types.Position(line=before.count("\n"), character=self.width(before.rpartition("\n")[2]))

    def offset(self, text: str, position: types.Position) -> int:
        lines = text.splitlines(keepends=True) + [""]
        start = sum(len(line) for line in lines[: position.line])
        line = lines[position.line]
        column = next(at for at in range(len(line) + 1) if self.width(line[:at]) >= position.character)
        return start + column

    def range(self, needle: str) -> types.Range:
        start = self.texts[self.file].index(needle)
        return types.Range(start=self.position(start), end=self.position(start + len(needle)))

    def at(self, needle: str) -> dict:
        return {"text_document": self.document(), "position": self.range(needle).start}

    # Edits.

    def change(self, file: str, edits: list[types.TextEdit]) -> None:
        """Applies edits that stand for the text as it is, and tells the server of each, the last one first."""
        text = self.texts[file]
        edits = sorted(edits, key=lambda it: self.offset(text, it.range.start), reverse=True)
        for edit in edits:
            start, end = self.offset(text, edit.range.start), self.offset(text, edit.range.end)
            text = text[:start] + edit.new_text + text[end:]
        self.texts[file] = text
        self.versions[file] += 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                text_document=types.VersionedTextDocumentIdentifier(uri=self.uri(file), version=self.versions[file]),
                content_changes=[types.TextDocumentContentChangePartial(range=it.range, text=it.new_text) for it in edits],
            )
        )

    def apply(self, edit: types.WorkspaceEdit) -> None:
        for uri, edits in (edit.changes or {}).items():
            self.change(str(Path(uri.removeprefix("file://")).relative_to(Path.cwd())), edits)
        for document in edit.document_changes or []:
            path = Path(document.text_document.uri.removeprefix("file://"))
            self.change(str(path.relative_to(Path.cwd())), document.edits)

    # What is seen.

    async def diagnostics(self) -> list[types.Diagnostic]:
        """Those that were pushed, or that are fetched by clients that do."""
        if self.abilities.text_document.diagnostic is None:
            await asyncio.sleep(0.02)
            return list(self.client.diagnostics.get(self.uri(self.file), []))
        asked = types.DocumentDiagnosticParams(text_document=self.document())
        return list((await self.client.text_document_diagnostic_async(asked)).items)

    async def findings(self, count: int | None) -> list[dict]:
        end = asyncio.get_running_loop().time() + PATIENCE
        found = await self.diagnostics()
        while count is not None and len(found) != count and asyncio.get_running_loop().time() < end:
            found = await self.diagnostics()
        text = self.texts[self.file]
        return [
            {
                "line": it.range.start.line + 1,
                "column": it.range.start.character,
                "unit": self.unit,
                "text": text[self.offset(text, it.range.start) : self.offset(text, it.range.end)],
                "says": it.message,
            }
            for it in found
        ]

    # Steps.

    async def open(self, step: dict) -> dict:
        self.file = step["file"]
        self.texts[self.file] = Path(self.file).read_text()
        self.versions[self.file] = 1
        item = types.TextDocumentItem(
            uri=self.uri(self.file), language_id="lql", version=1, text=self.texts[self.file]
        )
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
        return {"findings": await self.findings(step["findings"])}

    async def edit(self, step: dict) -> dict:
        self.change(self.file, [types.TextEdit(range=self.range(step["replace"]), new_text=step["by"])])
        return {"findings": await self.findings(step.get("findings"))}

    async def complete(self, step: dict) -> dict:
        behind = {"text_document": self.document(), "position": self.range(step["behind"]).end}
        found = await self.client.text_document_completion_async(types.CompletionParams(**behind))
        items = found.items if isinstance(found, types.CompletionList) else found
        return {"items": [it.label for it in items]}

    async def hover(self, step: dict) -> dict:
        found = await self.client.text_document_hover_async(types.HoverParams(**self.at(step["on"])))
        return {"hover": found.contents.value}

    async def rename(self, step: dict) -> dict:
        asked = types.RenameParams(**self.at(step["on"]), new_name=step["to"])
        self.apply(await self.client.text_document_rename_async(asked))
        return {"texts": self.texts}

    async def format(self, step: dict) -> dict:
        options = types.FormattingOptions(tab_size=4, insert_spaces=True)
        asked = types.DocumentFormattingParams(text_document=self.document(), options=options)
        self.change(self.file, await self.client.text_document_formatting_async(asked))
        return {"texts": self.texts}

    async def fix(self, step: dict) -> dict:
        context = types.CodeActionContext(diagnostics=await self.diagnostics(), only=[types.CodeActionKind.QuickFix])
        asked = types.CodeActionParams(text_document=self.document(), range=self.range(step["on"]), context=context)
        actions = await self.client.text_document_code_action_async(asked)
        self.apply(next(it for it in actions if it.is_preferred).edit)
        return {"findings": await self.findings(step["findings"]), "texts": self.texts}

    async def shutdown(self, step: dict) -> dict:
        await self.client.shutdown_session()
        return {}

    async def exit(self, step: dict) -> dict:
        self.client.exit(None)
        return {}

    async def die(self, step: dict) -> dict:
        await asyncio.sleep(600)


async def main() -> None:
    editor = Editor(sys.argv[1])
    await editor.start()
    with open(os.environ["LQL_REPORT"], "a") as report:
        for step in json.loads(Path(os.environ["LQL_SESSION"]).read_text())["steps"]:
            print(json.dumps(await getattr(editor, step["do"])(step)), file=report, flush=True)
    await editor.client.stop()


asyncio.run(main())
