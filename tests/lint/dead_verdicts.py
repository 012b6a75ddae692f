#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""dead_verdicts.py [--files N] [--seed N]

What shadowed-rule says of rules whose packets an earlier jump takes, against packets of a small
world (tests/lib/small_files.py) that are followed into the chain, with every answer that is not
known.  Of the packets that meet the jump and would meet the dead rule, what has to hold is:
  an error                      one gets the opposite verdict, as far as sets and rates allow;
                                a first one of a connection, if such come there
  "by this rule"                that one decides about all of them
  "some of its packets are..."  that one decides so about one of them
Prints its figures, with the warnings that could have been errors, and at last "N passed, N failed".
"""
import argparse
import itertools
import json
import os
import random
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import program
from small_files import DST, INTERFACES, PORTS, PROTOCOLS, SRC, STATES, File, Run, runs
from tally import Tally

PACKETS = 60  # of each finding, but where one is looked for
DENIED = ("DROP", "REJECT")


class Watched(Run):
    """Notes whether the packet met the jump as one of the dead rule's, and the last rule that it met."""

    met, last = False, None


class Answer:
    """In the place of a run, for tests of the packet alone."""

    def __init__(self, answer):
        self.answer = answer

    def ask(self, _):
        return self.answer

    def ask_once(self):
        return True


def packets_of(rule, chain, rng):
    """All that the rule may take, in an order of chance."""
    ways = {"INPUT": [(name, None) for name in INTERFACES], "OUTPUT": [(None, name) for name in INTERFACES],
            "FORWARD": list(itertools.product(INTERFACES, INTERFACES))}
    ways = ways.get(chain) or sum(ways.values(), [])
    ports = [(protocol, port) for protocol in PROTOCOLS for port in (PORTS if protocol != "other" else [None])]
    all_of_them = [dict(zip(("src", "dst", "state", "mark"), values), proto=proto, dport=port, out=out, **{"in": into})
                   for *values, (proto, port), (into, out) in
                   itertools.product(SRC, DST, STATES, range(3), ports, ways)]
    rng.shuffle(all_of_them)
    return (packet for packet in all_of_them
            if any(all(test(packet, Answer(answer)) for test in rule.tests) for answer in ("yes", "no")))


def is_against(kind, end, policy):
    if kind == "RETURN":  # in a built-in chain: what the policy does
        kind = policy
    return end == "ACCEPT" if kind in DENIED else kind == "ACCEPT" and end in DENIED


class Judge:
    def __init__(self, tally):
        self.tally = tally
        self.figures = dict.fromkeys(["errors", "warnings", "could be errors", "deciding rules", "packets"], 0)

    def finding(self, file, finding, rng):
        table = file.tables["filter"]
        place = {rule.line: (chain, rule) for chain, (_, rules) in table.items() for rule in rules}
        chain, dead = place[finding["start"]["line"]]
        cover = place[finding["related"][0]["line"]][1]
        if cover.target[0] != "jump":
            return
        packets = packets_of(dead, chain, rng)
        dead_tests = list(dead.tests)
        cover.tests.append(lambda p, run: setattr(
            run, "met", run.met or all(test(p, run) for test in dead_tests)) or True)
        for line, (_, rule) in place.items():
            rule.tests.append(lambda p, run, line=line: setattr(run, "last", line) or True)
        self.judge(file, finding, packets, lambda end: is_against(dead.target[0], end, table[chain][0]))
        for _, rule in place.values():
            rule.tests.pop()
        cover.tests.pop()

    def judge(self, file, finding, packets, is_opposite):
        by = finding["related"][1:]
        some = bool(by) and by[0]["message"].startswith("some ")
        sure = decided = has_first = False
        deciding = set()
        for number, packet in enumerate(packets):
            met = [(run.last, end[0]) for run, end in runs(file, packet, "filter", Watched) if run.met]
            self.figures["packets"] += bool(met)
            opposite = any(is_opposite(end) for _, end in met)
            if met and packet["state"] == "NEW" and not has_first:
                has_first, sure = True, False
            sure |= opposite and (packet["state"] == "NEW" or not has_first)
            deciding |= {last for last, _ in met}
            decided |= bool(by) and any(is_opposite(end) and last == by[0]["line"] for last, end in met)
            if number >= PACKETS and (finding["level"] == "warning" or sure and (decided or not some)):
                break
        why = lambda: f"{json.dumps(finding)}\n{file.text}"
        self.figures[finding["level"] + "s"] += 1
        self.figures["could be errors"] += sure and finding["level"] == "warning"
        self.figures["deciding rules"] += bool(by)
        if finding["level"] == "error":
            self.tally.check("one gets the opposite verdict", sure, why)
        if some:
            self.tally.check("the rule decides about one of them", decided, why)
        elif by and deciding:
            self.tally.equal("the rule decides about all of them", deciding, {by[0]["line"]})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tally = Tally()
    judge = Judge(tally)
    with tempfile.TemporaryDirectory(prefix="iptlint-dead.") as folder:
        made = {}
        for number in range(options.files):
            rng = random.Random(f"{options.seed} {number}")
            path = os.path.join(folder, f"{number}.v4")
            made[path] = File(rng, rules=12), rng
            with open(path, "w") as f:
                f.write(made[path][0].text)
        _, report = program.check(*made, family=4, options=("--isolated", "--ignore", "all",
                                                            "--select", "shadowed-rule"))
        for finding in report["diagnostics"]:
            file, rng = made[finding["file"]]
            if finding["rule"] == "shadowed-rule" and finding.get("table") == "filter":
                judge.finding(file, finding, rng)
    print(", ".join(f"{n} {what}" for what, n in judge.figures.items()))
    tally.check("there were errors to judge", judge.figures["errors"] > options.files // 100, judge.figures)
    tally.check("there were rules that decide", judge.figures["deciding rules"] > options.files // 100, judge.figures)
    tally.end()


main()
