#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""noflush.py

What iptlint check --noflush says of loading, against iptables-restore --noflush on hosts
where the chains that a file does not declare are loaded already (in a fresh network
namespace).  `loads` true has to load on each of them and false on none; null says that it
depends on the host, and has to load on one of them and not on another.  Needs root.  Last line: "N passed, N failed, N skipped".
"""
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import judge
import program
from tally import Tally

# Both have a chain LAN; only the second one has rules in it, and in the built-in chains.
HOSTS = {
    "bare": "*filter\n:LAN - [0:0]\nCOMMIT\n",
    "full": "*filter\n:INPUT DROP [0:0]\n:LAN - [0:0]\n-A INPUT -p tcp -j LAN\n-A LAN -j DROP\n"
            "-A LAN -p udp -j DROP\nCOMMIT\n",
}

# Lines of a filter section, and what is to be said of them.
CASES = [
    (["-A INPUT -j LAN"], True),
    (["-A INPUT -g LAN", "-A LAN -p icmp -j ACCEPT"], True),
    (["-I LAN -p icmp -j ACCEPT"], True),
    ([":LAN - [0:0]", "-A LAN -p icmp -j ACCEPT"], True),
    (["-A INPUT -j LAN", ":LAN - [0:0]"], True),
    ([":NEW - [0:0]", "-A NEW -p tcp", ":NEW - [0:0]", "-A INPUT -j NEW"], True),
    ([":NEW - [0:0]", "COMMIT", "*filter", "-A INPUT -j NEW"], True),
    (["-N NEW", "-A INPUT -j NEW"], True),
    (["-F LAN", "-A LAN -j ACCEPT"], True),
    (["-F INPUT", "-A INPUT -j ACCEPT", "-D INPUT 1"], True),
    (["-F INPUT", "-D INPUT 1"], False),
    ([":LAN - [0:0]", "-D LAN -p tcp"], False),
    ([":INPUT ACCEPT [0:0]", ":FORWARD - [0:0]"], True),
    (["-D INPUT -p tcp -j LAN"], None),
    (["-D INPUT 1"], None),
    (["-R LAN 2 -p tcp -j DROP"], None),
    (["-I LAN 2 -p tcp -j DROP"], None),
    (["-F LAN", "-X LAN"], None),
    (["-X LAN"], None),
    (["-P LAN ACCEPT"], False),
    (["-A LAN -j INPUT"], False),
    (["-A INPUT -j PREROUTING"], False),
    (["-N LAN", "-N LAN"], False),
]


def restore(backend, host, text):
    """Does the back end load TEXT on HOST?"""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("host", host), ("text", text)):
            with open(os.path.join(folder, name), "w") as f:
                f.write(content)
        command = f"iptables-{backend}-restore"
        done = subprocess.run(["unshare", "-n", "sh", "-c",
                               f"{command} < host || exit 99; {command} --noflush < text"],
                              cwd=folder, capture_output=True,
                              env=dict(os.environ, PATH=judge.PATH, XTABLES_LOCKFILE="lock"))
    if done.returncode == 99:
        raise RuntimeError(done.stderr.decode())
    return done.returncode == 0


def ask(text):
    done = subprocess.run([program.PROGRAM, "check", "-4", "--noflush", "--format", "json", "-"],
                          input=text, capture_output=True, text=True, env=program.ENVIRONMENT)
    return json.loads(done.stdout)["files"][0]["loads"]


def main():
    tally = Tally()
    why = judge.missing()
    if why:
        tally.skip(why, len(CASES))
        tally.end()
    for lines, wanted in CASES:
        text = "\n".join(["*filter", *lines, "COMMIT", ""])
        said = ask(text)
        for backend in ("legacy", "nft"):
            case = f"{backend}: {'; '.join(lines)}"
            real = {name: restore(backend, host, text) for name, host in HOSTS.items()}
            tally.check(f"{case}: what is said", said[backend] is wanted, said)
            agrees = set(real.values()) == ({True, False} if wanted is None else {wanted})
            tally.check(f"{case}: what is so", agrees, real)
    tally.end()


main()
