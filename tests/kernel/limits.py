#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""limits.py

What the lint rules of the group rate say of limits, by the kernel's counters
(tests/lib/counters.py): packets of one kind are sent quickly, one after the other, and counted
are those that a rule with a rate takes, and those that go on to the next one.

  -m limit takes what stays within the rate, whatever its target is: with DROP the flood passes;
  without --limit it is 3 an hour after a burst of 5, as iptables-save says, too;
  what exceeds the rate of an ACCEPT is accepted by a later rule;
  all sources share one bucket; hashlimit by srcip has one for each;
  --hashlimit-above and --connlimit-above take what exceeds it.

Last line: "N passed, N failed, N skipped".
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import counters
from tally import Tally

SENT = 20
HEAD = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
ONE = {"dir": "in", "in": "eth0", "src": "198.51.100.7", "dst": "192.0.2.1", "proto": "tcp",
       "dport": 22, "flags": "SYN"}


def packets(sources=("198.51.100.7",)):
    """SENT of them in all, each a new connection; from one source after the other."""
    each = SENT // len(sources)
    return [{**ONE, "src": source, "sport": 4000 + i} for source in sources for i in range(each)]


def taken(rules, sent):
    """How many packets moved each rule of INPUT, and its policy."""
    answers = counters.ask_rules(HEAD + rules + "COMMIT\n", sent)
    n = rules.count("-A INPUT")
    by_rule = [sum(f"filter INPUT {i}" in answer["keys"] for answer in answers)
               for i in range(1, n + 1)]
    return by_rule, sum("filter INPUT" in answer["policy"] for answer in answers)


def main():
    tally = Tally("limits.py")
    counters.need(tally, 4)
    ssh = "-A INPUT -p tcp -m tcp --dport 22"

    def case(what, rules, wanted, sent=None):
        try:
            got = taken(rules, sent or packets())
        except counters.Refused as refused:
            tally.skip(f"{what}: {refused}")
            return
        print(f"{what}: rules {got[0]}, policy {got[1]}")
        tally.check(what, got == wanted, f"rules {got[0]}, policy {got[1]}, not {wanted}")

    rest = SENT - 5
    case("no rate is 3 an hour, burst 5", f"{ssh} -m limit -j ACCEPT\n", ([5], rest))
    case("as 3/hour says", f"{ssh} -m limit --limit 3/hour -j ACCEPT\n", ([5], rest))
    case("DROP takes what is within the rate, the flood passes",
         f"{ssh} -m limit --limit 3/hour -j DROP\n{ssh} -j ACCEPT\n", ([5, rest], 0))
    case("REJECT, too", f"{ssh} -m limit --limit 3/hour -j REJECT\n{ssh} -j ACCEPT\n", ([5, rest], 0))
    case("ACCEPT, and the excess is dropped",
         f"{ssh} -m limit --limit 3/hour -j ACCEPT\n{ssh} -j DROP\n", ([5, rest], 0))
    case("ACCEPT, and a later rule accepts the excess",
         f"{ssh} -m limit --limit 3/hour -j ACCEPT\n-A INPUT -p tcp -j ACCEPT\n", ([5, rest], 0))
    two = packets(("198.51.100.7", "203.0.113.9"))
    case("one bucket: nothing is left for the second source",
         f"-A INPUT -s 203.0.113.9 -p tcp -m comment --comment seen\n{ssh} -m limit --limit 3/hour -j ACCEPT\n"
         "-A INPUT -s 203.0.113.9 -j DROP\n", ([SENT // 2, 5, SENT // 2], SENT // 2 - 5), two)
    keyed = "--hashlimit-mode srcip --hashlimit-name a --hashlimit-burst 5"
    case("hashlimit: a bucket for each source",
         f"{ssh} -m hashlimit --hashlimit-upto 3/hour {keyed} -j ACCEPT\n"
         "-A INPUT -s 203.0.113.9 -j DROP\n", ([10, SENT // 2 - 5], SENT // 2 - 5), two)
    case("--hashlimit-above takes the excess",
         f"{ssh} -m hashlimit --hashlimit-above 3/hour {keyed} -j ACCEPT\n", ([rest], 5))
    # nobody listens; if tracking does not see that answer, the connections stay
    case("--connlimit-above takes the excess",
         f"{ssh} -m connlimit --connlimit-above 5 -j DROP\n{ssh} -j ACCEPT\nCOMMIT\n"
         "*raw\n-A OUTPUT -j DROP\n", ([rest, 5], 0))
    tally.end()


main()
