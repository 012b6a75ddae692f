#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""resolve.py

iptlint compile --resolve=HOSTS and check --resolve=HOSTS; names are those of
tests/lint/hosts.  Nothing here asks a name server.
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

HOSTS = "--resolve=" + os.path.join(program.ROOT, "tests", "lint", "hosts")
HEAD = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT DROP [0:0]\n"

WWW = "# iptlint: resolved www.example.com = 192.0.2.9, 192.0.2.10, 192.0.2.80\n"
MAIL = "# iptlint: resolved mail.example.com = 192.0.2.25\n"

# lines, what compile makes of them
PINNED = [
    ("one address", ["-A INPUT -s mail.example.com -j ACCEPT"],
     MAIL + "-A INPUT -s 192.0.2.25/32 -j ACCEPT\n"),
    ("several: one rule each, in order", ["-A INPUT -s www.example.com -j ACCEPT"],
     WWW + "".join(f"-A INPUT -s 192.0.2.{n}/32 -j ACCEPT\n" for n in (9, 10, 80))),
    ("the same name in two lines", ["-A INPUT -s mail.example.com -p tcp -j ACCEPT",
                                    "-A INPUT -s mail.example.com -p udp -j ACCEPT"],
     MAIL + "-A INPUT -s 192.0.2.25/32 -p tcp -j ACCEPT\n" +
     MAIL + "-A INPUT -s 192.0.2.25/32 -p udp -j ACCEPT\n"),
    ("in an argument, in two lines", ["-A INPUT -m conntrack --ctorigsrc mail.example.com",
                                      "-A INPUT -m conntrack --ctorigsrc mail.example.com -j DROP"],
     MAIL + "-A INPUT -m conntrack --ctorigsrc 192.0.2.25\n" +
     MAIL + "-A INPUT -m conntrack --ctorigsrc 192.0.2.25 -j DROP\n"),
    ("under '!'", ["-A INPUT ! -s mail.example.com -j DROP"],
     MAIL + "-A INPUT ! -s 192.0.2.25/32 -j DROP\n"),
    ("a mask that makes them one", ["-A INPUT -s www.example.com/25 -j ACCEPT"],
     WWW + "-A INPUT -s 192.0.2.0/25 -j ACCEPT\n"),
    ("inserted lines", ["-A INPUT -j DROP", "-I INPUT -s mail.example.com -j ACCEPT"],
     MAIL + "-A INPUT -s 192.0.2.25/32 -j ACCEPT\n-A INPUT -j DROP\n"),
    ("a rule that is gone again", ["-A INPUT -s mail.example.com -j ACCEPT",
                                   "-D INPUT -s mail.example.com -j ACCEPT"], ""),
    ("no name: no line", ["-A INPUT -s 192.0.2.25 -j ACCEPT"],
     "-A INPUT -s 192.0.2.25/32 -j ACCEPT\n"),
]

# a line, words of the error
REFUSED = [
    ("-A INPUT -s nosuch.example.com -j ACCEPT", b"'nosuch.example.com' has no IPv4 address"),
    ("-A INPUT ! -s www.example.com -j DROP", b"has 3 addresses"),
    ("-A INPUT ! -s 10.0.0.1,mail.example.com -j DROP", b"takes no '!'"),
    ("-A INPUT -m conntrack --ctorigsrc www.example.com -j DROP", b"more than one address"),
    ("-A INPUT -m conntrack --ctorigsrc nosuch.example.com -j DROP", b"has no IPv4 address"),
]


def compile_lines(lines, *options):
    return program.run("compile", "-4", *options, "-",
                       stdin=(HEAD + "\n".join(lines) + "\nCOMMIT\n").encode())


def main():
    tally = Tally()
    for case, lines, rules in PINNED:
        done = compile_lines(lines, HOSTS)
        tally.equal(case, done.out.decode(), HEAD + rules + "COMMIT\n")
        again = program.run("compile", "-4", "-", stdin=done.out)
        tally.equal(case + ": compiled once more", again.out.decode(),
                    "".join(line + "\n" for line in done.out.decode().splitlines()
                            if not line.startswith("#")))
        checked = program.run("check", "-4", "--select", "stale-address,suppression", HOSTS, "-",
                              stdin=done.out)
        tally.check(case + ": check --resolve is silent", checked.exit == 0 and not checked.out,
                    checked)
    for line, words in REFUSED:
        done = compile_lines([line], HOSTS)
        tally.check(line, done.exit == 1 and not done.out and words in done.err, done)
    done = compile_lines(["-A INPUT -s mail.example.com -j ACCEPT"])
    tally.check("without --resolve", done.exit == 1 and not done.out, done)
    for command in ("compile", "check"):
        done = program.run(command, "-4", "--resolve=/nonexistent/hosts", "-", stdin=HEAD.encode())
        tally.check(command + ": a file that is not there", done.exit == 2, done)
    tally.end()


main()
