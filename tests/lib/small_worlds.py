# SPDX-License-Identifier: GPL-2.0-or-later
"""The programs in build/tests/exhaustive, which hold what is said of small tables against every
packet; made by "make check", or when they are first asked for.
"""
import argparse
import concurrent.futures
import os
import re
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.dirname(os.environ.get("IPTLINT") or
                        os.path.join(HERE, "..", "..", "build", "iptlint"))


def run(program, family, tables, seed):
    """(What it prints, tables passed, tables failed)"""
    path = os.path.join(BUILD, program)
    done = subprocess.run([path, family, "--tables", str(tables), "--seed", str(seed)],
                          capture_output=True, text=True, timeout=900)
    print(done.stdout[-6000:] if done.returncode else done.stdout.splitlines()[-2], flush=True)
    figures = re.search(r"(\d+) passed, (\d+) failed", done.stdout)
    if not figures:
        print(done.stderr[-2000:])
        return done.stdout, 0, 1
    return done.stdout, *map(int, figures.groups())


def run_both(name, description, tables, v6_each):
    """Both families, of IPv6 one table for V6_EACH of IPv4.  (options, the texts, passed, failed)"""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--tables", type=int, default=tables)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    program = f"tests/exhaustive/{name}"
    if not os.path.exists(os.path.join(BUILD, program)):
        subprocess.run(["make", "-s", "-C", BUILD, program], check=True)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(run, program, "-4", options.tables, options.seed),
                pool.submit(run, program, "-6", options.tables // v6_each, options.seed)]
        texts, passed, failed = zip(*(one.result() for one in runs))
    return options, texts, sum(passed), sum(failed)
