#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fmt and compile as commands: what they write and where, exit statuses, files that are
replaced as a whole or not at all.  Needs neither root nor iptables-restore.
"""
import os
import stat
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

HEAD = b"*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
MESSY = HEAD + b"# why\n\n-A INPUT  -s 10/8 -j   ACCEPT\nCOMMIT\n"
TIDY = HEAD + b"# why\n\n-A INPUT -s 10.0.0.0/8 -j ACCEPT\nCOMMIT\n"
SAVED = HEAD + b"-A INPUT -s 10.0.0.0/8 -j ACCEPT\nCOMMIT\n"
BROKEN = HEAD + b"-A INPUT  -j ACCEPT\n-A INPUT  --nonsense\nCOMMIT\n"
HALF = HEAD + b"-A INPUT -j ACCEPT\n-A INPUT  --nonsense\nCOMMIT\n"
MESSY6 = HEAD + b"-A INPUT  -s ::1 -j ACCEPT\nCOMMIT\n"
TIDY6 = HEAD + b"-A INPUT -s ::1/128 -j ACCEPT\nCOMMIT\n"
DIFF = b"""--- rules.v4
+++ rules.v4
@@ -4,5 +4,5 @@
 :OUTPUT ACCEPT [0:0]
 # why
 
--A INPUT  -s 10/8 -j   ACCEPT
+-A INPUT -s 10.0.0.0/8 -j ACCEPT
 COMMIT
