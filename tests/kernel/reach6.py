#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""reach6.py [--files N] [--seed N]

What reach.py asks, of IPv6: random files with few addresses, ports and marks, so that much is
dead in them, are loaded in a namespace each and packets are sent (tests/lib/counters.py).

  a  no packet moves the counter of a rule that iptlint check calls dead;
  b  the witness of a rule that is alive moves it;
  c  the rules that trace says match are those whose counters move.

A third of the files track connections.  In the others there are fragments; in all some packets
have extension headers, of which trace is told nothing and rules with -p must see nothing.  In the
last third all tests are of what a packet alone decides: there the witnesses are sent.
Prints its figures and at last "N passed, N failed, N skipped".
"""
import argparse
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
from tally import Tally

BUILD = os.path.dirname(program.PROGRAM)
WITNESS = os.path.join(BUILD, "tests", "kernel", "witness")
DEAD = {"shadowed-rule", "union-shadowed-rule", "dead-in-context", "nat-state-match-dead",
        "never-matches", "duplicate-rule", "rule-after-unconditional-verdict", "chain-reached-by-dead-rules-only"}
# Extension headers are no protocols; the others have a header that the kernel itself reads.
NOT_SENT = {0, 4, 41, 43, 44, 47, 51, 60, 135, 136, 140}
PACKETS = 50  # for each file
BUILT_IN = {"filter": ("INPUT", "FORWARD", "OUTPUT"),
            "mangle": ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING")}
CHAINS = ("A", "B", "C")
UNTRACKED = ["-m frag --fragid 0:9", "-m frag --fragfirst", "-m frag --fraglast"]
TRACKED = ["-m conntrack --ctstate NEW", "-m conntrack --ctstate INVALID,UNTRACKED",
           "-m conntrack --ctstate ESTABLISHED,RELATED", "-m conntrack ! --ctstate NEW"]
EXTENSIONS = [[["hbh"]], [["dst", "c90100"]], [["hbh"], ["ah", 5]], [["rt", 2, 0, "2001:db8::1"]]]


# ---- files ----

def address(rng):
    return f"2001:db8::{rng.randrange(8)}"


def protocol_tests(rng):
    kind = rng.choice(["tcp", "tcp", "udp", "udp", "icmpv6", "59", "99",
                       "! tcp", "! udp", "! icmpv6"])
    if kind.startswith("!"):
        return f"! -p {kind[2:]}"
    ports = (f"{rng.choice(['', '! '])}--{rng.choice(['sport', 'dport'])} "
             f"{rng.choice(['80', '80:81', '81:', ':80'])}")
    more = [""]
    if kind in ("tcp", "udp"):
        several = f"{rng.choice(['', '! '])}--{rng.choice(['dports', 'ports'])} 80,82:83"
        more += [f"-m {kind}", f"-m {kind} {ports}", f"-m {kind} {ports}",
                 f"-m multiport {several}"]
    if kind == "tcp":
        more += ["-m tcp --tcp-flags SYN,ACK SYN", "-m tcp ! --tcp-flags SYN,RST SYN"]
    if kind == "icmpv6":
        more += [f"-m icmp6 {rng.choice(['', '! '])}--icmpv6-type "
                 f"{rng.choice(['128', '129', '128/0'])}"] * 2
    return f"-p {kind} {rng.choice(more)}"


def tests(rng, chain, kind):
    found = []
    for option in ("-s", "-d"):
        if rng.random() < .4:
            found.append(f"{rng.choice(['', '', '! '])}{option} "
                         f"{address(rng)}/{rng.choice([125, 126, 127, 128])}")
    if rng.random() < .2 and chain not in ("OUTPUT", "POSTROUTING"):
        found.append(f"{rng.choice(['', '! '])}-i eth{rng.randrange(2)}")
    if rng.random() < .2 and chain not in ("PREROUTING", "INPUT"):
        found.append(f"{rng.choice(['', '! '])}-o eth{rng.randrange(2)}")
    if rng.random() < .6:
        found.append(protocol_tests(rng))
    if kind == "plain":
        return " ".join(found)
    if rng.random() < .15:
        found.append(rng.choice(TRACKED if kind == "tracked" else UNTRACKED))
    if rng.random() < .1:
        found.append(f"-m mark {rng.choice(['', '! '])}--mark {rng.randrange(3)}")
    if rng.random() < .1:
        found.append(f"-m hl {rng.choice(['', '! '])}--hl-eq 64")
    if rng.random() < .1:
        found.append(f"-m ipv6header {rng.choice(['', '! '])}--header "
                     f"{rng.choice(['hop', 'frag'])} --soft")
    return " ".join(found)


def target(rng, table, chain):
    kinds = ["ACCEPT", "ACCEPT", "DROP", "DROP"]
    if chain in CHAINS:
        kinds += ["RETURN", "RETURN"]
    later = CHAINS[CHAINS.index(chain) + 1:] if chain in CHAINS else CHAINS
    kinds += [f"-j {name}" for name in later] + [f"-g {name}" for name in later[:1]]
    if table == "mangle":
        kinds += [f"MARK --set-mark {rng.randrange(3)}", "HL --hl-set 9", "TOS --set-tos 8"]
    elif rng.random() < .2:
        kinds = ["REJECT"]
    kind = rng.choice(kinds)
    return kind if kind.startswith("-") else f"-j {kind}"


def make_file(rng, kind):
    lines = []
    # a witness speaks of one chain: no other one may come before it
    tables = [["filter"]] if kind == "plain" else [["filter"], ["mangle"], ["mangle", "filter"]]
    for table in rng.choice(tables):
        lines += [f"*{table}"] + [f":{chain} {rng.choice(['ACCEPT', 'DROP'])} [0:0]"
                                  for chain in BUILT_IN[table]]
        lines += [f":{chain} - [0:0]" for chain in CHAINS]
        for _ in range(30 // len(BUILT_IN[table]) * 3):
            chain = rng.choice(BUILT_IN[table] + CHAINS)
            lines.append(" ".join(f"-A {chain} {tests(rng, chain, kind)} "
                                  f"{target(rng, table, chain)}".split()))
        lines.append("COMMIT")
    return "\n".join(lines) + "\n"


# ---- packets ----

def random_words(rng, tracked):
    words = {}
    way = rng.choice(["in", "in", "forward", "forward", "out"])
    names = rng.sample(["eth0", "eth1", "eth2"], 2)
    if way != "out":
        words["in"] = names[0]
    if way != "in":
        words["out"] = names[1]
    src, dst = rng.sample(range(8), 2)
    proto = rng.choice([6, 6, 6, 17, 17, 58, 58, 59, 99])
    words.update(src=f"2001:db8::{src or 8}", dst=f"2001:db8::{dst or 9}", proto=str(proto))
    if not tracked and way != "out" and proto in (6, 17, 58) and rng.random() < .3:
        words["frag"] = "yes"
    if proto in (6, 17):
        words.update(sport=str(rng.randint(79, 84)), dport=str(rng.randint(79, 84)))
    if proto == 6 and not tracked and "frag" not in words:
        words["tcp-flags"] = rng.choice(["SYN", "ACK", "RST,ACK", "SYN,ACK"])
    if proto == 58:
        words["icmp-type"] = "128/0" if tracked else rng.choice(["128/0", "129/0", "128/1"])
    # what tracking does not know how to read
    words["state"] = "INVALID" if proto == 59 and tracked else "NEW"
    return words


def can_be_made(words, tracked):
    proto = int(words["proto"])
    if proto in NOT_SENT or words["src"] == words["dst"]:
        return False
    if "lo" in (words.get("in"), words.get("out")) or words.get("in") == words.get("out"):
        return False
    if proto == 58 and tracked and words["icmp-type"] != "128/0":
        return False
    if words["state"] != ("INVALID" if proto == 59 and tracked else "NEW"):
        return False
    if words.get("frag") == "yes" and (tracked or "in" not in words):
        return False
    # neither unspecified nor of one link nor of many hosts
    return all(re.match("[1-9a-e][0-9a-f]{3}:", words[end]) for end in ("src", "dst"))


def as_packet(words, extensions, number):
    packet = {"src": words["src"], "dst": words["dst"], "proto": int(words["proto"]),
              "ext": list(extensions)}
    packet.update({end: words[end] for end in ("in", "out") if end in words})
    packet["dir"] = "forward" if "in" in words and "out" in words else \
        "in" if "in" in words else "out"
    packet.update({port: int(words[port]) for port in ("sport", "dport") if port in words})
    if "tcp-flags" in words:
        packet["flags"] = words["tcp-flags"]
    if "icmp-type" in words:
        packet["icmp"] = [int(n) for n in words["icmp-type"].split("/")]
    if words.get("frag") == "yes":
        packet["ext"].append(["frag", 64, number & 1, number])
        packet["body"] = "0050" * 8
    if packet["proto"] == 59:
        packet["body"] = ""
    return packet


# ---- answers ----

def lines_of(text):
    """{"table chain number of the rule": line}, and the lines that packets of this host meet."""
    found, calls, table, count = {}, {}, None, {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("*"):
            table, count = line[1:], {}
        elif line.startswith("-A "):
            chain = line.split()[1]
            count[chain] = count.get(chain, 0) + 1
            found[f"{table} {chain} {count[chain]}"] = number
            to = re.search(r" -[jg] ([ABC])$", line)
            if to:
                calls.setdefault((table, chain), set()).add((table, to[1]))
    own = {(table, chain) for table in BUILT_IN for chain in ("OUTPUT", "POSTROUTING")}
    for _ in CHAINS:
        own |= {to for key in own for to in calls.get(key, ())}
    return found, {line for key, line in found.items() if tuple(key.split()[:2]) in own}


def dead_lines(path):
    done, report = program.check(path, family=6, backend="legacy")
    if report is None:
        raise RuntimeError(str(done))
    return {found["start"]["line"]: found["rule"] for found in report["diagnostics"]
            if found["rule"] in DEAD and "chain" in found}


def witnesses(path, tracked):
    done = subprocess.run([WITNESS, "-6", path], capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise RuntimeError(done.stderr)
    for line in done.stdout.splitlines():
        kind, number, _, _, text = line.split(" ", 4)
        words = dict(word.split("=", 1) for word in text.split())
        if words.get("frag") == "no":
            del words["frag"]
        if words.get("in") == words.get("out") == "other0":  # both are named in no rule
            words["out"] = "other1"
        if can_be_made(words, tracked):
            yield kind, int(number), words


def trace(path, packets):
    """Of each packet the ways that it may go: the lines that match."""
    texts = "\n".join(" ".join(f"{k}={v}" for k, v in words.items()) for words in packets)
    done = program.run("trace", "-6", path, "--packets", "-", "--format", "json", "--backend",
                       "legacy", stdin=texts.encode())
    answers = [json.loads(line) for line in done.out.splitlines()]
    if len(answers) != len(packets):
        raise RuntimeError(str(done))
    return [[{step["line"] for step in way["path"] if step["matched"] is True}
             for way in answer.get("outcomes", [answer])] for answer in answers]


def judge(tally, path, rng, kind_of_file, figures):
    text = make_file(rng, kind_of_file)
    tracked = kind_of_file == "tracked"
    with open(path, "w") as file:
        file.write(text)
    dead = dead_lines(path)
    figures["dead rules"] += len(dead)
    claims = [claim for claim in witnesses(path, tracked)
              if claim[0] == "dead" or kind_of_file == "plain"]
    rng.shuffle(claims)
    claims = claims[:PACKETS // 2]
    while len(claims) < PACKETS:
        claims.append(("random", 0, random_words(rng, tracked)))
    lines, own = lines_of(text)
    packets = [as_packet(words, rng.choice(EXTENSIONS) if rng.random() < .25 else [], number)
               for number, (_, _, words) in enumerate(claims, 1)]
    if tracked:
        # the second packet of a connection is no new one
        known, kept = set(), []
        for claim, packet in zip(claims, packets):
            ends = frozenset([packet["src"], packet["dst"]]), packet["proto"]
            if ends not in known:
                known.add(ends)
                kept.append((claim, packet))
        claims, packets = [claim for claim, _ in kept], [packet for _, packet in kept]
    answers = counters.ask(path, packets)
    ways_of = trace(path, [words for _, _, words in claims])
    for (kind, number, words), packet, answer, ways in zip(claims, packets, answers, ways_of):
        moved = {lines[key] for key in answer["keys"]}
        # a host that rejects a packet of its own, or its answer, tells itself over lo
        told = any(text.splitlines()[line - 1].endswith("-j REJECT") for line in moved & own)
        what = " ".join(f"{k}={v}" for k, v in words.items()) + f" {packet['ext']}"
        figures[kind] += 1
        for line in moved & set(dead):
            tally.fail(f"{path}:{line} is dead ({dead[line]})", f"it counted {what}\n{text}")
        tally.ok(not moved & set(dead))
        if "in" in words:  # what the host answers goes out, and counts there
            moved -= own
            ways = [way - own for way in ways]
            if number in own:
                kind = "random"
        if kind == "alive" and not packet["ext"]:
            tally.check(f"{number} is alive", number in moved,
                        f"{what} did not count; {sorted(moved)} did\n{text}")
        tally.check(f"trace {what}", any(way == moved or told and way < moved for way in ways),
                    f"counters of lines {sorted(moved)} moved, trace says "
                    f"{[sorted(way) for way in ways]}\n{text}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tally = Tally("reach6.py")
    counters.need(tally, 6)
    if not os.path.exists(WITNESS):
        subprocess.run(["make", "-s", "-C", BUILD, "tests/kernel/witness"], check=True)
    figures = dict.fromkeys(["dead rules", "dead", "alive", "random"], 0)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.files):
            rng = random.Random(f"{options.seed} {number}")
            judge(tally, os.path.join(folder, f"{number}.v6"), rng,
                  ("untracked", "tracked", "plain")[number % 3], figures)
    print(f"{options.files} files with {figures.pop('dead rules')} dead rules; packets: " +
          ", ".join(f"{n} {name}" for name, n in figures.items()))
    tally.end()


main()
