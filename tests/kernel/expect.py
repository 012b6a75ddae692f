#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""expect.py [--files N] [--seed N]

iptlint test against the kernel's counters, in network namespaces: files and promises made by
chance (tests/lib/small_files.py), every third one of IPv6.

  a  packets drawn from the set of a promise that passed are accepted, dropped or rejected as
     promised;
  b  the packet that is shown for one that failed is not.

What decides is read from the counters: the rule or policy that has dropped or rejected the packet,
or none.  Packets that are not new, that come over lo, or whose destination is translated, are left
to tests/expect/every_packet.py.

Prints its figures and at last "N passed, N failed, N skipped".
"""
import argparse
import json
import os
import random
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import counters
import promised
from small_files import File, in_family, of_family
from tally import Tally

PER_FILE = 30  # promises
DRAWN = 4      # packets of a promise
OTHERS = {4: {"src": "198.51.100.9", "dst": "203.0.113.9"}, 6: {"src": "2001:db8:7::9", "dst": "2001:db8:8::9"}}
SETS = {4: ["ipset create a hash:ip", "ipset create b hash:ip", "ipset add a 10.0.0.1"],
        6: ["ipset create a hash:ip family inet6", "ipset create b hash:ip family inet6",
            "ipset add a 2001:db8::1"]}


def direction(packet):
    return "out" if packet["in"] is None else "forward" if packet["out"] else "in"


def as_sent(packet, family):
    """Of the world's packets, as counters.py has it; None if it is left to others, or goes nowhere."""
    if packet["state"] != "NEW" or "lo" in (packet["in"], packet["out"]) or packet["in"] == packet["out"] or \
            {"0.0.0.0", "::"} & {packet["src"], packet["dst"]}:
        return None
    sent = {key: in_family(packet[key] or OTHERS[family][key], family) for key in ("src", "dst")}
    other = "icmp" if family == 4 else "icmp6"
    sent.update(dir=direction(packet), proto=packet["proto"] if packet["proto"] != "other" else other,
                answers=False)
    if sent["proto"] != other:
        sent.update(sport=40000, dport=packet["dport"] or 99)
    return {**sent, **{end: packet[end] for end in ("in", "out") if packet[end]}}


def as_shown(text, family):
    """The same of what the program shows."""
    words = dict(word.split("=", 1) for word in text.split())
    packet = {"in": words.get("in"), "out": words.get("out"), "state": words["state"],
              "src": of_family(words["src"]), "dst": of_family(words["dst"]), "proto": words["proto"],
              "dport": int(words.get("dport", 0))}
    if packet["proto"] == ("icmp" if family == 4 else "ipv6-icmp"):
        if words.get("icmp-type") not in (None, "8/0", "128/0"):
            return None
        packet["proto"] = "other"
    elif packet["proto"] not in ("tcp", "udp"):
        return None
    return as_sent(packet, family)


def verdict(file, moved):
    """What the counters tell; None if the packet has not come through."""
    for key in moved["keys"]:
        table, chain, number = key.split()
        target = file.tables[table][chain][1][int(number) - 1].target[0]
        if target in ("DROP", "REJECT"):
            return target
    for key in moved["policy"]:
        table, chain = key.split()
        if file.tables[table][chain][0] == "DROP":
            return "DROP"
    return "ACCEPT" if moved["keys"] or moved["policy"] else None


def is_translated(file, moved):
    """Or its source, so that the host may answer itself."""
    return any(file.tables[table][chain][1][int(number) - 1].target[0] in ("DNAT", "SNAT")
               for table, chain, number in map(str.split, moved["keys"]))


def claims_of(rng, promise, result, family):
    """Packets, each with whether it has to keep the promise."""
    if promise.table or promise.kind == "dnat":
        return []
    if result["result"] == "failed":
        sent = as_shown(result["packet"], family)
        return [(sent, False)] if sent else []
    if result["result"] != "passed":
        return []
    possible = [sent for packet in promise.packets() if (sent := as_sent(packet, family))]
    return [(sent, True) for sent in rng.sample(possible, min(DRAWN, len(possible)))]


def judge(file, folder, rng, tally, figures):
    rules, results = promised.ask(file, PER_FILE, rng, folder, tally)
    claims = [(promise, result, *claim) for promise, result in results
              for claim in claims_of(rng, promise, result, file.family)]
    if not claims:
        return
    for number, (_, _, sent, _) in enumerate(claims):
        if "sport" in sent:
            sent["sport"] = 20000 + number  # the second packet of a connection is no new one
    answers = counters.ask(rules, [sent for _, _, sent, _ in claims], SETS[file.family])
    for (promise, result, sent, has_to_keep), moved in zip(claims, answers):
        said = verdict(file, moved)
        if said is None or is_translated(file, moved):
            figures["did not come through" if said is None else "translated"] += 1
            continue
        figures["drawn from what passed" if has_to_keep else "shown for what failed"] += 1
        tally.check(f"{promise.text}: {result['result']}", promise.keeps(said, None) == has_to_keep,
                    lambda: f"the kernel says {said} of {json.dumps(sent)}, counters {json.dumps(moved)}\n"
                            f"{json.dumps(result)}\n{file.text}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tally = Tally()
    counters.need(tally, 4)
    has_v6 = not counters.missing(6)
    figures = dict.fromkeys(["drawn from what passed", "shown for what failed", "translated",
                             "did not come through"], 0)
    refused = 0
    with tempfile.TemporaryDirectory(prefix="iptlint-expect.") as folder:
        for number in range(options.files):
            rng = random.Random(options.seed * 1000003 + number)
            try:
                judge(File(rng, 6 if has_v6 and number % 3 == 2 else 4), folder, rng, tally, figures)
            except counters.Refused as why:
                refused += 1
                reason = why
    if refused:
        tally.skip(f"the kernel does not load them here: {reason}", refused)
    print("packets: " + ", ".join(f"{n} {name}" for name, n in figures.items()))
    tally.end()


main()
