#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""iptlint test: promises that are kept, broken and undecided, with the packet and the rule that are
shown; what is said of lines that are wrong; the formats and the exit status; the time for a large file.

That nothing of it is false is judged in every_packet.py and tests/kernel/expect.py.

usage: cases.py
"""
import json
import os
import random
import re
import resource
import sys
import tempfile
import xml.etree.ElementTree

sys.dont_write_bytecode = True
TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path[:0] = [os.path.join(TESTS, "lib"), os.path.join(TESTS, "bench")]
import edits
import generate
import program
from tally import Tally

RULES = """\
*raw
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A PREROUTING -p udp -m udp --dport 53 -j NOTRACK
-A PREROUTING -s 192.0.2.66/32 -j DROP
COMMIT
*mangle
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -s 10.9.0.0/16 -j MARK --set-xmark 0x5/0xffffffff
-A PREROUTING -p tcp -m tcp --dport 28 -j TPROXY --on-port 80 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -i eth0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 192.0.2.9:80
-A PREROUTING -i eth0 -p tcp -m tcp --dport 8081 -j DNAT --to-destination 192.0.2.9-192.0.2.10:80
-A PREROUTING -p tcp -m tcp --dport 3128 -j REDIRECT --to-ports 3129
COMMIT
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:WEB - [0:0]
-A INPUT -m mark --mark 0x5 -j DROP
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -m conntrack --ctstate INVALID -j DROP
-A INPUT -p tcp -m tcp --tcp-flags FIN,SYN FIN,SYN -j DROP
-A INPUT -p udp -m udp --dport 53 -m conntrack --ctstate UNTRACKED -j ACCEPT
-A INPUT -s 203.0.113.0/24 -p tcp -m tcp --dport 22 -j DROP
-A INPUT -p tcp -m tcp --dport 22 -m set --match-set trusted src -j ACCEPT
-A INPUT -p tcp -m tcp --dport 22 -j REJECT
-A INPUT -p tcp -m tcp --dport 3129 -j ACCEPT
-A INPUT -p tcp -m tcp --dport 25 -m statistic --mode random --probability 0.5 -j ACCEPT
-A INPUT -p tcp -m tcp --dport 26 -j NFQUEUE
-A INPUT -p icmp -m icmp --icmp-type 8 -m limit --limit 5/sec -j ACCEPT
-A INPUT -s host.example.com -p tcp -m tcp --dport 27 -j ACCEPT
-A FORWARD -p tcp -j WEB
-A FORWARD -p tcp -j LOG
-A WEB -d 192.0.2.9/32 -p tcp -m tcp --dport 80 -j ACCEPT
-A WEB -d 192.0.2.10/32 -p tcp -m tcp --dport 80 -j ACCEPT
-A WEB -j RETURN
-A WEB -j DROP
COMMIT
"""


def line(text):
    """The number of the line of RULES that has this text."""
    found = [number for number, each in enumerate(RULES.splitlines(), 1) if text in each]
    assert len(found) == 1, text
    return found[0]


POLICY = {"INPUT": line(":INPUT DROP"), "FORWARD": line(":FORWARD DROP")}
WITHOUT = " except src=10.9.0.0/16 except src=192.0.2.66"
# What is promised (lines before it with @); the result; then the verdict of the packet that is
# shown and the line that decides, and words of what is said, or of the packet.
CASES = [
    # single tables, lists, exceptions
    ("accept out=eth0", "passed"),
    ("accept out=any state=any frag=any tcp-flags=any", "passed"),
    ("drop in=eth0 proto=tcp dport=22 src=203.0.113.0/24", "passed"),
    ("deny in=eth0 proto=tcp dport=1024:2000", "passed"),
    ("drop in=eth0 proto=tcp dport=20,21,22", "failed", "REJECT", line("dport 22 -j REJECT"), "dport=22"),
    ("drop in=eth0 proto=tcp dport=20:24 except dport=22", "passed"),
    ("drop in=eth0 dport=1024:65535 except dport=3128,3129", "passed"),
    ("reject in=eth0 proto=tcp dport=22 except src=192.0.2.66", "failed", "DROP", line("-s 203.0.113.0/24"), "src=203.0.113."),
    ("drop in=eth0 proto=udp dport=53", "failed", "ACCEPT", line("--ctstate UNTRACKED"), "proto=udp"),
    ("drop in=eth0 src=10.9.0.0-10.9.0.20 state=ESTABLISHED except proto=tcp", "passed"),
    ("accept in=eth0 state=RELATED,ESTABLISHED proto=icmp" + WITHOUT, "passed"),
    ("accept in=eth0 state=ESTABLISHED proto=icmp except src=192.0.2.66", "failed", "DROP", line("--mark 0x5"), "src=10.9."),
    ("drop in=eth0 state=INVALID proto=1,2,47" + WITHOUT, "passed"),
    # the SYN of a new connection is what is meant, but for who wants to know
    ("drop in=eth0 proto=tcp dport=3129 tcp-flags=SYN,FIN" + WITHOUT, "passed"),
    ("accept in=eth0 proto=tcp dport=3129" + WITHOUT, "passed"),
    ("accept in=eth0 proto=tcp dport=3129 tcp-flags=any" + WITHOUT, "failed", "DROP", line("FIN,SYN"), "tcp-flags=FIN,SYN"),
    # other tables
    ("accept in=eth0 proto=udp dport=53" + WITHOUT, "passed"),
    ("accept in=eth0 proto=udp dport=53 except src=10.0.0.0/8", "failed", "DROP", line("192.0.2.66"), "src=192.0.2.66"),
    ("@table filter\naccept in=eth0 proto=udp dport=53 state=UNTRACKED", "passed"),
    ("@table mangle\naccept in=eth0 proto=udp", "passed"),
    ("drop in=eth0 proto=icmp icmp-type=8 mark=5", "passed"),
    ("drop in=eth0 mark=any proto=47", "passed"),
    ("dnat to=192.0.2.9:80 in=eth0 out=eth1 proto=tcp dport=8080" + WITHOUT, "passed"),
    ("dnat to=192.0.2.9 in=eth0 out=eth1 proto=tcp dport=8080" + WITHOUT, "passed"),
    ("dnat to=:80 in=eth0 out=eth1 proto=tcp dport=8080:8081" + WITHOUT, "passed"),
    ("dnat to=192.0.2.9:81 in=eth0 out=eth1 proto=tcp dport=8080" + WITHOUT, "failed", "ACCEPT",
     line("-A WEB -d 192.0.2.9/32"), "to=192.0.2.9:80"),
    ("dnat to=192.0.2.9 in=eth+ out=eth1 proto=tcp dport=8080" + WITHOUT, "failed", "DROP", POLICY["FORWARD"], "in=eth"),
    ("dnat to=192.0.2.9 in=eth0 out=eth1 proto=tcp dport=8081" + WITHOUT, "undecided", "ACCEPT",
     line("-A WEB -d 192.0.2.10/32"), "kernel's choice"),
    ("dnat to=:3129 in=eth1 proto=tcp dport=3128" + WITHOUT, "passed"),
    ("accept in=eth1 proto=tcp dport=3128 state=ESTABLISHED" + WITHOUT, "passed"),
    # what is not known, and what is assumed
    ("accept in=eth0 proto=tcp dport=22 except src=203.0.113.0/24 except src=10.9.0.0/16 except src=192.0.2.66",
     "undecided", "REJECT", line("dport 22 -j REJECT"), "--match-set trusted src"),
    ("@assume set:trusted=yes\naccept in=eth0 proto=tcp dport=22 except src=203.0.113.0/24 except src=10.9.0.0/16 "
     "except src=192.0.2.66", "passed"),
    ("@assume set:trusted=no\nreject in=eth0 proto=tcp dport=22 except src=203.0.113.0/24 except src=10.9.0.0/16 "
     "except src=192.0.2.66", "passed"),
    ("@assume set=yes\n@assume set:trusted=no\nreject in=eth0 src=198.51.100.1 proto=tcp dport=22", "passed"),
    ("accept in=eth0 src=198.51.100.1 icmp-type=8", "undecided", "DROP", POLICY["INPUT"], "@assume limit:5/sec=yes"),
    ("drop in=eth0 src=198.51.100.1 icmp-type=8", "undecided", "ACCEPT", line("-m limit"), "-m limit --limit 5/sec"),
    ("@assume limit=yes\naccept in=eth0 src=198.51.100.1 icmp-type=8/0", "passed"),
    ("@assume limit=no\ndrop in=eth0 src=198.51.100.1 icmp-type=any", "passed"),
    ("accept in=eth0 src=198.51.100.1 proto=tcp dport=25", "undecided", "DROP", POLICY["INPUT"], "statistic"),
    ("drop in=eth0 src=198.51.100.1 proto=tcp dport=26", "undecided", "unknown", line("NFQUEUE"), "a program decides"),
    ("drop in=eth0 src=198.51.100.1 proto=tcp dport=27", "undecided", "ACCEPT", line("host.example.com"), "is not known"),
    ("drop in=eth0 src=10.8.0.1 proto=tcp dport=28", "undecided", "unknown", line("TPROXY"), "listens"),
    ("accept in=eth0 src=10.0.0.1 except src=10.0.0.0/8", "undecided", None, None, "no packet"),
]

# A line, and what has to be said of it: column, words.
WRONG = [
    ("acept in=eth0", 1, "'acept'", "did you mean 'accept'"),
    ("allow in=eth0", 1, "'allow'", "accept, drop, reject"),
    ("accept in=eth0 dprt=22", 16, "'dprt'", "did you mean 'dport='"),
    ("accept in=eth0 colour=red", 16, "'colour'", "there are in="),
    ("accept in=eth0 tcp", 16, "'tcp'", "NAME=VALUE"),
    ("accept proto=tcp", 1, "where do the packets come from", "in=any"),
    ("accept in=eth0 src=10.0.0.1/8", 20, "'10.0.0.1/8'", "outside of the prefix"),
    ("accept in=eth0 src=10.0.0.0/33", 20, "from 0 to 32", "masks"),
    ("accept in=eth0 src=10.0.0.0/8,10.0.0.256", 31, "'10.0.0.256'", "no address"),
    ("accept in=eth0 src=10.0.0.9-10.0.0.1", 20, "behind the last", "swap"),
    ("accept in=eth0 src=2001:db8::1 dst=192.0.2.1", 36, "a word before it of IPv6", "two lines"),
    ("accept in=eth0 src=10.0.0.1 except dst=2001:db8::1", 40, "other family", "two lines"),
    ("accept in=eth0 proto=tpc", 22, "'tpc'", "protocol"),
    ("accept in=eth0 proto=tcp dport=http", 32, "'http'", "not looked up"),
    ("accept in=eth0 proto=tcp dport=90:80", 32, "'90:80'", "swap"),
    ("accept in=eth0 proto=tcp dport=70000", 32, "'70000'", "65535"),
    ("accept in=eth0 proto=tcp dport=22,", 35, "no value", "comma"),
    ("accept in=eth0 proto=tcp,icmp dport=22", 31, "not every protocol", "udplite"),
    ("accept in=eth0 proto=udp tcp-flags=SYN", 26, "not every protocol", "proto=tcp"),
    ("accept in=eth0 proto=udp icmp-type=8", 26, "not every protocol", "ipv6-icmp"),
    ("accept in=eth0 icmp-type=ping", 26, "'ping'", "numbers"),
    ("accept in=eth0 tcp-flags=SIN", 26, "'SIN'", "SYN"),
    ("accept in=eth0 state=OLD", 22, "'OLD'", "NEW, ESTABLISHED"),
    ("accept in=eth0 frag=maybe", 21, "'maybe'", "yes"),
    ("accept in=eth0 mark=x", 21, "'x'", "32 bits"),
    ("accept in=+", 11, "'+'", "any"),
    ("accept in=averylongnameofaninterface", 11, "15 characters", "eth+"),
    ("accept in=eth0 in=eth1", 16, "twice", "commas"),
    ("accept in=eth0 except", 16, "'except'", "no words"),
    ("accept in=eth0 except mark=1", 23, "no mark", "line of its own"),
    ("accept in=eth0 to=192.0.2.1", 16, "only dnat", "dnat to="),
    ("dnat in=eth0", 1, "where to", "to=ADDRESS"),
    ("dnat in=eth0 to=192.0.2.1:x", 14, "no destination", "ADDRESS:PORT"),
    ("dnat in=eth0 to=192.0.2.1 to=192.0.2.2", 27, "twice", "leave one"),
    ("dnat in=eth0 to=2001:db8::1 src=10.0.0.1", 33, "other family", "one family"),
    ("[office", 1, "'[office'", "]"),
    ("@famly 4", 1, "'@famly'", "@family"),
    ("@family five", 9, "'five'", "@family 4"),
    ("@table filtre", 8, "'filtre'", "@table filter"),
    ("@assume set:trusted", 9, "'set:trusted'", "=yes"),
    ("@assume", 1, "what is assumed", "@assume set:trusted=yes"),
    ("accept in=eth0 src=2001:db8::1", 20, "of IPv6, and", "@family 6"),
    ("accept in=eth0 \0", 1, "NUL", ""),
]


class Folder:
    def __init__(self, path):
        self.path = path
        self.rules = self.write("rules.v4", RULES)

    def write(self, name, text):
        path = os.path.join(self.path, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def results(self, tests, *options):
        done = program.run("test", "--format", "json", *options, self.rules, self.write("rules.test", tests))
        return done, json.loads(done.out)["results"] if done.exit in (0, 1) else []


def check_cases(tally, folder):
    text = "".join(f"[case {i}]\n{case[0]}\n" for i, case in enumerate(CASES))
    done, results = folder.results(text)
    tally.equal("the exit status says that some have not passed", done.exit, 1)
    if not tally.equal("each promise has its result", len(results), len(CASES)):
        print(done)
        return
    for i, (case, result) in enumerate(zip(CASES, results)):
        promise, wanted, *shown = case
        if not tally.equal(f"{promise} has {wanted}", result["result"], wanted):
            print(json.dumps(result, indent=1))
            continue
        tally.equal(f"{promise} has its group", result["group"], f"case {i}")
        if shown and shown[0]:
            verdict, number, words = shown
            tally.equal(f"{promise}: the verdict", result["verdict"], verdict)
            tally.equal(f"{promise}: the line that decides", result["decided_by"]["line"], number)
        if shown:
            said = json.dumps(result) + f" to={result.get('to')}"
            tally.check(f"{promise} tells of {shown[2]}", shown[2] in said, said)
        if wanted == "failed":
            check_trace(tally, folder, promise, result)


def check_trace(tally, folder, promise, result):
    """trace reads the packet, and the same may become of it, or something else that breaks it."""
    if "@table" in promise or "@assume" in promise:
        return
    done = program.run("trace", folder.rules, "--packet", result["packet"], "--format", "json")
    said = json.loads(done.out) if done.exit == 0 else {"verdict": str(done)}
    verdicts = {way["verdict"] for way in said.get("outcomes", [said])}
    tally.check(f"{promise}: trace has the verdict", result["verdict"] in verdicts, verdicts)


def check_errors(tally, folder):
    for text, column, *words in WRONG:
        tests = folder.write("wrong.test", f"# a comment\n{text}\n\naccept in=eth0 # fine\n")
        done = program.run("test", folder.rules, tests)
        said = done.err.decode()
        tally.equal(f"{text!r} is exit status 2", done.exit, 2)
        tally.check(f"{text!r}: file, line and column", f"{tests}:2:{column}: error: " in said, said)
        for word in words:
            tally.check(f"{text!r}: {word}", word in said, said)
        tally.equal(f"{text!r}: nothing else is complained of", said.count("error:"), 1)
    tests = folder.write("wrong.test", "".join(f"{text}\n" for text, *_ in WRONG[:10]))
    said = program.run("test", folder.rules, tests).err.decode()
    tally.equal("all lines that are wrong are told at once", said.count("error:"), 10)


def check_command_line(tally, folder):
    tests = folder.write("one.test", "accept out=eth0\n")
    empty = folder.write("empty.test", "# nothing\n[a group]\n@family 4\n")
    other = folder.write("six.test", "@family 6\naccept out=eth0 src=2001:db8::1\n")
    broken = folder.write("broken.v4", "*filter\n-A INPUT -p tcp --dprot 22 -j DROP\nCOMMIT\n")
    for words, stdin, exit, said in (
            ([folder.rules, tests], b"", 0, "1 passed, 0 failed, 0 undecided"),
            ([folder.rules, "-"], b"accept out=eth0\ndrop out=eth0\n", 1, "1 passed, 1 failed, 0 undecided"),
            (["-4", "-", tests], RULES.encode(), 0, "1 passed"),
            ([folder.rules, tests, other], b"", 0, "1 passed, 0 failed, 0 undecided, 1 skipped: they are for IPv6"),
            ([folder.rules, other], b"", 2, "nothing is promised"),
            ([folder.rules, empty], b"", 2, "nothing is promised"),
            ([folder.rules], b"", 2, "files of expectations"),
            ([folder.rules, "nowhere.test"], b"", 2, "nowhere.test"),
            ([folder.path, tests], b"", 2, "not a directory"),
            (["-", "-"], b"", 2, "standard input"),
            ([broken, tests], b"", 2, "does not load"),
            (["--format", "gcc", folder.rules, tests], b"", 2, "full, junit or json"),
            (["--assume", "set", folder.rules, tests], b"", 2, "--assume"),
            (["--assume", "set:trusted=yes", folder.rules, "-"],
             b"accept in=eth0 src=198.51.100.1 proto=tcp dport=22", 0, "1 passed"),
            (["--assume", "set:trusted=yes", folder.rules, "-"],
             b"@assume set:trusted=no\nreject in=eth0 src=198.51.100.1 proto=tcp dport=22", 0, "1 passed")):
        done = program.run("test", *words, stdin=stdin)
        tally.equal(f"{words}: the exit status", done.exit, exit)
        tally.check(f"{words}: {said}", said in (done.out + done.err).decode(), done)


def check_formats(tally, folder):
    tests = folder.write("all.test", "[<a> & \"b\"]\naccept out=eth0\ndrop in=eth0 proto=udp dport=53\n"
                         "accept in=eth0 src=198.51.100.1 icmp-type=8\n[six]\n@family 6\naccept out=eth0\n")
    report = os.path.join(folder.path, "report.xml")
    done = program.run("test", "--format", "json", "--format", f"junit={report}", folder.rules, tests)
    root = json.loads(done.out)
    tally.equal("json is versioned", root["version"], 1)
    tally.equal("json counts", [root[k] for k in ("passed", "failed", "undecided", "skipped")], [1, 1, 1, 1])
    tally.equal("json has every line", [r["line"] for r in root["results"]], [2, 3, 4, 7])
    suite = xml.etree.ElementTree.parse(report).getroot().find("testsuite")
    tally.equal("junit counts", [suite.get(k) for k in ("tests", "failures", "errors", "skipped")],
                ["4", "1", "1", "1"])
    cases = suite.findall("testcase")
    tally.equal("junit has the names of groups", cases[0].get("classname"), '<a> & "b"')
    tally.equal("junit has the promises", cases[1].get("name"), "drop in=eth0 proto=udp dport=53")
    tally.equal("junit has what is in each", [[e.tag for e in case] for case in cases],
                [[], ["failure"], ["error"], ["skipped"]])
    tally.check("junit tells the rule", "--ctstate UNTRACKED" in cases[1].find("failure").get("message"))
    full = program.run("test", folder.rules, tests).out.decode()
    tally.check("full has the place of what failed", re.search(rf"^{re.escape(tests)}:3: failed: drop in=eth0", full, re.M), full)
    tally.check("full has the rule", f"  ACCEPT     {folder.rules}:{line('--ctstate UNTRACKED')}: -A INPUT" in full, full)


LARGE, PROMISES, LARGE_LIMIT = 100000, 50, 5  # rules, promises, seconds of the processor


def check_large_file(tally, folder):
    text = generate.text("services", LARGE)
    rules, tests = os.path.join(folder, "large.v4"), os.path.join(folder, "large.test")
    for path, content in (rules, text), (tests, edits.promises(text, PROMISES, random.Random(1))):
        with open(path, "w") as file:
            file.write(content)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = program.run("test", "--isolated", rules, tests)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    tally.check(f"{LARGE} rules and {PROMISES} promises in less than {LARGE_LIMIT} s",
                took < LARGE_LIMIT and done.exit in (0, 1), lambda: f"{took:.2f} s\n{done}")


def main():
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="iptlint-expect.") as path:
        folder = Folder(path)
        check_cases(tally, folder)
        check_errors(tally, folder)
        check_command_line(tally, folder)
        check_formats(tally, folder)
        check_large_file(tally, path)
    tally.end()


main()
