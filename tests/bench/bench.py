#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How fast, and how much memory, against iptables-legacy-restore --test.

usage: bench.py [--program FILE] [--rules N] [--runs N] [--growth N] [--gate]

Runs alternate: the real tool, compile, check, and again; the medians are compared.  The
files come from the generators in ../shared/bin where those are (or $IPTLINT_SHARED), else
from generate.py.  --growth N goes on to files of N rules and compares the time of check with
n log n from a tenth of --rules on, the least of several alternating runs; the same is told of the
real tool.  diff and test are measured once each, in seconds of the processor, on files of
generate.py.  With --gate the exit status is 1 if one of the limits does not hold.
"""
import argparse
import math
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib")]
import generate
import edits
import judge
import shared
from tally import Tally

COMPILE_LIMIT, CHECK_LIMIT = 0.75, 1.0	 # times the real tool
AGAIN = 2				 # measurements more where a limit does not hold
GROWTH_ROUNDS, GROWTH_RUNS = 7, 5	 # runs of the smallest file in each round
OFFICE_MAX = 50000			 # gen-office makes no valid addresses for many more
SMALL_LIMIT = 0.010			 # seconds, a file of 20 lines
DIFF_LIMITS = {10000: 1, 100000: 5}	 # seconds, two files with EDITS
EDITS, PROMISES = 10, 50
TEST_LIMIT = 5				 # seconds, for PROMISES and the largest of these files
MEMORY_BASE, MEMORY_TIMES = 16 << 20, 10 # bytes, times the file's size

SMALL = """\
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:LOGDROP - [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -m conntrack --ctstate INVALID -j DROP
-A INPUT -p icmp -m icmp --icmp-type 8 -m limit --limit 5/sec -j ACCEPT
-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
-A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT
-A INPUT -s 10.0.0.0/8 -p udp -m udp --dport 53 -j ACCEPT
-A INPUT -s 192.0.2.0/24 -p tcp -m tcp --dport 5432 -m comment --comment "database" -j ACCEPT
-A INPUT -j LOGDROP
-A FORWARD -i eth0 -o eth1 -j ACCEPT
-A LOGDROP -m limit --limit 1/min -j LOG --log-prefix "drop: " --log-level 6
-A LOGDROP -j DROP
COMMIT
# the end
# of 20 lines
"""


def lines_for(name, n, folder):
    """The path of a file with about N rules; made when it is first asked for."""
    path = os.path.join(folder, f"{name}.{n}.v4")
    if os.path.exists(path):
        return path
    tool = os.path.join(shared.FOLDER, "bin", f"gen-{name}")
    if not os.path.exists(tool):
        with open(path, "w") as f:
            f.write(generate.text({"kube": "services"}.get(name, name), n))
        return path
    if name == "office" and n > 2 * OFFICE_MAX:
        write_sites(path, tool, n, folder)
        return path
    asked = n
    for _ in range(4):
        subprocess.run([sys.executable, "-B", tool, str(asked), "-o", path], check=True)
        made = rules_in(path)
        if abs(made - n) <= n * 0.01:
            break
        asked = round(asked * n / made)
    return path


def write_sites(path, tool, n, folder):
    """Office firewalls with N rules in one file, each with interfaces and chains of its own."""
    declared, rules, site = [], [], 0
    while len(rules) < n:
        site += 1
        part = os.path.join(folder, "site.v4")
        subprocess.run([sys.executable, "-B", tool, str(OFFICE_MAX), "-s", str(site), "-o", part],
                       check=True)
        with open(part) as f:
            lines = f.read().splitlines()
        chains = {line[1:].split()[0] for line in lines if line.startswith(":") and " - " in line}
        for line in lines:
            words = line.split(" ")
            if line.startswith(":"):
                if words[0][1:] in chains:
                    declared.append(f"{words[0]}.{site} {' '.join(words[1:])}")
                continue
            if words[0] != "-A" or not site_only(words, chains):
                continue
            for i in range(1, len(words)):
                if words[i - 1] in ("-A", "-j", "-g") and words[i] in chains:
                    words[i] += f".{site}"
                elif words[i - 1] in ("-i", "-o"):
                    words[i] = f"s{site}{words[i]}"
            rules.append(" ".join(words))
    with open(path, "w") as f:
        f.write("\n".join(["*filter", ":INPUT DROP [0:0]", ":FORWARD DROP [0:0]", ":OUTPUT ACCEPT [0:0]",
                           *declared, *rules, "COMMIT", ""]))


def site_only(words, chains):
    """Not for the packets of all sites."""
    return words[1] in chains or "-i" in words and "lo" not in words


def per_n_log_n(seconds, rules):
    return seconds / (rules * math.log2(rules))


def rules_in(path):
    with open(path, "rb") as f:
        return sum(line.startswith(b"-A ") for line in f)


def run(argv, env):
    """(seconds, peak bytes, exit status)"""
    start = time.perf_counter()
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, env=env)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - start, usage.ru_maxrss * 1024, process.returncode


def tree_memory(argv, env):
    """The most that the process and its children had together, in samples."""
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, env=env)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(shared_out, family_of(process.pid))))
        time.sleep(0.002)
    return peak


def family_of(pid):
    pids = [pid]
    for parent in pids:
        try:
            with open(f"/proc/{parent}/task/{parent}/children") as f:
                pids += [int(word) for word in f.read().split()]
        except OSError:
            pass
    return pids


def processor_time():
    """Of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def shared_out(pid):
    """Bytes of a process; what it shares with others is counted in parts."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as f:
            for line in f:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


class Bench:
    def __init__(self, program, runs, tally):
        self.program, self.runs, self.tally = program, runs, tally
        self.env = dict(os.environ, LC_ALL="C")
        self.real = None
        why = judge.missing()
        if why:
            tally.skip(f"the real tool: {why}", 2)
        else:
            self.judge = judge.Judge()
            self.judge.fresh_namespace()
            self.env.update(self.judge.env)
            self.real = "iptables-legacy-restore"

    def limit(self, what, value, limit, form):
        self.tally.check(f"{what}: {form % value}", value <= limit, f"the limit is {form % limit}")

    def file(self, path):
        medians, peaks = self.measure(path, self.runs)
        for _ in range(AGAIN):
            if not self.real or all(medians[name] <= limit * medians["real"] for name, limit in
                                    (("compile", COMPILE_LIMIT), ("check", CHECK_LIMIT))):
                break
            print(f"{os.path.basename(path)}: over a limit; once more, as the machine may have been busy")
            medians, peaks = self.measure(path, self.runs)
        self.report(path, medians, peaks)

    def measure(self, path, runs):
        # Two -m tcp in one rule are saved in two ways: the text of one back end is asked for.
        commands = {"compile": [self.program, "compile", "--backend", "legacy", path],
                    "check": [self.program, "check", path]}
        if self.real:
            commands = {"real": [self.real, "--test", path], **commands}
        times = {name: [] for name in commands}
        peaks = dict.fromkeys(commands, 0)
        for _ in range(runs):
            for name, argv in commands.items():
                seconds, peak, status = run(argv, self.env)
                times[name].append(seconds)
                peaks[name] = max(peaks[name], peak)
                if status not in ((0,) if name != "check" else (0, 1)):
                    self.tally.fail(f"{name} {os.path.basename(path)}: exit {status}")
        for name in ("compile", "check"):
            peaks[name] = max(peaks[name], tree_memory(commands[name], self.env))
        return {n: statistics.median(t) for n, t in times.items()}, peaks

    def report(self, path, medians, peaks):
        size = os.path.getsize(path)
        name = os.path.basename(path).partition(".")[0]
        real = medians.get("real")
        ratio = {n: medians[n] / real if real else float("nan") for n in ("compile", "check")}
        allowed = MEMORY_BASE + MEMORY_TIMES * size
        print(f"{name:10} {rules_in(path):7} {size / 1e6:6.1f} "
              f"{real if real else float('nan'):7.3f} "
              f"{medians['compile']:8.3f} {ratio['compile']:5.2f} "
              f"{medians['check']:8.3f} {ratio['check']:5.2f} "
              f"{peaks['compile'] / 1e6:8.1f} {peaks['check'] / 1e6:8.1f} {allowed / 1e6:8.1f}",
              flush=True)
        if real:
            self.limit(f"{name}: compile / real", ratio["compile"], COMPILE_LIMIT, "%.2f")
            self.limit(f"{name}: check / real", ratio["check"], CHECK_LIMIT, "%.2f")
        for command in ("compile", "check"):
            self.limit(f"{name}: peak memory of {command}", peaks[command] / 1e6, allowed / 1e6,
                       "%.1f MB")

    def growth(self, name, sizes, folder):
        """Times of check by n log n: of each size, as a multiple of the smallest one's."""
        paths = [lines_for(name, n, folder) for n in sizes]
        for _ in range(1 + AGAIN):
            costs = self.costs(paths)
            if costs[-1] <= costs[0]:
                break
        real = self.real_costs(paths) if self.real else []
        for i, path in enumerate(paths):
            peak = tree_memory([self.program, "check", path], self.env)
            allowed = MEMORY_BASE + MEMORY_TIMES * os.path.getsize(path)
            n = rules_in(path)
            print(f"{name:10} {n:7} rules: check {costs[i] * n * math.log2(n):7.3f} s, {costs[i] / costs[0]:.2f} of n log n"
                  + (f"; the real tool {real[i] * n * math.log2(n):7.3f} s, {real[i] / real[0]:.2f}" if real else "")
                  + f"; {peak / 1e6:.1f} of {allowed / 1e6:.1f} MB", flush=True)
            self.limit(f"{name}: peak memory of check", peak / 1e6, allowed / 1e6, "%.1f MB")
        self.limit(f"{name}: {rules_in(paths[-1])} rules, of n log n", costs[-1] / costs[0], 1.0, "%.2f")

    def costs(self, paths):
        """The least time of check for each: what comes on top is other work of the machine."""
        least = [math.inf] * len(paths)
        for _ in range(GROWTH_ROUNDS):
            for i, path in enumerate(paths):
                for _ in range(GROWTH_RUNS if i == 0 else 1):
                    seconds = run([self.program, "check", path], self.env)[0]
                    least[i] = min(least[i], per_n_log_n(seconds, rules_in(path)))
        return least

    def real_costs(self, paths):
        return [per_n_log_n(run([self.real, "--test", path], self.env)[0], rules_in(path)) for path in paths]

    def once(self, argv, allowed):
        """Seconds of the processor, since it is told against a limit of seconds."""
        before = processor_time()
        status = run(argv, self.env)[2]
        if status not in allowed:
            self.tally.fail(f"{' '.join(argv)}: exit {status}")
        return processor_time() - before

    def answers(self, name, n, folder):
        """diff of a file with what EDITS make of it, and test with PROMISES."""
        old = os.path.join(folder, f"answers-{name}.{n}.v4")
        new, tests = old + "-new", old + ".test"
        text = generate.text(name, n)
        for path, content in ((old, text), (new, edits.edited(text, EDITS, random.Random(n))),
                              (tests, edits.promises(text, PROMISES, random.Random(n)))):
            with open(path, "w") as f:
                f.write(content)
        real = sum(self.once([self.real, "--test", path], (0,)) for path in (old, new)) if self.real else float("nan")
        diff = self.once([self.program, "diff", "--isolated", "-4", old, new], (0, 1, 2))
        test = self.once([self.program, "test", "--isolated", "-4", old, tests], (0, 1))
        print(f"{name:10} {n:7} rules: diff with {EDITS} edits {diff:6.3f} s, {diff / real:.2f} of the real tool "
              f"for both files; test with {PROMISES} promises {test:6.3f} s", flush=True)
        self.limit(f"{name}: diff of {n} rules", diff, DIFF_LIMITS[n], "%.2f s")
        self.limit(f"{name}: test of {n} rules", test, TEST_LIMIT, "%.2f s")

    def small(self, folder):
        path = os.path.join(folder, "small.v4")
        with open(path, "w") as f:
            f.write(SMALL)
        assert SMALL.count("\n") == 20
        times = [run([self.program, "check", path], self.env)[0] for _ in range(31)]
        print(f"check of a file of 20 lines: {statistics.median(times) * 1000:.1f} ms "
              f"(median of {len(times)}, slowest {max(times) * 1000:.1f} ms)")
        self.limit("a file of 20 lines", statistics.median(times) * 1000, SMALL_LIMIT * 1000,
                   "%.1f ms")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "iptlint"))
    parser.add_argument("--rules", type=int, default=100000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--growth", type=int, metavar="N")
    parser.add_argument("--gate", action="store_true")
    options = parser.parse_args()
    tally = Tally("bench")
    bench = Bench(os.path.abspath(options.program), options.runs, tally)
    print(f"medians of {options.runs} alternating runs, seconds; the real tool is "
          "iptables-legacy-restore --test; peak memory in MB")
    print(f"{'file':10} {'rules':>7} {'MB':>6} {'real':>7} {'compile':>8} {'x':>5} "
          f"{'check':>8} {'x':>5} {'compile':>8} {'check':>8} {'allowed':>8}")
    with tempfile.TemporaryDirectory(prefix="iptlint-bench.") as folder:
        for name in ("kube", "blocklist", "office"):
            bench.file(lines_for(name, options.rules, folder))
        bench.small(folder)
        for name in ("services", "blocklist", "office"):
            for n in DIFF_LIMITS:
                bench.answers(name, n, folder)
        for name in ("kube", "blocklist", "office") if options.growth else ():
            bench.growth(name, [options.rules // 10, options.rules, options.growth], folder)
    if not options.gate:
        sys.exit(0)
    tally.end()


main()
