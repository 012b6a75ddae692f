#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Scripts that want too much end at a limit, which is named, and nothing of them is left: as root
and as nobody."""
import os
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import sandbox  # noqa: E402
from tally import Tally  # noqa: E402

tally = Tally("sandbox/limits.py")
equal, check = tally.equal, tally.check

MANY = """bomb() { bomb | bomb & }
bomb
sleep 1000
"""
MANY_SH = """f() { while :; do sh "$0" x & done; }
f
"""
CASES = (
    # name, script, shell, limits, the one that is hit
    ("while true", "while true; do :; done\n", "bash", {"cpu": 1}, "CPU time"),
    ("while true under sh", "while :; do :; done\n", "sh", {"cpu": 1}, "CPU time"),
    ("CPU time of many short programs", "while :; do id > /dev/null; done\n", "sh", {"cpu": 1},
     "CPU time"),
    ("a trap of SIGXCPU", "trap '' XCPU\nwhile :; do :; done\n", "bash", {"cpu": 1}, "CPU time"),
    ("endless sleep", "trap '' TERM INT HUP\nwhile :; do sleep 1000; done\n", "bash", {"wall": 2}, "time"),
    ("a stopped shell", "kill -STOP $$\n", "bash", {"wall": 2}, "time"),
    ("waiting for nothing", "mkfifo /tmp/f; read x < /tmp/f\n", "sh", {"wall": 2}, "time"),
    ("endless output", "while :; do echo 0123456789012345678901234567890123456789; done\n", "bash",
     {"output": 1 << 20}, "output"),
    ("endless output of a program", "yes >&2\n", "sh", {"output": 1 << 20}, "output"),
    ("a memory hog", "x=xxxxxxxxxxxxxxxx\nwhile :; do x=$x$x; done\n", "bash", {"memory": 64 << 20}, "memory"),
    ("a memory hog that is a program", "awk 'BEGIN { while (1) a[i++] = \"0123456789abcdef\" i }'\n", "sh",
     {"memory": 64 << 20}, "memory"),
    ("memory of many", "for i in 1 2 3 4 5 6; do awk 'BEGIN { while (i < 200000) a[i++] = \"x\" i; "
     "system(\"sleep 1000\") }' & done; wait\n", "bash", {"memory": 60 << 20}, "memory"),
    ("a large file", "dd if=/dev/zero of=/tmp/large bs=65536 2>/dev/null; sleep 5\n", "bash",
     {"files": 8 << 20}, "size of files"),
    ("many files", "i=0\nwhile :; do i=$((i + 1)); head -c 100000 /dev/zero > /var/tmp/$i; done\n", "sh",
     {"files": 4 << 20}, "size of files"),
    ("files elsewhere", "yes > /dev/shm/x; sleep 5\n", "bash", {"files": 4 << 20}, "size of files"),
    ("a fork bomb", MANY, "bash", {"processes": 60}, "number of processes"),
    ("a fork bomb under sh", MANY_SH, "sh", {"processes": 60}, "number of processes"),
)


def wanted_time(limits):
    return limits.get("wall", 20) + 10


def cases(user):
    for name, script, shell, limits, wanted in CASES:
        marker = f"marker{os.getpid()}x{time.monotonic_ns()}"
        run = sandbox.run(script, marker, name=f"{marker}.sh", shell=shell,
                          **{"wall": 20, **limits}, **user)
        check(f"{name} {user}", run.limit == wanted and run.error is None, run)
        check(f"{name}: in time {user}", run.seconds < wanted_time(limits), run)
        equal(f"{name}: nothing is left {user}", sandbox.processes_with(marker), [])
        check(f"{name}: output is cut {user}", len(run.out) <= 65536 and len(run.err) <= 65536)


def sparse(user):
    run = sandbox.run("truncate -s 100G /tmp/x || echo no\nhead -c 200M /dev/zero > /tmp/y || echo no\n",
                      files=4 << 20, wall=20, **user)
    check(f"one file cannot be larger than all may be {user}", "no" in run.out or
          run.limit == "size of files", run)


def recursion(user):
    for shell in ("bash", "sh"):
        run = sandbox.run("f() { f; }\nf\n", shell=shell, wall=20, cpu=3, **user)
        check(f"endless recursion under {shell} {user}", run.status != 0 or run.limit != "none", run)
        print(f"endless recursion under {shell}: {run.seconds:.1f} s, signal {run.signal}, limit {run.limit}")


def daemons(user):
    marker = f"marker{os.getpid()}x{time.monotonic_ns()}"
    run = sandbox.run(f"setsid nohup sh -c 'sleep 1000; : {marker}' >/dev/null 2>&1 &\n"
                      f"(trap '' TERM HUP; while :; do sleep 1; done) & disown\niptables -F\n", marker, **user)
    equal(f"a daemon does not keep the sandbox {user}", (run.words, run.limit, run.status),
          (["iptables -F"], "none", 0))
    check(f"it ends soon {user}", run.seconds < 10, run)
    equal(f"nor does it stay {user}", sandbox.processes_with(marker), [])


def supervisor_dies():
    """Nothing is left when the program that runs the script is killed."""
    with sandbox.Folder() as folder:
        marker = f"marker{os.getpid()}x{time.monotonic_ns()}"
        script = folder.file(f"{marker}.sh", "trap '' TERM\niptables ready\nwhile :; do sleep 1; done\n")
        process = subprocess.Popen([sandbox.RUNNER, "shell=bash", f"program={sandbox.PROGRAM}", script],
                                   stdout=subprocess.PIPE)
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
        for _ in range(50):
            left = sandbox.processes_with(marker)
            if not left:
                break
            time.sleep(0.1)
        equal("nothing is left behind a killed supervisor", left, [])


def kernel_limit(user):
    """Few processes: that the kernel has a limit, and not only a watch."""
    run = sandbox.run("ulimit -u 20\nfor i in $(seq 30); do sleep 1 & done\n", wall=5, **user)
    check(f"the kernel limits processes {user}", "Resource temporarily unavailable" in run.err, run)


def containers():
    """Root of a user namespace: the limits of the kernel bind it."""
    if not sandbox.IS_ROOT or not shutil.which("unshare") or not shutil.which("setpriv"):
        tally.skip("not root, no unshare or no setpriv")
        return
    kernel_limit({"nobody": True, "wrapper": ("unshare", "-r")})
    run = sandbox.run("iptables -F\n" + MANY, nobody=True, wrapper=("unshare", "-r"), processes=60, wall=20)
    equal("a fork bomb of root in a container", (run.words, run.limit),
          (["iptables -F"], "number of processes"))
    # Whom the limits do not bind, and who cannot become another.
    run = sandbox.run("iptables -F\n", wrapper=("unshare", "-r"))
    check("root that is root outside, too", run.error and not run.calls, run)


def main():
    reason = sandbox.why_not()
    if reason:
        tally.skip(reason)
        tally.end()
    for user in sandbox.users():
        for part in (kernel_limit, cases, sparse, recursion, daemons):
            part(user)
    containers()
    supervisor_dies()
    tally.end()


main()
