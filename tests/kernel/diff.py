#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""diff.py [--edits N] [--seed N]

The kernel's own counters against iptlint diff: rules of ../shared/corpus and gen-office files, and
the same with one edit by chance, are loaded in network namespaces, and the same packets are sent
through both (tests/lib/counters.py).

  a  the sample packet of a change moves the counters of the rules, or of the policy, that diff
     names in both;
  b  packets by chance that are in none of the boxes get one verdict in both, and those that are in
     one get the two that it stands for.

Where a rate decides, which trace tells, a packet says nothing.  Prints its figures and at last
"N passed, N failed, N skipped".
"""
import argparse
import glob
import ipaddress
import json
import os
import random
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import counters
import program
import shared
from tally import Tally

PACKETS = 40  # for each edit
CHAINS = {"in": "INPUT", "forward": "FORWARD", "out": "OUTPUT"}
DENIES = {"DROP", "REJECT"}


# ---- boxes ----

def split_value(value):
    """(what it is, what is left out of that): "A!B,C" and "!B,C"."""
    inside, _, outside = value.partition("!")
    return inside.split(",") if inside else None, outside.split(",") if outside else []


def has_address(item, address):
    if "-" in item:
        low, high = map(ipaddress.ip_address, item.split("-"))
        return low <= address <= high
    return address in ipaddress.ip_network(item)


def has_number(item, number):
    low, _, high = item.partition(":")
    return int(low) <= number <= int(high or low)


PROTOCOLS = {"icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ah": 51, "sctp": 132}


def has_protocol(item, name):
    return item == name if item in PROTOCOLS or ":" not in item else has_number(item, PROTOCOLS[name])


def has_name(item, name):
    pattern, *but = item.split("!")
    return (name.startswith(pattern[:-1]) if pattern.endswith("+") else name == pattern) and \
        name not in but


def is_one_of(value, thing, has):
    inside, outside = split_value(value)
    return (inside is None or any(has(item, thing) for item in inside)) and \
        not any(has(item, thing) for item in outside)


def is_interface(value, name):
    if value.startswith("!"):
        return not any(has_name(item, name) for item in value[1:].split(","))
    return any(has_name(item, name) for item in value.split(","))


def is_in(box, packet):
    """None: nobody knows."""
    result = True
    for name, value in box.items():
        if name in ("in", "out"):
            holds = None if "other" in value else is_interface(value, packet[name])
        elif name in ("src", "dst"):
            holds = None if "&" in value else \
                is_one_of(value, ipaddress.ip_address(packet[name]), has_address)
        elif name == "proto":
            holds = is_one_of(value, packet["proto"], has_protocol)
        elif name in ("sport", "dport"):
            holds = name in packet and is_one_of(value, packet[name], has_number)
        elif name == "icmp-type":
            holds = None if "/" in value else "icmp" in packet and is_one_of(value, 8, has_number)
        elif name == "state":
            holds = "NEW" in value.split(",") or "NEW[]" in value
        elif name == "frag":
            holds = value == "no"
        else:
            holds = None
        if holds is False:
            return False
        result = result and holds
    return True if result else None


# ---- packets ----

def can_be_sent(packet):
    if "lo" in (packet.get("in"), packet.get("out")) or packet.get("in") == packet.get("out"):
        return False
    octets = [int(packet[end].split(".")[0]) for end in ("src", "dst")]
    return packet["src"] != packet["dst"] and all(1 <= o < 224 and o != 127 for o in octets) and \
        all(len(packet.get(end) or "") < 16 for end in ("in", "out"))


def of_words(text):
    """The packet of a sample; None: it cannot be made here."""
    words = dict(word.split("=", 1) for word in text.split() if not word.startswith("["))
    if "]=" in text or words.get("state") != "NEW" or words.get("frag") == "yes" or \
            words.get("proto") not in ("tcp", "udp", "icmp") or "tcp-flags" in words:
        return None
    packet = {key: words[key] for key in ("src", "dst", "proto", "in", "out") if key in words}
    packet["dir"] = "forward" if "in" in words and "out" in words else "in" if "in" in words else "out"
    if packet["proto"] == "icmp":
        if not words["icmp-type"].startswith("8/"):
            return None
        packet["icmp"] = [int(n) for n in words["icmp-type"].split("/")]
    else:
        packet.update(sport=int(words["sport"]), dport=int(words["dport"]))
    return packet if can_be_sent(packet) else None


def as_words(packet):
    words = [f"{key}={packet[key]}" for key in ("in", "out", "src", "dst", "proto", "sport", "dport")
             if key in packet]
    return " ".join(words + (["icmp-type=8/0"] if "icmp" in packet else []) + ["state=NEW"])


def random_packet(text, rng):
    networks = re.findall(r"-[sd] (\d+\.\d+\.\d+)\.(\d+)", text) + [("198.51.100", "0"), ("203.0.113", "0")]
    ports = [int(p) for p in re.findall(r"--[ds]?ports? (\d+)", text)] + [9]
    names = sorted(set(re.findall(r"-[io] ([a-z]+\d+)\b", text)) | {"eth7", "eth8"})
    address = lambda: "%s.%d" % (lambda net: (net[0], min(254, int(net[1]) + rng.choice([0, 1, 5, 14]))))(rng.choice(networks))
    packet = {"dir": rng.choice(["in", "in", "forward", "forward", "out"])}
    if packet["dir"] != "out":
        packet["in"] = rng.choice(names)
    if packet["dir"] != "in":
        packet["out"] = rng.choice(names)
    packet.update(src=address(), dst=address(), proto=rng.choice(["tcp", "tcp", "udp", "icmp"]))
    if packet["proto"] == "icmp":
        packet["icmp"] = [8, 0]
    else:
        packet.update(sport=rng.randint(1024, 65535), dport=rng.choice(ports))
    return packet


# ---- rules ----

class Rules:
    """Of the filter table: where each rule stands and what it decides."""

    def __init__(self, path):
        self.lines, self.verdicts, self.policies, calls = {}, {}, {}, {}
        table, count = None, {}
        with open(path, errors="replace") as file:
            for number, line in enumerate(file, 1):
                line = re.sub(r"^\[\d+:\d+\] ", "", line)
                if line.startswith("*"):
                    table, count = line[1:].strip(), {}
                elif table == "filter" and line.startswith(":"):
                    self.policies[line[1:].split()[0]] = line.split()[1]
                elif table == "filter" and line.startswith("-A "):
                    chain = line.split()[1]
                    count[chain] = count.get(chain, 0) + 1
                    key = f"filter {chain} {count[chain]}"
                    target = re.search(r" -[jg] (\S+)", line)
                    self.lines[key] = number
                    if target and target[1] in DENIES | {"ACCEPT"}:
                        self.verdicts[key] = target[1]
                    elif target:
                        calls.setdefault(chain, set()).add(target[1])
        own = {"OUTPUT"}
        while True:
            more = {to for chain in own for to in calls.get(chain, ())} - own
            if not more:
                break
            own |= more
        self.own = own

    def outcome(self, packet, answer):
        """(verdict, line, or None for the policy); None where it cannot be told."""
        chain = CHAINS[packet["dir"]]
        found = {(self.verdicts[key], self.lines[key]) for key in answer["keys"] if key in self.verdicts and
                 (chain == "OUTPUT" or key.split()[1] not in self.own)}
        if f"filter {chain}" in answer["policy"]:
            found.add((self.policies.get(chain, "ACCEPT"), None))
        return found.pop() if len(found) == 1 else None


def is_by_chance(path, packet):
    done = program.run("trace", "--isolated", "-4", path, "--format", "json", "--packet", as_words(packet))
    return b'"outcomes"' in done.out


# ---- an edit ----

def edit(lines, rng):
    rules = [i for i, line in enumerate(lines) if line.startswith("-A")]
    at, lines = rng.choice(rules), list(lines)
    way = rng.choice(["delete", "move", "widen", "verdict", "verdict"])
    if way == "delete":
        del lines[at]
    elif way == "move":
        chain = [i for i in rules if lines[i].split()[1] == lines[at].split()[1]]
        rule = lines.pop(at)
        lines.insert(rng.choice(chain), rule)
    elif way == "widen":
        lines[at] = re.sub(r" (?:! )?(-s|-d|-i|-o) \S+", "", lines[at], count=1)
    else:
        swap = {"ACCEPT": "DROP", "DROP": "ACCEPT", "REJECT": "ACCEPT", "RETURN": "ACCEPT"}
        lines[at] = re.sub(r"-j (ACCEPT|DROP|REJECT|RETURN)\b(?: --reject-with \S+)?",
                           lambda match: "-j " + swap[match[1]], lines[at])
    return lines


def compare(old, new):
    """The chains of the filter table that are told, or None where nothing is."""
    done = program.run("diff", "--isolated", "-4", "--backend", "legacy", "-f", "json", old, new)
    try:
        comparisons = json.loads(done.out)["comparisons"]
    except ValueError:
        return None
    return {chain["chain"]: chain for chain in comparisons[0]["chains"] if chain["table"] == "filter"} \
        if comparisons else None


def wanted_of(chains, packet):
    """The kinds of the boxes that the packet is in; None: not known."""
    chain = chains.get(CHAINS[packet["dir"]])
    kinds = set()
    if not chain:
        return kinds
    if chain["n_undecided"]:
        return None
    for change in chain["changes"]:
        where = [is_in(box, packet) for box in change["packets"]]
        if any(where):
            kinds.add(change["kind"])
        elif None in where or change["more"] or not change["complete"]:
            return None
    return kinds - {"effect"}


def kind_of(before, after):
    if before == after:
        return set()
    if (before in DENIES) == (after in DENIES):
        return {"verdict"}
    return {"accepted"} if before in DENIES else {"denied"}


def judge(path, rng, folder, tally, figures):
    with open(path, encoding="latin-1") as file:
        lines = file.read().split("\n")
    name = os.path.join(folder, "new.v4")
    with open(name, "w", encoding="latin-1") as file:
        file.write("\n".join(edit(lines, rng)))
    chains = compare(path, name)
    if chains is None:
        figures["edits that do not load"] += 1
        return
    samples = [(chain, change, packet) for chain in chains.values() for change in chain["changes"]
               if (packet := of_words(change["packet"]))]
    packets = [packet for _, _, packet in samples]
    packets += list(filter(can_be_sent, (random_packet("\n".join(lines), rng) for _ in range(PACKETS))))
    files = (path, name)
    rules = [Rules(file) for file in files]
    try:
        answers = [counters.ask(file, packets) for file in files]
    except counters.Refused:
        figures["edits that do not load"] += 1
        return
    figures["edits"] += 1
    for i, packet in enumerate(packets):
        before, after = (side.outcome(packet, answer[i]) for side, answer in zip(rules, answers))
        if not before or not after:
            figures["packets that say nothing"] += 1
            continue
        case = f"{os.path.basename(path)}: {as_words(packet)} was {before}, is {after}"
        if i < len(samples):
            _, change, _ = samples[i]
            lines_told = tuple(side["line"] if side and "rule" in side else None
                               for side in (change["old"], change["new"]))
            right = change["kind"] == "effect" and before[0] == after[0] or \
                lines_told == (before[1], after[1])
            figures["samples"] += 1
        else:
            wanted = wanted_of(chains, packet)
            if wanted is None:
                figures["packets that say nothing"] += 1
                continue
            right = kind_of(before[0], after[0]) == wanted
            figures["changed packets" if wanted else "packets that are the same"] += 1
        if not right and (is_by_chance(path, packet) or is_by_chance(name, packet)):
            figures["packets by chance"] += 1
            continue
        tally.check(case, right, lambda: json.dumps(chains.get(CHAINS[packet["dir"]]))[:1500])


def corpus():
    """Files that load here and send no packet another way than it was made for."""
    found = []
    for path in sorted(glob.glob(os.path.join(shared.FOLDER, "corpus", "rules", "v4", "*"))):
        with open(path, errors="replace") as file:
            text = file.read()
        if re.search(r"DNAT|SNAT|MASQUERADE|REDIRECT|NETMAP|TPROXY|TEE|SYNPROXY|NFQUEUE|^-[IDRF] ",
                     text, re.M) or not re.search(r"^-A ", text, re.M) or "*filter" not in text:
            continue
        if not subprocess.run(["unshare", "-n", "iptables-legacy-restore", path],
                              capture_output=True).returncode:
            found.append(path)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=90)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tally = Tally()
    counters.need(tally, 4)
    figures = dict.fromkeys(["edits", "samples", "packets that are the same", "changed packets", "packets by chance",
                             "packets that say nothing", "edits that do not load"], 0)
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        files = corpus()
        generator = os.path.join(shared.FOLDER, "bin", "gen-office")
        for seed in range(1, 4) if os.path.exists(generator) else ():
            path = os.path.join(folder, f"office-{seed}.v4")
            subprocess.run([sys.executable, "-B", generator, "300", "-s", str(seed), "-o", path], check=True)
            files += [path] * (1 + len(files) // 12)
        if not files:
            tally.skip("no ../shared/corpus")
            tally.end()
        for _ in range(options.edits):
            judge(rng.choice(files), rng, folder, tally, figures)
    print(", ".join(f"{n} {name}" for name, n in figures.items()))
    tally.end()


main()
