#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What "make install" puts where, and that a build for another machine does not run the program.

usage: install.py
"""
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

BUILD = os.path.join(program.ROOT, "build")
FILES = {
    "bin/iptlint": None,
    "share/man/man1/iptlint.1": None,
    "share/man/man5/iptlint.conf.5": None,
    "share/man/man5/iptlint-test.5": None,
    "share/man/man7/iptlint-rules.7": None,
    "share/bash-completion/completions/iptlint": "bash",
    "share/zsh/site-functions/_iptlint": "zsh",
    "share/fish/vendor_completions.d/iptlint.fish": "fish",
}


def make(folder, *arguments):
    return subprocess.run(["make", "-C", folder, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, env=dict(os.environ, MAKEFLAGS=""))


def install(tally, folder):
    done = make(BUILD, "install", f"DESTDIR={folder}", "prefix=/usr")
    if not tally.check("make install", done.returncode == 0, done.stdout[-2000:]):
        return
    top = os.path.join(folder, "usr")
    found = {os.path.relpath(os.path.join(where, name), top) for where, _, names in os.walk(folder) for name in names}
    tally.equal("what is installed", sorted(found), sorted(FILES))
    for path, shell in FILES.items():
        if shell and path in found:
            with open(os.path.join(top, path), "rb") as f:
                tally.equal(f"{path} is what the program prints", f.read(),
                            subprocess.run([os.path.join(BUILD, "iptlint"), "completion", shell],
                                           stdout=subprocess.PIPE).stdout)
    done = make(BUILD, "uninstall", f"DESTDIR={folder}", "prefix=/usr")
    left = [name for _, _, names in os.walk(folder) for name in names]
    tally.check("make uninstall leaves nothing", done.returncode == 0 and not left, f"{left}\n{done.stdout[-2000:]}")


def cross(tally, folder):
    """Configured with this machine's compiler, as if for another machine."""
    done = subprocess.run([os.path.join(program.ROOT, "configure"), "--quiet", "--build=x86_64-pc-linux-gnu",
                           "--host=x86_64-other-linux-gnu", "CC=gcc", "AR=ar", "RANLIB=ranlib", "STRIP=strip",
                           "PKG_CONFIG=pkg-config"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    if not tally.check("configure for another machine", done.returncode == 0, done.stdout[-2000:]):
        return
    done = make(folder, "-n", "all", "install", "DESTDIR=/nowhere")
    tally.check("a build for another machine does not run the program",
                "iptlint.1" in done.stdout and "iptlint completion" not in done.stdout, done.stdout[-2000:])


def main():
    tally = Tally()
    if os.path.exists(os.path.join(BUILD, "Makefile")):
        for test in (install, cross):
            with tempfile.TemporaryDirectory(prefix="iptlint-install.") as folder:
                test(tally, folder)
    else:
        tally.skip("there is no build/Makefile")
    tally.end()


main()
