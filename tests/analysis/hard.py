#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""hard.py

Files that are made to be hard for the analysis: 10,000 boxes by chance in five fields, tiles
that cover one wide rule together, and negated masks with holes.  Each has to end in bounded time and memory, with an
honest count of what was left undecided.  Last line: "N passed, N failed".
"""
import os
import random
import re
import resource
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from tally import Tally

PROGRAM = os.environ.get("IPTLINT") or os.path.join(ROOT, "build", "iptlint")
SECONDS = 10
HEAD = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"


def boxes(n, rng, wide):
    """Ranges of addresses and ports, protocol; WIDE ones overlap nearly all others."""
    lines = []
    for _ in range(n):
        words = []
        for option in ("src", "dst"):
            size = 1 << rng.randint(*((27, 31) if wide else (8, 31)))
            low = rng.randrange((1 << 32) - size)
            text = [".".join(str(a >> s & 255) for s in (24, 16, 8, 0)) for a in (low, low + size - 1)]
            words.append(f"-m iprange --{option}-range {text[0]}-{text[1]}")
        ports = [sorted(rng.randrange(65536) for _ in range(2)) for _ in range(2)]
        lines.append("-A FORWARD -p tcp " + " ".join(words) + " -m tcp --sport %d:%d --dport %d:%d"
                     % (*ports[0], *ports[1]) + rng.choice([" -j ACCEPT", " -j DROP"]))
    return HEAD + "\n".join(lines) + "\nCOMMIT\n"


def tiles(side):
    """One rule that SIDE * SIDE others cover together."""
    step = 65536 // side
    lines = [f"-A INPUT -p tcp -m tcp --sport {x}:{x + step - 1} --dport {y}:{y + step - 1} -j ACCEPT"
             for x in range(0, 65536, step) for y in range(0, 65536, step)]
    lines.append("-A INPUT -p tcp -m tcp ! --sport 0:0 -j DROP")
    return HEAD + "\n".join(lines) + "\nCOMMIT\n"


def masks(n, rng):
    """Two negated masks with holes in each rule: as many alternatives as the product of their bits."""
    lines = []
    for _ in range(n):
        words = [".".join(str(rng.randrange(256)) for _ in range(4)) for _ in range(4)]
        lines.append(f"-A INPUT ! -s {words[0]}/{words[1]} ! -d {words[2]}/{words[3]} -j "
                     + rng.choice(["ACCEPT", "DROP"]))
    return HEAD + "\n".join(lines) + "\nCOMMIT\n"


def too_many():
    """64 * 64 alternatives in one rule; a second one that the first one takes the packets of."""
    rule = "-A INPUT ! -s 1:1:1:1:1:1:1:1/" + ":".join(["5555"] * 8) + " ! -d 2:2:2:2:2:2:2:2/" + ":".join(["aaaa"] * 8)
    return HEAD + rule + " -j ACCEPT\n" + rule + " -p tcp -j DROP\nCOMMIT\n"


def run(tally, title, text, wanted=None, undecided=None):
    with tempfile.NamedTemporaryFile("w", suffix=".v6" if "! -s 1:1:" in text else ".v4") as file:
        file.write(text)
        file.flush()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([PROGRAM, "check", "--stats", "--format", "gcc", file.name],
                              capture_output=True, text=True, timeout=40)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        # of the processor: other work on the machine is not the program's
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    stats = done.stderr.strip()
    print(f"{title}: {seconds:.2f} s; {stats.split(': ', 2)[-1]}")
    tally.check(f"{title}: ends", done.returncode in (0, 1), done.stderr[-500:])
    tally.check(f"{title}: {seconds:.2f} s", seconds < SECONDS, f"the limit is {SECONDS} s")
    tally.check(f"{title}: counts the undecided", re.search(r"\d+ undecided", stats), stats)
    if undecided is not None:
        tally.check(f"{title}: {undecided} undecided", f" {undecided} undecided" in stats, stats)
    if wanted:
        tally.check(f"{title}: finds {wanted}", f"[{wanted}]" in done.stdout, done.stdout[-300:])


def main():
    tally = Tally("hard.py")
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    rng = random.Random(1)
    run(tally, "10,000 boxes by chance", boxes(10000, rng, False))
    run(tally, "10,000 wide boxes by chance", boxes(10000, rng, True))
    run(tally, "tiles of 64 x 64", tiles(64), "union-shadowed-rule")
    run(tally, "5,000 rules with two negated masks with holes", masks(5000, rng))
    run(tally, "more alternatives than are told apart", too_many(), undecided=2)
    tally.end()


main()
