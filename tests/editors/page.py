"""Blocks of docs/editors.md: what the editors load is what the page tells its readers to write."""

from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs" / "editors.md"


def blocks(heading: str, language: str) -> list[str]:
    """The blocks of a language in the part below a heading."""
    parts = PAGE.read_text().split("\n## ")
    part = next(part for part in parts if part.split("\n", 1)[0] == heading)
    pieces = part.split(f"\n```{language}\n")[1:]
    return [piece.split("\n```", 1)[0] + "\n" for piece in pieces]
