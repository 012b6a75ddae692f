#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where no extension of libxtables is installed, that is one finding with the way out, not one
for each rule.

usage: no_extensions.py
"""
import json
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

HEAD = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\n"
RULES = {
    "match": "-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\n",
    "match of the protocol": "-A INPUT -p udp --dport 53 -j ACCEPT\n",
    "target": "-A INPUT -i eth0 -j LOG --log-prefix \"a b\"\n",
}
SCRIPT = "#!/bin/sh\nset -e\niptables -P INPUT DROP\nfor p in 22 80; do\niptables -A INPUT -p tcp --dport $p -j ACCEPT\n" \
    "done\niptables -A INPUT -m limit -j LOG\n"


def check(tally, name, path, *options):
    done = program.run("check", "--isolated", "--format", "json", *options, path)
    found = json.loads(done.out)["diagnostics"]
    tally.equal(f"{name}: the findings", [each["rule"] for each in found], ["unknown-extension"])
    tally.check(f"{name}: the directory, and the way out",
                all("no extensions" in each["message"] and program.ENVIRONMENT["XTABLES_LIBDIR"] in each["message"] and
                    "install the package iptables" in each["hint"] for each in found), done)
    tally.equal(f"{name}: the exit status", done.exit, 1)
    return done


def main():
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="iptlint-extensions.") as folder:
        def write(name, text):
            path = os.path.join(folder, name)
            with open(path, "w") as f:
                f.write(text)
            return path

        program.ENVIRONMENT["XTABLES_LIBDIR"] = os.path.join(folder, "xtables")
        every = write("every", HEAD + 3 * "".join(RULES.values()) + "COMMIT\n")
        for existing in (False, True):
            state = "an empty directory" if existing else "no directory"
            for kind, rule in RULES.items():
                for family in "46":
                    path = write("rules", HEAD + rule + "COMMIT\n")
                    check(tally, f"{state}, IPv{family}: a {kind}", path, f"-{family}",
                          "--ignore", "policy,state,exposure")
            done = check(tally, f"{state}: many rules", every, "-4")
            tally.equal(f"{state}: it does not load", json.loads(done.out)["files"][0]["loads"],
                        {"legacy": False, "nft": False})
            done = program.run("compile", "-4", every)
            tally.check(f"{state}: compile", done.exit == 1 and not done.out and
                        done.err.count(b" error: ") == 1 and b"install the package" in done.err, done)
            script = write("fw.sh", SCRIPT)
            done = program.run("convert", script)
            tally.check(f"{state}: convert", done.exit == 1 and done.err.count(b" error: ") == 1 and
                        b"install the package" in done.err, done)
            # what needs no extension is as good as ever
            done = program.run("check", "--isolated", write("plain", HEAD + "COMMIT\n"))
            tally.check(f"{state}: no match, no target", done.exit == 0, done)
            done = program.run("compile", "-4", write("chain", HEAD + "-A INPUT -j web\nCOMMIT\n"))
            tally.check(f"{state}: a chain that is not there", b"[undefined-chain]" in done.err, done)
            os.makedirs(program.ENVIRONMENT["XTABLES_LIBDIR"], exist_ok=True)
        # with any, each rule is looked at again
        open(os.path.join(folder, "xtables", "libxt_nothing.so"), "w").close()
        done = program.run("compile", "-4", every)
        tally.check("one extension: each rule has its finding", done.err.count(b" error: ") == 9, done)
    tally.end()


main()
