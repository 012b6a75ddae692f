#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""iptlint check on shell scripts: which files are scripts, what is found in them and where,
suppressions, arguments, exit statuses.

usage: check_script.py
"""
import json
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

DENY = "iptables -P INPUT DROP\niptables -P FORWARD DROP\n"
DENY6 = DENY.replace("iptables", "ip6tables")
RULE = "iptables -A INPUT -p tcp --dport 22 -j ACCEPT\n"
# Not judged here: what the group "script" says of short scripts.
QUIET = ("--ignore", "script", "--ignore", "state", "--ignore", "exposure", "--ignore", "ipv6")


def write(name, text):
    with open(name, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())
    return name


def found(report, *rules):
    """(rule, line) of the findings of these rules, or of all."""
    return [(d["rule"], d["start"]["line"]) for d in report["diagnostics"]
            if "suppressed" not in d and (not rules or d["rule"] in rules)]


def check(text, *options, name="fw.sh"):
    return program.check(write(name, text), options=options)


def families(report):
    return [f["family"] for f in report["files"]]


def recognized(tally):
    bad = "iptables -A INPUT --bogus\n"
    scripts = {
        "sh": "#!/bin/sh\n" + bad, "bash": "#!/bin/bash -e\n" + bad, "env": "#!/usr/bin/env bash\n" + bad,
        "blank": "#! /bin/sh\n" + bad, "dash": "#!/usr/bin/dash\n" + bad, "no #!": bad,
        "path": "/sbin/" + bad, "variable": 'IPT=iptables\n$IPT -A INPUT --bogus\n',
        "quoted": 'IPT=iptables\n"$IPT" -A INPUT --bogus\n', "braces": "IPTABLES=iptables\n${IPTABLES} -A INPUT --bogus\n",
        "sudo": "sudo " + bad, "if": "if iptables -A INPUT --bogus; then :; fi\n", "indented": "\t" + bad,
        "function": "function x { iptables -A INPUT --bogus; }\nx\n", "and": "[ -n x ] && " + bad,
        "behind another command": "echo x; " + bad, "loop": "for i in 1; do " + bad.strip() + "; done\n",
        "table in a here-document": "#!/bin/sh\niptables-restore <<E\n*filter\n-A INPUT --bogus\nCOMMIT\nE\n",
        "the same without #!": "iptables-restore <<E\n*filter\n-A INPUT --bogus\nCOMMIT\nE\n",
    }
    for name, text in scripts.items():
        done, report = check(text, "--select", "load", name="fw")
        tally.check(f"a script: {name}", done.exit == 1 and len(found(report)) == 1 and "--bogus" in done.out.decode(), done)
    rules = "*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\n%sCOMMIT\n"
    others = {"stray command": rules % RULE, "indented *table": "  " + rules % RULE, "comment": "# iptables -A\n" + rules % RULE,
              "#! of a restore program": "#!/sbin/iptables-restore\n" + rules % RULE, "more commands than rules": rules % (9 * RULE),
              "no table": "-A INPUT -i lo -j ACCEPT\n-A INPUT -j DROP\n" + RULE}
    for name, text in others.items():
        done, report = check(text, name="fw.sh")
        tally.check(f"a rules file: {name}", done.exit == 1 and ("stray-text" in done.out.decode() or "outside" in done.out.decode()), done)
    os.makedirs("dir", exist_ok=True)
    write("dir/fw.sh", "#!/bin/sh\n" + bad)
    done = program.run("check", "dir")
    tally.check("none is looked for in a directory", done.exit == 2 and b"no rules file" in done.err, done)
    for command in ("fmt", "compile"):
        done = program.run(command, write("fw.sh", "#!/bin/sh\n" + RULE))
        tally.check(f"{command} points to convert", done.exit == 2 and b"iptlint convert fw.sh" in done.err, done)


def reported(tally):
    done, report = check("#!/bin/sh\n" + DENY + RULE, *QUIET)
    tally.check("clean", done.exit == 0 and families(report) == [4] and not report["diagnostics"], done)
    tally.equal("loads", report["files"][0]["loads"], {"legacy": True, "nft": True})
    done = program.run("check", *QUIET, "fw.sh")
    tally.check("silent on success", done.exit == 0 and not done.out and not done.err, done)
    done, report = check("#!/bin/sh\n" + DENY + RULE + "iptables -A INPUT -p tcp --dport 22 -s 192.0.2.1 -j DROP\n", *QUIET)
    tally.equal("dead in the resulting rules", found(report), [("shadowed-rule", 5)])
    tally.equal("its cover", report["diagnostics"][0]["related"][0]["line"], 4)
    done = program.run("check", *QUIET, "--format", "gcc", "fw.sh")
    tally.check("gcc", done.exit == 1 and done.out.startswith(b"fw.sh:5:1: "), done)
    done = program.run("check", *QUIET, "--format", "github", "fw.sh")
    tally.check("github", done.exit == 1 and b" file=fw.sh,line=5," in done.out, done)
    done, report = check(DENY + "for i in 1 2 3; do\n\tiptables -A INPUT -p tcp --dport 22 -j ACCEPT\ndone\n", *QUIET)
    tally.equal("one for a rule and a line", found(report), [("duplicate-rule", 4)])
    tally.check("the rest is counted", "and 1 more time in this loop" in done.out.decode(), done)
    done, report = check(DENY + "iptables -A INPUT -j NOWHERE\niptables -X NOWHERE\n", *QUIET)
    tally.equal("refused commands", [line for _, line in found(report)], [3, 4])
    tally.equal("are not in what would load", report["files"][0]["loads"], {"legacy": True, "nft": True})
    done, report = check("#!/bin/sh\nif true; then\n", *QUIET)
    tally.check("a script that is cut off", done.exit == 1 and found(report) == [("syntax-error", 2)], done)
    text = "#!/bin/sh\nA=$(curl example.org)\n" + RULE + RULE + "iptables -A INPUT -s $A -j DROP\n"
    done, report = check(text)
    tally.check("unsupported-shell is an info", [d["level"] for d in report["diagnostics"] if d["rule"] == "unsupported-shell"] == ["info"], done)
    tally.check("the way out is an option of convert", '"hint":"with iptlint convert: ' in done.out.decode(), done)
    tally.check("nothing is proved of a part", not found(report, "duplicate-rule"), done)
    tally.check("and that is told", b"could not be followed" in done.err, done)
    done, report = check(text, "--error", "unsupported-shell")
    tally.check("its level can be set", done.exit == 1 and report["summary"]["errors"] == 1, done)
    done, report = check("#!/bin/sh\niptables -F\ntouch /tmp/check-ran-a-script\n", *QUIET)
    tally.check("nothing is run", not os.path.exists("/tmp/check-ran-a-script"), done)
    done = program.run("check", "--run", "fw.sh")
    tally.check("--run is no option of check", done.exit == 2, done)
    program.ENVIRONMENT["IPTLINT_OPTS"] = "--run"
    done = program.run("check", *QUIET, write("fw.sh", "#!/bin/sh\n" + DENY + "echo ran > ran\n"))
    del program.ENVIRONMENT["IPTLINT_OPTS"]
    tally.check("nor of the environment", done.exit == 0 and not os.path.exists("ran"), done)


def loads(tally):
    """What is left is read as a rules file, by both back ends."""
    done, report = check("#!/bin/sh\n" + DENY + "iptables -A INPUT -s mail.example.com -j ACCEPT\n", *QUIET)
    tally.equal("a host name", report["files"][0]["loads"], {"legacy": None, "nft": None})
    rule = "iptables -A INPUT -p tcp --dport 1 -j ACCEPT\niptables -A INPUT -m unclean -j DROP\n"
    done, report = check("#!/bin/sh\n" + DENY + rule, *QUIET)
    tally.check("a refused rule is not left", report["files"][0]["loads"] == {"legacy": True, "nft": True} and done.exit == 1, done)
    done, report = check("#!/bin/bash\n" + DENY + "iptables -A INPUT -m comment --comment 'a\nb' -p tcp --dport 1 -j ACCEPT\n", *QUIET)
    tally.check("what no file can hold", found(report) == [("save-changes-meaning", 4)] and
                report["files"][0]["loads"] == {"legacy": False, "nft": False}, done)
    for backend in ("legacy", "nft"):
        done, report = program.check(write("fw.sh", DENY), backend=backend, options=QUIET)
        tally.equal(f"--backend {backend}", report["files"][0]["loads"], {backend: True})


def both_families(tally):
    done, report = check("#!/bin/sh\n" + DENY + DENY6, *QUIET)
    tally.check("both", done.exit == 0 and families(report) == [4, 6], done)
    tally.equal("both load", [f["loads"] for f in report["files"]], 2 * [{"legacy": True, "nft": True}])
    done, report = check("#!/bin/sh\n" + DENY6, *QUIET)
    tally.equal("one", families(report), [6])
    done, report = check("#!/bin/sh\necho nothing\n", *QUIET)
    tally.check("none", done.exit == 0 and families(report) == [4], done)
    done, report = check("", *QUIET)
    tally.check("empty", done.exit == 0 and families(report) == [4], done)
    wrong = DENY + DENY6 + "for t in iptables ip6tables; do $t -A INPUT --bogus; done\nip6tables -A INPUT --other\nif\n"
    done, report = check(wrong, *QUIET)
    tally.equal("each is told once", [line for _, line in found(report)], [5, 7, 6])
    for family, lines in ((4, [5, 7]), (6, [5, 6, 7])):
        done, report = program.check("fw.sh", family=family, options=QUIET)
        tally.check(f"-{family}", families(report) == [family] and [line for _, line in found(report)] == lines, done)
    write("rules.v6", "*filter\n-A INPUT --bogus\nCOMMIT\n")
    write("b.sh", DENY6 + DENY + "ip6tables -A INPUT --bogus\n")
    done, report = program.check("rules.v6", "b.sh", "rules.v6", "fw.sh", options=QUIET)
    tally.check("among other files", [(f["file"], f["family"]) for f in report["files"]] ==
                [("rules.v6", 6), ("b.sh", 4), ("b.sh", 6), ("rules.v6", 6), ("fw.sh", 4), ("fw.sh", 6)], done)
    done = program.run("check", *QUIET, "--format", "gcc", "--stdin-filename", "x.sh", "-", stdin=wrong.encode())
    tally.check("standard input", done.exit == 1 and b"x.sh:6:20: error" in done.out, done)


def inventory(tally):
    rules = "iptables -A INPUT -i eth9 -j ACCEPT\niptables -A INPUT -m set --match-set web src -j ACCEPT\n"
    rules += "iptables -A INPUT -m set --match-set none src -j ACCEPT\n"
    write("interfaces", "eth0\n")
    write("sets", "create web hash:ip family inet\n")
    done, report = check("#!/bin/sh\n" + DENY + rules, "--interfaces", "interfaces", "--ipset-file", "sets", *QUIET)
    tally.equal("interfaces and sets of the host", found(report), [("unknown-interface", 4), ("invalid-value", 6)])


def arguments(tally):
    case = '#!/bin/sh\ncase "$1" in\n%s)\n' + DENY.replace("\n", ";") + "\n;;\nesac\n"
    for word in ("start", "restart"):
        done, report = check(case % word)
        tally.check(f"{word} is tried", f"looked at with '{word}'" in done.err.decode() and done.exit == 0, done)
        tally.equal(f"{word}: an info", [(d["level"], d["rule"]) for d in report["diagnostics"] if d["rule"] == "script-needs-argument"],
                    [("info", "script-needs-argument")])
    done, report = check(case.replace("%s)", "start) modprobe ip_tables;; %s)") % "restart")
    tally.check("start that only loads a module", "looked at with 'restart'" in done.err.decode() and families(report) == [4], done)
    done, report = check(case % "up")
    tally.check("no other word", done.exit == 1 and found(report, "script-needs-argument") == [("script-needs-argument", 3)], done)
    done, report = check('#!/bin/sh\n[ "$1" = start ] && echo hello\n' + DENY, *QUIET)
    tally.check("not where there are rules without", done.exit == 0 and not done.err, done)


def suppressions(tally):
    bad = "iptables -A INPUT --bogus\n"
    silent = {
        "line above": "# iptlint: ignore[syntax-error] -- why\n" + bad,
        "blank lines and comments between": "# iptlint: ignore[syntax-error]\n\n# x\n" + bad,
        "indented": "if true; then\n\t# iptlint: ignore[load]\n\t" + bad + "fi\n",
        "the whole file": "#!/bin/sh\n# iptlint: file-ignore[syntax-error]\n" + bad + bad,
        "indented, the whole file": "  # iptlint: file-ignore[syntax-error]\n" + bad,
        "--comment": "iptables -A INPUT -m comment --comment 'iptlint: ignore[syntax-error] why' --bogus\n",
        "--comment \"": "iptables -A INPUT -m comment --comment \"iptlint: ignore[syntax-error]\" --bogus\n",
        "continued": "# iptlint: ignore[syntax-error]\niptables -A INPUT \\\n\t-p tcp \\\n\t--bogus\n",
        "here-document": "iptables-restore <<E\n*filter\n# iptlint: ignore[syntax-error]\n-A INPUT --bogus\nCOMMIT\nE\n",
        "for one family": "for t in iptables ip6tables; do\n\t# iptlint: ignore[invalid-value]\n\t$t -A INPUT -s 192.0.2.1 -j ACCEPT\ndone\n",
        "for the other": "# iptlint: ignore[syntax-error]\n" + bad + "ip6tables -L\n",
    }
    for name, text in silent.items():
        done, report = check(text, "--select", "load,suppression", "--warning", "suppression")
        tally.check(f"silenced: {name}", done.exit == 0 and not found(report) and b'"suppressed"' in done.out, done)
    both = DENY + DENY6
    loud = {
        "unused": ("# iptlint: ignore[syntax-error]\n" + both, [("unused-suppression", 1)]),
        "next line only": ("# iptlint: ignore[syntax-error]\n" + DENY + bad, [("unused-suppression", 1), ("syntax-error", 4)]),
        "unknown": (both + "# iptlint: ignore[syntax-eror]\n" + RULE, [("unknown-suppression", 5)]),
        "malformed": (both + "# iptlint: ignore syntax-error\n" + RULE, [("malformed-suppression", 5)]),
        "late": (both + "# iptlint: file-ignore[load]\n", [("malformed-suppression", 5)]),
    }
    for name, (text, expected) in loud.items():
        done, report = check(text, "--select", "load,suppression")
        tally.equal(f"suppression: {name}", found(report), expected)


PRINTED = "-P INPUT DROP\n-P FORWARD DROP\n-P OUTPUT ACCEPT\n-A INPUT -p tcp --bogus\n"


def terminal(tally):
    """What was copied from a terminal."""
    done, report = check(PRINTED, name="printed")
    tally.equal("iptables -S", found(report), [("stray-text", 1), ("syntax-error", 4)])
    tally.equal("iptables -S: where", report["diagnostics"][1]["start"], {"line": 4, "column": 17})
    tally.equal("iptables -S: an info", report["diagnostics"][0]["level"], "info")
    done, report = check(PRINTED, name="rules.v6")
    tally.check("a warning for a file that would be loaded", report["diagnostics"][0]["level"] == "warning" and families(report) == [6], done)
    for name, text, option, table in (
            ("nat", "-P PREROUTING ACCEPT\n-P INPUT ACCEPT\n-P OUTPUT ACCEPT\n-P POSTROUTING ACCEPT\n", (), "nat"),
            ("nat by a target", "-A POSTROUTING -o eth0 -j MASQUERADE\n-N x\n", (), "nat"),
            ("mangle", "-P PREROUTING ACCEPT\n-P FORWARD ACCEPT\n", (), "mangle"),
            ("filter", "-P INPUT ACCEPT\n-N x\n", (), "filter"), ("user chains", "-N x\n-A x -j DROP\n", (), "filter"),
            ("raw", "-P PREROUTING ACCEPT\n-P OUTPUT ACCEPT\n", ("--table", "raw"), "raw"),
            ("security", "-P INPUT ACCEPT\n", ("--table", "security"), "security")):
        chain = text.split()[1]
        done, report = check(text + f"-A {chain} --bogus\n", *option, name="printed")
        tally.equal(f"table: {name}", [d["table"] for d in report["diagnostics"] if d["rule"] == "syntax-error"], [table])
    for name, text in (("raw", "-P PREROUTING ACCEPT\n-P OUTPUT ACCEPT\n"), ("two tables", PRINTED + PRINTED.replace("FORWARD", "POSTROUTING"))):
        done = program.run("check", write("printed", text))
        tally.check(f"asks for --table: {name}", done.exit == 2 and b"--table" in done.err, done)
    done, report = check("-A INPUT -j ACCEPT\n", name="printed")
    tally.check("-A lines alone are a broken rules file", done.exit == 1 and report["files"][0]["loads"]["nft"] is False, done)
    done, report = check("-A INPUT --bogus\n", "--table", "filter", name="printed")
    tally.equal("or printed, if somebody says so", found(report), [("stray-text", 1), ("syntax-error", 1)])
    done = program.run("check", "--table", "mango", "printed")
    tally.check("--table takes a table", done.exit == 2 and b"mango" in done.err, done)
    for prompt in ("$ ", "# ", "root@fw:~# ", "[root@fw ~]# ", "  $ "):
        done, report = check(f"{prompt}iptables -A INPUT --bogus\n", name="pasted")
        if prompt[0] == " ":
            continue
        tally.equal(f"prompt: {prompt}", found(report), [("stray-text", 1), ("syntax-error", 1)])
        tally.equal(f"prompt: {prompt}: columns stay", report["diagnostics"][1]["start"]["column"], len(prompt) + 19)
    done, report = check("$ iptables -A INPUT \\\n> --bogus\niptables v1.8.9: unknown option\n$ iptables -P INPUT DROP\n", name="pasted")
    tally.equal("output and further lines", found(report, "syntax-error"), [("syntax-error", 2)])
    listing = "Chain INPUT (policy ACCEPT 0 packets, 0 bytes)\n pkts bytes target     prot opt in     out     source               destination\n" \
        "    0     0 ACCEPT     all  --  lo     *       0.0.0.0/0            0.0.0.0/0\n\nChain x (1 references)\n"
    done, report = check(listing, name="listing")
    tally.check("iptables -L: one finding", done.exit == 1 and found(report) == [("stray-text", 1)] and b"iptables-save" in done.out, done)
    tally.equal("iptables -L: loads", report["files"][0]["loads"], {"legacy": False, "nft": False})


def main():
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        recognized(tally)
        reported(tally)
        loads(tally)
        both_families(tally)
        inventory(tally)
        arguments(tally)
        suppressions(tally)
        terminal(tally)
        os.chdir("/")
    tally.end()


main()
