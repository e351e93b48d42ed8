"""Cut BIZ UDPGothic into the web font files of static/fonts/.

    apt-get install fonts-morisawa-bizud-gothic
    python deploy/fonts.py

Two weights, three slices each. A browser loads a slice only when the page
shows one of its characters: the first holds what the portal itself says, so
only what people type (names, places) asks for more. The same words, font and
versions of fontTools and brotli give the same bytes.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
SYSTEM = Path("/usr/share/fonts/truetype/bizud-gothic")
TARGET = ROOT / "static" / "fonts"
# Where the portal's own words stand: the plan, the templates, the labels in the code.
WORDS = ("fixtures/plan3/*.txt", "fixtures/plan3/*.yaml", "templates/**/*.html", "[mprs]*/**/*.py")

# Names under which Windows, Debian and Google's package know the two faces.
WEIGHTS = {
    "regular": (400, ("BIZ UDPGothic", "BIZ UDPゴシック", "BIZ-UDPGothic", "BIZUDPGothic-Regular")),
    "bold": (700, ("BIZ UDPGothic Bold", "BIZ UDPゴシック Bold", "BIZ-UDPGothic-Bold", "BIZUDPGothic-Bold")),
}
# Letters and signs of the first slice: Latin, punctuation, arrows, numbers in
# circles, marks, kana, full and half width forms.
SIGNS = (
    (0x20, 0x7E), (0xA0, 0xFF), (0x2010, 0x203B), (0x2190, 0x2193), (0x2460, 0x2473),
    (0x25A0, 0x25EF), (0x3000, 0x30FF), (0xFF01, 0xFF9F),
)  # fmt: skip
HEADER = "/* Written by deploy/fonts.py. A later rule is asked first, so the small slices stand below. */\n"


def is_kanji(code: int) -> bool:
    return 0x4E00 <= code <= 0x9FFF or code == 0x3005


def own_kanji() -> set[int]:
    """The kanji of everything the portal itself says; some thousand."""
    texts = (path.read_text(encoding="utf-8") for pattern in WORDS for path in ROOT.glob(pattern))
    return {ord(sign) for text in texts for sign in text if is_kanji(ord(sign))}


def level_one() -> set[int]:
    """The 2,965 kanji of JIS X 0208 level 1: rows 16 to 47 of the code table."""
    found = set()
    for row in range(16, 48):
        for cell in range(1, 95):
            try:
                found.add(ord(bytes((row + 0xA0, cell + 0xA0)).decode("euc_jp")))
            except UnicodeDecodeError:
                continue  # row 47 ends early
    return found


def slices(available: set[int]) -> list[set[int]]:
    """The characters of the three slices; each of `available` is in exactly one."""
    signs = {code for first, last in SIGNS for code in range(first, last + 1)}
    first = (signs | own_kanji()) & available
    second = level_one() & available - first
    return [first, second, available - first - second]


def ranges(codes: set[int], passable: set[int]) -> str:
    """`codes` as a unicode-range; a run may cross `passable` codes, which keeps the list short."""
    runs: list[list[int]] = []
    for code in sorted(codes):
        if runs and all(between in passable for between in range(runs[-1][1] + 1, code)):
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return ",".join(f"U+{first:X}" if first == last else f"U+{first:X}-{last:X}" for first, last in runs)


def cut(source: Path, codes: Iterable[int], target: Path) -> None:
    font = TTFont(source, recalcTimestamp=False)
    options = Options()
    options.flavor = "woff2"
    options.hinting = False  # Windows, where hints show, uses its own copy of the face
    options.layout_features = ["ccmp", "liga"]
    options.drop_tables += ["DSIG", "meta", "vhea", "vmtx"]
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(target)


def face(weight: int, names: Iterable[str], file: str, unicode_range: str) -> str:
    local = ", ".join(f'local("{name}")' for name in names)
    return (
        "@font-face {\n"
        '  font-family: "BIZ UDPGothic";\n'
        f"  font-weight: {weight};\n"
        "  font-display: swap;\n"
        f'  src: {local}, url("{file}") format("woff2");\n'
        f"  unicode-range: {unicode_range};\n"
        "}\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, default=SYSTEM, help="folder of the TrueType files")
    source = parser.parse_args().source
    available = set(TTFont(source / "BIZUDPGothic-Regular.ttf").getBestCmap())
    parts = slices(available)
    # What a smaller slice has already answered for, and kanji the font lacks, may stand inside a run.
    passable = set(range(0x4E00, 0xA000)) - available
    wanted = []
    for codes in parts:
        wanted.append(ranges(codes, passable))
        passable |= codes
    css = HEADER
    for name, (weight, names) in WEIGHTS.items():
        for number in (3, 2, 1):
            file = f"{name}-{number}.woff2"
            cut(source / f"BIZUDPGothic-{name.title()}.ttf", parts[number - 1], TARGET / file)
            css += face(weight, names, file, wanted[number - 1])
            print(f"{file}: {len(parts[number - 1])} characters, {(TARGET / file).stat().st_size / 1024:.0f} KiB")
    (TARGET / "fonts.css").write_text(css, encoding="utf-8")


if __name__ == "__main__":
    main()
