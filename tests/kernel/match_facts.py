#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""match_facts.py

What src/analyse/facts.c says of matches, row by row, against the kernel's counters, in both
families (tests/lib/counters.py).  A rule with the match stands again and again in one chain,
between targets that write, so that each packet shows

  pure         the match answers the same as long as no target wrote what the row says it reads;
               so the row names all that it reads, and the targets' rows all that they write
  excludes     no packet is taken by the match and by the same one with "!"
  complements  each packet is taken by one of the two

For IPv6 a second time without connection tracking, which puts fragments together before rules
see them; there are those, then, and extension headers.

A row without a case here is a failure, and so is a case for whose match no packet was taken and
none was not.  Last line: "N passed, N failed, N skipped"; what cannot be tried is named.
"""
import os
import re
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import counters
from tally import Tally

FACTS = os.path.join(ROOT, "src", "analyse", "facts.c")
NEEDS = {"driver": "what it looks at does not happen on a TUN device"}

# match: options, each with the same behind "!" if the row speaks of it; a key of NEEDS
# or another reason why it is not tried; None: it is for the other family.
CASES = {
    "addrtype": [("--dst-type LOCAL", "! --dst-type LOCAL"), ("--src-type UNICAST", "! --src-type UNICAST")],
    "ah": [("-p ah -m ah --ahspi 0", "-p ah -m ah ! --ahspi 0")],
    "bpf": [('--bytecode "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0"', None)],
    "cgroup": "driver",
    "connlabel": [("--label 0", "! --label 0"), ("--label 0 --set", None)],
    "connmark": [("--mark 1", "! --mark 1")],
    "conntrack": [("--ctstate NEW", "! --ctstate NEW"), ("--ctstate UNTRACKED", "! --ctstate UNTRACKED"),
                  ("--ctproto 6", "! --ctproto 6")],
    "dccp": [("-p dccp -m dccp --sport 0", None)],
    "devgroup": [("--src-group 0", "! --src-group 0"), ("--src-group 5", "! --src-group 5")],
    "dscp": [("--dscp 4", "! --dscp 4"), ("--dscp 0", "! --dscp 0")],
    "dst": None,
    "ecn": [("-p tcp -m ecn --ecn-tcp-cwr", "-p tcp -m ecn ! --ecn-tcp-cwr"),
            ("--ecn-ip-ect 0", "! --ecn-ip-ect 0")],
    "esp": [("-p esp -m esp --espspi 0", "-p esp -m esp ! --espspi 0")],
    "eui64": None,
    "frag": None,
    "hbh": None,
    "helper": "driver",
    "hl": None,
    "icmp": [("-p icmp -m icmp --icmp-type 8", None)],
    "icmp6": None,
    "ipcomp": [("-p ipcomp -m ipcomp --ipcompspi 0", "-p ipcomp -m ipcomp ! --ipcompspi 0")],
    "iprange": [("--src-range 198.51.100.0-198.51.100.9", None),
                ("! --src-range 198.51.100.0-198.51.100.9", None)],
    "ipv6header": None,
    "length": [("--length 30:60", "! --length 30:60"), ("--length 40", "! --length 40")],
    "mac": [("--mac-source 02:00:00:00:00:09", "! --mac-source 02:00:00:00:00:09")],
    "mark": [("--mark 1", "! --mark 1"), ("--mark 0/0xff", "! --mark 0/0xff")],
    "mh": None,
    "multiport": [("-p tcp -m multiport --dports 80,81", None)],
    "owner": "driver",
    "physdev": "driver",
    "pkttype": [("--pkt-type host", "! --pkt-type host"), ("--pkt-type multicast", "! --pkt-type multicast")],
    "policy": [("--dir in --pol none", None)],
    "realm": [("--realm 0", "! --realm 0"), ("--realm 5", "! --realm 5")],
    "rpfilter": "it has no place in INPUT",
    "rt": None,
    "sctp": [("-p sctp -m sctp --sport 0", None)],
    "set": [("--match-set a src", "! --match-set a src")],
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
CASES_6 = {
    **CASES,
    "ah": [("--ahspi 5", "! --ahspi 5"), ("--ahspi 6:9", "! --ahspi 6:9")],
    "bpf": [('--bytecode "4,48 0 0 6,21 0 1 6,6 0 0 1,6 0 0 0"', None)],
    "dst": [("--dst-len 8", None), ("! --dst-len 8", None), ("--dst-opts 201", None)],
    "eui64": [("", None)],
    "frag": [("--fragid 7", None), ("! --fragid 7", None), ("--fragfirst", None), ("--fragmore", None),
             ("--fraglast", None)],
    "hbh": [("--hbh-len 8", None), ("! --hbh-len 8", None), ("--hbh-opts 5:2", None)],
    "hl": [("--hl-eq 5", "! --hl-eq 5"), ("--hl-eq 64", "! --hl-eq 64"), ("--hl-gt 9", None),
           ("--hl-lt 64", None)],
    "icmp": None,
    "icmp6": [("-p icmpv6 -m icmp6 --icmpv6-type 128", None),
              ("-p icmpv6 -m icmp6 ! --icmpv6-type 128/0", None)],
    "iprange": [("--src-range 2001:db8:1::-2001:db8:1::9", None),
                ("! --src-range 2001:db8:1::-2001:db8:1::9", None)],
    "ipv6header": [("--header frag --soft", None), ("--header hop,dst,prot", None),
                   ("! --header prot", None), ("--header none --soft", None)],
    "length": [("--length 50:62", "! --length 50:62"), ("--length 60", "! --length 60")],
    "mh": [("-p mh -m mh --mh-type 5", None), ("-p mh -m mh ! --mh-type 5", None)],
    "realm": None,
    "rt": [("--rt-type 0", None), ("! --rt-segsleft 1", None), ("--rt-len 24", None)],
    "ttl": None,
    "u32": [("--u32 0>>28=6", "! --u32 0>>28=6"), ("--u32 4&0xff=5", "! --u32 4&0xff=5"),
            ("--u32 2000=0", "! --u32 2000=0")],
}
# What no packet here is (not) taken by, and yet says something of the others.
ONE_SIDED = {"--src-group 0", "--src-group 5", "--pkt-type multicast", "--pkt-type host",
             "--realm 0", "--realm 5", "--label 0",
             "-p dccp -m dccp --sport 0", "--u32 0>>24=0x45", "--u32 0>>28=6", "--u32 2000=0", "--dst-type LOCAL",
             "--src-type UNICAST", "--dir in --pol none", "-p tcp -m tcpmss --mss 0:9000",
             "-p tcp -m ecn --ecn-tcp-cwr", "--ecn-ip-ect 0",
             # these headers have 12 bytes, those of the packets 8
             "-p ah -m ah --ahspi 0", "-p sctp -m sctp --sport 0"}

# Targets of mangle's INPUT that write, for packets of every kind.
LIMITS = {4: "TTL --ttl-set", 6: "HL --hl-set"}
WRITERS = ["MARK --set-mark 1", "MARK --set-mark 0x105", "CONNMARK --set-mark 1", "%(limit)s 5",
           "%(limit)s 64", "TOS --set-tos 0x10", "DSCP --set-dscp 4",
           "TCPOPTSTRIP --strip-options timestamp", "ECN --ecn-tcp-remove"]
# What writes to the set that is looked into, and what else that could disturb.
SET_WRITERS = ["SET --add-set a src", "SET --del-set a src"]
ONLY_TCP = {"TCPOPTSTRIP", "ECN"}
OF_CONNECTIONS = {"connlabel", "connmark", "conntrack", "helper"}

BEFORE = """\
*raw
-A PREROUTING -p tcp -m tcp --dport 85 -j CT --notrack
COMMIT
*mangle
-A PREROUTING -p tcp -m tcp --dport 81 -j MARK --set-mark 1
-A PREROUTING -p tcp -m tcp --dport 82 -j %(limit)s 5
-A PREROUTING -p tcp -m tcp --dport 83 -j TOS --set-tos 0x10
-A PREROUTING -p tcp -m tcp --dport 84 -j CONNMARK --set-mark 1
-A PREROUTING -p udp -m udp --dport 54 -j MARK --set-mark 0x100
"""
# Nothing here tracks connections, or asks for a protocol, which some fragments do not survive.
BEFORE_UNTRACKED = """\
*mangle
-A PREROUTING -s 2001:db8:1::8 -j MARK --set-mark 1
"""
ADDRESSES = {4: ("198.51.100.7", "203.0.113.9", "192.0.2.1"),
             # the last 64 bits of the second one are made of the MAC address
             6: ("2001:db8:1::7", "2001:db8:9:0:0:ff:fe00:9", "2001:db8:2::1")}
SETS = {4: ["ipset create a hash:ip", "ipset add a 198.51.100.7"],
        6: ["ipset create a hash:ip family inet6", "ipset add a 2001:db8:1::7"]}


def packets(family):
    one, other, to = ADDRESSES[family]
    base = {"dir": "in", "in": "eth0", "src": one, "dst": to, "sport": 4000}
    for port in (80, 81, 82, 83, 84, 85):
        yield {**base, "proto": "tcp", "dport": port, "flags": "SYN"}
    yield {**base, "proto": "tcp", "dport": 80, "flags": "ACK", "src": other}
    yield {**base, "proto": "tcp", "dport": 22, "flags": "RST", "sport": 80}
    yield {**base, "proto": "tcp", "dport": 80, "src": other, "in": "tap0",
           "mac": "02:00:00:00:00:09", "options": "0204020008"}
    for port in (53, 54):
        yield {**base, "proto": "udp", "dport": port}
    yield {**base, "proto": "icmp" if family == 4 else "icmp6"}
    for protocol in (33, 50, 51, 108, 132, 99) if family == 4 else (59, 99):
        yield {**base, "proto": protocol}
    if family == 6:
        # connection tracking lets neighbours find each other
        yield {**base, "proto": "icmp6", "icmp": [135, 0], "hl": 255}
        yield next(headers(base))


def headers(base):
    """Extension headers, before all kinds of protocols; mobility is one itself."""
    one = {**base, "proto": "tcp", "dport": 80, "flags": "SYN"}
    yield {**one, "ext": [["hbh", "05020000"], ["dst", "c90100"]]}
    yield {**one, "ext": [["hbh", "05020000" + "1e0a" + "00" * 10]]}
    yield {**one, "ext": [["dst", "1e0a" + "00" * 10], ["rt", 0, 0, base["dst"]]]}
    yield {**one, "ext": [["rt", 2, 1, base["dst"]], ["ah", 5]]}
    yield {**one, "ext": [["ah", 7]], "proto": "udp"}
    yield {**one, "ext": [["dst"]], "proto": 59, "body": ""}
    yield {**one, "proto": 135, "body": "3b00050000000000"}
    yield {**one, "proto": 135, "body": "3b00010000000000"}


def fragments(family):
    """First ones, later ones, and the last ones, whose next header is a protocol, none or another
    extension, which rules then do not look behind."""
    one, other, to = ADDRESSES[family]
    base = {"dir": "in", "in": "eth0", "src": one, "dst": to, "sport": 4000, "dport": 80}
    body = "00500050" * 4
    for protocol in ("tcp", "udp", "icmp6", 50, 59, 108, 132):
        yield {**base, "proto": protocol, "ext": [["frag", 0, 1, 7]]}
        yield {**base, "proto": protocol, "ext": [["hbh"], ["frag", 16, 1, 8]], "body": body}
        yield {**base, "proto": protocol, "ext": [["frag", 16, 0, 7]], "body": body,
               "src": "2001:db8:1::8"}
    yield {**base, "proto": 33, "body": "0050005000000000" + "00" * 8}
    yield {**base, "proto": "tcp", "ext": [["frag", 0, 0, 9], ["dst"]]}
    for inner in (["dst", "c90100"], ["rt", 0, 0, to], ["ah", 5]):
        yield {**base, "proto": "udp", "ext": [["frag", 16, 0, 7], inner]}
    # the header of the protocol is not whole
    yield {**base, "proto": "tcp", "ext": [["frag", 0, 1, 7]], "body": "0050005000000000"}
    yield {**base, "proto": "udp", "src": other, "in": "tap0", "mac": "02:00:00:00:00:09"}
    yield {**base, "proto": "tcp", "src": other}
    yield from headers(base)


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


def chain(name, options, negated, writers):
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
    for writer in writers:
        target = writer.split()[0]
        only = "-p tcp " if target in ONLY_TCP else ""
        add(f"{only}-j {writer}", target)
        look()
    add("", "end")
    return "\n".join(rules) + "\nCOMMIT\n", kinds


class Judge:
    """Of one family, with connection tracking or without it."""

    def __init__(self, tally, targets, family, tracked):
        self.tally, self.targets, self.family, self.tracked = tally, targets, family, tracked
        self.name = f"IPv{family}" + ("" if tracked else " untracked")
        self.packets = list(packets(family) if tracked else fragments(family))
        self.before = (BEFORE if tracked else BEFORE_UNTRACKED) % {"limit": LIMITS[family]}
        self.writers = [writer % {"limit": LIMITS[family]} for writer in WRITERS]
        if family == 6:
            self.writers.remove("ECN --ecn-tcp-remove")
        if not tracked:
            self.writers = [w for w in self.writers if not w.startswith(("CONNMARK", "TCPOPTSTRIP"))]
        self.dropped = 0
        self.seen = {}

    def case(self, name, row, options, negated):
        writers = self.writers + (SET_WRITERS if name == "set" else [])
        rules, kinds = chain(name, options, negated, writers)
        try:
            answers = counters.ask_rules(self.before + rules, self.packets, SETS[self.family])
        except counters.Refused as refused:
            self.tally.skip(f"{self.name} {name} {options}: {refused}")
            return
        seen = self.seen.setdefault((name, options), set())
        for packet, found in zip(self.packets, answers):
            moved = {int(key.split()[2]) for key in found["keys"]
                     if key.startswith("mangle INPUT ")}
            if len(kinds) in moved:
                self.packet(f"{self.name} {name} {options}, {describe(packet)}", row, kinds, moved,
                            seen, bool(negated))
            else:  # a test may drop what it cannot read
                self.dropped += 1

    def packet(self, what, row, kinds, moved, seen, has_negated):
        tally = self.tally
        _, reads, negation = row
        last = {"match": None, "negated": None}
        written, by = 0, []
        for index, kind in enumerate(kinds[:-1], 1):
            if kind not in last:
                written |= self.targets[kind]
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
            if kind == ("negated" if has_negated else "match"):
                written, by = 0, []


def describe(packet):
    return " ".join(str(packet[key]) for key in ("proto", "dport", "icmp", "ext") if key in packet)


def judge(tally, family, cases, matches, targets):
    judges = [Judge(tally, targets, family, True)]
    if family == 6:
        judges.append(Judge(tally, targets, family, False))
    for name, row in matches.items():
        if row[0] != "PURE" or cases.get(name) is None:
            continue
        if isinstance(cases[name], str):
            tally.skip(f"IPv{family} {name}: {NEEDS.get(cases[name], cases[name])}")
            continue
        if row[2] != "UNRELATED":
            tally.check(f"IPv{family} {name} is tried with !",
                        any(negated for _, negated in cases[name]))
        for options, negated in cases[name]:
            for one in judges:
                if one.tracked or name not in OF_CONNECTIONS:
                    one.case(name, row, options, negated)
            seen = set().union(*(one.seen.get((name, options), set()) for one in judges))
            if seen and options not in ONE_SIDED:
                tally.check(f"IPv{family} {name} {options}: some packets are taken, some are not",
                            {("match", True), ("match", False)} <= seen, str(sorted(seen)))
    for one in judges:
        print(f"{one.name}: {len(one.packets)} packets for each case, {one.dropped} in all were "
              "dropped by a test")


def main():
    tally = Tally("match_facts.py")
    counters.need(tally, 4)
    matches, targets = rows()
    tally.check("the rows are read", len(matches) > 50 and len(targets) > 30)
    for name, row in matches.items():
        if row[0] == "PURE":  # of others nothing is claimed
            tally.check(f"{name} has a case", CASES.get(name) or CASES_6.get(name))
    judge(tally, 4, CASES, matches, targets)
    if counters.missing(6):
        tally.skip(f"IPv6: {counters.missing(6)}")
    else:
        judge(tally, 6, CASES_6, matches, targets)
    tally.end()


main()
