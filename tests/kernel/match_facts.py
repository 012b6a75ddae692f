#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""match_facts.py

What src/analyse/facts.c says of matches, row by row, against the kernel's counters
(../shared/bin/ktrace).  A rule with the match stands again and again in one chain, between
targets that write, so that each packet shows

  pure         the match answers the same as long as no target wrote what the row says it reads;
               so the row names all that it reads, and the targets' rows all that they write
  excludes     no packet is taken by the match and by the same one with "!"
  complements  each packet is taken by one of the two

A row without a case here is a failure, and so is a case for whose match no packet was taken and
none was not.  Last line: "N passed, N failed, N skipped"; what cannot be tried is named.
"""
import os
import re
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import ktrace
from tally import Tally

FACTS = os.path.join(ROOT, "src", "analyse", "facts.c")
NEEDS = {"ipv6": "IPv6 only", "driver": "what it looks at does not happen on a TUN device"}

# match: options, each with the same behind "!" if the row speaks of it; or a key of NEEDS.
CASES = {
    "addrtype": [("--dst-type LOCAL", "! --dst-type LOCAL"), ("--src-type UNICAST", "! --src-type UNICAST")],
    "ah": [("-p ah -m ah --ahspi 0", "-p ah -m ah ! --ahspi 0")],
    "bpf": "no program to try",
    "cgroup": "driver",
    "connlabel": "no names of labels on this host",
    "connmark": [("--mark 1", "! --mark 1")],
    "conntrack": [("--ctstate NEW", "! --ctstate NEW"), ("--ctstate UNTRACKED", "! --ctstate UNTRACKED"),
                  ("--ctproto 6", "! --ctproto 6")],
    "dccp": [("-p dccp -m dccp --sport 0", None)],
    "devgroup": [("--src-group 0", "! --src-group 0"), ("--src-group 5", "! --src-group 5")],
    "dscp": [("--dscp 4", "! --dscp 4"), ("--dscp 0", "! --dscp 0")],
    "dst": "ipv6",
    "ecn": [("-p tcp -m ecn --ecn-tcp-cwr", "-p tcp -m ecn ! --ecn-tcp-cwr"),
            ("--ecn-ip-ect 0", "! --ecn-ip-ect 0")],
    "esp": [("-p esp -m esp --espspi 0", "-p esp -m esp ! --espspi 0")],
    "eui64": "ipv6",
    "frag": "ipv6",
    "hbh": "ipv6",
    "helper": "driver",
    "hl": "ipv6",
    "icmp": [("-p icmp -m icmp --icmp-type 8", None)],
    "icmp6": "ipv6",
    "ipcomp": [("-p ipcomp -m ipcomp --ipcompspi 0", "-p ipcomp -m ipcomp ! --ipcompspi 0")],
    "iprange": [("--src-range 198.51.100.0-198.51.100.9", None),
                ("! --src-range 198.51.100.0-198.51.100.9", None)],
    "ipv6header": "ipv6",
    "length": [("--length 30:60", "! --length 30:60"), ("--length 40", "! --length 40")],
    "mac": "driver",
    "mark": [("--mark 1", "! --mark 1"), ("--mark 0/0xff", "! --mark 0/0xff")],
    "mh": "ipv6",
    "multiport": [("-p tcp -m multiport --dports 80,81", None)],
    "owner": "driver",
    "physdev": "driver",
    "pkttype": [("--pkt-type host", "! --pkt-type host"), ("--pkt-type multicast", "! --pkt-type multicast")],
    "policy": [("--dir in --pol none", None)],
    "realm": [("--realm 0", "! --realm 0"), ("--realm 5", "! --realm 5")],
    "rpfilter": "it has no place in INPUT",
    "rt": "ipv6",
    "sctp": [("-p sctp -m sctp --sport 0", None)],
    "set": "no ipset in this kernel",
    "string": [("--algo bm --hex-string |0050|", "--algo bm ! --hex-string |0050|")],
    "tcp": [("-p tcp -m tcp --dport 80", None), ("-p tcp -m tcp --tcp-flags SYN,ACK SYN", None)],
    "tcpmss": [("-p tcp -m tcpmss --mss 0:9000", "-p tcp -m tcpmss ! --mss 0:9000")],
    "tos": [("--tos 0x10", "! --tos 0x10"), ("--tos 0/0x10", "! --tos 0/0x10")],
    "ttl": [("--ttl-eq 5", "! --ttl-eq 5"), ("--ttl-eq 64", "! --ttl-eq 64")],
    "u32": [("--u32 0>>24=0x45", "! --u32 0>>24=0x45"), ("--u32 8>>24=5", "! --u32 8>>24=5"),
            # behind the end of the packet there is nothing to compare
            ("--u32 2000=0", "! --u32 2000=0")],
    "udp": [("-p udp -m udp --dport 53", None)],
}
# What no packet here is (not) taken by, and yet says something of the others.
ONE_SIDED = {"--src-group 0", "--src-group 5", "--pkt-type multicast", "--pkt-type host",
             "--realm 0", "--realm 5",
             "-p dccp -m dccp --sport 0", "--u32 0>>24=0x45", "--u32 2000=0", "--dst-type LOCAL",
             "--src-type UNICAST", "--dir in --pol none", "-p tcp -m tcpmss --mss 0:9000",
             "-p tcp -m ecn --ecn-tcp-cwr", "--ecn-ip-ect 0",
             # these headers have 12 bytes, those of the packets 8
             "-p ah -m ah --ahspi 0", "-p sctp -m sctp --sport 0"}

# Targets of mangle's INPUT that write, for packets of every kind.
WRITERS = [("MARK", "--set-mark 1"), ("MARK", "--set-mark 0x105"),
           ("CONNMARK", "--set-mark 1"), ("TTL", "--ttl-set 5"), ("TTL", "--ttl-set 64"),
           ("TOS", "--set-tos 0x10"), ("DSCP", "--set-dscp 4"),
           ("TCPOPTSTRIP", "--strip-options timestamp"), ("ECN", "--ecn-tcp-remove")]
ONLY_TCP = {"TCPOPTSTRIP", "ECN"}

BEFORE = """\
*raw
-A PREROUTING -p tcp -m tcp --dport 85 -j CT --notrack
COMMIT
*mangle
-A PREROUTING -p tcp -m tcp --dport 81 -j MARK --set-mark 1
-A PREROUTING -p tcp -m tcp --dport 82 -j TTL --ttl-set 5
-A PREROUTING -p tcp -m tcp --dport 83 -j TOS --set-tos 0x10
-A PREROUTING -p tcp -m tcp --dport 84 -j CONNMARK --set-mark 1
-A PREROUTING -p udp -m udp --dport 54 -j MARK --set-mark 0x100
"""


def packets():
    base = {"dir": "in", "in": "eth0", "src": "198.51.100.7", "dst": "192.0.2.1", "sport": 4000}
    for port in (80, 81, 82, 83, 84, 85):
        yield {**base, "proto": "tcp", "dport": port, "flags": "SYN"}
    yield {**base, "proto": "tcp", "dport": 80, "flags": "ACK", "src": "203.0.113.9"}
    yield {**base, "proto": "tcp", "dport": 22, "flags": "RST", "sport": 80}
    for port in (53, 54):
        yield {**base, "proto": "udp", "dport": port}
    yield {**base, "proto": "icmp"}
    for protocol in (33, 50, 51, 108, 132, 99):
        yield {**base, "proto": protocol}


def number(expression, names):
    while True:
        expanded = re.sub(r"\b[A-Z]\w+\b", lambda m: f"({names[m[0]]})", expression)
        if expanded == expression:
            return eval(expression) & 0xFFF  # of our own source
        expression = expanded


def rows():
    """{match: (answer, reads, negation)}, {target: writes}"""
    with open(FACTS) as file:
        text = file.read()
    with open(os.path.join(os.path.dirname(FACTS), "facts.h")) as file:
        names = dict(re.findall(r"(FIELD_\w+) = (.+?),\s", file.read()))
    names.update(re.findall(r"#define (READS_\w+) (.+)", text))
    matches = {name: (answer, number(reads, names), negation) for name, answer, reads, negation in
               re.findall(r'\{ "(\w+)", ANSWER_(\w+),\s+(.+?), \w+,\s+NEGATION_(\w+) \}', text)}
    targets = {name: number(writes, names) for name, writes in
               re.findall(r'\{ "([A-Z]+)", ENDS_\w+, (.+?), \w+ \}', text)}
    return matches, targets


def rule(name, options):
    return options if options.startswith("-p") else f"-m {name} {options}"


def chain(name, options, negated):
    """The rules of mangle INPUT, and of which kind each is."""
    rules, kinds = [], []

    def add(text, kind):
        rules.append(f"-A INPUT {text}")
        kinds.append(kind)

    def look():
        add(rule(name, options), "match")
        if negated:
            add(rule(name, negated), "negated")

    look()
    look()
    for target, target_options in WRITERS:
        only = "-p tcp " if target in ONLY_TCP else ""
        add(f"{only}-j {target} {target_options}", target)
        look()
    return "\n".join(rules) + "\nCOMMIT\n", kinds


def judge(tally, name, row, options, negated, targets):
    _, reads, negation = row
    rules, kinds = chain(name, options, negated)
    with tempfile.NamedTemporaryFile("w", suffix=".v4") as file:
        file.write(BEFORE + rules)
        file.flush()
        try:
            answers = ktrace.ask(file.name, list(packets()))
        except ktrace.Refused as refused:
            tally.skip(f"{name} {options}: {refused}")
            return
    seen = set()
    for packet, found in zip(packets(), answers):
        moved = {int(key.split()[2]) for key in found["keys"] if key.startswith("mangle INPUT ")}
        if not moved and not found["policy"]:
            continue
        what = f"{name} {options}, {packet['proto']} {packet.get('dport', '')}"
        last = {"match": None, "negated": None}
        written, by = 0, []
        for index, kind in enumerate(kinds, 1):
            if kind not in last:
                written |= targets[kind]
                by.append(kind)
                continue
            takes = index in moved
            seen.add((kind, takes))
            if last[kind] is not None and takes != last[kind]:
                tally.check(f"{what}: {kind} is pure", written & reads,
                            f"the answer changed after {by or 'nothing'}, which write {written:#x}; "
                            f"it reads {reads:#x}")
            else:
                tally.ok()
            if kind == "negated":
                if negation != "UNRELATED":
                    tally.check(f"{what}: excluded by !", not (takes and index - 1 in moved))
                if negation == "COMPLEMENTS":
                    tally.check(f"{what}: taken by it or by !", takes or index - 1 in moved)
            last[kind] = takes
            if kind == ("negated" if negated else "match"):
                written, by = 0, []
    if options not in ONE_SIDED:
        tally.check(f"{name} {options}: some packets are taken and some are not",
                    {("match", True), ("match", False)} <= seen, str(sorted(seen)))


def main():
    tally = Tally("match_facts.py")
    ktrace.need(tally)
    matches, targets = rows()
    tally.check("the rows are read", len(matches) > 50 and len(targets) > 30)
    for name, row in matches.items():
        if row[0] != "PURE":
            continue  # nothing is claimed
        if not tally.check(f"{name} has a case", name in CASES):
            continue
        cases = CASES[name]
        if isinstance(cases, str):
            tally.skip(f"{name}: {NEEDS.get(cases, cases)}")
            continue
        for options, negated in cases:
            if row[2] != "UNRELATED":
                tally.check(f"{name} {options}: is tried with !", negated is not None)
            judge(tally, name, row, options, negated, targets)
    tally.end()


main()
