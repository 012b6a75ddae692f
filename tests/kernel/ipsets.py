#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ipsets.py

What external-object says of ipsets with --ipset-file, against the real iptables and packets in a
network namespace: a set of the other family or that is not there is refused; a rule that names
fewer directions than the set has dimensions takes no packet, and with more it works.

Needs root, and ipset.  Last line: "N passed, N failed, N skipped".
"""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import judge
import program
from tally import Tally

SETS = """create v4 hash:ip family inet
add v4 127.0.0.1
create v6 hash:ip family inet6
create pair hash:ip,port family inet
add pair 127.0.0.1,udp:9
create triple hash:ip,port,ip family inet
add triple 127.0.0.1,udp:9,127.0.0.1
create port bitmap:port range 0-65535
add port 9
create all list:set size 8
add all v4
"""
# What the rule asks for, what check says of it, and whether it takes a UDP packet from and to
# 127.0.0.1, ports 9; None: it does not load.
RULES = [
    ("--match-set v4 src", None, True),
    ("--match-set v4 src,src", None, True),
    ("--match-set port dst", None, True),
    ("--match-set all src", None, True),
    ("--match-set pair src", "warning", False),
    ("--match-set pair src,dst", None, True),
    ("--match-set pair src,dst,dst", None, True),
    ("--match-set triple src,dst", "warning", False),
    ("--match-set triple src,dst,dst", None, True),
    ("--match-set v6 src", "error", None),
    ("! --match-set v6 src", "error", None),
    ("--match-set nosuch src", "error", None),
]


def ask(backend):
    """In the namespace: for each rule whether it takes the packet."""
    tool = "iptables-" + backend
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ipset", "restore"], input=SETS.encode(), check=True)
    answers = []
    for words, _, _ in RULES:
        subprocess.run([tool, "-F", "OUTPUT"], check=True, stderr=subprocess.DEVNULL)
        done = subprocess.run([tool, "-A", "OUTPUT", "-p", "udp", "-m", "set", *words.split(), "-j", "ACCEPT"],
                              stderr=subprocess.DEVNULL)
        if done.returncode:
            answers.append(None)
            continue
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind(("127.0.0.1", 9))
            sender.sendto(b"x", ("127.0.0.1", 9))
        counts = subprocess.run([tool, "-S", "OUTPUT", "-v"], capture_output=True, text=True).stdout
        answers.append("-c 0 0" not in counts.split("\n")[1])
    print(json.dumps(answers))


def said(folder, words):
    with open(os.path.join(folder, "sets"), "w", encoding="ascii") as file:
        file.write(SETS)
    path = os.path.join(folder, "rules.v4")
    with open(path, "w", encoding="ascii") as file:
        file.write("*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                   f"-A OUTPUT -p udp -m set {words} -j ACCEPT\nCOMMIT\n")
    _, report = program.check(path, options=("--ipset-file", os.path.join(folder, "sets"),
                                             "--select", "external-object"))
    levels = [d["level"] for d in report["diagnostics"] if d["rule"] == "external-object"]
    return levels[0] if levels else None


def main():
    if len(sys.argv) > 1:
        return ask(sys.argv[1])
    tally = Tally("ipsets.py")
    with tempfile.TemporaryDirectory() as folder:
        for words, level, _ in RULES:
            tally.equal(f"{words}: is said", said(folder, words), level)
        why = judge.missing() or (None if shutil.which("ipset", path=judge.PATH) else "ipset is not installed")
        for backend in ("legacy", "nft"):
            if why:
                tally.skip(why, len(RULES))
                continue
            done = subprocess.run(["unshare", "-n", sys.executable, "-B", __file__, backend], capture_output=True,
                                  env={**os.environ, "PATH": judge.PATH,
                                       "XTABLES_LOCKFILE": os.path.join(folder, "lock")})
            answers = json.loads(done.stdout) if not done.returncode else []
            if tally.check(f"{backend}: answers", len(answers) == len(RULES), done.stderr.decode()):
                for (words, _, wanted), answer in zip(RULES, answers):
                    tally.equal(f"{backend}: {words}: takes the packet", answer, wanted)
    return tally.end()


main()