"""


class Folder:
    """A folder of its own for each test."""

    def __init__(self):
        self.tmp = tempfile.TemporaryDirectory(prefix="iptlint-commands.")
        self.path = self.tmp.name

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tmp.cleanup()

    def at(self, name):
        return os.path.join(self.path, name)

    def write(self, name, content, mode=0o640):
        os.makedirs(os.path.dirname(self.at(name)), exist_ok=True)
        with open(self.at(name), "wb") as f:
            f.write(content)
        os.chmod(self.at(name), mode)

    def read(self, name):
        with open(self.at(name), "rb") as f:
            return f.read()

    def run(self, *arguments, stdin=b""):
        return program.run(*arguments, stdin=stdin, cwd=self.path)

    def names(self):
        return sorted(os.listdir(self.path))


def fmt_rewrites(t, d):
    d.write("rules.v4", MESSY)
    done = d.run("fmt", "rules.v4")
    t.check("fmt: exit", done.exit == 0 and not done.out and not done.err, done)
    t.equal("fmt: content", d.read("rules.v4"), TIDY)
    t.equal("fmt: mode", stat.S_IMODE(os.stat(d.at("rules.v4")).st_mode), 0o640)
    t.equal("fmt: leaves nothing else behind", d.names(), ["rules.v4"])


def fmt_leaves_what_is_tidy(t, d):
    d.write("rules.v4", TIDY)
    before = os.stat(d.at("rules.v4"))
    done = d.run("fmt", "rules.v4")
    after = os.stat(d.at("rules.v4"))
    t.check("fmt of a tidy file: exit", done.exit == 0 and not done.out, done)
    t.equal("fmt of a tidy file: not written", (before.st_ino, before.st_mtime_ns),
            (after.st_ino, after.st_mtime_ns))


def fmt_follows_links(t, d):
    d.write("etc/rules.v4", MESSY)
    os.symlink("etc/rules.v4", d.at("rules.v4"))
    done = d.run("fmt", "rules.v4")
    t.check("fmt of a link: exit", done.exit == 0, done)
    t.check("fmt of a link: is a link still", os.path.islink(d.at("rules.v4")))
    t.equal("fmt of a link: the file behind it", d.read("etc/rules.v4"), TIDY)


def fmt_stdin(t, d):
    done = d.run("fmt", "-", stdin=MESSY)
    t.check("fmt -: exit", done.exit == 0 and not done.err, done)
    t.equal("fmt -: output", done.out, TIDY)
    t.equal("fmt - of nothing", d.run("fmt", "-", stdin=b"").out, b"")


def fmt_check(t, d):
    d.write("rules.v4", MESSY)
    d.write("tidy.v4", TIDY)
    done = d.run("fmt", "--check", "rules.v4", "tidy.v4")
    t.check("fmt --check: exit", done.exit == 1, done)
    t.equal("fmt --check: names", done.out, b"rules.v4\n")
    t.equal("fmt --check: writes nothing", d.read("rules.v4"), MESSY)
    t.equal("fmt --check of a tidy file", d.run("fmt", "--check", "tidy.v4").exit, 0)


def fmt_diff(t, d):
    d.write("rules.v4", MESSY)
    done = d.run("fmt", "--diff", "rules.v4")
    t.check("fmt --diff: exit", done.exit == 1, done)
    t.equal("fmt --diff: output", done.out, DIFF)
    t.equal("fmt --diff: writes nothing", d.read("rules.v4"), MESSY)
    patched = subprocess.run(["patch", "-s", "-p0"], input=done.out, cwd=d.path) \
        if os.path.exists("/usr/bin/patch") else None
    if patched:
        t.equal("fmt --diff: is a patch", d.read("rules.v4"), TIDY)


def fmt_with_errors(t, d):
    d.write("rules.v4", BROKEN)
    done = d.run("fmt", "rules.v4")
    t.equal("fmt with an error: exit", done.exit, 1)
    t.check("fmt with an error: is reported", b"rules.v4:6:11: error:" in done.err, done)
    t.equal("fmt with an error: the rest is formatted", d.read("rules.v4"), HALF)
    done = d.run("fmt", "rules.v4", "missing.v4")
    t.equal("fmt with a missing file: exit", done.exit, 2)


def fmt_both_families(t, d):
    d.write("a/rules.v4", MESSY)
    d.write("a/rules.v6", MESSY6)
    d.write("b/rules.v4", MESSY)
    d.write("b/readme", MESSY)
    done = d.run("fmt", "--check", ".")
    t.equal("fmt of a directory: names", done.out, b"./a/rules.v4\n./a/rules.v6\n./b/rules.v4\n")
    done = d.run("fmt", ".")
    t.check("fmt of a directory: exit", done.exit == 0, done)
    t.equal("fmt of a directory: files", [d.read(f"{f}") for f in
            ("a/rules.v4", "a/rules.v6", "b/rules.v4", "b/readme")], [TIDY, TIDY6, TIDY, MESSY])


def fmt_read_only(t, d):
    if os.geteuid() == 0:
        t.skip("root may write everywhere")
        return
    d.write("etc/rules.v4", MESSY)
    os.chmod(d.at("etc"), 0o500)
    done = d.run("fmt", "etc/rules.v4")
    t.check("fmt without the right to write", done.exit == 2 and b"etc/rules.v4" in done.err, done)
    t.equal("fmt without the right to write: content", d.read("etc/rules.v4"), MESSY)
    os.chmod(d.at("etc"), 0o700)


def compile_prints(t, d):
    d.write("rules.v4", MESSY)
    done = d.run("compile", "rules.v4")
    t.check("compile: exit", done.exit == 0 and not done.err, done)
    t.equal("compile: output", done.out, SAVED)
    t.equal("compile -", d.run("compile", "-", stdin=MESSY).out, SAVED)


def compile_refuses(t, d):
    d.write("rules.v4", BROKEN)
    d.write("out", b"old", 0o600)
    done = d.run("compile", "-o", "out", "rules.v4")
    t.check("compile of an error: exit", done.exit == 1 and not done.out, done)
    t.check("compile of an error: reason", b"rules.v4:6:11: error:" in done.err, done)
    t.equal("compile of an error: output file", d.read("out"), b"old")
    t.equal("compile of an error: leaves nothing behind", d.names(), ["out", "rules.v4"])


def compile_fragment(t, d):
    whole = b"*filter\n:LAN - [0:0]\n-A LAN -p tcp -j ACCEPT\nCOMMIT\n"
    got = d.run("compile", "--noflush", "-", stdin=whole)
    t.equal("compile --noflush: all is in the file", got.exit, 0)
    t.equal("compile --noflush: what is printed", got.out.splitlines()[-3:],
            [b":LAN - [0:0]", b"-A LAN -p tcp -j ACCEPT", b"COMMIT"])
    for line in b"-A INPUT -j LAN", b"-D INPUT 1":
        got = d.run("compile", "-", stdin=b"# iptlint: noflush\n*filter\n" + line + b"\nCOMMIT\n")
        t.check(f"compile: {line.decode()} depends on what is loaded",
                got.exit == 1 and not got.out and b"loaded" in got.err, got)


def compile_to_file(t, d):
    d.write("rules.v4", MESSY)
    d.write("out", b"old", 0o600)
    done = d.run("compile", "--output", "out", "rules.v4")
    t.check("compile -o: exit", done.exit == 0 and not done.out, done)
    t.equal("compile -o: content", d.read("out"), SAVED)
    t.equal("compile -o: mode", stat.S_IMODE(os.stat(d.at("out")).st_mode), 0o600)
    done = d.run("compile", "-o", "no/such/place", "rules.v4")
    t.check("compile -o to nowhere", done.exit == 2 and b"no/such/place" in done.err, done)


def compile_full_device(t, d):
    d.write("rules.v4", MESSY)
    if not os.path.exists("/dev/full"):
        t.skip("there is no /dev/full")
        return
    with open("/dev/full", "wb") as full:
        done = subprocess.run([program.PROGRAM, "compile", d.at("rules.v4")], stdout=full,
                              stderr=subprocess.PIPE, env=program.ENVIRONMENT)
    t.check("compile to a full device", done.returncode == 2 and done.stderr, done)


def compile_usage(t, d):
    d.write("rules.v4", MESSY)
    for arguments in ((), ("rules.v4", "rules.v4"), (".",), ("missing.v4",), ("--nonsense", "x")):
        done = d.run("compile", *arguments)
        t.check(f"compile {' '.join(arguments)}: exit", done.exit == 2 and done.err, done)
        t.equal(f"compile {' '.join(arguments)}: prints nothing", done.out, b"")


def compile_options(t, d):
    d.write("rules.v4", b"*filter\n:INPUT DROP [1:2]\n[3:4] -A INPUT -s mail.example.com\nCOMMIT\n")
    done = d.run("compile", "rules.v4")
    t.check("compile of a host name", done.exit == 1 and b"--keep-names" in done.err, done)
    done = d.run("compile", "--keep-names", "--counters", "rules.v4")
    t.equal("compile --keep-names --counters", done.out,
            b"*filter\n:INPUT DROP [1:2]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
            b"[3:4] -A INPUT -s mail.example.com\nCOMMIT\n")
    t.check("compile names policies", b"FORWARD, OUTPUT" in done.err, done)
    done = d.run("compile", "--keep-names", "--strict-policy", "rules.v4")
    t.check("compile --strict-policy", done.exit == 1 and not done.out, done)


def main():
    tally = Tally()
    for test in (fmt_rewrites, fmt_leaves_what_is_tidy, fmt_follows_links, fmt_stdin, fmt_check,
                 fmt_diff, fmt_with_errors, fmt_both_families, fmt_read_only, compile_prints,
                 compile_refuses, compile_fragment, compile_to_file, compile_full_device, compile_usage,
                 compile_options):
        with Folder() as folder:
            test(tally, folder)
    tally.end()


main()
