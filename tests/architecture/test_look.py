"""Promises of the look that a file can show: contrast of the palette, no inline code, every style sheet linked."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOKENS = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
COLOURS = {
    name: (light, dark) for name, light, dark in re.findall(r"--([a-z-]+): light-dark\((#\w{6}), (#\w{6})\);", TOKENS)
}
# Text and what it stands on; words need 4.5:1, the border of a field 3:1 (WCAG 2.2, 1.4.3 and 1.4.11).
PAIRS = [
    ("text", "page", 4.5),
    ("text", "page-tinted", 4.5),
    ("muted", "page", 4.5),
    ("muted", "page-tinted", 4.5),
    ("link", "page", 4.5),
    ("link", "page-tinted", 4.5),
    ("on-link", "link", 4.5),
    ("late", "late-tint", 4.5),
    ("late", "page", 4.5),
    ("today", "today-tint", 4.5),
    ("later", "later-tint", 4.5),
    ("done", "done-tint", 4.5),
    ("paused", "paused-tint", 4.5),
    ("school", "school-tint", 4.5),
    ("social", "social-tint", 4.5),
    ("line-strong", "page", 3.0),
]


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_colours_are_readable_in_light_and_dark(front: str, back: str, least: float) -> None:
    for scheme in (0, 1):
        assert contrast(COLOURS[front][scheme], COLOURS[back][scheme]) >= least


def test_templates_hold_no_inline_style_or_script() -> None:
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)
    pages = [path for path in (ROOT / "templates").rglob("*.html") if "emails" not in path.parts]

    offenders = [str(path.relative_to(ROOT)) for path in pages if inline.search(path.read_text(encoding="utf-8"))]

    assert offenders == []


def test_every_style_sheet_is_linked() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html"))

    unlinked = [path.name for path in (ROOT / "static" / "css").glob("*.css") if f"css/{path.name}" not in pages]

    assert unlinked == []
