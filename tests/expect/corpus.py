#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""corpus.py [--promises N] [--seed N]

iptlint test against iptlint trace, on the files of ../shared/corpus: promises made by chance of
what stands in each file.

  a  the packet that is shown for a promise that failed breaks it on every way that trace finds;
  b  packets drawn from the set of a promise that passed keep it on every way.

Prints its figures, with the time of the slowest file, and at last "N passed, N failed, N skipped".
"""
import argparse
import glob
import ipaddress
import json
import os
import random
import re
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import program
import shared
from tally import Tally

DRAWN = 3  # packets of a promise
KEPT_BY = {"accept": {"ACCEPT"}, "drop": {"DROP"}, "deny": {"DROP", "REJECT"}}


class Promise:
    """Of a set that is a box: one network, range of ports, interface ... each."""

    def __init__(self, rng, text, family):
        found = re.findall(r"-[sd] ([0-9a-f:.]+(?:/\d+)?)(?= )", text)
        ports = [int(p) for p in re.findall(r"--[ds]?ports? (\d+)", text)] + [9]
        names = sorted(set(re.findall(r"-[io] ([a-z]+\d+) ", text)) | {"eth0", "eth7"})
        way = rng.choice(["in", "in", "forward", "out"])
        self.family = family
        self.ends = {end: rng.choice(names) for end, ways in (("in", ("in", "forward")), ("out", ("forward", "out")))
                     if way in ways}
        self.nets = {end: self.network(rng, found) for end in ("src", "dst")}
        self.proto = rng.choice(["tcp", "tcp", "udp", "icmp" if family == 4 else "ipv6-icmp"])
        low = rng.choice(ports)
        self.ports = low, min(65535, low + rng.choice([0, 0, 1, 500]))
        self.state = rng.choice(["NEW", "NEW", "NEW", "ESTABLISHED", "INVALID"])
        self.kind = rng.choice(list(KEPT_BY))
        words = [self.kind, *(f"{end}={name}" for end, name in self.ends.items()),
                 *(f"{end}={net}" for end, net in self.nets.items() if net.prefixlen), f"proto={self.proto}"]
        if "icmp" in self.proto:
            words.append("icmp-type=8" if family == 4 else "icmp-type=128")
        else:
            words.append(f"dport={self.ports[0]}:{self.ports[1]}")
        self.text = " ".join([*words, f"state={self.state}"])

    def network(self, rng, found):
        everything = ipaddress.ip_network("0.0.0.0/0" if self.family == 4 else "::/0")
        try:
            net = ipaddress.ip_network(rng.choice(found), strict=False) if found else everything
        except ValueError:
            return everything
        if net.version != self.family or rng.random() < 0.4:
            return everything
        return net.supernet(new_prefix=max(0, net.prefixlen - rng.choice([0, 0, 1, 8])))

    def draw(self, rng):
        words = [f"{end}={name}" for end, name in self.ends.items()]
        words += [f"{end}={net[rng.randrange(net.num_addresses)]}" for end, net in self.nets.items()]
        words += [f"proto={self.proto}", f"state={self.state}"]
        if "icmp" in self.proto:
            words.append("icmp-type=8/0" if self.family == 4 else "icmp-type=128/0")
        else:
            words += [f"dport={rng.randint(*self.ports)}", f"sport={rng.randint(0, 65535)}"]
        return " ".join(words)


def trace(path, packets):
    """The verdicts of all ways of each packet."""
    done = program.run("trace", path, "--packets", "-", "--format", "json", stdin="\n".join(packets).encode())
    answers = [json.loads(line) for line in done.out.splitlines()]
    return [{way["verdict"] for way in answer.get("outcomes", [answer])} for answer in answers]


def judge(path, n, rng, tests, tally, figures):
    with open(path, errors="replace") as f:
        text = f.read()
    family = 6 if f"{os.sep}v6{os.sep}" in path else 4
    promises = [Promise(rng, text, family) for _ in range(n)]
    with open(tests, "w") as f:
        f.write("\n".join(promise.text for promise in promises) + "\n")
    start = time.monotonic()
    done = program.run("test", "--format", "json", path, tests)
    figures["slowest"] = max(figures["slowest"], (time.monotonic() - start, os.path.basename(path)))
    if done.exit == 2 and b"does not load" in done.err or b"shell script" in done.err or b"IPv" in done.err:
        figures["files left out"] += 1
        return
    if not tally.check(f"{path} is tested", done.exit in (0, 1), done):
        return
    claims = []
    for promise, result in zip(promises, json.loads(done.out)["results"]):
        figures[result["result"]] += 1
        if result["result"] == "failed":
            claims.append((promise, False, result["packet"]))
        elif result["result"] == "passed":
            claims += [(promise, True, promise.draw(rng)) for _ in range(DRAWN)]
    for (promise, has_to_keep, packet), verdicts in zip(claims, trace(path, [claim[2] for claim in claims])):
        keeps = verdicts <= KEPT_BY[promise.kind] if has_to_keep else bool(verdicts & KEPT_BY[promise.kind])
        tally.check(f"{path}: {promise.text}", keeps == has_to_keep,
                    f"{'passed' if has_to_keep else 'failed'}, and trace says {sorted(verdicts)} of {packet}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--promises", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tally = Tally()
    figures = {"passed": 0, "failed": 0, "undecided": 0, "files left out": 0, "slowest": (0, "")}
    paths = sorted(glob.glob(os.path.join(shared.FOLDER, "corpus", "rules", "v[46]", "*.rules")))
    if not paths:
        tally.skip("no ../shared/corpus")
    with tempfile.TemporaryDirectory(prefix="iptlint-expect.") as folder:
        for number, path in enumerate(paths):
            rng = random.Random(options.seed * 1000003 + number)
            judge(path, options.promises, rng, os.path.join(folder, "rules.test"), tally, figures)
    seconds, slowest = figures.pop("slowest")
    print(f"{len(paths)} files: " + ", ".join(f"{n} {what}" for what, n in figures.items()).replace(
        "passed", "kept").replace("failed", "broken") + f"; at most {seconds:.1f} s ({slowest})")
    tally.end()


main()
