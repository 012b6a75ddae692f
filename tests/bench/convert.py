#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How fast a script of 5,000 iptables commands is converted, statically: the limit is 0.2 s.

usage: convert.py [--program FILE] [--commands N] [--runs N] [--gate] [--print]

Plain lines, loops and functions, each in its share, as they stand in long scripts that grew.
With --print the script goes to standard output.  The result is checked: as many rules
as there are commands that make one.  With --gate the exit status is 1 if the limit does not
hold.
"""
import argparse
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "lib"))
from tally import Tally

LIMIT = 0.2  # seconds
AGAIN = 2    # measurements more where the limit does not hold

HEAD = """\
#!/bin/bash
# A firewall of many zones
IPT="/sbin/iptables"
MODPROBE=/sbin/modprobe
for m in ip_tables nf_conntrack nf_nat; do $MODPROBE $m; done
echo 1 > /proc/sys/net/ipv4/ip_forward

allow() { # chain proto port source
	local chain=$1 proto=$2 port=$3 src=${4:-}
	if [ -n "$src" ]; then
		$IPT -A "$chain" -s "$src" -p "$proto" --dport "$port" -j ACCEPT
	else
		$IPT -A "$chain" -p "$proto" --dport "$port" -j ACCEPT
	fi
}

log_and_drop() {
	$IPT -A "$1" -m limit --limit 3/minute -j LOG --log-prefix "$1: "
	$IPT -A "$1" -j DROP
}

$IPT -F
$IPT -X
$IPT -P FORWARD DROP
"""


class Script:
    def __init__(self, commands, seed=1):
        self.random = random.Random(seed)
        self.lines, self.commands, self.rules = [HEAD], 3, 0
        zone = 0
        while self.commands < commands:
            self.zone(f"zone{zone}", commands - self.commands)
            zone += 1

    def add(self, text, commands, rules):
        self.lines.append(text)
        self.commands += commands
        self.rules += rules

    def address(self):
        return f"10.{self.random.randrange(256)}.{self.random.randrange(256)}.{self.random.randrange(256)}"

    def zone(self, chain, left):
        """About a hundred commands: a third of them plain, in loops, through a function."""
        if left < 110:
            for _ in range(left):
                self.plain("FORWARD")
            return
        self.add(f"\n# {chain}\n$IPT -N {chain}\n$IPT -A FORWARD -i {chain} -j {chain}", 2, 1)
        for _ in range(34):
            self.plain(chain)
        hosts = " ".join(self.address() for _ in range(8))
        ports = " ".join(str(self.random.randrange(1, 65536)) for _ in range(4))
        self.add(f'HOSTS="{hosts}"\nfor h in $HOSTS; do\n\tfor p in {ports}; do\n'
                 f"\t\t$IPT -A {chain} -s $h -p tcp --dport $p -m conntrack --ctstate NEW -j ACCEPT\n"
                 "\tdone\ndone", 32, 32)
        for _ in range(20):
            source = self.address() if self.random.random() < 0.5 else ""
            self.add(f"allow {chain} {self.random.choice(['tcp', 'udp'])} "
                     f"{self.random.randrange(1, 65536)} {source}", 1, 1)
        self.add(f"for ((i = 0; i < 10; i++)); do\n\tallow {chain} udp $((20000 + i * 2))\ndone", 10, 10)
        self.add(f"[ -n \"$IPT\" ] && log_and_drop {chain}", 2, 2)

    def plain(self, chain):
        self.add(f"$IPT -A {chain} -s {self.address()} -d 192.168.{self.random.randrange(256)}.0/24 -p tcp "
                 f"-m multiport --dports 22,80,{self.random.randrange(1, 65536)} \\\n\t-j ACCEPT", 1, 1)

    def text(self):
        return "\n".join(self.lines) + "\n"


def convert(program, path):
    """(seconds, exit status, standard output, standard error)"""
    start = time.perf_counter()
    done = subprocess.run([program, "convert", path], stdin=subprocess.DEVNULL, capture_output=True,
                          env=dict(os.environ, LC_ALL="C"))
    return time.perf_counter() - start, done.returncode, done.stdout, done.stderr


def measure(program, path, script, runs, tally):
    """The median; None where the result is wrong."""
    times = []
    for _ in range(runs):
        seconds, status, out, err = convert(program, path)
        times.append(seconds)
        made = len(re.findall(rb"^-A ", out, re.M))
        if status != 0 or made != script.rules:
            tally.fail("convert", f"exit {status}, {made} of {script.rules} rules\n"
                                  f"{err.decode(errors='replace')[:1000]}")
            return None
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "iptlint"))
    parser.add_argument("--commands", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--gate", action="store_true")
    parser.add_argument("--print", action="store_true")
    options = parser.parse_args()
    script = Script(options.commands)
    if options.print:
        sys.stdout.write(script.text())
        return
    tally = Tally("bench/convert.py")
    with tempfile.TemporaryDirectory(prefix="iptlint-bench.") as folder:
        path = os.path.join(folder, "firewall.sh")
        with open(path, "w") as f:
            f.write(script.text())
        if b"unknown subcommand" in convert(options.program, path)[3]:
            tally.skip("the program has no convert yet")
            tally.end()
        for _ in range(1 + AGAIN):
            median = measure(options.program, path, script, options.runs, tally)
            if median is None or median <= LIMIT:
                break
            print("over the limit; once more, as the machine may have been busy")
    if median is not None:
        print(f"{script.commands} commands, {script.rules} rules, {len(script.text()) / 1e3:.0f} kB: "
              f"{median:.3f} s (median of {options.runs})")
        tally.check(f"convert: {median:.3f} s", median <= LIMIT, f"the limit is {LIMIT} s")
    if not options.gate and tally.failed == 0:
        sys.exit(0)
    tally.end()


main()
