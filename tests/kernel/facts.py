#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""facts.py

What src/analyse/facts.c says of targets, row by row, against the kernel: a packet meets a rule
with the target, and the counter of the rule behind it tells whether the packet went on
(../shared/bin/ktrace).  A row without a case here is a failure.  Last line: "N passed, N failed,
N skipped"; what the kernel or iptables of this host lacks is skipped and named.
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

# target: table, chain, options.  Where there are several, each has to do what the row says.
CASES = {
    "AUDIT": [("filter", "INPUT", "--type accept")],
    "CHECKSUM": [("mangle", "INPUT", "--checksum-fill")],
    "CLASSIFY": [("mangle", "POSTROUTING", "--set-class 1:2")],
    "CONNMARK": [("mangle", "INPUT", "--set-mark 1"), ("mangle", "INPUT", "--restore-mark")],
    "CONNSECMARK": [("security", "INPUT", "--restore")],
    "CT": [("raw", "PREROUTING", "--notrack")],
    "DNAT": [("nat", "PREROUTING", "--to-destination 192.0.2.99")],
    "DNPT": None,  # IPv6 only
    "DSCP": [("mangle", "INPUT", "--set-dscp 1")],
    "ECN": [("mangle", "INPUT", "--ecn-tcp-remove")],
    "HL": None,
    "HMARK": [("mangle", "INPUT", "--hmark-tuple src --hmark-mod 7 --hmark-rnd 1")],
    "IDLETIMER": [("filter", "INPUT", "--timeout 5 --label a")],
    "LED": [("filter", "INPUT", "--led-trigger-id a")],
    "LOG": [("filter", "INPUT", "")],
    "MARK": [("mangle", "INPUT", "--set-mark 1")],
    "MASQUERADE": [("nat", "POSTROUTING", "")],
    "NETMAP": [("nat", "PREROUTING", "--to 192.0.2.0/24")],
    "NFLOG": [("filter", "INPUT", "--nflog-group 1")],
    "NFQUEUE": [("filter", "INPUT", "--queue-num 1"), ("filter", "INPUT", "--queue-num 1 --queue-bypass")],
    "NOTRACK": [("raw", "PREROUTING", "")],
    "RATEEST": [("mangle", "INPUT", "--rateest-name a --rateest-interval 250ms --rateest-ewmalog 0.5s")],
    "REDIRECT": [("nat", "PREROUTING", "--to-ports 99")],
    "REJECT": [("filter", "INPUT", ""), ("filter", "INPUT", "--reject-with tcp-reset")],
    "SECMARK": [("security", "INPUT", "--selctx system_u:object_r:a_t:s0")],
    "SET": [("filter", "INPUT", "--add-set a src")],
    "SNAT": [("nat", "POSTROUTING", "--to-source 192.0.2.98")],
    "SNPT": None,
    "SYNPROXY": [("filter", "INPUT", "")],
    "TCPMSS": [("mangle", "POSTROUTING", "--set-mss 1000")],
    "TCPOPTSTRIP": [("mangle", "INPUT", "--strip-options timestamp")],
    "TEE": [("mangle", "INPUT", "--gateway 192.0.2.77")],
    "TOS": [("mangle", "INPUT", "--set-tos 8")],
    "TPROXY": [("mangle", "PREROUTING", "--on-port 99")],
    "TRACE": [("raw", "PREROUTING", "")],
    "TTL": [("mangle", "INPUT", "--ttl-set 9")],
    "ULOG": [("filter", "INPUT", "")],
}


def rows():
    with open(os.path.join(ROOT, "src", "analyse", "facts.c")) as file:
        return re.findall(r'\{ "([A-Z]+)", (ENDS_\w+),', file.read())


def goes_on(table, chain, target, options, flags):
    """True, False, or the reason why it cannot be tried."""
    syn = "-m tcp --tcp-flags SYN,RST SYN " if target == "TCPMSS" else ""  # it asks for that
    rules = (f"*{table}\n-A {chain} -p tcp -s 198.51.100.7 {syn}-j {target} {options}\n"
             f"-A {chain} -p tcp -s 198.51.100.7\nCOMMIT\n")
    if table == "nat":  # it is only asked once something needs connection tracking
        rules += "*mangle\n-A INPUT -m conntrack --ctstate NEW\nCOMMIT\n"
    packet = {"dir": "in", "in": "eth0", "src": "198.51.100.7", "dst": "192.0.2.1",
              "proto": "tcp", "sport": 4000, "dport": 80, "flags": flags}
    if chain == "POSTROUTING":
        packet.update(dir="forward", out="eth1")
    with tempfile.NamedTemporaryFile("w", suffix=".v4") as file:
        file.write(rules)
        file.flush()
        try:
            answer = ktrace.ask(file.name, [packet])
        except ktrace.Refused as refused:
            return str(refused)
    keys = answer[0]["keys"]
    if f"{table} {chain} 1" not in keys:
        return "the packet did not come to the rule"
    return f"{table} {chain} 2" in keys


def main():
    tally = Tally("facts.py")
    ktrace.need(tally)
    for target, ends in rows():
        if not tally.check(f"{target} has a case", target in CASES):
            continue
        if CASES[target] is None:
            tally.skip(f"{target}: IPv6 only")
            continue
        for table, chain, options in CASES[target]:
            # a SYN and the end of a connection: one of them tells the targets apart that end some
            seen = set()
            for flags in ("SYN", "RST"):
                result = goes_on(table, chain, target, options, flags)
                if isinstance(result, str):
                    tally.skip(f"{target} {options} ({flags}): {result}")
                    continue
                seen.add(result)
                if ends != "ENDS_SOMETIMES":
                    tally.equal(f"{target} {options} {ends}, {flags}: is the next rule met?",
                                str(result), str(ends == "ENDS_NEVER"))
            if ends == "ENDS_SOMETIMES":
                tally.equal(f"{target} {options}: ends some packets and lets others pass",
                            str(sorted(seen)), "[False, True]")
    tally.end()


main()
