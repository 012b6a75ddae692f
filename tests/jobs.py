#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check and fmt with several processes: the same output as with one, in less time; what becomes
of the files of a process that is killed; the line that tells how far the work is.

usage: jobs.py
"""
import os
import pty
import re
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

FILES = 1000
PAIRS = 7
FASTER = 1.05  # times, by the median: the processors may have other things to do

HEAD = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\n"


def rules(n, net):
    return HEAD + "".join(f"-A INPUT -s 10.{net % 250}.{i % 250}.0/24 -p tcp -m tcp --dport {1000 + i % 900} -j ACCEPT\n"
                          for i in range(n)) + "COMMIT\n"


def write(name, text):
    with open(name, "w", encoding="utf-8") as f:
        f.write(text)


def make_files():
    os.mkdir("many")
    for i in range(FILES):
        write(f"many/h{i:04}.v4", rules(30 + i % 20, i))
    os.mkdir("mixed")
    for i in range(60):
        text = rules(i, i)
        if i % 7 == 0:
            text = text.replace("--dport 1000", "--dprot 1000")
        write(f"mixed/h{i:02}.v{6 if i % 3 == 0 else 4}", text)
    write("mixed/fw.sh", "#!/bin/sh\nfor t in iptables ip6tables; do\n\t$t -P INPUT DROP\n\t$t -A INPUT --bogus\ndone\n")


def same_output(tally):
    formats = re.findall(r"^  (\w+)", program.run("check", "--help").out.decode().split("Formats:\n")[1].split("\n\n")[0], re.M)
    for arguments in [["check", "-f", name, "mixed", "mixed/fw.sh"] for name in formats] + [
            ["check", "--stats", "-f", "gcc", "mixed"], ["check", "--fix", "--unsafe-fixes", "--diff", "mixed"],
            ["check", "-f", "gcc", "mixed", "missing.v4"], ["fmt", "--diff", "mixed"], ["fmt", "--check", "mixed"]]:
        one = program.run(*arguments, "-j", "1")
        for n in ("2", "3", "16", "200"):
            more = program.run(*arguments, "-j", n)
            tally.check(f"-j {n}: {' '.join(arguments)}", (more.exit, more.out, more.err) == (one.exit, one.out, one.err), more)
        more = program.run(*arguments)
        tally.check(f"without -j: {' '.join(arguments)}", (more.exit, more.out, more.err) == (one.exit, one.out, one.err), more)
    program.run("check", "--write-baseline", "one.jsonl", "-j", "1", "mixed")
    program.run("check", "--write-baseline", "more.jsonl", "-j", "3", "mixed")
    with open("one.jsonl") as one, open("more.jsonl") as more:
        tally.equal("-j 3: the baseline", more.read(), one.read())
    for value in ("0", "x", "-1"):
        done = program.run("check", "-j", value, "mixed")
        tally.check(f"-j {value} is refused", done.exit == 2 and b"--jobs does not take" in done.err, done)


def seconds(n):
    start = time.monotonic()
    program.run("check", "-f", "gcc", "-j", str(n), "many")
    return time.monotonic() - start


def faster(tally):
    one, two = program.run("check", "-f", "json", "-j", "1", "many"), program.run("check", "-f", "json", "-j", "2", "many")
    tally.check(f"{FILES} files: the same output", (one.exit, one.out, one.err) == (two.exit, two.out, two.err))
    if len(os.sched_getaffinity(0)) < 2:
        tally.skip("one processor")
        return
    ratios = []
    while len(ratios) < PAIRS or statistics.median(ratios) <= FASTER and len(ratios) < 4 * PAIRS:
        ratios.append(seconds(1) / seconds(2))
    print(f"{FILES} files: two processes are {statistics.median(ratios):.2f} times as fast as one "
          f"({', '.join(f'{r:.2f}' for r in sorted(ratios))})")
    tally.check("two processes are faster than one", statistics.median(ratios) > FASTER, ratios)


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [int(word) for word in f.read().split()]


def killed(tally):
    """Of a process that is killed one file is lost, and said to be; others are reported as ever."""
    names = [f"big{i}.v{6 if i == 4 else 4}" for i in range(6)]
    for i, name in enumerate(names):
        write(name, rules(20000, i).replace("10.4.", "10.4." if i != 4 else "2001:db8::").replace("--dport 1000 ", "--dprot 1000 "))
    arguments = [program.PROGRAM, "check", "-f", "gcc", "-j", "3", "--ignore", "all", "--select", "load", *names]
    whole = subprocess.run(arguments, capture_output=True, env=program.ENVIRONMENT)
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=program.ENVIRONMENT)
    workers, end = [], time.monotonic() + 10
    while len(workers) < 3 and time.monotonic() < end and process.poll() is None:
        workers = children(process.pid)
    if len(workers) < 3:
        tally.skip("the processes were done too early")
        process.communicate()
        return
    os.kill(workers[0], signal.SIGKILL)
    out, err = process.communicate()
    lost = re.findall(rb"iptlint: (\S+): internal error: the process that worked on it ended", err)
    tally.equal("killed: one file is lost", len(lost), 1)
    tally.equal("killed: that is trouble", process.returncode, 2)
    rest = [line for line in whole.stdout.splitlines() if not lost or not line.startswith(lost[0] + b":")]
    tally.check("killed: all others are reported", [line for line in out.splitlines() if not lost or not line.startswith(lost[0] + b":")] == rest)
    tally.check("killed: what there is of it ends with a line", out == b"" or out.endswith(b"\n"))


def on_terminal(arguments, output_too):
    """What standard error, and maybe standard output, of a run on a terminal shows."""
    master, slave = pty.openpty()
    process = subprocess.Popen([program.PROGRAM, *arguments], stdin=subprocess.DEVNULL, stderr=slave,
                               stdout=slave if output_too else subprocess.DEVNULL,
                               env=dict(program.ENVIRONMENT, TERM="xterm"))
    os.close(slave)
    text = b""
    while select.select([master], [], [], 60)[0]:
        try:
            some = os.read(master, 65536)
        except OSError:
            break
        if not some:
            break
        text += some
    os.close(master)
    process.wait()
    return text.decode()


def screen(text):
    """What is left on the screen of TEXT, where a line begins anew or its rest is cleared."""
    lines = []
    for line in text.replace("\r\n", "\n").split("\n"):
        shown = ""
        for part in line.split("\r"):
            if part.startswith("\x1b[K"):
                shown, part = "", part[3:]
            cleared = part.endswith("\x1b[K")
            part = part.replace("\x1b[K", "")
            shown = part if cleared else part + shown[len(part):]
        lines.append(shown)
    return "\n".join(lines)


def progress(tally):
    slow = [f"slow{i}.v4" for i in range(12)]
    for i, name in enumerate(slow):
        write(name, rules(5000, i))
    start = time.monotonic()
    program.run("check", "-f", "gcc", "-j", "1", *slow)
    n_times = 1 + int(3 / max(0.01, time.monotonic() - start))
    for output_too in (False, True):
        text = on_terminal(["check", "-j", "1", "-f", "gcc", "--color", "never"] + slow * n_times, output_too)
        where = "both on the terminal" if output_too else "standard error alone"
        steps = [int(step) for step in re.findall(rf"\riptlint: (\d+) of {12 * n_times} files\x1b\[K", text)]
        tally.check(f"progress, {where}: it is told", len(steps) > 1, text[-500:])
        tally.check(f"progress, {where}: it goes on", steps == sorted(steps) and len(set(steps)) > 1, steps)
        left = screen(text)
        tally.check(f"progress, {where}: nothing of it is left", "iptlint:" not in left, left[-500:])
        tally.check(f"progress, {where}: the conclusion", f"{12 * n_times} files checked" in left, left[-500:])
    plain = program.run("check", "-j", "1", "-f", "gcc", *slow * n_times)
    tally.equal("progress: the findings are whole", [l for l in left.split("\n") if ": warning: " in l],
                plain.out.decode().splitlines())
    tally.check("progress: not in a pipe", not plain.err, plain.err)
    text = on_terminal(["check", "-f", "gcc", "mixed/h01.v4"], False)
    tally.check("progress: not within the first second", "iptlint:" not in text, text)


def main():
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="iptlint-jobs.") as folder:
        os.chdir(folder)
        make_files()
        for part in (same_output, faster, killed, progress):
            part(tally)
        os.chdir("/")
    tally.end()


main()
