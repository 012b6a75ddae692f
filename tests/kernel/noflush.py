#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""noflush.py

What iptlint check --noflush says of loading, against iptables-restore --noflush on hosts
where the chains that a file does not declare are loaded already (in a fresh network
namespace).  `loads` true has to load on each of them and false on none; null says that it
depends on the host, and has to load on one of them and not on another.

Then random fragments are loaded over random hosts by the real tool: a rule that was called
dead in the fragment has to be dead in what iptables-legacy-save prints after that.  Needs
root.  Last line: "N passed, N failed, N skipped".
"""
import json
import os
import random
import re
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


# ---- dead rules ----

FRAGMENTS = 400
HOSTS_EACH = 2
BUILT_IN, USER = ("PREROUTING", "INPUT", "FORWARD"), ("A", "B", "C")
DEAD = {"shadowed-rule", "union-shadowed-rule", "duplicate-rule", "dead-in-context",
        "rule-after-unconditional-verdict"}
CUT_OFF = {"unreachable-chain", "chain-reached-by-dead-rules-only"}
TARGETS = ["-j ACCEPT", "-j DROP"] * 2 + ["-j RETURN", "-j MARK --set-mark 1",
                                          "-j MARK --set-mark 2", ""]


def random_rule(rnd, chain, name):
    """A rule for the table mangle, named by its comment."""
    words = [chain]
    if rnd.random() < 0.6:
        words.append(f"-s 10.0.0.{rnd.choice((0, 64, 128))}/{rnd.choice((24, 25, 26))}")
    if rnd.random() < 0.5:
        words.append(rnd.choice(("-p tcp", "-p udp", "-p tcp --dport 22", "-p tcp --dport 80")))
    if rnd.random() < 0.3:
        words.append(f"-m mark --mark {rnd.choice((1, 2))}")
    if rnd.random() < 0.1:
        words.append("-m limit --limit 1/sec")
    jumps = [f"-{letter} {user}" for user in USER if chain in BUILT_IN or user > chain
             for letter in "jjg"]
    return " ".join(words + [f"-m comment --comment {name}", rnd.choice(TARGETS + jumps)]).strip()


def random_host(rnd):
    lines = [f":{user} - [0:0]" for user in USER]
    for n in range(rnd.randint(0, 8)):
        lines.append("-A " + random_rule(rnd, rnd.choice(BUILT_IN + USER), f"h{n}"))
    return "\n".join(["*mangle", *lines, "COMMIT", ""])


def random_fragment(rnd):
    lines = [f":{user} - [0:0]" for user in USER if rnd.random() < 0.3]
    for n in range(rnd.randint(3, 12)):
        chain, kind = rnd.choice(BUILT_IN + USER), rnd.random()
        rule = random_rule(rnd, chain, f"f{n}")
        if kind < 0.75:
            lines.append("-A " + rule)
        elif kind < 0.9:
            lines.append("-I " + rule)
        elif kind < 0.95:
            lines.append("-F " + chain)
        else:
            lines.append("-I " + rule.replace(chain, chain + " 2", 1))
    return "\n".join(["*mangle", *lines, "COMMIT", ""])


def dead_rules(text, *options):
    """The names of the rules that are called dead, and the chains that are cut off."""
    lines = text.split("\n")
    done = program.run("check", "-4", "--format", "json", *options, "-", stdin=text.encode())
    dead, cut_off = set(), set()
    for each in json.loads(done.out)["diagnostics"]:
        name = re.search(r"--comment (\w+)", lines[each["start"]["line"] - 1])
        if name and (each["rule"] in DEAD or
                     (each["rule"] == "never-matches" and each["level"] == "error")):
            dead.add(name[1])
        elif each["rule"] in CUT_OFF:
            cut_off.add(each["chain"])
    return dead, cut_off


def saved(host, text):
    """What is there after TEXT was loaded on HOST; None if it does not load."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("host", host), ("text", text)):
            with open(os.path.join(folder, name), "w") as f:
                f.write(content)
        done = subprocess.run(["unshare", "-n", "sh", "-c", "iptables-legacy-restore < host || exit 99;"
                               "iptables-legacy-restore --noflush < text || exit 98;"
                               "iptables-legacy-save -t mangle"], cwd=folder, capture_output=True,
                              env=dict(os.environ, PATH=judge.PATH, XTABLES_LOCKFILE="lock"))
    if done.returncode not in (0, 98):
        raise RuntimeError(done.stderr.decode())
    return done.stdout.decode() if done.returncode == 0 else None


def check_dead(tally, rnd):
    n_hosts = 0
    for _ in range(FRAGMENTS):
        fragment = random_fragment(rnd)
        dead, _ = dead_rules(fragment, "--noflush")
        for _ in range(HOSTS_EACH if dead else 0):
            text = saved(random_host(rnd), fragment)
            if text is None:
                continue
            n_hosts += 1
            dead_there, cut_off = dead_rules(text)
            for name in dead:
                chain = re.search(rf"^-A (\S+) .*--comment {name}( |$)", text, re.M)
                # a rule may be gone, by a later -F
                if chain and chain[1] not in cut_off:
                    tally.check(f"dead: {name}", name in dead_there, f"{fragment}\n{text}")
    print(f"{FRAGMENTS} random fragments, loaded {n_hosts} times over what was there")


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
    check_dead(tally, random.Random(1))
    tally.end()


main()
