# SPDX-License-Identifier: GPL-2.0-or-later
"""Sequences of calls for tests/convert/session.py: a table (calls.txt beside it), and random
ones.

A sequence is text: a line is a call, the word "iptables" left out ("save", "restore" and
"ipset" begin other programs); a first line such as "4:", "6:", "legacy:", "nft:" says for
what it is.
"restore ... <<" takes the lines up to "." for its input.
"""
import os
import re
import shlex

import randomrule

HERE = os.path.dirname(os.path.abspath(__file__))


def read(path):
    with open(path) as f:
        blocks = f.read().split("\n\n")
    lines = [[line for line in block.split("\n") if line and not line.startswith("# ")]
             for block in blocks]
    return [each for each in lines if each]


MARKS = ("4:", "6:", "legacy:", "nft:")


def fits(sequence, family, backend):
    return sequence[0] not in MARKS or sequence[0][:-1] in (str(family), backend)


def of(sequence):
    """[(words, input)]"""
    result = []
    lines = iter(line for line in sequence if line not in MARKS)
    for line in lines:
        words = shlex.split(line)
        text = b""
        if words and words[0] in ("save", "restore"):
            words[0] = f"iptables-{words[0]}"
        elif not words or words[0] != "ipset":
            words.insert(0, "iptables")
        if words[-1] == "<<":
            words.pop()
            for each in lines:
                if each == ".":
                    break
                text += each.encode() + b"\n"
        result.append((words, text))
    return result


CHAINS = ["INPUT", "OUTPUT", "FORWARD", "A", "B", "C"]
OWN = ["A", "B", "C"]
NAT = ["PREROUTING", "POSTROUTING", "INPUT", "OUTPUT", "A", "B", "C"]
NAT_RULES = ["-j MASQUERADE", "-p tcp -j REDIRECT --to-ports 8", "-j ACCEPT", "-j A", "-j B",
             "-j C", "-g B", "-j RETURN", "-p udp -j RETURN", "-j DROP",
             "-m owner --uid-owner 7 -j ACCEPT"]
RULES = ["-j ACCEPT", "-j DROP", "-j RETURN", "-p tcp --dport 22 -j ACCEPT",
         "-p udp -j DROP", "-i lo -j ACCEPT", "-j A", "-j B", "-j C", "-g A",
         "-m mac --mac-source 00:11:22:33:44:55 -j RETURN", "-m owner --uid-owner 7",
         "-p tcp -m multiport --dports 1,2", "-j LOG --log-prefix x", "-j REJECT",
         "-m comment --comment 'a b' -j ACCEPT", "-p icmp -j ACCEPT", "-j INPUT",
         "-m state --state NEW -j A", "-j NOPE", "-o eth0", "! -p tcp -j B", "-j MARK --set-mark 1"]
TABLES = ["", "", "", "", "-t filter ", "-t mangle "]


def random_call(source, nat):
    chain, own, rule = source.choice(CHAINS), source.choice(OWN), source.choice(RULES)
    number = source.randint(1, 3)
    table = source.choice(TABLES)
    if nat:
        table, chain, rule = "-t nat ", source.choice(NAT), source.choice(NAT_RULES)
    return table + source.choice([
        f"-A {chain} {rule}", f"-A {chain} {rule}", f"-A {chain} {rule}", f"-A {chain} {rule}",
        f"-I {chain} {rule}", f"-I {chain} {number} {rule}", f"-D {chain} {rule}",
        f"-D {chain} {number}", f"-R {chain} {number} {rule}", f"-N {own}", f"-N {own}",
        f"-N {own}", f"-X {own}", "-X", f"-F {chain}", "-F", f"-P {chain} DROP",
        f"-P {chain} ACCEPT", f"-E {own} {source.choice(OWN)}", f"-C {chain} {rule}",
        "-S", f"-S {chain}", "-L -n", f"-L {chain} -nv --line-numbers", f"-Z {chain}", "-Z",
        f"-A {chain} {rule}", f"-A {chain} {rule}"])


def random_restore(source, nat):
    """A section with a few random lines, most of which work."""
    lines = [f":{chain} - [0:0]" for chain in OWN if source.random() < 0.6]
    if source.random() < 0.5:
        lines.insert(0, f":INPUT {source.choice(['ACCEPT', 'DROP', '-'])} [0:0]")
    for _ in range(source.randint(0, 5)):
        rule = source.choice(NAT_RULES if nat else RULES)
        chain = source.choice(["INPUT", "OUTPUT", "A", "B", "C"])
        lines.append(source.choice(
            [f"-A {chain} {rule}", f"-A {chain} {rule}", f"-A {chain} {rule}",
             f"-I {chain} {rule}", f"-A OUTPUT -p tcp -j {source.choice(OWN)}"]))
    flush = source.choice(["", " -n", " -n"])
    return [f"restore{flush} <<", "*nat" if nat else "*filter", *lines, "COMMIT", "."]


def random_sequence(source):
    nat = source.random() < 0.3
    table = "-t nat " if nat else ""
    begin = [f"{table}-N {chain}" for chain in OWN if source.random() < 0.7]
    calls = [random_restore(source, nat) if source.random() < 0.07 else
             [random_call(source, nat)] for _ in range(25)]
    return begin + sum(calls, []) + [f"{table}-S", f"{table}-L -n", "save"]


def extension_calls(rules, sets):
    """Calls that append random rules of every extension, one family, and look at them."""
    sequence = [(["ipset", "create", name, kind, "family",
                  "inet6" if rules[0].family == 6 else "inet"], b"") for name, kind in sets]
    for rule in rules:
        begin = ["iptables", "-t", rule.table]
        sequence += [(begin + ["-N", line.split()[0].lstrip(":")], b"") for line in rule.declares]
        for words in map(words_of, rule.lines):
            # nft loses a burst of 0, and does not find such a rule again.
            if words and words[0] == "-A" and not re.search(r"--limit-burst 0+( |$)",
                                                            " ".join(words)):
                sequence += [(begin + words, b""), (begin + ["-C", *words[1:]], b"")]
    for table in randomrule.HOOKS:
        sequence += [(["iptables", "-t", table, "-S"], b""),
                     (["iptables", "-t", table, "-L", "-n"], b"")]
    # Every second one goes again.
    added = [words for words, _ in sequence if "-A" in words]
    return sequence + [([word if word != "-A" else "-D" for word in words], b"")
                       for words in added[::2]]


def words_of(line):
    try:
        words = shlex.split(line)
    except ValueError:
        return []
    return [] if any(c in word for word in words for c in "\t\n\0") else words


TABLE = read(os.path.join(HERE, "..", "convert", "calls.txt"))
