#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""growth.py

Lint rules that look at one rule among many others: of files whose rules are all of such a shape
one of four times the size takes about four times the time, and not sixteen times.  Last line:
"growth.py: N passed, N failed, N skipped".
"""
import os
import resource
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import program
from tally import Tally

TIMES = 4
BOUND = 8  # times the time: half way from n to n * n
RUNS = 3   # the quickest counts: other work on the machine is not the program's
NAT = ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING")


def address(i):
    return f"{11 + (i >> 16)}.{i >> 8 & 255}.{i & 255}.1"


def table(name, hooks, lines):
    return "\n".join([f"*{name}", *(f":{hook} ACCEPT [0:0]" for hook in hooks), *lines, "COMMIT", ""])


def one_way(n):
    """None of them takes out what comes back."""
    return table("raw", ("PREROUTING", "OUTPUT"),
                 [f"-A PREROUTING -d {address(i)}/32 -p udp -m udp --dport {1 + i % 60000} -j NOTRACK"
                  for i in range(n)])


def proxies(n):
    """Each of them comes behind all others, which leave a port out."""
    return table("nat", NAT,
                 [f"-A OUTPUT -p {protocol} -m {protocol} --dport {1 + i // 2} -j REDIRECT --to-ports 3128"
                  for i in range(n) for protocol in [("tcp", "udp")[i % 2]]])


def unused(n):
    """Nothing comes to them."""
    return table("nat", NAT, ["-A PREROUTING -p tcp -j ACCEPT"] +
                 [f"-A PREROUTING -p tcp -m tcp --dport {1 + i % 60000} -j DNAT --to-destination {address(i)}"
                  for i in range(n)])


def late_logs(n):
    """Each behind a rule of its own that takes the packets."""
    return table("filter", ("INPUT", "FORWARD", "OUTPUT"),
                 [f"-A INPUT -s {address(i)}/32 -j {target}" for i in range(n) for target in ("DROP", "LOG")])


SHAPES = (
    # lint rule, how many findings in the smaller file, the file
    ("notrack-conflict", 2000, one_way),
    ("redirect-loop", 4000, proxies),
    ("shadowed-rule", 20000, unused),
    ("log-after-verdict", 10000, late_logs),
)


def seconds(path, name):
    """(of the processor, how many lines NAME finds)"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = program.run("check", "--isolated", "--show", "info", "--format", "gcc", path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            done.out.count(f"[{name}]\n".encode()))


def measure(tally, name, n, shape):
    quickest = []
    for size in (n, TIMES * n):
        with tempfile.NamedTemporaryFile("w", suffix=".v4") as file:
            file.write(shape(size))
            file.flush()
            runs = [seconds(file.name, name) for _ in range(RUNS)]
        quickest.append(min(runs)[0])
        tally.equal(f"{name}: findings of {size}", runs[0][1], size)
    ratio = quickest[1] / quickest[0]
    print(f"{name}: {n} of them {quickest[0]:.3f} s, {TIMES * n} of them {quickest[1]:.3f} s: {ratio:.1f} times")
    tally.check(f"{name}: {TIMES} times as many in {ratio:.1f} times the time", ratio < BOUND,
                f"the limit is {BOUND}")


def main():
    tally = Tally()
    for name, n, shape in SHAPES:
        measure(tally, name, n, shape)
    tally.end()


main()
