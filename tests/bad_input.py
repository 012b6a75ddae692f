#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Input that nobody means: each gets a diagnostic or the real tool's own behaviour, never a
crash, a hang or a lost error; and memory stays in its limits.

usage: bad_input.py [--quick]      without the large files
"""
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

FORMATS = program.formats()
RULE = b"-A INPUT -j ACCEPT\n"


def table(*lines):
    return b"*filter\n" + b"".join(lines) + b"COMMIT\n"


def words(n):
    """A rule of N words."""
    pairs = (n - 2) // 4
    return b"-A INPUT" + b" -m comment --comment x" * pairs + b" -v" * (n - 2 - pairs * 4) + b"\n"


# name: (bytes, loads in both, (line, column) of the first error)
CASES = {
    "NUL in a rule": (table(b"-A INPUT -s 10.0.\x000.1 -j ACCEPT\n"), None, None),
    "NUL bytes only": (b"\0" * 100, False, (1, 1)),
    "CRLF": (table(RULE).replace(b"\n", b"\r\n"), False, (1, None)),
    "byte order mark": (b"\xef\xbb\xbf" + table(RULE), False, (1, 1)),
    "unbalanced quote": (table(b'-A INPUT -m comment --comment "abc\n'), True, None),
    "word of 1024 bytes": (table(b"-A INPUT -m comment --comment " + b"x" * 1024 + b"\n"), False, (2, 31)),
    "word of 256 in a comment": (table(b"-A INPUT -m comment --comment " + b"x" * 256 + b"\n"), True, None),
    "251 words": (table(words(251)), True, None),
    "252 words": (table(words(252)), False, (2, None)),
    "empty file": (b"", True, None),
    "one newline": (b"\n", True, None),
    "ends in the middle of a rule": (b"*filter\n-A INPUT -p tcp --dpo", False, (2, None)),
    "ends in the middle of a quote": (b'*filter\n-A INPUT -m comment --comment "a b', False, None),
    "ends after *": (b"*", False, (1, None)),
    "ends after :": (b"*filter\n:", False, (2, None)),
    "ends after -A": (b"*filter\n-A", False, (2, None)),
    "line of 10239 blanks and more": (table(b" " * 20000 + b"\n"), False, (2, None)),
    "line of 100000 bytes": (table(b"-A INPUT -m comment --comment " + b"y" * 100000 + b"\n"), False, (2, None)),
    "bytes that are not UTF-8": (table(b"-A INPUT -m comment --comment \xff\xfe\n"), True, None),
    "not UTF-8 before an error": (table(b"-A INPUT -m comment --comment \xff\xfe --bogus\n"), False, (2, 34)),
    "UTF-8 before an error": (table("-A INPUT -m comment --comment \u00e9\u00e9\u00e9 --bogus\n".encode()), False, (2, 35)),
    "escape at the end": (b"*filter\n-A INPUT -m comment --comment \"a\\", False, None),
}


class Tests:
    def __init__(self, tally, folder):
        self.tally, self.folder = tally, folder

    def path(self, name, data):
        path = os.path.join(self.folder, name.replace(" ", "-").replace("/", "-") + ".v4")
        with open(path, "wb") as f:
            f.write(data)
        return path

    def survives(self, name, path, loads=None):
        """Every subcommand and format ends by itself, with a status that it may have."""
        good = True
        for form in FORMATS:
            done = program.run("check", "--format", form, path, timeout=60)
            good &= self.tally.check(f"{name}: check --format {form}", done.exit in (0, 1), done)
        done = program.run("compile", "--exact-save", path, timeout=60)
        good &= self.tally.check(f"{name}: compile", done.exit in (0, 1) and
                                 (done.exit == 0 or (done.out == b"" and done.err != b"")), done)
        done = program.run("graph", "--verdicts", path, timeout=60)
        good &= self.tally.check(f"{name}: graph", done.exit in (0, 1) and
                                 (done.exit == 0 or (done.out == b"" and done.err != b"")), done)
        with open(path, "rb") as f:
            data = f.read()
        done = program.run("fmt", "-", stdin=data, timeout=60)
        good &= self.tally.check(f"{name}: fmt", done.exit in (0, 1), done)
        if done.exit == 0:
            again = program.run("fmt", "-", stdin=done.out, timeout=60)
            self.tally.equal(f"{name}: fmt of fmt", again.out, done.out)
        return good

    def case(self, name, data, loads, place):
        path = self.path(name, data)
        if not self.survives(name, path):
            return
        done, report = program.check(path)
        found = report["files"][0]["loads"]
        if loads is not None:
            self.tally.check(f"{name}: loads", found == {"legacy": loads, "nft": loads}, done)
        errors = [d for d in report["diagnostics"] if d["level"] == "error"]
        if False in found.values():
            self.tally.check(f"{name}: the refusal is reported",
                             errors or report["diagnostics"], done)
        if place:
            line, column = place
            starts = [(d["start"]["line"], d["start"]["column"]) for d in errors]
            self.tally.check(f"{name}: an error at {place}",
                             any(l == line and column in (None, c) for l, c in starts), done)
        self.positions(name, data, report)

    def positions(self, name, data, report):
        """Every position is inside the file."""
        lines = data.count(b"\n") + 1
        for d in report["diagnostics"]:
            start, end = d["start"], d["end"]
            inside = 1 <= start["line"] <= end["line"] <= lines and start["column"] >= 1
            forward = (start["line"], start["column"]) <= (end["line"], end["column"])
            self.tally.check(f"{name}: position of {d['rule']}", inside and forward, d)

    def no_final_newline(self):
        """What only one of the two takes is said to be so."""
        path = self.path("no newline at the end", table(RULE)[:-1])
        done, report = program.check(path)
        self.tally.check("no newline at the end: loads", report and
                         report["files"][0]["loads"] == {"legacy": False, "nft": True}, done)
        self.tally.check("no newline at the end: is reported", report and report["diagnostics"], done)

    def every_line(self):
        """No error of a file is lost behind another one."""
        bad = [b"-A INPUT --bogus\n", b"-A INPUT -p tcp --dport 99999\n", b"-A NOWHERE -j ACCEPT\n",
               b"foo\n", b"-A INPUT -s 1.2.3.4/33\n", b"\x00\n", b"-A INPUT -j NOSUCH\n"]
        lines = bad * 50
        path = self.path("many errors", table(*lines))
        done, report = program.check(path)
        if not self.tally.check("many errors: a report", report, done):
            return
        at = {d["start"]["line"] for d in report["diagnostics"] if d["level"] == "error"}
        missing = [n for n in range(2, len(lines) + 2) if n not in at]
        self.tally.check("many errors: one for each line", not missing, f"none for lines {missing[:20]}")

    def not_files(self):
        empty = os.path.join(self.folder, "nothing-in-it")
        os.mkdir(empty)
        done = program.run("check", empty)
        self.tally.check("directory without rules files", done.exit == 2 and done.err, done)
        done = program.run("check", "--allow-empty", empty)
        self.tally.check("directory without rules files, allowed", done.exit == 0, done)
        done = program.run("compile", empty)
        self.tally.check("compile of a directory", done.exit == 2 and done.err and not done.out, done)
        good = self.path("good", table(b":INPUT ACCEPT [0:0]\n", RULE))
        gone = os.path.join(self.folder, "gone.v4")
        done, report = program.check(gone, good)
        self.tally.check("a file that is not there: the other one is checked",
                         done.exit == 2 and gone.encode() in done.err and report and
                         [f["file"] for f in report["files"]] == [good], done)
        self.unreadable(good)

    def unreadable(self, good):
        closed = self.path("closed", table(RULE))
        os.chmod(closed, 0)
        if os.geteuid() == 0 and os.path.exists("/usr/bin/setpriv"):
            os.chmod(self.folder, 0o755)
            os.chmod(good, 0o644)
            done = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                                   program.PROGRAM, "check", "--format", "json", closed, good],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            code, out, err = done.returncode, done.stdout, done.stderr
        elif os.geteuid() == 0:
            self.tally.skip("an unreadable file: root can read everything, and setpriv is missing")
            return
        else:
            done = program.run("check", "--format", "json", closed, good)
            code, out, err = done.exit, done.out, done.err
        self.tally.check("an unreadable file: the other one is checked",
                         code == 2 and closed.encode() in err and b"ermission" in err and
                         [f["file"] for f in json.loads(out)["files"]] == [good], (code, out, err))

    def random_bytes(self, rounds):
        r = random.Random(7)
        pieces = [b"*filter\n", b"COMMIT\n", b":INPUT ", b"-A INPUT ", b"-p tcp ", b"--dport ", b'"', b"\\",
                  b"! ", b"\0", b"\r\n", b"[1:2] ", b"-m ", b"-j ", b"# ", b"\n", b"\t", b"-s ", b"1.2.3.4/", b"\xff"]
        for n in range(rounds):
            if n % 3 == 0:
                data = r.randbytes(r.randrange(3000))
            else:
                data = b"".join(r.choice(pieces) if r.random() < 0.8 else r.randbytes(3)
                                for _ in range(r.randrange(200)))
            path = self.path(f"random {n}", data)
            done, report = program.check(path)
            if self.tally.check(f"random bytes {n}", report is not None and done.exit in (0, 1), done):
                self.positions(f"random bytes {n}", data, report)
            done = program.run("fmt", "-", stdin=data)
            self.tally.check(f"random bytes {n}: fmt", done.exit in (0, 1), done)
            os.unlink(path)

    def large(self, name, data):
        """Memory stays below 16 MiB and ten times the size, in every format."""
        path = self.path(name, data)
        allowed = (16 << 20) + 10 * len(data)
        jobs = [("check", "--format", form) for form in FORMATS] + [("compile",)]
        for job in jobs:
            start = time.monotonic()
            process = subprocess.Popen([program.PROGRAM, *job, path], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       env=program.ENVIRONMENT,
                                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (300, 300)))
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            peak = usage.ru_maxrss * 1024
            told = f"exit {process.returncode}, peak {peak / 1e6:.0f} MB of {allowed / 1e6:.0f} allowed, " \
                   f"{time.monotonic() - start:.1f} s"
            print(f"{name}, {len(data) / 1e6:.0f} MB, {' '.join(job)}: {told}")
            self.tally.check(f"{name}: {' '.join(job)}", process.returncode in (0, 1) and peak <= allowed, told)
        os.unlink(path)


def rules_of(size):
    """About SIZE bytes of good rules."""
    lines = (b"-A INPUT -s 10.%d.%d.%d/32 -p tcp -m tcp --dport %d -j ACCEPT\n" %
             (i >> 16 & 255, i >> 8 & 255, i & 255, i % 65535 + 1) for i in range(size // 64))
    return table(*lines)


def main():
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="iptlint-bad.") as folder:
        tests = Tests(tally, folder)
        for name, (data, loads, place) in CASES.items():
            tests.case(name, data, loads, place)
        tests.no_final_newline()
        tests.every_line()
        tests.not_files()
        tests.random_bytes(60 if "--quick" in sys.argv else 300)
        if "--quick" not in sys.argv:
            # Errors in every line, then none; 100 MB of good rules.
            tests.large("errors in every line", table(*[b"-A INPUT --bogus\n"] * 100000))
            tests.large("one line", b"*filter\n" + b"x" * (20 << 20))
            tests.large("zeros", b"\0" * (20 << 20))
            tests.large("newlines", b"\n" * (20 << 20))
            tests.large("good rules", rules_of(100 << 20))
    tally.end()


if __name__ == "__main__":
    main()
