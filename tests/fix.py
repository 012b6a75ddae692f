#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check --fix, --unsafe-fixes and --diff: what they make of single mistakes; and over copies of
all fixtures and of the corpus in ../shared, that a safe fix changes no byte of what compile
prints, that a second run changes nothing, and that the difference shown is the one made.

usage: fix.py
"""
import glob
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
import shared
from tally import Tally

HEAD = b"*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
RULE = b"-A INPUT -i lo -j ACCEPT\n"
GOOD = HEAD + RULE + b"COMMIT\n"
SSH = b"-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT"

# name, the file, what --fix makes of it, what --fix --unsafe-fixes does (None: the same)
CASES = [
    ("nothing to fix", GOOD, GOOD, None),
    ("CR LF", GOOD.replace(b"\n", b"\r\n"), GOOD, None),
    ("CR LF with comments", (HEAD + b"# c\n\n" + RULE + b"COMMIT\n").replace(b"\n", b"\r\n"),
     HEAD + b"# c\n\n" + RULE + b"COMMIT\n", None),
    ("a CR inside of a word stays", HEAD + b'-A INPUT -m comment --comment "a\rb" -j ACCEPT\r\nCOMMIT\r\n',
     HEAD + b'-A INPUT -m comment --comment "a\rb" -j ACCEPT\nCOMMIT\n', None),
    ("many CR LF", HEAD.replace(b"\n", b"\r\n") + 2000 * (SSH + b"\r\n") + b"COMMIT\r\n",
     HEAD + 2000 * (SSH + b"\n") + b"COMMIT\n", None),
    ("an open quote keeps its CR", HEAD + b'-A INPUT -m comment --comment "a -j ACCEPT\r\nCOMMIT\r\n',
     HEAD + b'-A INPUT -m comment --comment "a -j ACCEPT\r\nCOMMIT\r\n', None),
    ("byte order mark", b"\xef\xbb\xbf" + GOOD, GOOD, None),
    ("no newline at the end", GOOD[:-1], GOOD, None),
    ("all of these", b"\xef\xbb\xbf" + GOOD[:-1].replace(b"\n", b"\r\n"), GOOD, None),
    ("indented comment", HEAD + b" \t # c\n" + RULE + b"COMMIT\n", HEAD + b"# c\n" + RULE + b"COMMIT\n", None),
    ("indented comment above", b"  # c\n" + GOOD, b"# c\n" + GOOD, None),
    ("blanks on a line", HEAD + b" \t \n" + RULE + b"COMMIT\n", HEAD + b"\n" + RULE + b"COMMIT\n", None),
    ("blanks on a line above", b"  \n" + GOOD, b"\n" + GOOD, None),
    ("a comment behind a rule", HEAD + SSH + b"  # ssh: yes\nCOMMIT\n", HEAD + SSH + b"  # ssh: yes\nCOMMIT\n",
     HEAD + b"# ssh: yes\n" + SSH + b"\nCOMMIT\n"),
    ("a quoted '#' is no comment", HEAD + SSH + b' "#"\nCOMMIT\n', HEAD + SSH + b' "#"\nCOMMIT\n', None),
    ("option", HEAD + SSH.replace(b"dport", b"dprot") + b"\nCOMMIT\n",
     HEAD + SSH.replace(b"dport", b"dprot") + b"\nCOMMIT\n", HEAD + SSH + b"\nCOMMIT\n"),
    ("option with '='", HEAD + SSH.replace(b"dport ", b"dprot=") + b"\nCOMMIT\n",
     HEAD + SSH.replace(b"dport ", b"dprot=") + b"\nCOMMIT\n", HEAD + SSH.replace(b"dport ", b"dport=") + b"\nCOMMIT\n"),
    ("table", GOOD.replace(b"*filter", b"*fliter"), GOOD.replace(b"*filter", b"*fliter"), GOOD),
    ("match", HEAD + SSH.replace(b"-m tcp", b"-m tpc") + b"\nCOMMIT\n",
     HEAD + SSH.replace(b"-m tcp", b"-m tpc") + b"\nCOMMIT\n", HEAD + SSH + b"\nCOMMIT\n"),
    ("target", HEAD + SSH.replace(b"ACCEPT", b"ACCPET") + b"\nCOMMIT\n",
     HEAD + SSH.replace(b"ACCEPT", b"ACCPET") + b"\nCOMMIT\n", HEAD + SSH + b"\nCOMMIT\n"),
    ("chain", HEAD + SSH.replace(b"INPUT", b"INPTU") + b"\nCOMMIT\n",
     HEAD + SSH.replace(b"INPUT", b"INPTU") + b"\nCOMMIT\n", HEAD + SSH + b"\nCOMMIT\n"),
    ("late policy", b"*filter\n# why\n" + RULE + b":INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n",
     b"*filter\n:INPUT DROP [0:0]\n# why\n" + RULE + b":FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n", None),
    ("unused suppression", HEAD + b"# iptlint: ignore[shadowed-rule]\n" + RULE + b"COMMIT\n", GOOD, None),
    ("two unused names", HEAD + b"# iptlint: ignore[shadowed-rule, dead-jump] -- x\n" + RULE + b"COMMIT\n", GOOD, None),
    ("one of three names is used", HEAD + b"# iptlint: ignore[dead-jump, always-matches, never-matches] -- x\n"
     b"-A INPUT -s 0.0.0.0/0 -p tcp -j ACCEPT\nCOMMIT\n",
     HEAD + b"# iptlint: ignore[always-matches] -- x\n-A INPUT -s 0.0.0.0/0 -p tcp -j ACCEPT\nCOMMIT\n", None),
    ("unknown suppression", HEAD + b"# iptlint: ignore[alway-matches] -- x\n-A INPUT -s 0.0.0.0/0 -p tcp -j ACCEPT\nCOMMIT\n",
     HEAD + b"# iptlint: ignore[alway-matches] -- x\n-A INPUT -s 0.0.0.0/0 -p tcp -j ACCEPT\nCOMMIT\n",
     HEAD + b"# iptlint: ignore[always-matches] -- x\n-A INPUT -s 0.0.0.0/0 -p tcp -j ACCEPT\nCOMMIT\n"),
    ("no brackets, no dashes", HEAD + b"# iptlint: ignore always-matches for them\n-A INPUT -s 0.0.0.0/0 -p tcp -j ACCEPT\nCOMMIT\n",
     HEAD + b"# iptlint: ignore always-matches for them\n-A INPUT -s 0.0.0.0/0 -p tcp -j ACCEPT\nCOMMIT\n",
     HEAD + b"# iptlint: ignore[always-matches] -- for them\n-A INPUT -s 0.0.0.0/0 -p tcp -j ACCEPT\nCOMMIT\n"),
    ("file-ignore below", HEAD + b"# iptlint: file-ignore[always-matches]\n-A INPUT -s 0.0.0.0/0 -p tcp -j ACCEPT\nCOMMIT\n",
     HEAD + b"# iptlint: file-ignore[always-matches]\n-A INPUT -s 0.0.0.0/0 -p tcp -j ACCEPT\nCOMMIT\n",
     b"# iptlint: file-ignore[always-matches]\n" + HEAD + b"-A INPUT -s 0.0.0.0/0 -p tcp -j ACCEPT\nCOMMIT\n"),
    ("a silenced finding is not fixed", HEAD + b"# iptlint: ignore[policy-declared-late] -- habit\n" + GOOD[8:],
     HEAD + GOOD[8:], None),
    ("NUL bytes stay", GOOD[:-1] + b"\n# a\0b\r\n", GOOD[:-1] + b"\n# a\0b\r\n", None),
]


def write(path, content):
    with open(path, "wb") as f:
        f.write(content)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def fixed(before, *options):
    """The text that the fixes make of a file."""
    write("case.rules", before)
    done = program.run("check", "-4", "--fix", *options, "case.rules")
    return read("case.rules"), done


def small_cases(tally):
    for name, before, safe, unsafe in CASES:
        got, done = fixed(before)
        tally.equal(f"{name}: --fix", got, safe)
        tally.check(f"{name}: ends well", done.exit in (0, 1) and not done.err, done)
        tally.equal(f"{name}: twice", fixed(safe)[0], safe)
        tally.equal(f"{name}: --unsafe-fixes", fixed(before, "--unsafe-fixes")[0], safe if unsafe is None else unsafe)
        done = program.run("check", "-4", "--fix", "-", stdin=before)
        tally.equal(f"{name}: standard input", done.out, safe)
        check_diff(tally, name, before, safe)


def check_diff(tally, name, before, after, options=("-4",)):
    """Does patch make AFTER of BEFORE by what --diff prints?"""
    write("diff.rules", before)
    done = program.run("check", *options, "--diff", "diff.rules")
    tally.check(f"{name}: --diff: exit status", done.exit == (before != after), done)
    tally.check(f"{name}: --diff: nothing is written", read("diff.rules") == before)
    if shutil.which("patch") is None or before == after:
        tally.check(f"{name}: --diff: nothing to show", before != after or not done.out, done)
        return
    subprocess.run(["patch", "--binary", "-s", "diff.rules"], input=done.out, check=False, capture_output=True)
    tally.equal(f"{name}: --diff: patch", read("diff.rules"), after)


def as_a_command(tally):
    write("bad.rules", GOOD[:-1])
    os.chmod("bad.rules", 0o640)
    os.symlink("bad.rules", "link.rules")
    done = program.run("check", "-4", "--fix", "link.rules")
    tally.check("the file behind a link", os.path.islink("link.rules") and read("bad.rules") == GOOD, done)
    tally.equal("its mode", os.stat("bad.rules").st_mode & 0o777, 0o640)
    tally.check("exit 0 if nothing is left", done.exit == 0 and not done.out, done)
    done = program.run("check", "-4", "--fix", "-", stdin=HEAD + b"  # c\n-A INPUT --bogus\nCOMMIT\n")
    tally.check("findings go to standard error", done.exit == 1 and b"bogus" in done.err and
                done.out == HEAD + b"# c\n-A INPUT --bogus\nCOMMIT\n", done)
    done = program.run("check", "-4", "--fix", "-f", "gcc", "missing.rules")
    tally.equal("a file that is not there", done.exit, 2)
    os.mkfifo("pipe.rules")
    with subprocess.Popen(["sh", "-c", "cat bad.rules | head -c -1 > pipe.rules"]):
        done = program.run("check", "-4", "--fix", "pipe.rules")
    tally.check("a pipe cannot be written back", done.exit == 2 and b"regular" in done.err, done)
    write("a.v4", GOOD[:-1])
    write("b.v6", GOOD[:-1])
    done = program.run("check", "--fix", "a.v4", "b.v6")
    tally.check("both families", read("a.v4") == GOOD and read("b.v6") == GOOD and done.exit == 0, done)
    write("a.v4", GOOD[:-1])
    done = program.run("check", "--diff", "-f", "json=out.json", "a.v4")
    tally.check("a report to a file beside --diff", os.path.getsize("out.json") > 0 and done.out.startswith(b"---"), done)
    os.mkdir("locked")
    write("locked/a.v4", GOOD[:-1])
    done = program.run("check", "-4", "--fix", "--ignore", "load", "locked/a.v4")
    tally.check("what is not selected is not fixed", read("locked/a.v4") == GOOD[:-1], done)
    done = program.run("check", "-4", "--fix", "locked/a.v4", preexec=no_space)
    tally.check("as a whole or not at all", done.exit == 2 and read("locked/a.v4") == GOOD[:-1] and
                os.listdir("locked") == ["a.v4"], done)


def no_space():
    """Files cannot grow beyond a few bytes, as on a full disk."""
    import resource
    import signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))


def compiled(path, family):
    done = program.compile(path, family, options=("--keep-names", "--counters"))
    return done.out if done.exit == 0 else None


def whole_files(tally):
    root = os.path.join(program.ROOT, "tests", "fixtures", "restore")
    paths = sorted(glob.glob(os.path.join(root, "*", "rules.v[46]")))
    corpus = sorted(path for path in glob.glob(os.path.join(shared.FOLDER, "corpus", "rules", "**"), recursive=True)
                    if os.path.isfile(path) and os.path.getsize(path) < 1 << 20)
    if not corpus:
        tally.skip("the corpus is not there")
    for path in paths + corpus:
        whole_file(tally, path)


def whole_file(tally, path):
    family = 6 if "v6" in os.path.basename(path) or "ip6" in os.path.basename(path) else 4
    before = read(path)
    name = os.path.relpath(path, program.ROOT)
    write("whole.rules", before)
    was = compiled("whole.rules", family)
    done = program.run("check", f"-{family}", "--fix", "whole.rules")
    after = read("whole.rules")
    tally.check(f"{name}: --fix", done.exit in (0, 1) and not done.err, done)
    if after != before:
        if was is not None:
            tally.equal(f"{name}: compile prints the same", compiled("whole.rules", family), was)
        program.run("check", f"-{family}", "--fix", "whole.rules")
        tally.check(f"{name}: a second time", read("whole.rules") == after)
        check_diff(tally, name, before, after, [f"-{family}"])
    write("whole.rules", before)
    done = program.run("check", f"-{family}", "--unsafe-fixes", "whole.rules")
    after = read("whole.rules")
    tally.check(f"{name}: --unsafe-fixes", done.exit in (0, 1) and not done.err, done)
    if after != before:
        program.run("check", f"-{family}", "--unsafe-fixes", "whole.rules")
        tally.check(f"{name}: --unsafe-fixes a second time", read("whole.rules") == after)


def main():
    tally = Tally("fix.py")
    with tempfile.TemporaryDirectory(prefix="iptlint-fix.") as folder:
        os.chdir(folder)
        small_cases(tally)
        as_a_command(tally)
        whole_files(tally)
        os.chdir("/")
    tally.end()


if __name__ == "__main__":
    main()
