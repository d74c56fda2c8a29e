"""ICU's tables without those that nothing in the window asks for: half of their 32 MB.

The library ``libicudata`` is nothing but one package of tables behind one symbol. Qt asks ICU to
convert, to compare, to change case and to name time zones; Chromium brings tables of its own. So
whole folders of the package are left out, which ICU's own ``icupkg --remove`` would do too, and
the library is made anew from the rest with binutils.
"""

from __future__ import annotations

import re
import struct
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path

# Words' ends, money, languages', countries' and units' names, numbers in words, other alphabets.
_UNASKED = frozenset({"brkitr", "curr", "lang", "rbnf", "region", "translit", "unit"})
_FORMAT = b"CmnD"
# The format's name stands behind the header's size, a mark and the size of what follows it.
_BEFORE_FORMAT = 12
_ALIGNED = 16
_SYMBOL = re.compile(rb"icudt\d+_dat")


def trim_icu(library: Path) -> None:
    """Put a library without the unasked tables in the place of *library*.

    Raises:
        subprocess.CalledProcessError: The assembler or the linker failed; it has said why.
        ValueError: *library* holds no package of ICU's tables.
    """
    content = library.read_bytes()
    symbol = _SYMBOL.search(content)
    if symbol is None:
        raise ValueError(f"{library.name} has no tables of ICU")
    with tempfile.TemporaryDirectory() as folder:
        made = _link(Path(folder), trimmed(content), symbol[0].decode(), library.name)
        library.write_bytes(made.read_bytes())


def trimmed(content: bytes) -> bytes:
    """Return the package that *content* holds somewhere, without the unasked folders.

    Raises:
        ValueError: It holds none, or one of another byte order than little-endian.
    """
    start = content.find(_FORMAT) - _BEFORE_FORMAT
    if start < 0 or content[start + 2 : start + 4] != b"\xda\x27" or content[start + 8]:
        raise ValueError("no package of ICU's tables")
    (header,) = struct.unpack_from("<H", content, start)
    tables = dict(_tables(content[start + header :]))
    kept = {name: table for name, table in tables.items() if not _is_unasked(name)}
    return content[start : start + header] + _packed(kept)


def _is_unasked(name: str) -> bool:
    # Below the package's own name: icudt73l/curr/ru.res.
    return bool(_UNASKED & set(name.split("/")[1:-1]))


def _tables(package: bytes) -> Iterator[tuple[str, bytes]]:
    (count,) = struct.unpack_from("<I", package)
    entries = [struct.unpack_from("<II", package, 4 + 8 * place) for place in range(count)]
    # The last one has no successor; what follows it in the file does no harm.
    ends = [*(second for _, second in entries[1:]), len(package)]
    for (name_at, table_at), end in zip(entries, ends, strict=True):
        name = package[name_at : package.index(b"\0", name_at)].decode("ascii")
        yield name, package[table_at:end]


def _packed(tables: Mapping[str, bytes]) -> bytes:
    """Return a table of contents, which ICU searches by halves, then the tables themselves."""
    names = [name.encode("ascii") + b"\0" for name in sorted(tables)]
    bodies = [_padded(tables[name]) for name in sorted(tables)]
    entries_end = 4 + 8 * len(tables)
    bodies_start = _round_up(entries_end + sum(map(len, names)))
    contents = struct.pack("<I", len(tables)) + b"".join(
        struct.pack("<II", name_at, body_at)
        for name_at, body_at in zip(
            _places(names, entries_end), _places(bodies, bodies_start), strict=True
        )
    )
    return _padded(contents + b"".join(names)) + b"".join(bodies)


def _places(parts: Sequence[bytes], start: int) -> list[int]:
    """Return where each of *parts* begins if the first begins at *start*."""
    return list(accumulate(map(len, parts[:-1]), initial=start))


def _padded(part: bytes) -> bytes:
    return part.ljust(_round_up(len(part)), b"\0")


def _round_up(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


def _link(folder: Path, package: bytes, symbol: str, name: str) -> Path:
    """Return a library of that *name* with *package* behind *symbol*."""
    (folder / "tables.dat").write_bytes(package)
    (folder / "tables.s").write_text(_SOURCE.format(symbol=symbol), encoding="ascii")
    commands = (
        ["as", "-o", "tables.o", "tables.s"],
        ["ld", "-shared", "-z", "noexecstack", "-soname", name, "-o", name, "tables.o"],
    )
    for command in commands:
        subprocess.run(command, cwd=folder, check=True)
    return folder / name


_SOURCE = """\
.section .note.GNU-stack,"",%progbits
.section .rodata
.balign 16
.globl {symbol}
.type {symbol}, %object
{symbol}:
.incbin "tables.dat"
.size {symbol}, . - {symbol}
"""
