#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each script of tests/fixtures/convert runs under its real shell with the real iptables,
legacy and nft; are the tables that it leaves those of expect4 and expect6, and those that
"convert", statically and with --run, and then "compile --exact-save" print?

usage: judge.py [--write] [--show] [NAME]...      --write: stores what the real run left (look
                                                  at the diff before a commit);
                                                  --show: prints it, and what the script said
Needs root.
"""
import concurrent.futures
import functools
import os
import queue
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import conversion
import realrun
import script
from script import FAMILIES, without_empty
from tally import Tally

AT_ONCE = 2  # scripts run for real


def store(case, backend, tables):
    """expectN for legacy; expectN.nft only where it has something else in it."""
    for family in FAMILIES:
        path = case.expect_path(family, backend)
        if os.path.exists(path):
            os.unlink(path)
        wanted = tables[family]
        if backend == "nft" and without_empty(wanted) == without_empty(case.expect(family)):
            continue
        if wanted or backend == "nft":
            with open(path, "wb") as f:
                f.write(wanted)


def show(case, backend, real):
    print(f"== {case.name}, {backend}: exit {real.status}")
    for what, text in (("printed", real.out), ("complained", real.err),
                       ("IPv4", real.tables[4]), ("IPv6", real.tables[6])):
        if text:
            print(f"-- {what}\n{text.decode(errors='backslashreplace')}", end="")


def run_real(runners, case):
    """[(back end, what the run left)], with a runner that is free."""
    runner = runners.get()
    try:
        return [(backend, runner.run(case.folder, case.real, case.args, backend))
                for backend in case.backends]
    finally:
        runners.put(runner)


def judge_real(tally, case, runs, options):
    """Both back ends; expectations against what they leave."""
    for backend, real in runs:
        name = f"{case.name}: {backend}"
        if not tally.check(f"{name}: ends in time", real.in_time, f"not within {realrun.TIME_LIMIT} s"):
            continue
        if "--show" in options:
            show(case, backend, real)
        if "--write" in options and case.modes:
            store(case, backend, real.tables)
        for family in FAMILIES if case.modes else ():
            got, wanted = real.tables[family], case.expect(family, backend)
            if backend == "nft":
                got, wanted = without_empty(got), without_empty(wanted)
            tally.equal(f"{name}: IPv{family}", got, wanted)


def judge_convert(tally, cases):
    for mode in ("static", "run"):
        why = conversion.missing(mode)
        if why:
            tally.skip(why, len(cases))
            continue
        for case in cases:
            if mode in case.modes:
                made = conversion.check(tally, case, mode, "legacy")
                if made.done.exit in (0, 1) and case.differs_by_backend():
                    conversion.check(tally, case, mode, "nft")


def main():
    arguments = sys.argv[1:]
    tally = Tally("convert/judge.py")
    cases = script.scripts([a for a in arguments if not a.startswith("-")])
    why = realrun.missing()
    if why:
        tally.skip(why, len(cases))
        tally.end()
    start = time.monotonic()
    runners = queue.SimpleQueue()
    for _ in range(AT_ONCE):
        runners.put(realrun.RealRun())
    # A script that ends by the time limit takes long and says nothing: not run.
    finite = [case for case in cases if not os.path.exists(case.path("endless"))]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for case, runs in zip(finite, pool.map(functools.partial(run_real, runners), finite)):
            judge_real(tally, case, runs, arguments)
    print(f"{len(finite)} scripts run for real under both back ends in {time.monotonic() - start:.0f} s")
    judge_convert(tally, cases)
    tally.end()


main()
