#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""facts.py

What src/analyse/facts.c says of targets, row by row, against the kernel, in both families: a
packet meets a rule with the target, and the counter of the rule behind it tells whether the
packet went on (tests/lib/counters.py).  A row without a case here is a failure.  Last line: "N
passed, N failed, N skipped"; what the kernel or iptables of this host lacks is skipped and named.
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

# target: table, chain, options.  Where there are several, each has to do what the row says.
CASES = {
    "AUDIT": [("filter", "INPUT", "--type accept")],
    "CHECKSUM": [("mangle", "INPUT", "--checksum-fill")],
    "CLASSIFY": [("mangle", "POSTROUTING", "--set-class 1:2")],
    "CONNMARK": [("mangle", "INPUT", "--set-mark 1"), ("mangle", "INPUT", "--restore-mark")],
    "CONNSECMARK": [("security", "INPUT", "--restore")],
    "CT": [("raw", "PREROUTING", "--notrack")],
    "DNAT": [("nat", "PREROUTING", "--to-destination 192.0.2.99")],
    "DNPT": None,  # IPv6 only, as are the next ones
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

CASES_6 = {
    **CASES,
    "DNAT": [("nat", "PREROUTING", "--to-destination 2001:db8:2::99")],
    "DNPT": [("mangle", "PREROUTING", "--src-pfx 2001:db8:2::/64 --dst-pfx 2001:db8:3::/64")],
    "ECN": None,  # IPv4 only
    "HL": [("mangle", "INPUT", "--hl-set 9"), ("mangle", "INPUT", "--hl-dec 255"),
           ("mangle", "INPUT", "--hl-inc 255")],
    "NETMAP": [("nat", "PREROUTING", "--to 2001:db8:2::/64")],
    "REJECT": [("filter", "INPUT", ""), ("filter", "INPUT", "--reject-with tcp-reset"),
               ("filter", "INPUT", "--reject-with icmp6-adm-prohibited")],
    "SNAT": [("nat", "POSTROUTING", "--to-source 2001:db8:1::98")],
    "SNPT": [("mangle", "POSTROUTING", "--src-pfx 2001:db8:1::/64 --dst-pfx 2001:db8:3::/64")],
    "TEE": [("mangle", "INPUT", "--gateway 2001:db8::77")],
    "TTL": None,
    "ULOG": None,
}

FAMILIES = {
    4: (CASES, {"src": "198.51.100.7", "dst": "192.0.2.1"}),
    6: (CASES_6, {"src": "2001:db8:1::7", "dst": "2001:db8:2::1"}),
}
FIRST = {4: ["ipset create a hash:ip"], 6: ["ipset create a hash:ip family inet6"]}
# A SYN and the end of a connection: one of them tells the targets apart that end some.
PACKETS = [{"flags": "SYN"}, {"flags": "RST"}]
# Headers in front of the protocol's are nothing to a target.
PACKETS_6 = PACKETS + [{"flags": "SYN", "ext": [["hbh"], ["dst"]]}]
# No address of the other network has the same checksum (RFC 6296, 3.3 and 3.7): such a packet is
# dropped.  The checksum of a network up to /48 is set right by another word, and none is.
NO_CHECKSUM = "2001:db8:%d::ffff:ffff:ffff:ffff"
MORE = {"DNPT": [{"dst": NO_CHECKSUM % 2}], "SNPT": [{"src": NO_CHECKSUM % 1}]}


def rows():
    with open(os.path.join(ROOT, "src", "analyse", "facts.c")) as file:
        return re.findall(r'\{ "([A-Z]+)", (ENDS_\w+),', file.read())


def goes_on(family, table, chain, target, options, change):
    """True, False, or the reason why it cannot be tried."""
    packet = {"dir": "in", "in": "eth0", "proto": "tcp", "sport": 4000, "dport": 80,
              **FAMILIES[family][1], **change}
    syn = "-m tcp --tcp-flags SYN,RST SYN " if target == "TCPMSS" else ""  # it asks for that
    behind = f"-d {packet['dst']}" if target == "SNPT" else f"-s {packet['src']}"
    rules = (f"*{table}\n-A {chain} -p tcp -s {packet['src']} {syn}-j {target} {options}\n"
             f"-A {chain} -p tcp {behind}\nCOMMIT\n")
    if table == "nat":  # it is only asked once something needs connection tracking
        rules += "*mangle\n-A INPUT -m conntrack --ctstate NEW\nCOMMIT\n"
    if chain == "POSTROUTING":
        packet.update(dir="forward", out="eth1")
    try:
        keys = counters.ask_rules(rules, [packet], FIRST[family])[0]["keys"]
    except counters.Refused as refused:
        return str(refused)
    if f"{table} {chain} 1" not in keys:
        return "the packet did not come to the rule"
    return f"{table} {chain} 2" in keys


def judge(tally, family, target, ends, cases):
    packets = (PACKETS if family == 4 else PACKETS_6) + MORE.get(target, [])
    for table, chain, options in cases:
        seen = set()
        for change in packets:
            what = f"IPv{family} {target} {options} ({' '.join(map(str, change.values()))})"
            result = goes_on(family, table, chain, target, options, change)
            if isinstance(result, str):
                tally.skip(f"{what}: {result}")
                continue
            seen.add(result)
            if ends != "ENDS_SOMETIMES":
                tally.equal(f"{what} {ends}: is the next rule met?", str(result),
                            str(ends == "ENDS_NEVER"))
        if ends == "ENDS_SOMETIMES":
            tally.equal(f"IPv{family} {target} {options}: ends some packets and lets others pass",
                        str(sorted(seen)), "[False, True]")


def main():
    tally = Tally("facts.py")
    counters.need(tally, 4)
    families = [4] if counters.missing(6) else [4, 6]
    if 6 not in families:
        tally.skip(f"IPv6: {counters.missing(6)}")
    found = rows()
    tally.check("the rows are read", len(found) > 30)
    for target, ends in found:
        if not tally.check(f"{target} has a case", CASES.get(target) or CASES_6.get(target)):
            continue
        for family in families:
            cases = FAMILIES[family][0][target]
            if cases is not None:
                judge(tally, family, target, ends, cases)
    tally.end()


main()
