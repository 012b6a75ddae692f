#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The Dockerfile: what is known to go wrong in one, whether its packages can be had, and, where
a docker daemon runs, the image that it makes.

usage: container.py
"""
import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

TAG = "iptlint-test-container"


def read(name):
    with open(os.path.join(program.ROOT, name)) as f:
        return f.read()


def instructions():
    """[[(word, rest), ...], ...]: one list for each stage."""
    text = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", read("Dockerfile"), flags=re.M))
    stages = []
    for line in text.splitlines():
        if line.strip():
            word, rest = line.split(None, 1)
            if word == "FROM":
                stages.append([])
            stages[-1].append((word, rest))
    return stages


def patterns(name):
    """Of an ignore file, relative to the root; "**/" before those that hold anywhere."""
    lines = [line for line in read(name).splitlines() if line and not line.startswith("#")]
    return {line.strip("/") if line.startswith("/") or line.startswith("**/") else "**/" + line.rstrip("/")
            for line in lines}


def is_ignored(path, ignored):
    return any(fnmatch.fnmatchcase(path, pattern) or path.startswith(pattern + "/") or
               (pattern.startswith("**/") and fnmatch.fnmatchcase(path, pattern[3:])) for pattern in ignored)


def shape(tally, stages):
    final = stages[-1]
    last = {word: rest for word, rest in final}
    for stage in stages:
        image = stage[0][1].split()[0]
        tally.check(f"FROM {image} says which release", re.fullmatch(r"debian:\d+-slim", image))
        folder = next((rest for word, rest in stage if word == "WORKDIR"), "")
        tally.check("WORKDIR is absolute", folder.startswith("/"))
        for run in (rest for word, rest in stage if word == "RUN" and "apt-get" in rest):
            parts = run.split(" && ")
            tally.equal("lists are fetched in the step that uses them", parts[0], "apt-get update")
            tally.check("lists do not stay", parts[-1].startswith("rm -rf /var/lib/apt/lists/*"), run)
            for part in parts[1:-1]:
                tally.check("nobody is asked, and nothing more is installed",
                            {"-y", "--no-install-recommends"} <= set(part.split()), part)
    tally.check("it does not run as root", last.get("USER") not in (None, "root", "0") and
                [word for word, _ in final].index("USER") > [word for word, _ in final].index("RUN"))
    tally.equal("WORKDIR", last.get("WORKDIR"), "/src")
    tally.equal("ENTRYPOINT", json.loads(last.get("ENTRYPOINT", "null")), ["iptlint"])


def context(tally, stages):
    ignored = patterns(".dockerignore")
    tally.equal("what git ignores does not go to docker", patterns(".gitignore") - ignored, set())
    tally.check("nor does the history", ".git" in ignored)
    sources = [name for stage in stages for word, rest in stage if word == "COPY" and "--from" not in rest
               for name in rest.split()[:-1]]
    for name in [source for source in sources if source != "."]:
        tally.check(f"{name} goes to docker", not is_ignored(name, ignored))
    for name in ("debian/control", "configure.ac", "Makefile.am", "src/main.c", "grammar/rules.l",
                 "lint-rules/rules.def", "lint-rules/documents.awk", "doc/iptlint.1"):
        tally.check(f"{name} goes to docker", not is_ignored(name, ignored))


def packages(tally, stages):
    """What "apt-get build-dep" would do."""
    steps = [part for stage in stages for word, rest in stage if word == "RUN"
             for part in rest.split(" && ") if "build-dep" in part]
    tally.check("the build stage asks debian/control", len(steps) == 1)
    if not os.path.exists(os.path.join(program.ROOT, "debian", "control")):
        tally.skip("no debian/control: its packages are not known")
        return
    if not shutil.which("apt-get") or not subprocess.run(["apt-cache", "show", "debhelper"], capture_output=True).stdout:
        tally.skip("apt-get has no lists of packages")
        return
    argv = [steps[0].split()[0], "--simulate", *steps[0].split()[1:]]
    done = subprocess.run(argv, cwd=program.ROOT, env=dict(os.environ, LC_ALL="C"), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    tally.check(" ".join(argv), done.returncode == 0, done.stdout)


def image(tally):
    def docker(*arguments):
        done = subprocess.run(["docker", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        return program.Done(["docker", *arguments], done.returncode, done.stdout, b"")
    if not shutil.which("docker") or docker("info").exit:
        tally.skip("no docker that runs", 3)
        return
    done = docker("build", "--quiet", "--tag", TAG, program.ROOT)
    if not tally.check("docker build", done.exit == 0, done):
        return
    with tempfile.TemporaryDirectory(prefix="iptlint-container.") as folder:
        os.chmod(folder, 0o755)
        with open(os.path.join(folder, "rules.v4"), "w") as f:
            f.write("*filter\n-A INPUT --bogus\nCOMMIT\n")
        done = docker("run", "--rm", "-v", f"{folder}:/src", TAG, "check")
        tally.check("docker run", done.exit == 1 and b"rules.v4:2:10: error: " in done.out, done)
    done = docker("run", "--rm", "--entrypoint", "id", TAG, "-u")
    tally.check("it does not run as root", done.exit == 0 and done.out.strip() not in (b"", b"0"), done)
    docker("rmi", TAG)


def main():
    tally = Tally()
    stages = instructions()
    shape(tally, stages)
    context(tally, stages)
    packages(tally, stages)
    image(tally)
    tally.end()


main()
