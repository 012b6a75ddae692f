#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""watch.py [WATCH_RUN [SEED [COUNT]]]

What lint/watch.h says of packets while rules change, against their trace after each command:
scripts made at random, and some of tests/fixtures/convert.
"""
import os
import random
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CHAINS = {"filter": ["INPUT", "FORWARD", "OUTPUT"],
          "mangle": ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
          "raw": ["PREROUTING", "OUTPUT"], "nat": ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"]}
OWN = ["a", "b", "c"]
WHERE = {4: (["10.0.0.0/8", "10.0.0.1", "10.9.0.0/16", "192.0.2.1", "0.0.0.0/0"]),
         6: (["2001:db8::/32", "2001:db8::1", "2001:db8:9::/48", "::/0"])}


def rule(rnd, family, table, chain):
    words = []
    if rnd.random() < .3:
        words += rnd.choice([[], ["!"]]) + ["-s", rnd.choice(WHERE[family])]
    if rnd.random() < .2:
        words += ["-d", rnd.choice(WHERE[family])]
    if rnd.random() < .25 and chain in ("INPUT", "FORWARD", "PREROUTING"):
        words += rnd.choice([[], ["!"]]) + ["-i", rnd.choice(["eth0", "eth+", "lo", "wlan0"])]
    if rnd.random() < .2 and chain in ("OUTPUT", "POSTROUTING", "FORWARD"):
        words += ["-o", rnd.choice(["eth0", "eth1", "lo"])]
    if rnd.random() < .5:
        words += ["-p", rnd.choice(["tcp", "udp"])]
        if rnd.random() < .6:
            words += rnd.choice([["--dport", rnd.choice(["22", "80", "1024:65535", "53"])],
                                 ["--sport", rnd.choice(["22", "53", "1024:65535"])]])
    for match in (["-m", "state", "--state", rnd.choice(["NEW", "ESTABLISHED", "NEW,RELATED", "INVALID"])],
                  ["-m", "limit", "--limit", "1/s"], ["-m", "mark", "--mark", "1"]):
        if rnd.random() < .12:
            words += match
    targets = ["ACCEPT", "DROP", "RETURN", "LOG"] + OWN + (["REJECT"] if table == "filter" else [])
    targets += {"mangle": ["MARK --set-mark 1", "TTL --ttl-set 3"], "raw": ["NOTRACK"],
                "nat": ["REDIRECT --to-ports 8080 -p tcp"]}.get(table, [])
    target = rnd.choice(targets)
    return words + [rnd.choice(["-j", "-j", "-j", "-g"]) if target in OWN else "-j"] + target.split()


def command(rnd, family, added):
    table = rnd.choice(["filter"] * 6 + ["mangle", "raw", "nat"])
    chain = rnd.choice(CHAINS[table] + OWN)
    kind = rnd.choice("AAAAAIIIDDddFPNNXERf")
    if kind in "AI":
        words = rule(rnd, family, table, chain)
        added.append((table, chain, words))
        number = [str(rnd.randint(1, 3))] if kind == "I" and rnd.random() < .4 else []
        rest = ["-" + kind, chain] + number + words
    elif kind == "D" and added:
        table, chain, words = rnd.choice(added)
        rest = ["-D", chain] + words
    elif kind == "d":
        rest = ["-D", chain, str(rnd.randint(1, 4))]
    elif kind == "R":
        rest = ["-R", chain, str(rnd.randint(1, 3))] + rule(rnd, family, table, chain)
    elif kind == "P":
        rest = ["-P", rnd.choice(CHAINS[table]), rnd.choice(["ACCEPT", "DROP"])]
    elif kind == "E":
        rest = ["-E", rnd.choice(OWN), rnd.choice(OWN)]
    elif kind in "NX":
        rest = ["-" + kind, rnd.choice(OWN)]
    else:
        rest = ["-F"] if rnd.random() < .1 else ["-F", chain]
    return " ".join([{4: "iptables", 6: "ip6tables"}[family], "-t", table] + rest)


def make(rnd, family, path):
    added = []
    with open(path, "w") as file:
        for table in CHAINS:
            for chain in OWN:
                file.write(f"{'ip6tables' if family == 6 else 'iptables'} -t {table} -N {chain}\n")
        for _ in range(120):
            file.write(command(rnd, family, added) + "\n")


def run(program, family, paths):
    """(what was wrong, asked, unknown)"""
    done = subprocess.run([program, str(family), *paths], capture_output=True, text=True, timeout=300)
    numbers = [list(map(int, found)) for found in re.findall(r"^(\d+) packets, (\d+) unknown, (\d+) wrong$", done.stdout, re.M)]
    wrong = [line for line in done.stdout.split("\n") if ": watch says" in line or ": does not" in line]
    if done.returncode and not wrong:
        wrong = [f"exit {done.returncode}: {done.stderr[-500:]}"]
    return wrong, sum(n[0] for n in numbers), sum(n[1] for n in numbers)


def main():
    program = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else \
        os.path.join(ROOT, "build", "tests", "lint", "watch_run")
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 40
    rnd = random.Random(seed)
    fixtures = os.path.join(ROOT, "tests", "fixtures", "convert")
    own = [os.path.join(fixtures, name, "script") for name in sorted(os.listdir(fixtures))]
    own = [path for path in own if os.path.exists(path) and os.path.getsize(path) < 20000]
    own = rnd.sample(own, min(len(own), count))
    wrong, asked, unknown = [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for family in (4, 6):
            paths = [os.path.join(folder, f"{family}-{i}.sh") for i in range(count)]
            for path in paths:
                make(rnd, family, path)
            for result in (run(program, family, paths), run(program, family, own)):
                wrong += result[0]
                asked += result[1]
                unknown += result[2]
    for line in wrong[:20]:
        print("FAIL", line)
    print(f"watch.py: {asked} fates, {unknown} of them unknown; {1 if not wrong else 0} passed, {len(wrong)} failed")
    return 1 if wrong else 0


sys.exit(main())
