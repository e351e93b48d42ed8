"""Files as a bad line, a bad disk or a bad person would send them."""

import io
import random
import zipfile


def mangled(data: bytes, chance: random.Random) -> bytes:
    """A workbook broken as an archive, or a sound archive with broken contents; any other file with broken bytes."""
    if not data.startswith(b"PK") or chance.random() < 0.5:
        return scrambled(data, chance, most=12)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        victim = chance.choice(source.namelist())
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, scrambled(content, chance, most=8) if name == victim else content)
    return out.getvalue()


def scrambled(data: bytes, chance: random.Random, *, most: int) -> bytes:
    """Some bytes changed, doubled, or left out."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, most)):
        place = chance.randrange(len(changed))
        kind = chance.random()
        if kind < 0.6:
            changed[place] = chance.randrange(256)
        elif kind < 0.8:
            changed[place:place] = changed[place : place + chance.randint(1, 40)]
        else:
            del changed[place : place + chance.randint(1, 40)]
    return bytes(changed)
