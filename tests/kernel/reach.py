#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""reach.py [--packets N]

The kernel's own counters against the analysis and against iptlint trace: the rules of
gen-office files are loaded in a fresh network namespace, and packets are sent through TUN
interfaces (../shared/bin/ktrace).

  a  a packet made for a rule that is called dead never moves its counter;
  b  the witness of a rule that is alive moves it (unless a rule with a rate has taken it
     before, as the analysis must take for possible and trace shows);
  c  the rules that trace says match are those whose counters move.

Prints its figures and at last "N passed, N failed, N skipped".
"""
import argparse
import glob
import json
import os
import random
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import ktrace
import shared
from tally import Tally

PROGRAM = os.environ.get("IPTLINT") or os.path.join(ROOT, "build", "iptlint")
BUILD = os.path.dirname(PROGRAM)
WITNESS = os.path.join(BUILD, "tests", "kernel", "witness")
# Protocols of which connection tracking, or the kernel itself, reads a header of their own.
NEEDS_A_HEADER = {"0", "2", "4", "33", "41", "47", "50", "51", "58", "132", "136"}
CORPUS_PACKETS = 40  # for each file
BATCH = 120  # packets in one namespace: rates and tables of connections start anew


def words_of(text):
    return dict(word.split("=", 1) for word in text.split())


def first_octet(address):
    return int(address.split(".")[0])


def can_be_made(words):
    """Does the kernel take such a packet from outside, and send it where it is to go?"""
    src, dst = words["src"], words["dst"]
    if words["state"] != "NEW" or words["frag"] == "yes" or words["proto"] in NEEDS_A_HEADER:
        return False
    if words["proto"] == "1" and words["icmp-type"].split("/")[0] != "8":
        return False  # another type is no new connection
    if "lo" in (words.get("in"), words.get("out")) or words.get("in") == words.get("out"):
        return False
    return src != dst and all(1 <= first_octet(a) < 224 and first_octet(a) != 127
                              for a in (src, dst))


def as_ktrace(words):
    packet = {"src": words["src"], "dst": words["dst"],
              "proto": {"1": "icmp", "6": "tcp", "17": "udp"}.get(words["proto"],
                                                               int(words["proto"]))}
    for end in ("in", "out"):
        if end in words:
            packet[end] = words[end]
    packet["dir"] = "forward" if "in" in words and "out" in words else \
        "in" if "in" in words else "out"
    for port in ("sport", "dport"):
        if port in words:
            packet[port] = int(words[port])
    if "icmp-type" in words:
        packet["icmp"] = [int(n) for n in words["icmp-type"].split("/")]
    return packet


class Rules:
    """Where the rules of a file stand, and which of them packets of the host itself meet."""

    def __init__(self, path):
        self.lines = {}  # "table chain number of the rule" -> line
        calls, table, count = {}, None, {}
        with open(path, errors="replace") as file:
            for number, line in enumerate(file, 1):
                line = re.sub(r"^\[\d+:\d+\] ", "", line)
                if line.startswith("*"):
                    table, count = line[1:].strip(), {}
                elif line.startswith("-A "):
                    chain = line.split()[1]
                    count[chain] = count.get(chain, 0) + 1
                    self.lines[f"{table} {chain} {count[chain]}"] = number
                    target = re.search(r" -[jg] (\S+)", line)
                    if target:
                        calls.setdefault((table, chain), set()).add((table, target[1]))
        reached = {key for key in calls if key[1] in ("OUTPUT", "POSTROUTING")}
        while True:
            more = {to for key in reached for to in calls.get(key, ())} - reached
            if not more:
                break
            reached |= more
        self.own = {line for key, line in self.lines.items()
                    if tuple(key.split()[:2]) in reached or
                    key.split()[1] in ("OUTPUT", "POSTROUTING")}


def random_packets(path, n, rng):
    """Packets with values that stand in the file."""
    with open(path, errors="replace") as file:
        text = file.read()
    networks = re.findall(r"-[sd] (\d+\.\d+\.\d+)\.(\d+)/", text)
    ports = [int(p) for p in re.findall(r"--dports? (\d+)", text)] + [9]
    networks += [("198.51.100", "0"), ("203.0.113", "0")]
    names = sorted(set(re.findall(r"-[io] ([a-z]+\d+) ", text)) | {"eth7", "eth8"})
    for _ in range(n):
        address = lambda: "%s.%d" % (lambda net: (net[0], min(254, int(net[1]) + rng.randint(1, 14))))(
            rng.choice(networks))
        way = rng.choice(["in", "forward", "forward", "forward", "out"])
        words = {}
        if way != "out":
            words["in"] = rng.choice(names)
        if way != "in":
            words["out"] = rng.choice(names)
        protocol = rng.choice(["6", "6", "17", "1"])
        words.update(src=address(), dst=address(), proto=protocol, state="NEW", frag="no")
        if protocol == "1":
            words["icmp-type"] = "8/0"
        else:
            words.update(sport=str(rng.randint(1024, 65535)), dport=str(rng.choice(ports)))
        yield words


def send(path, packets, rules):
    """What moved for each packet: a set of lines; None where nothing came through at all."""
    answers = []
    for i in range(0, len(packets), BATCH):
        answers += ktrace.ask(path, [as_ktrace(p) for p in packets[i:i + BATCH]])
    return [{rules.lines[key] for key in answer["keys"] if key in rules.lines}
            if answer["keys"] or answer["policy"] else None for answer in answers]


def trace(path, packets):
    """Of each packet the ways that it may go: the lines that match, and the verdict."""
    texts = [" ".join(f"{k}={v}" for k, v in words.items()) for words in packets]
    done = subprocess.run([PROGRAM, "trace", path, "--packets", "-", "--format", "json",
                           "--backend", "legacy"], input="\n".join(texts), capture_output=True,
                          text=True, timeout=600)
    result = []
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        ways = answer.get("outcomes", [answer])
        result.append([({step["line"] for step in way["path"] if step["matched"] is True},
                        way["verdict"]) for way in ways])
    if len(result) != len(packets):
        raise RuntimeError(done.stderr)
    return result


def judge(path, n, seed, tally, figures):
    rng = random.Random(seed)
    claims = []
    out = subprocess.run([WITNESS, path], capture_output=True, text=True, timeout=600).stdout
    for line in out.splitlines():
        kind, number, _, _, text = line.split(" ", 4)
        claims.append((kind, int(number), words_of(text)))
    possible = [claim for claim in claims if can_be_made(claim[2])]
    figures["cannot be made"] += len(claims) - len(possible)
    rng.shuffle(possible)
    dead = [claim for claim in possible if claim[0] == "dead"][:n // 4]
    alive = [claim for claim in possible if claim[0] == "alive"][:n // 2]
    free = [("random", 0, words) for words in random_packets(path, n, rng) if can_be_made(words)]
    claims = (dead + alive + free)[:n]
    packets = [words for _, _, words in claims]
    rules = Rules(path)
    for (kind, number, words), moved, ways in zip(claims, send(path, packets, rules),
                                                  trace(path, packets)):
        if moved is None:
            figures["did not come through"] += 1
            continue
        if "in" in words:  # what the host answers goes out, and counts there
            moved -= rules.own
            ways = [(way - rules.own, verdict) for way, verdict in ways]
            if number in rules.own:
                kind = "random"
        figures[kind] += 1
        text = " ".join(f"{k}={v}" for k, v in words.items())
        if kind == "dead":
            tally.check(f"{os.path.basename(path)}:{number} is dead", number not in moved,
                        f"it counted {text}")
        if kind == "alive" and number not in moved and any(number in way for way, _ in ways):
            figures["taken by a rate"] += 1
        elif kind == "alive":
            tally.check(f"{os.path.basename(path)}:{number} is alive", number in moved,
                        f"it did not count {text}; {sorted(moved)} did")
        # a host that rejects its own packet tells itself, over lo
        told = "in" not in words and any(way < moved and verdict == "REJECT"
                                         for way, verdict in ways)
        tally.check(f"trace {text}", told or moved in [way for way, _ in ways],
                    f"counters of lines {sorted(moved)} moved, trace says "
                    f"{[sorted(way) for way, _ in ways]}")


def corpus():
    """Files that load here and send no packet another way than it was made for."""
    found = []
    for path in sorted(glob.glob(os.path.join(shared.FOLDER, "corpus", "rules", "v4", "*.rules"))):
        with open(path, errors="replace") as file:
            text = file.read()
        if re.search(r"DNAT|SNAT|MASQUERADE|REDIRECT|NETMAP|TPROXY|TEE|SYNPROXY|NFQUEUE|^-[ID] ",
                     text, re.M) or not re.search(r"^(\[\d+:\d+\] )?-A ", text, re.M):
            continue
        if not subprocess.run(["unshare", "-n", "iptables-legacy-restore", path],
                              capture_output=True).returncode:
            found.append(path)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packets", type=int, default=2400)
    options = parser.parse_args()
    tally = Tally("reach.py")
    ktrace.need(tally)
    if not os.path.exists(WITNESS):
        subprocess.run(["make", "-s", "-C", BUILD, "tests/kernel/witness"], check=True)
    figures = dict.fromkeys(["dead", "alive", "random", "taken by a rate", "cannot be made",
                             "did not come through"], 0)
    seeds = (1, 2, 3)
    files = corpus()
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            path = os.path.join(folder, f"office-{seed}.v4")
            subprocess.run([sys.executable, "-B", os.path.join(shared.FOLDER, "bin", "gen-office"),
                            "400", "-s", str(seed), "-o", path], check=True)
            judge(path, options.packets // len(seeds), seed, tally, figures)
    for path in files:
        judge(path, CORPUS_PACKETS, 1, tally, figures)
    print(f"{len(files)} files of the corpus")
    print("packets: " + ", ".join(f"{n} {name}" for name, n in figures.items()))
    tally.end()


main()
