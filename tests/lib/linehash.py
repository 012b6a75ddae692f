# SPDX-License-Identifier: GPL-2.0-or-later
"""The hashes by which GitHub knows lines again, in the plain way: each from its 100 characters.

src/report/line_hash.c rolls one hash over the file; here every line is computed alone.
"""
import re
from collections import Counter

WIDTH = 100
MASK = (1 << 64) - 1


def line_hashes(data):
    """["HASH:COUNT", ...] for the lines of the bytes DATA."""
    text = data.decode("utf-8", "replace")
    # A LF behind a CR is none of its own, unless a blank stands between them.
    text = re.sub("\r\n", "\r", text).replace("\r", "\n")
    text = re.sub("[ \t]", "", text)
    encoded = text.encode("utf-16-le", "surrogatepass")
    units = [int.from_bytes(encoded[i:i + 2], "little") for i in range(0, len(encoded), 2)]
    starts = [0] + [i + 1 for i, unit in enumerate(units) if unit == 10]
    units += [0xffff] + [0] * WIDTH
    seen, hashes = Counter(), []
    for start in starts:
        value = 0
        for unit in units[start:start + WIDTH]:
            value = (value * 37 + unit) & MASK
        seen[value] += 1
        hashes.append(f"{value:x}:{seen[value]}")
    return hashes
