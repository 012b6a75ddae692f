#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""diff.py [--seed N]

iptlint diff: a table of cases with the kinds of change that it has to tell, what it prints, its
exit status, git, and files that have to be the same: what fmt and compile make of a file, and the
file without the rules that are reported dead, for all of ../shared/corpus and for what the
generators make.  Edits of such files by chance are judged by iptlint trace: the sample packet
of a change has the verdicts that are told, and where none is told no packet has two.  Last, the
time for large files.
"""
import argparse
import concurrent.futures
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "lib"))
import program
import shared
from edits import edit, edited
from tally import Tally

FIXTURES = os.path.join(HERE, "fixtures", "diff")
DEAD = {"never-matches", "nat-state-match-dead", "dead-in-context", "duplicate-rule",
        "rule-after-unconditional-verdict", "shadowed-rule", "union-shadowed-rule",
        "log-after-verdict"}
EDITS = 500
PACKETS = 12  # for each edit

# Rules of OLD, rules of NEW ("|" ends a line), and what has to be told: kinds, "undecided".  "*T"
# changes the table, ":" declares chains.
CASES = [
    # the same
    ("-A INPUT -p tcp --dport 22 -j ACCEPT", "-A INPUT -p 6 -m tcp --dport 22:22 -j ACCEPT", ""),
    ("-A INPUT -p tcp --dport 22 -j ACCEPT|-A INPUT -p tcp --dport 23 -j ACCEPT",
     "-A INPUT -p tcp -m multiport --dports 22,23 -j ACCEPT", ""),
    ("-A INPUT -s 10.0.0.0/9 -j DROP|-A INPUT -s 10.128.0.0/9 -j DROP", "-A INPUT -s 10.0.0.0/8 -j DROP", ""),
    ("-A INPUT -s 10.0.0.1 -j DROP|-A INPUT -s 10.0.0.2 -j ACCEPT",
     "-A INPUT -s 10.0.0.2 -j ACCEPT|-A INPUT -s 10.0.0.1 -j DROP", ""),
    (":A - [0:0]|-A INPUT -j A|-A A -s 10.0.0.1 -j DROP", ":B - [0:0]|-A INPUT -j B|-A B -s 10.0.0.1 -j DROP", ""),
    (":A - [0:0]|-A INPUT -i eth0 -j A|-A A -s 10.0.0.1 -j DROP", "-A INPUT -i eth0 -s 10.0.0.1 -j DROP", ""),
    (":A - [0:0]|-A INPUT -g A|-A A -j DROP", "-A INPUT -j DROP", ""),
    (":INPUT DROP [0:0]", "-A INPUT -j DROP", "policy"),
    ("-A INPUT -p tcp -j ACCEPT", "-A INPUT -p tcp -m comment --comment web -j ACCEPT", ""),
    ("-A INPUT -p tcp -j ACCEPT", "[5:300] -A INPUT -p tcp -j ACCEPT", ""),
    ("-A INPUT -m set --match-set a src -j DROP|-A INPUT -s 10.0.0.1 -j DROP",
     "-A INPUT -s 10.0.0.1 -j DROP|-A INPUT -m set --match-set a src -j DROP", ""),
    ("-A INPUT -m limit --limit 1/s -j ACCEPT|-A INPUT -j DROP", "-A INPUT -m limit --limit 1/s -j ACCEPT|-A INPUT -j DROP", ""),
    ("-A INPUT -j LOG --log-prefix a|-A INPUT -s 10.0.0.1 -j DROP",
     "-A INPUT -s 10.0.0.1 -j LOG --log-prefix a|-A INPUT -s 10.0.0.1 -j DROP|-A INPUT -j LOG --log-prefix a", ""),
    ("-A INPUT -p tcp -j DROP|-A INPUT -p tcp --dport 22 -j ACCEPT", "-A INPUT -p tcp -j DROP", ""),
    (":A - [0:0]|-A A -j DROP", "", ""),
    # accepted and denied
    ("-A INPUT -p tcp --dport 22 -j DROP", "-A INPUT -p tcp --dport 22 -s 10.0.0.0/8 -j DROP", "accepted"),
    ("-A INPUT -s 10.0.0.0/8 -j DROP", "-A INPUT -s 10.0.0.0/7 -j DROP", "denied"),
    ("-A INPUT -s 10.0.0.0/8 -j DROP", "-A INPUT -s 11.0.0.0/8 -j DROP", "accepted denied"),
    ("-A INPUT -s 10.0.0.1 -j DROP|-A INPUT -p tcp -j ACCEPT", "-A INPUT -p tcp -j ACCEPT|-A INPUT -s 10.0.0.1 -j DROP", "accepted"),
    (":INPUT ACCEPT [0:0]", ":INPUT DROP [0:0]", "policy denied"),
    (":INPUT DROP [0:0]|-A INPUT -j ACCEPT", ":INPUT ACCEPT [0:0]", "policy"),
    (":A - [0:0]|-A INPUT -j A|-A A -s 10.0.0.1 -j RETURN|-A A -j DROP", ":A - [0:0]|-A INPUT -j A|-A A -j DROP", "denied"),
    (":A - [0:0]|:INPUT DROP [0:0]|-A INPUT -g A|-A INPUT -j ACCEPT", ":A - [0:0]|:INPUT DROP [0:0]|-A INPUT -j A|-A INPUT -j ACCEPT", "accepted"),
    ("-A FORWARD -m set --match-set a src -j DROP", "-A FORWARD -m set --match-set b src -j DROP", "accepted denied"),
    ("-A INPUT -m conntrack --ctstate NEW -j DROP", "-A INPUT -m conntrack --ctstate NEW,INVALID -j DROP", "denied"),
    ("-A INPUT -p tcp --syn -j DROP", "-A INPUT -p tcp -j DROP", "denied"),
    ("-A INPUT -i eth+ -j DROP", "-A INPUT -i eth0 -j DROP", "accepted"),
    # another verdict
    ("-A INPUT -s 10.0.0.1 -j DROP", "-A INPUT -s 10.0.0.1 -j REJECT", "verdict"),
    ("-A INPUT -s 10.0.0.1 -j REJECT", "-A INPUT -s 10.0.0.1 -j REJECT --reject-with icmp-admin-prohibited", "verdict"),
    ("*nat|-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1", "*nat|-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.0.0.2", "verdict"),
    ("*nat|-A POSTROUTING -o eth0 -j MASQUERADE", "*nat|-A POSTROUTING -o eth0 -j SNAT --to-source 192.0.2.1", "verdict"),
    ("*nat|-A POSTROUTING -o eth0 -j MASQUERADE", "*nat|-A POSTROUTING -o eth0 -s 10.0.0.0/8 -j MASQUERADE", "verdict"),
    # effects
    ("-A INPUT -s 10.0.0.1 -j DROP", "-A INPUT -j LOG|-A INPUT -s 10.0.0.1 -j DROP", "effect"),
    ("-A INPUT -j LOG --log-prefix a", "-A INPUT -j LOG --log-prefix b", "effect"),
    ("*mangle|-A FORWARD -i eth0 -j MARK --set-mark 1", "*mangle|-A FORWARD -i eth0 -j MARK --set-mark 2", "effect"),
    ("*raw|-A PREROUTING -i lo -j CT --notrack", "*raw|", "effect"),
    ("*mangle|-A FORWARD -j MARK --set-mark 1|-A FORWARD -j MARK --set-mark 2",
     "*mangle|-A FORWARD -j MARK --set-mark 2|-A FORWARD -j MARK --set-mark 1", "undecided"),
    # chance, and what nobody knows
    ("-A INPUT -m limit --limit 1/s -j ACCEPT|-A INPUT -j DROP", "-A INPUT -j DROP", "undecided"),
    ("-A INPUT -m statistic --mode random --probability 0.5 -j DROP", "-A INPUT -m statistic --mode random --probability 0.6 -j DROP", "undecided"),
    ("-A INPUT -m limit --limit 1/s -j ACCEPT|-A INPUT -j DROP", "-A INPUT -m limit --limit 1/s -j ACCEPT|-A INPUT -j ACCEPT", "accepted"),
    ("-A INPUT -j ACCEPT|-A INPUT -m limit --limit 1/s -j LOG", "-A INPUT -m limit --limit 1/s -j LOG|-A INPUT -j ACCEPT", "undecided"),
    ("-A INPUT -m recent --set --name a", "", "undecided"),
    ("-A INPUT -m recent --set --name a -j ACCEPT", "-A INPUT -j ACCEPT", "undecided"),
    (":A - [0:0]|-A INPUT -m recent --set --name a -j A", "", "undecided"),
    ("-A INPUT -m recent --set --name a -j ACCEPT", "-A INPUT -m recent --set --name a -j ACCEPT", ""),
    ("-A INPUT -m recent --rcheck --name a", "", ""),
    # the list is changed for all ports, whichever the rule asks for
    ("-A INPUT -p tcp --dport 23 -j DROP|-A INPUT -p tcp -m recent --set --name a -m tcp --dport 23", "-A INPUT -p tcp --dport 23 -j DROP", "undecided"),
    ("-A INPUT -p tcp --dport 23 -j DROP|-A INPUT -p tcp -m tcp --dport 23 -m recent --set --name a", "-A INPUT -p tcp --dport 23 -j DROP", ""),
    ("-A INPUT -s host.example.net -j DROP", "-A INPUT -s host.example.net -j DROP", ""),
    ("-A INPUT -s host.example.net -j DROP", "-A INPUT -s other.example.net -j DROP", "undecided"),
    ("-A INPUT -j MARK --set-mark 1|-A INPUT -m mark --mark 1 -j DROP", "-A INPUT -j MARK --set-mark 1|-A INPUT -m mark --mark 2 -j DROP", "undecided"),
    # what stands behind a target that may end the way is for those that come past it only
    ("-A INPUT -p tcp -j SYNPROXY|-A INPUT -p tcp -j LOG", "-A INPUT -p tcp -j LOG|-A INPUT -p tcp -j SYNPROXY", "undecided"),
    ("-A INPUT -p tcp -j SYNPROXY|-A INPUT -p tcp -j LOG", "-A INPUT -p tcp -j SYNPROXY|-A INPUT -p tcp -j LOG", ""),
    ("-A INPUT -p tcp -j SYNPROXY|-A INPUT -p udp -j LOG", "-A INPUT -p udp -j LOG|-A INPUT -p tcp -j SYNPROXY", ""),
    ("-A INPUT -p tcp -j SYNPROXY|-A INPUT -p tcp -m recent --set --name a",
     "-A INPUT -p tcp -m recent --set --name a|-A INPUT -p tcp -j SYNPROXY", "undecided"),
    # a rule that nobody can read without a look-up
    ("*mangle|-A FORWARD -j TEE --gateway gw.example.net", "*mangle|-A FORWARD -j TEE --gateway gw.example.net", ""),
    ("*mangle|-A FORWARD -j TEE --gateway gw.example.net", "*mangle|-A FORWARD -j TEE --gateway other.example.net", "undecided"),
    ("*mangle|-A FORWARD -j TEE --gateway gw.example.net", "*mangle|", "undecided"),
    ("*mangle|-A FORWARD -j TEE --gateway gw.example.net|-A FORWARD -j MARK --set-mark 1",
     "*mangle|-A FORWARD -j MARK --set-mark 1|-A FORWARD -j TEE --gateway gw.example.net", "undecided"),
]


def rules_file(folder, name, text):
    table = "filter"
    lines = text.split("|")
    if lines[0].startswith("*"):
        table = lines.pop(0)[1:]
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write("\n".join([f"*{table}", *filter(None, lines), "COMMIT", ""]))
    return path


def diff(*arguments, family="-4", cwd=None, **more):
    """(Done, the JSON)"""
    done = program.run("diff", "--isolated", *filter(None, [family]), "-f", "json", *arguments, cwd=cwd, **more)
    try:
        return done, json.loads(done.out)
    except ValueError:
        return done, {"comparisons": []}


def told(report):
    kinds = set()
    for comparison in report["comparisons"]:
        for chain in comparison["chains"]:
            kinds |= {change["kind"] for change in chain["changes"]}
            if chain["n_undecided"]:
                kinds.add("undecided")
            if chain["policy"]["old"] != chain["policy"]["new"]:
                kinds.add("policy")
    return kinds


def status_of(kinds):
    return 2 if "undecided" in kinds else 1 if kinds else 0


def cases(tally, folder):
    for old, new, wanted in CASES:
        paths = rules_file(folder, "old.v4", old), rules_file(folder, "new.v4", new)
        for backend in "both", "legacy", "nft":
            done, report = diff("--backend", backend, *paths)
            case = f"{backend}: {old} -> {new}"
            if tally.equal(case, " ".join(sorted(told(report))), " ".join(sorted(wanted.split()))):
                tally.equal(f"status of {case}", done.exit, status_of(set(wanted.split())))
        # back again: the same, but for what is accepted and denied
        _, back = diff(paths[1], paths[0])
        swap = {"accepted": "denied", "denied": "accepted"}
        tally.equal(f"back: {old} -> {new}", told(back), {swap.get(kind, kind) for kind in wanted.split()})


def outputs(tally):
    """What is printed of the fixture; the file in markdown.md is what a reader of a merge request
    sees."""
    for name, file in ("markdown", "markdown.md"), ("full", "full.txt"):
        done = program.run("diff", "--isolated", "-f", name, "old.v4", "new.v4", cwd=FIXTURES)
        with open(os.path.join(FIXTURES, file), "rb") as golden:
            tally.equal(f"{name} of the fixture", done.out, golden.read())
    done, report = diff("old.v4", "new.v4", cwd=FIXTURES)
    tally.equal("version of the JSON", report.get("version"), 1)
    tally.equal("kinds in the JSON", told(report), {"accepted", "denied", "verdict", "policy"})


def errors(tally, folder):
    good, bad = rules_file(folder, "good.v4", ""), rules_file(folder, "bad.v4", "-A NOWHERE -j ACCEPT")
    v6 = rules_file(folder, "good.v6", "-A INPUT -s 2001:db8::1 -j DROP")
    for case, arguments, words in (
            ("no file", [], "two files"), ("one file", [good], "two files"),
            ("a missing one", [good, folder + "/none.v4"], "No such file"),
            ("a directory", [good, folder], "not a directory"),
            ("one that does not load", [good, bad], "does not load"),
            ("two families", [good, v6], "IPv"),
            ("another format", ["-f", "gcc", good, good], "full, markdown or json")):
        done = program.run("diff", "--isolated", *arguments)
        tally.check(case, done.exit == 2 and words in done.err.decode(), lambda: done)
    with open(good, "rb") as file:
        done = program.run("diff", "-4", good, "-", stdin=file.read())
    tally.equal("standard input", done.exit, 0)


def git(tally, folder):
    def run_git(*arguments):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.net", *arguments],
                       cwd=folder, check=True, capture_output=True)
    run_git("init", "-q")
    rules_file(folder, "rules.v4", "-A INPUT -s 10.0.0.1 -j DROP")
    rules_file(folder, "rules.v6", "-A INPUT -s 2001:db8::1 -j DROP")
    run_git("add", ".")
    run_git("commit", "-qm", "rules")
    done, _ = diff("--git", "HEAD", family=None, cwd=folder)
    tally.check("nothing changed since HEAD", done.exit == 0, lambda: done)
    rules_file(folder, "rules.v4", "-A INPUT -s 10.0.0.1 -j ACCEPT")
    done, report = diff("--git", "HEAD", family=None, cwd=folder)
    tally.check("changed since HEAD", done.exit == 1 and told(report) == {"accepted"}, lambda: done)
    tally.equal("both families", [c["family"] for c in report["comparisons"]], [4, 6])
    tally.equal("names with the revision", report["comparisons"][0]["old"], "HEAD:rules.v4")
    rules_file(folder, "more.v4", "")
    done, report = diff("--git", "HEAD", family=None, cwd=folder)
    tally.check("a new file", done.exit == 2 and b"more.v4 is not in HEAD" in done.err and
                len(report["comparisons"]) == 2, lambda: done)
    os.remove(os.path.join(folder, "more.v4"))
    git_gone(tally, folder, run_git)
    git_script(tally, folder, run_git)
    done, _ = diff("--git", "nothing", "rules.v4", cwd=folder)
    tally.check("no revision", done.exit == 2 and b"no revision" in done.err, lambda: done)


def git_gone(tally, folder, run_git):
    """Files that the revision has and the work tree has not."""
    os.makedirs(os.path.join(folder, "more", "other"))
    for name in "more/a.v4", "more/b.rules", "more/notes.rules", "more/other/c.v6":
        rules_file(folder, name, "-A INPUT -j DROP")
    with open(os.path.join(folder, "more/notes.rules"), "w") as file:
        file.write("no rules\n")
    run_git("add", "more")
    run_git("commit", "-qm", "more")
    for name in "more/b.rules", "more/notes.rules", "more/other/c.v6":
        os.remove(os.path.join(folder, name))
    for what, words, where, gone, n in (
            ("the current directory", [], ".", ["more/b.rules", "more/other/c.v6"], 3),
            ("one below", [], "more", ["b.rules", "other/c.v6"], 1),
            ("a directory", ["more/"], ".", ["more/b.rules", "more/other/c.v6"], 1),
            ("another one", ["../more/other", "a.v4"], "more", ["../more/other/c.v6"], 1),
            ("files", ["more/b.rules", "more/a.v4"], ".", ["more/b.rules"], 1)):
        done, report = diff("--git", "HEAD", *words, family=None, cwd=os.path.join(folder, where))
        told = re.findall(r"--git: (\S+) is in HEAD, and gone from the work tree", done.err.decode())
        tally.equal(f"gone from {what}", told, gone)
        tally.equal(f"gone from {what}: status, and what is compared", (done.exit, len(report["comparisons"])), (2, n))
    done, _ = diff("--git", "HEAD", "none.v4", cwd=folder)
    tally.check("a file that was never there", done.exit == 2 and done.err.count(b"\n") == 1 and
                b"No such file" in done.err, lambda: done)
    done, _ = diff("--git", "none", family=None, cwd=folder)
    tally.check("no revision, said once", done.exit == 2 and done.err.count(b"\n") == 1, lambda: done)
    run_git("checkout", "-q", ".")
    run_git("rm", "-rq", "more")


def git_script(tally, folder, run_git):
    """A script of both families, which reads a file."""
    def write(port, net, v6=True):
        with open(os.path.join(folder, "firewall.sh"), "w") as file:
            file.write("#!/bin/sh\n. ./firewall.conf\n"
                       f"iptables -A INPUT -p tcp --dport {port} -j DROP\niptables -A INPUT -s $NET -j DROP\n" +
                       (f"ip6tables -A INPUT -p tcp --dport {port} -j DROP\n" if v6 else ""))
        with open(os.path.join(folder, "firewall.conf"), "w") as file:
            file.write(f"NET={net}\n")
    write(22, "10.0.0.0/8")
    run_git("add", ".")
    run_git("commit", "-qm", "script")
    done, report = diff("--git", "HEAD", "firewall.sh", family=None, cwd=folder)
    tally.check("a script is what it was", done.exit == 0, lambda: done)
    tally.equal("both families of a script", [c["family"] for c in report["comparisons"]], [4, 6])
    write(23, "10.0.0.0/8")
    done, report = diff("--git", "HEAD", "firewall.sh", family=None, cwd=folder)
    tally.check("a script was changed", done.exit == 1 and told(report) == {"accepted", "denied"}, lambda: done)
    tally.equal("a script's name with the revision", report["comparisons"][1]["old"], "HEAD:firewall.sh")
    done = program.run("diff", "--isolated", "--git", "HEAD", "firewall.sh", cwd=folder)
    tally.check("the families of a script", all(
        f"HEAD:firewall.sh -> firewall.sh (IPv{family}, iptables-legacy): not the same".encode() in done.out
        for family in (4, 6)), lambda: done)
    # what it reads is that of the work tree in both
    write(22, "10.0.0.0/9")
    done, _ = diff("--git", "HEAD", "firewall.sh", family=None, cwd=folder)
    tally.check("what a script reads", done.exit == 0, lambda: done)
    write(22, "10.0.0.0/8", v6=False)
    done, report = diff("--git", "HEAD", "firewall.sh", "rules.v6", family=None, cwd=folder)
    tally.check("a family that is no more in the script", done.exit == 2 and
                b"HEAD:firewall.sh is for IPv6, firewall.sh is not" in done.err, lambda: done)
    tally.equal("the others are compared", [c["family"] for c in report["comparisons"]], [4, 6])
    with open(os.path.join(folder, "firewall.sh"), "w") as file:
        file.write("*filter\n-A INPUT -p tcp --dport 22 -j DROP\n-A INPUT -s 10.0.0.0/8 -j DROP\nCOMMIT\n")
    done, _ = diff("--git", "HEAD", "-4", "firewall.sh", family=None, cwd=folder)
    tally.check("a script that is now a rules file", done.exit == 0, lambda: done)


def scripts(tally, folder):
    path = os.path.join(folder, "firewall.sh")
    with open(path, "w") as file:
        file.write("#!/bin/sh\nfor port in 22 80; do iptables -A INPUT -p tcp --dport $port -j ACCEPT; done\n"
                   "iptables -P INPUT DROP\n")
    rules = rules_file(folder, "script.v4", ":INPUT DROP [0:0]|-A INPUT -p tcp -m multiport --dports 22,80 -j ACCEPT")
    done, _ = diff(path, rules, family=None)
    tally.check("a script and the file that says the same", done.exit == 0, lambda: done)


# ---- files that have to be the same ----

def dead_lines(path, family):
    _, report = program.check(path, family=family, options=("--isolated", "--show", "info"))
    if report is None:
        return None
    return {finding["start"]["line"] for finding in report["diagnostics"] if finding["rule"] in DEAD}


def without(path, lines, to):
    with open(path, "rb") as file:
        kept = [line for number, line in enumerate(file, 1) if number not in lines]
    with open(to, "wb") as file:
        file.writelines(kept)


def loadable(paths):
    """(path, family) of those that load."""
    for path in paths:
        for family in "4", "6":
            if program.run("compile", "--isolated", "--keep-names", f"-{family}", path).exit == 0:
                yield path, family
                break


def variants(folder, path, family):
    """(what, path) of files that do the same."""
    name = os.path.join(folder, str(abs(hash(path))))
    with open(name + "-fmt", "wb") as file:
        with open(path, "rb") as given:
            done = program.run("fmt", "--isolated", f"-{family}", "-", stdin=given.read())
        file.write(done.out)
    if done.exit == 0:
        yield "fmt", name + "-fmt"
    done = program.run("compile", "--isolated", "--keep-names", f"-{family}", path)
    with open(name + "-compile", "wb") as file:
        file.write(done.out)
    if done.exit == 0:
        yield "compile", name + "-compile"
    lines = dead_lines(path, family)
    if lines:
        without(path, lines, name + "-alive")
        yield f"without {len(lines)} dead rules", name + "-alive"


def same_files(tally, folder, files):
    def one(item):
        path, family = item
        return [(what, path, diff(path, other, family=f"-{family}")[0])
                for what, other in variants(folder, path, family)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        n = 0
        for results in pool.map(one, files):
            for what, path, done in results:
                n += 1
                tally.check(f"{os.path.basename(path)} and {what}", done.exit == 0, lambda: done)
        print(f"{n} files made by fmt, by compile and without what is dead: compared with {len(files)}")


def corpus():
    folder = os.path.join(shared.FOLDER, "corpus", "rules")
    return sorted(os.path.join(where, name) for where, _, names in os.walk(folder) for name in names)


# ---- edits, judged by the trace ----

def verdicts(path, family, packets):
    """Of each packet: its verdict, or None if it is not known."""
    done = program.run("trace", "--isolated", f"-{family}", path, "--format", "json", "--packets", "-",
                       stdin="\n".join(packets).encode() + b"\n")
    # the packets of other tables, and of connections that are there already, go another way
    return [json.loads(line) for line in done.out.decode(errors="replace").splitlines()]


def decided_in(trace):
    """The table of the last rule that the packet meets."""
    return trace["path"][-1]["table"] if trace["path"] else None


def random_packets(text, family, n, rng):
    addresses = re.findall(r"-[sd] ([0-9a-f.:]+)", text) or []
    addresses += ["203.0.113.10", "198.51.100.10"] if family == "4" else ["2001:db8::10", "2001:db8::20"]
    ports = re.findall(r"--[ds]?ports? (\d+)", text) + ["9", "40000"]
    names = re.findall(r"-[io] ([a-z]+\d+)\b", text) + ["eth7"]
    for _ in range(n):
        words = rng.choice([["in"], ["out"], ["in", "out"]])
        words = [f"{word}={rng.choice(names)}" for word in words]
        words += [f"src={rng.choice(addresses)}", f"dst={rng.choice(addresses)}"]
        words += [f"proto={rng.choice(['tcp', 'udp'])}", f"sport={rng.choice(ports)}", f"dport={rng.choice(ports)}"]
        yield " ".join(words + [f"state={rng.choice(['NEW', 'NEW', 'ESTABLISHED', 'RELATED', 'INVALID'])}"])


def judge_edit(seed, folder, files):
    """(what was told, why it is wrong or None)"""
    rng = random.Random(seed)
    path, family = rng.choice(files)
    with open(path, encoding="latin-1") as file:
        old = file.read().split("\n")
    new = edit(old, rng)
    name = os.path.join(folder, f"edit-{seed}")
    if new is None:
        return "none", None
    with open(name, "w", encoding="latin-1") as file:
        file.write("\n".join(new))
    done, report = diff(path, name, family=f"-{family}")
    if done.exit == 2 and not report["comparisons"]:
        return "refused", None
    if done.crashed:
        return "crashed", str(done)
    kinds = told(report)
    samples = [(chain["table"], chain["chain"], change) for comparison in report["comparisons"]
               for chain in comparison["chains"] for change in chain["changes"]
               if change["kind"] in ("accepted", "denied") and "]=" not in change["packet"]]
    packets = list(random_packets("\n".join(old), family, PACKETS, rng))
    packets = [change["packet"] for _, _, change in samples] + packets
    both = [verdicts(where, family, packets) for where in (path, name)]
    for (table, chain, change), before, after in zip(samples, *both):
        # another table, or another hook on the way, may decide first; chance decides by itself
        if "unknown" in (before["verdict"], after["verdict"]) or table != "filter":
            continue
        if before["verdict"] == after["verdict"] and decided_in(before) == decided_in(after) == "filter":
            return "differs", f"{path}\nseed {seed}: {change['packet']} is {before['verdict']} in both, not {change['kind']}"
    if not kinds:
        for packet, before, after in list(zip(packets, *both))[len(samples):]:
            if before["verdict"] != after["verdict"] and "unknown" not in (before["verdict"], after["verdict"]):
                return "equal", f"{path}\nseed {seed}: {packet} was {before['verdict']}, is {after['verdict']}, told equal"
    return " ".join(sorted(kinds)) or "equal", None


def edits(tally, folder, files, seed):
    figures = {}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda i: judge_edit(i, folder, files), range(seed * EDITS, (seed + 1) * EDITS))
        for kinds, why in results:
            figures[kinds] = figures.get(kinds, 0) + 1
            tally.check(f"an edit that is told as {kinds}", not why, why)
    print("edits:", ", ".join(f"{n} {kinds}" for kinds, n in sorted(figures.items())))


# ---- time ----

def processor_time():
    """Of the programs that were run: others run beside this test."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def large_files(tally, folder):
    for shape in "services", "blocklist", "office":
        for n, limit in (10000, 1), (100000, 5):
            path = os.path.join(folder, f"{shape}-{n}.v4")
            with open(path, "w") as file:
                subprocess.run([sys.executable, "-B", os.path.join(HERE, "bench", "generate.py"), shape, str(n)],
                               stdout=file, check=True)
            with open(path) as file, open(path + "-new", "w") as new:
                new.write(edited(file.read(), 10, random.Random(n)))
            before = processor_time()
            done = program.run("diff", "--isolated", "-4", path, path + "-new")
            took = processor_time() - before
            print(f"{shape} {n}: {took:.2f} s, {done.out.decode().splitlines()[-1].split(': ')[-1]}")
            tally.check(f"{shape} {n} in less than {limit} s", took < limit and done.exit in (1, 2), lambda: f"{took:.2f} s\n{done}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        cases(tally, folder)
        outputs(tally)
        errors(tally, folder)
        scripts(tally, folder)
    with tempfile.TemporaryDirectory() as folder:
        git(tally, folder)
    with tempfile.TemporaryDirectory() as folder:
        files = list(loadable(corpus()))
        print(f"{len(files)} of {len(corpus())} files of the corpus load")
        if not files:
            tally.skip("no ../shared/corpus", 3)
        generator = os.path.join(shared.FOLDER, "bin", "gen-office")
        for seed in range(1, 6) if os.path.exists(generator) else ():
            path = os.path.join(folder, f"office-{seed}.v4")
            subprocess.run([sys.executable, "-B", generator, "600", "-s", str(seed), "-o", path,
                            "-t", path + ".truth"], check=True)
            files.append((path, "4"))
        same_files(tally, folder, files)
        if files:
            edits(tally, folder, files, options.seed)
        large_files(tally, folder)
    tally.end()


main()
