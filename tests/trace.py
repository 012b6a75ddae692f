#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""iptlint trace: its text, its JSON, its exit status, and what it says to wrong words.

That its paths are the kernel's own is judged in tests/kernel/reach.py.
"""
import json
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

RULES = """\
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -i eth0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 192.0.2.9:80
COMMIT
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:WEB - [0:0]
-A INPUT -p tcp -m tcp --dport 22 -m set --match-set trusted src -j ACCEPT
-A INPUT -p tcp -m tcp --dport 22 -j REJECT
-A FORWARD -p tcp -j WEB
-A FORWARD -p tcp -j LOG
-A WEB -d 192.0.2.9/32 -p tcp -m tcp --dport 80 -j ACCEPT
-A WEB -j RETURN
-A WEB -j DROP
COMMIT
"""
SSH = "in=eth0 src=198.51.100.1 dst=203.0.113.1 proto=tcp dport=22 state=NEW"
WEB = "in=eth0 out=eth1 src=198.51.100.1 dst=203.0.113.1 proto=tcp dport={} state=NEW"

# packet, options: verdict, line that decides (of a policy, if it is not among
# those that match), lines that match
PATHS = [
    (WEB.format(8080), [], "ACCEPT", 17, [6, 15, 17]),  # DNAT changes what FORWARD sees
    (WEB.format(80), [], "DROP", 10, [15, 18, 16]),   # back from WEB, past the LOG
    (SSH, ["--assume", "set:trusted=yes"], "ACCEPT", 13, [13]),
    (SSH, ["--assume", "set:trusted=no"], "REJECT", 14, [14]),
    (SSH.replace("=22", "=23"), [], "DROP", 9, []),
    ("out=eth0 src=203.0.113.1 dst=198.51.100.1 proto=udp dport=53", [], "ACCEPT", 11, []),
]
# arguments, standard input: what standard error has to name
WRONG = [
    (["--packet", "in=eth0 src=1 dst=203.0.113.1"], b"", "src=1"),
    (["--packet", "in=eth0 src=2001:db8::1 dst=203.0.113.1"], b"", "dst=203.0.113.1"),
    (["--packet", "in=eth0 sorce=192.0.2.1"], b"", "sorce"),
    (["--packet", SSH.replace("22", "70000")], b"", "dport=70000"),
    (["--packet", SSH + " state=OLD"], b"", "state"),
    (["--packets", "-"], b"# two\nin=eth0 src=198.51.100.1 dst=203.0.113.1 proto=tcp dport=x\n", "-:2: dport=x"),
    ([], b"", "--packet"),
    (["--packet", SSH, "--format", "xml"], b"", "xml"),
    (["--packet", SSH, "--assume", "trusted"], b"", "trusted"),
]


def main():
    tally = Tally("trace.py")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.v4")
        with open(path, "w") as file:
            file.write(RULES)

        for packet, options, verdict, line, matched in PATHS:
            done = program.run("trace", path, "--packet", packet, "--format", "json", *options)
            what = f"{packet} {' '.join(options)}"
            if not tally.check(what, done.exit == 0, str(done)):
                continue
            answer = json.loads(done.out)
            tally.equal(f"{what}: version", answer["version"], 1)
            tally.equal(f"{what}: verdict", answer["verdict"], verdict)
            tally.equal(f"{what}: the line that decides", answer["decided_by"].get("line"), line)
            tally.equal(f"{what}: lines that match",
                        [step["line"] for step in answer["path"] if step["matched"] is True], matched)
            text = program.run("trace", path, "--packet", packet, *options).out.decode()
            last = text.strip().splitlines()[-1]
            tally.check(f"{what}: the text says the same", last.startswith(verdict + ": ") and
                        (f"line {line}:" if line in matched else "policy of") in last, text)

        # what is not known is followed both ways
        done = program.run("trace", path, "--packet", SSH, "--format", "json")
        answer = json.loads(done.out)
        tally.equal("both ways", sorted(way["verdict"] for way in answer["outcomes"]),
                    ["ACCEPT", "REJECT"])
        text = program.run("trace", path, "--packet", SSH).out.decode()
        tally.check("both ways in words", "if set:trusted matches" in text and
                    "if set:trusted does not match" in text, text)

        # on its way through a host the hop limit becomes less
        ttl = os.path.join(folder, "ttl.v4")
        with open(ttl, "w") as file:
            file.write("*mangle\n-A PREROUTING -m ttl --ttl-eq 64 -j MARK --set-mark 1\n"
                       "-A FORWARD -m mark --mark 1 -m ttl --ttl-eq 64 -j DROP\nCOMMIT\n")
        done = program.run("trace", ttl, "--packet", "in=eth0 out=eth1 src=10.0.0.1 dst=10.0.0.2 "
                           "proto=udp sport=1 dport=2", "--format", "json")
        tally.equal("a TTL that was read before routing is not known after it",
                    sorted({way["verdict"] for way in json.loads(done.out)["outcomes"]
                            if way["path"][0]["matched"]}), ["ACCEPT", "DROP"])

        # several packets, with blank and comment lines between them
        done = program.run("trace", path, "--packets", "-", "--format", "json",
                           stdin=f"{WEB.format(80)}\n\n# one more\n{WEB.format(8080)}\n".encode())
        tally.equal("several packets", [json.loads(line)["verdict"] for line in done.out.splitlines()],
                    ["DROP", "ACCEPT"])

        for arguments, stdin, named in WRONG:
            done = program.run("trace", path, *arguments, stdin=stdin)
            tally.check(f"{' '.join(arguments)}: exit 2, and '{named}' is named",
                        done.exit == 2 and named in done.err.decode(), str(done))
        done = program.run("trace", os.path.join(folder, "none.v4"), "--packet", SSH)
        tally.check("no such file", done.exit == 2 and "none.v4" in done.err.decode(), str(done))
        with open(path, "w") as file:
            file.write(RULES.replace("-j REJECT", "-j REJECT --no-such-option"))
        done = program.run("trace", path, "--packet", SSH)
        tally.check("a rule that cannot be read may do anything", done.exit == 0 and
                    b"unknown: line 14" in done.out, str(done))
    tally.end()


main()
