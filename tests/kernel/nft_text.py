#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where iptables-nft-save prints a rule in words of its own: several -m tcp or -m udp in one
rule, port ranges and flags that test nothing, NFLOG.  Random rules, loaded and saved by the
real tools; "compile --exact-save" has to print the same for each back end, and what "fmt"
makes of the rules has to be the same ruleset.

usage: nft_text.py [-n RULES] [-s SEED]     needs root
"""
import argparse
import os
import random
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import judge
import program
from tally import Tally

CHUNK = 250
BACKENDS = ("legacy", "nft")
PORTS = ("0", "1", "7", "65535", "0:65535", ":", "0:5", "3:", "5:5", "1:65535", "0:65534")
FLAGS = ("NONE", "SYN", "ALL", "SYN,ACK", "FIN,URG")


def maybe_not(pick):
    return pick.choice(("", "", "! "))


def port_match(pick, name):
    words = [f"-m {name}"]
    for option in ("--sport", "--dport"):
        if pick.random() < 0.4:
            words.append(f"{maybe_not(pick)}{option} {pick.choice(PORTS)}")
    if name == "tcp" and pick.random() < 0.3:
        words.append(f"{maybe_not(pick)}--tcp-flags {pick.choice(FLAGS)} {pick.choice(FLAGS)}")
    if name == "tcp" and pick.random() < 0.08:
        words.append(f"{maybe_not(pick)}--tcp-option {pick.randint(1, 9)}")
    return " ".join(words)


def nflog(pick):
    words = ["-j NFLOG"]
    if pick.random() < 0.4:
        words.append(f"--nflog-{pick.choice(('range', 'size'))} {pick.choice((0, 1, 80))}")
    if pick.random() < 0.7:
        text = "".join(pick.choice("abc d'-_.") for _ in range(pick.choice((5, 62, 63, 64, 127, 128,
                                                                         140))))
        words.append(f'--nflog-prefix "x{text}"')
    if pick.random() < 0.4:
        words.append(f"--nflog-group {pick.choice((0, 1, 65535))}")
    if pick.random() < 0.4:
        words.append(f"--nflog-threshold {pick.choice((1, 7))}")
    return " ".join(words)


def rule(pick):
    name = pick.choice(("tcp", "udp"))
    parts = [port_match(pick, name) for _ in range(pick.choice((1, 1, 2, 2, 3, 4)))]
    for other in ("-m comment --comment c", "-m mark --mark 0x1", "-m limit --limit 3/sec"):
        if pick.random() < 0.3:
            parts.insert(pick.randint(0, len(parts)), other)
    if pick.random() < 0.1:
        parts.append(f"{maybe_not(pick)}-{pick.choice('io')} {pick.choice(('+', 'eth+', 'lo'))}")
    target = nflog(pick) if pick.random() < 0.2 else pick.choice(("-j ACCEPT", ""))
    return " ".join(["-A web -p", name] + parts + [target]).strip()


def check_chunk(tally, oracle, rules, folder):
    text = ("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
            ":web - [0:0]\n" + "\n".join(rules) + "\nCOMMIT\n").encode()
    path = os.path.join(folder, "rules.v4")
    with open(path, "wb") as f:
        f.write(text)
    formatted = program.run("fmt", "-4", "-", stdin=text)
    for backend in BACKENDS:
        real = oracle.load(4, backend, text)
        if not tally.check(f"{backend} loads the rules", real.loads, real.error.decode()):
            continue
        done = program.compile(path, 4, backend)
        wanted, got = real.text.split(b"\n"), done.out.split(b"\n")
        if not tally.check(f"{backend}: as many lines", len(wanted) == len(got), done):
            continue
        for a, b in zip(wanted, got):
            tally.equal(f"{backend}: {a.decode()}", b, a)
        again = oracle.load(4, backend, formatted.out)
        tally.equal(f"{backend}: fmt", again.text or again.error, real.text)


def main():
    tally = Tally()
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=2000)
    parser.add_argument("-s", type=int, default=1)
    args = parser.parse_args()
    why = judge.missing()
    if why:
        tally.skip(why)
        tally.end()
    pick = random.Random(args.s)
    oracle = judge.Judge()
    rules = [rule(pick) for _ in range(args.n)]
    with tempfile.TemporaryDirectory(prefix="iptlint-nft.") as folder:
        for start in range(0, len(rules), CHUNK):
            check_chunk(tally, oracle, rules[start:start + CHUNK], folder)
    print(f"{len(rules)} rules with seed {args.s}, in the words of both save commands")
    tally.end()


main()
