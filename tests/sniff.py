#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check and fmt with --sniff: which of the files that are named are passed over.

usage: sniff.py
"""
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

RULES = "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT --bogus\nCOMMIT\n"

# Files of other programs.
FOREIGN = {
    "70-persistent-net.rules": '# udev\nSUBSYSTEM=="net", ACTION=="add", ATTR{address}=="00:11:22:33:44:55", NAME="eth0"\n',
    "audit.rules": "-D\n-b 8192\n-a always,exit -F arch=b64 -S adjtimex -k time\n-w /etc/passwd -p wa -k identity\n",
    "suricata.rules": 'alert tcp $EXTERNAL_NET any -> $HOME_NET 22 (msg:"ssh"; flags:S; sid:1; rev:1;)\n#drop ip any any -> any any (sid:2;)\n',
    "49-wheel.rules": "/*\n * polkit\n */\npolkit.addRule(function(action, subject) {\n    return polkit.Result.YES;\n});\n",
    "alerts.rules": "groups:\n- name: node\n  rules:\n  - alert: Down\n    expr: up == 0\n",
    "firestore.rules": "rules_version = '2';\nservice cloud.firestore {\n  match /databases/{database}/documents {\n  }\n}\n",
    "debian.rules": "#!/usr/bin/make -f\n%:\n\tdh $@\n",
    "adder.v4": "module adder(input [3:0] a, output [4:0] s);\nendmodule\n",
    "empty.rules": "",
    "binary.v6": b"\x7fELF\x02\x01\x00\x00",
    "notes.txt": "We use iptables for that.\n",
}
OURS = {
    "rules.v4": "not a line of it is right\n",  # by its name
    "sysconfig/ip6tables": "",
    "host.rules": RULES,
    "broken.v4": "# comment\n\n*fliter\n:INPUT ACCEPT [0:0]\n",
    "rules.of.the.gateway": RULES,  # by its lines
}
SHELL = "#!/bin/sh\n"
CALLS = {
    "plain": "iptables -A INPUT --bogus\n",
    "path": "/sbin/ip6tables -F\n",
    "restore": "iptables-restore < rules\n",
    "wrapper": "run iptables -A INPUT -j ACCEPT\n",
    "string": 'sh -c "iptables -F"\n',
    "substitution": "x=$(iptables -S)\n",
    "variable": "$IPT -F\n",
    "variable of any name": "FW=/sbin/iptables\n$FW -F\n",
    "quoted value": 'FW="/sbin/iptables"\n"$FW" -F\n',
    "which": "FW=$(which iptables)\n$FW -F\n",
    "backquotes": "FW=`command -v ip6tables`\n$FW -F\n",
    "loop": "for fw in iptables ip6tables; do\n\t$fw -F\ndone\n",
    "function": "fw() { iptables \"$@\"; }\nfw -F\n",
}
NO_CALLS = {
    "nothing": "",
    "comment": "# iptables -F\necho done # iptables -F\n",
    "installs": "apt-get install -y iptables nftables\n",
    "service": "systemctl restart iptables\nservice iptables reload\n",
    "file": "cat /etc/iptables/rules.v4\ncp a /etc/init.d/iptables\n",
    "other assignment": "A=b apt-get install iptables\n",
    "says so": "echo 'needs iptables'\n",
}


def write(name, text):
    if os.path.dirname(name):
        os.makedirs(os.path.dirname(name), exist_ok=True)
    with open(name, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())
    return name


def looked_at(*names, options=()):
    _, report = program.check(*names, options=("--sniff", *options))
    return [file["file"] for file in report["files"]]


def rules_files(tally):
    for name, text in FOREIGN.items():
        write(name, text)
        done = program.run("check", "--sniff", name)
        tally.check(f"{name} is passed over", done.exit == 0 and not done.out and not done.err, done)
        done = program.run("fmt", "--sniff", name)
        with open(name, "rb") as f:
            left = f.read()
        tally.check(f"{name} is not formatted", done.exit == 0 and not done.out and not done.err and
                    left == (text if isinstance(text, bytes) else text.encode()), done)
    for name, text in OURS.items():
        tally.equal(f"{name} is checked", looked_at(write(name, text)), [name])
    tally.equal("among others", looked_at(*FOREIGN, *OURS, *FOREIGN), list(OURS))
    done = program.run("check", "--sniff", "suricata.rules", "host.rules")
    tally.check("what is left is checked", done.exit == 1 and b"host.rules:3:10: error" in done.out, done)
    done = program.run("check", "suricata.rules")
    tally.check("without --sniff it is taken at its word", done.exit == 1 and b"suricata.rules:1" in done.out, done)
    done = program.run("fmt", "--sniff", "--check", write("wide.rules", RULES.replace(" ", "  ")))
    tally.check("fmt", done.exit == 1 and done.out == b"wide.rules\n", done)


def scripts(tally):
    for name, text in CALLS.items():
        tally.equal(f"a script that calls: {name}", looked_at(write("fw.sh", SHELL + text))[:1], ["fw.sh"])
    for name, text in NO_CALLS.items():
        tally.equal(f"a script that calls nothing: {name}", looked_at(write("fw.sh", SHELL + text)), [])
    tally.equal("a call behind a prompt", looked_at(write("log.txt", "$ iptables -F\n"))[:1], ["log.txt"])
    done = program.run("fmt", "--sniff", write("fw.sh", SHELL + CALLS["plain"]))
    tally.check("fmt does nothing with scripts", done.exit == 0 and not done.out and not done.err, done)


def what_is_no_file(tally):
    done = program.run("check", "--sniff", "missing.rules")
    tally.check("a missing file is trouble", done.exit == 2 and b"missing.rules" in done.err, done)
    done = program.run("check", "--sniff", "--format", "gcc", "-", stdin=b"no rules\n")
    tally.check("standard input is taken", done.exit == 1 and done.out.startswith(b"-:1:1: error"), done)
    os.mkfifo("pipe.rules")
    with subprocess.Popen(["sh", "-c", "echo no rules > pipe.rules"]):
        done = program.run("check", "--sniff", "--format", "gcc", "pipe.rules")
    tally.check("a pipe is not looked into", done.exit == 1 and done.out.startswith(b"pipe.rules:1:1: error"), done)
    write("tree/udev.rules", FOREIGN["70-persistent-net.rules"])
    write("tree/ours.rules", RULES)
    tally.equal("directories are as ever", looked_at("tree"), ["tree/ours.rules"])


def main():
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="iptlint-sniff.") as folder:
        os.chdir(folder)
        for part in (rules_files, scripts, what_is_no_file):
            part(tally)
        os.chdir("/")
    tally.end()


main()
