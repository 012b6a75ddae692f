#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian package: built without a network from a clean copy, by the commands that
README.md shows; lintian has nothing to say; installed by them, it does what debian/tests ask.

usage: package.py [--quick]         --quick: only what is written in debian/
Needs root, debhelper and lintian.
"""
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import host
import program
from tally import Tally

ROOT = program.ROOT
TIME_LIMIT = 10 * 60  # seconds, for the build

# A package that lintian has to find fault with: else its silence means nothing.
SPOILT = r"""
dpkg-deb -R ../iptlint_*.deb /tmp/spoilt
rm /tmp/spoilt/usr/share/doc/iptlint/copyright
dpkg-deb -b /tmp/spoilt /tmp/spoilt.deb
lintian /tmp/spoilt.deb
"""


def read(*names):
    with open(os.path.join(ROOT, *names), encoding="utf-8") as f:
        return f.read()


def commands():
    """What README.md says under "Debian package"."""
    section = re.search(r"^### Debian package\n(.*?)(?=^##)", read("README.md"), re.M | re.S)[1]
    return [line for block in re.findall(r"^```\n(.*?)^```", section, re.M | re.S)
            for line in block.splitlines()]


def written(tally):
    version = re.search(r"AC_INIT\(\[iptlint\], \[(.*?)\]\)", read("configure.ac"))[1]
    tally.equal("debian/changelog has the version of configure.ac",
                re.match(r"iptlint \((.*?)\) ", read("debian", "changelog"))[1], version)
    control = read("debian", "control")
    needed = re.search(r'^build_packages="(.*?)"', read("quickstart"), re.M | re.S)[1].split()
    for package in needed:
        # build-essential has these, debhelper the autotools
        if package not in ("gcc", "libc6-dev", "make", "autoconf", "automake"):
            tally.check(f"debian/control build-depends on {package}", re.search(rf"^ {package}\b", control, re.M))
    tally.check("debian/control depends on iptables, for its extensions",
                re.search(r"^Depends:\n(?: .*\n)* iptables,", control, re.M))
    for name in re.findall(r"^Tests: (\S+)", read("debian", "tests", "control"), re.M):
        tally.check(f"debian/tests/{name} can be run", os.access(os.path.join(ROOT, "debian", "tests", name), os.X_OK))


def copy_into(builder):
    """What git knows, as it stands here."""
    names = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                           stdout=subprocess.PIPE, check=True).stdout.decode().split("\0")
    for name in filter(None, names):
        source, target = os.path.join(ROOT, name), builder.at("files", "src", "iptlint", name)
        if os.path.lexists(source):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)


def steps():
    """(name, commands): what is done one after the other."""
    yield from ((line, line) for line in commands())
    yield "lintian", "lintian --pedantic ../iptlint_*.changes"
    yield "lintian of a spoilt package", SPOILT
    for name in re.findall(r"^Tests: (\S+)", read("debian", "tests", "control"), re.M):
        yield f"debian/tests/{name}", f"export AUTOPKGTEST_TMP=$(mktemp -d); debian/tests/{name}"
    yield "dpkg --verify", "dpkg --verify iptlint"
    yield "apt-get purge", "apt-get purge -y iptlint && ! ls -d /usr/share/*/iptlint"


def build(tally):
    builder = host.Host(with_program=False)
    copy_into(builder)
    text = "export DEB_BUILD_OPTIONS='nocheck parallel=2'\ncd /src/iptlint\n"
    todo = list(steps())
    for number, (_, body) in enumerate(todo):
        text += f"(\nset -e\n{body}\n) > /run/out/{number}.log 2>&1; echo $? > /run/out/{number}.status\n"
    done = builder.run(text, timeout=TIME_LIMIT)
    tally.check("a root of its own", done.exit == 0, done)
    for number, (name, _) in enumerate(todo):
        status, log = done.files.get(f"{number}.status", "none").strip(), done.files.get(f"{number}.log", "")
        if name == "lintian of a spoilt package":
            tally.check(name, status == "2" and "E: iptlint: no-copyright-file" in log, log[-1500:])
            continue
        tally.check(name, status == "0", f"exit {status}\n{log[-2500:]}")
        if name == "lintian":
            tally.equal("what lintian says", [line for line in log.splitlines() if re.match("[EWIPX]: ", line)], [])


def main():
    tally = Tally()
    if not os.path.isdir(os.path.join(ROOT, "debian")):
        tally.skip("debian/ is not here: it is not part of the archives that make dist makes")
        tally.end()
    written(tally)
    if "--quick" not in sys.argv:
        why = host.missing()
        for name in ("dpkg-buildpackage", "dh", "lintian", "git", "zsh", "fish"):
            why = why or (None if shutil.which(name) else f"{name} is not installed")
        if why:
            tally.skip(why, len(list(steps())))
        else:
            build(tally)
    tally.end()


main()
