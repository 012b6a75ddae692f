#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""every_packet.py [--files N] [--seed N]

iptlint test against every packet of a small world: files made by chance, with the tables raw,
mangle, nat and filter, and promises made by chance about sets (tests/lib/small_files.py); every
fourth file is one of IPv6.  What has to hold of each promise:
  passed     every packet keeps it, whatever is answered
  failed     the packet that is shown is one of the set, and breaks it whatever is answered
  undecided  not every packet keeps it whatever is answered, and (counted, since the program need
             not find it) no packet breaks it for sure
Prints its figures and at last "N passed, N failed".
"""
import argparse
import json
import os
import random
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import promised
from small_files import DST, PORTS, PROTOCOLS, SRC, File, of_family, outcomes
from tally import Tally

PER_FILE = 25  # promises


def read_packet(text):
    """What the program shows, as one of the world's; and in "exact" as it is."""
    words = dict(word.split("=", 1) for word in text.split())
    interface = lambda name: name and ("eth0" if name == "eth0" else "eth1" if name.startswith("eth") else
                                       "lo" if name == "lo" else "wan0")
    words.update({end: of_family(words[end]) for end in ("src", "dst")})
    port = int(words.get("dport", -1))
    return {"src": words["src"] if words["src"] in SRC else None,
            "dst": words["dst"] if words["dst"] in DST else None,
            "proto": words["proto"] if words["proto"] in PROTOCOLS else "other",
            "dport": port if port in PORTS else None, "state": words["state"],
            "in": interface(words.get("in")), "out": interface(words.get("out")), "mark": 0}


def judge(file, promise, result, cache, tally, figures):
    def ends(packet):
        key = (promise.table, *packet.values())
        if key not in cache:
            cache[key] = outcomes(file, packet, promise.table)
        return {promise.keeps(*end) for end in cache[key]}

    said = result["result"]
    packets = list(promise.packets())
    all_ends = [ends(packet) for packet in packets]
    all_keep = bool(packets) and all(each == {True} for each in all_ends)
    breaks = any(each == {False} for each in all_ends)
    figures[said] += 1
    figures["packets"] += len(packets)
    why = lambda: f"{promise.text}\n{json.dumps(result)}\n{file.text}"
    if said == "passed":
        tally.check("a promise that passed is kept by every packet", all_keep, why)
    elif said == "failed":
        shown = read_packet(result["packet"])
        tally.check("the packet that is shown is one of the set", promise.has(shown), why)
        key = dict(zip(["src", "dst", "proto", "dport", "state", "in", "out"],
                       (shown[n] for n in ["src", "dst", "proto", "dport", "state", "in", "out"])), mark=0)
        tally.check("it breaks the promise whatever is answered", ends(key) == {False}, why)
    else:
        tally.check("an undecided promise is not kept by every packet", not all_keep, why)
        figures["a sure break not found"] += breaks


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tally = Tally()
    figures = dict.fromkeys(["passed", "failed", "undecided", "packets", "a sure break not found"], 0)
    with tempfile.TemporaryDirectory(prefix="iptlint-expect.") as folder:
        for number in range(options.files):
            rng = random.Random(options.seed * 1000003 + number)
            file = File(rng, 6 if number % 4 == 3 else 4)
            cache = {}
            for promise, result in promised.ask(file, PER_FILE, rng, folder, tally)[1]:
                judge(file, promise, result, cache, tally, figures)
    print(", ".join(f"{count} {what}" for what, count in figures.items()).replace("passed", "kept")
          .replace("failed", "broken"))
    tally.end()


main()
