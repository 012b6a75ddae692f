#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Small scripts, run by the real shells and by the evaluator: the same calls, the same status.

usage: agree.py [--show] [--run PROGRAM] [WORD]...      WORD: only cases with it in their name

The cases stand in cases/*.sh, one feature each file, one script under each line

    #### NAME [sh|bash] [: ARG...]

sh (dash) and bash both run it unless one is named.  The program "probe" of the real shells is
a stub that notes its words; the evaluator's host notes the same (run.c).
"""
import glob
import os
import re
import shlex
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
RUN = os.path.join(ROOT, "build", "tests", "shell", "run")
TIME_LIMIT = 10

STUBS = {
    "probe": """{ printf probe; for a; do printf ' [%s]' "$a"; done; echo; } >> LOG""",
    "effect": """{ printf effect; for a; do printf ' [%s]' "$a"; done; echo; } >> LOG""",
    "probe_in": """{ printf probe_in; for a; do printf ' [%s]' "$a"; done; echo
printf 'input '; cat; echo --; } >> LOG""",
    "fail": """exit ${1-1}""",
    "out": """for a; do printf '%s\\n' "$a"; done""",
}

# What the scripts find beside them.
FILES = {
    "lib.sh": "probe lib $#\nLIB=loaded\nlib_function() { probe in_lib $1; }\n",
    "returns.sh": "probe before\nreturn 7\nprobe after\n",
    "data.txt": "one 1\ntwo 2 II\n\nthree\\ 3 III\nlast",
    "net.conf": "# networks\n10.0.0.0/8 lan\n\n192.168.0.0/16 dmz\n",
    "conf/a.rules": "a\n",
    "conf/b.rules": "b\n",
    "broken.sh": "probe one\nif true; then\n",
}


def cases():
    for path in sorted(glob.glob(os.path.join(HERE, "cases", "*.sh"))):
        feature = os.path.basename(path)[:-3]
        with open(path) as f:
            parts = re.split(r"^#### (.*)\n", f.read(), flags=re.M)
        for head, text in zip(parts[1::2], parts[2::2]):
            head, _, args = head.partition(" : ")
            words = head.split()
            shells = [w for w in words[1:] if w in ("sh", "bash")] or ["sh", "bash"]
            for shell in shells:
                yield f"{feature}/{words[0]}", shell, text, shlex.split(args)


class World:
    """A folder with the stubs and the files."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "work")
        self.stubs = os.path.join(folder, "stubs")
        self.log = os.path.join(folder, "log")
        os.makedirs(self.stubs)
        for name, text in STUBS.items():
            path = os.path.join(self.stubs, name)
            with open(path, "w") as f:
                f.write("#!/bin/dash\n" + text.replace("LOG", self.log) + "\n")
            os.chmod(path, 0o755)

    def fill(self, script):
        subprocess.run(["rm", "-rf", self.folder], check=True)
        for name, text in {**FILES, "script.sh": script}.items():
            path = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as f:
                f.write(text)

    def real(self, shell, args):
        open(self.log, "w").close()
        env = {"PATH": f"{self.stubs}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
               "HOME": "/root", "USER": "root", "LOGNAME": "root"}
        program = "/bin/dash" if shell == "sh" else "/bin/bash"
        try:
            done = subprocess.run([program, "script.sh", *args], cwd=self.folder, env=env,
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=TIME_LIMIT)
            status = done.returncode
        except subprocess.TimeoutExpired:
            status = "none: it took too long"
        with open(self.log, errors="replace") as f:
            return f.read() + f"status {status}\n", done.stderr.decode(errors="replace")

    def evaluated(self, program, shell, args):
        done = subprocess.run([program, "-s", shell, "script.sh", *args], cwd=self.folder,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        text = done.stdout.decode(errors="replace")
        if done.returncode < 0:
            text += f"died of signal {-done.returncode}\n"
        return text, done.stderr.decode(errors="replace")


def main():
    args = sys.argv[1:]
    show = "--show" in args
    program = args[args.index("--run") + 1] if "--run" in args else RUN
    words = [a for a in args if not a.startswith("-") and a != program]
    program = os.path.abspath(program)
    if not os.path.exists(program):
        sys.exit(f"agree: {program} is not there; 'make check' makes it")
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        for name, shell, text, arguments in cases():
            if words and not any(w in name for w in words):
                continue
            world.fill(text)
            want, stderr = world.real(shell, arguments)
            world.fill(text)
            got, diags = world.evaluated(program, shell, arguments)
            if want == got:
                passed += 1
            else:
                failed += 1
                print(f"FAIL {name} ({shell})\n--- {shell}\n{want}{stderr}--- evaluated\n{got}{diags}")
            if show:
                print(f"{name} ({shell}): {want}")
    print(f"{passed} passed, {failed} failed")
    sys.exit(bool(failed))


main()
