# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the program under test: build/iptlint, or what $IPTLINT names."""
import json
import os
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get("IPTLINT") or os.path.join(ROOT, "build", "iptlint")

# What the user has set must not change what a test sees.
ENVIRONMENT = {name: value for name, value in os.environ.items()
               if not name.startswith("IPTLINT_") and name not in ("GITHUB_ACTIONS", "NO_COLOR")}


class Done:
    def __init__(self, argv, exit, out, err):
        self.argv, self.exit, self.out, self.err = argv, exit, out, err

    def __str__(self):
        return (f"$ {' '.join(map(str, self.argv))}\nexit {self.exit}\n"
                f"{self.out.decode(errors='backslashreplace')[:1500]}"
                f"{self.err.decode(errors='backslashreplace')[:1500]}")

    @property
    def crashed(self):
        """Ended by a signal, or by a sanitizer."""
        return self.exit < 0 or self.exit > 2


def run(*arguments, stdin=b"", timeout=120, cwd=None, preexec=None):
    argv = [PROGRAM, *map(os.fspath, arguments)]
    done = subprocess.run(argv, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=timeout, cwd=cwd, env=ENVIRONMENT, preexec_fn=preexec)
    return Done(argv, done.returncode, done.stdout, done.stderr)


def check(*paths, family=None, backend="both", options=()):
    """(Done, report): the JSON report, None if there is none."""
    which = [f"-{family}"] if family else []
    done = run("check", "--format", "json", "--backend", backend, *which, *options, *paths)
    try:
        return done, json.loads(done.out)
    except ValueError:
        return done, None


def formats():
    """The names that check --format takes, without auto."""
    listed = run("check", "--help").out.decode().split("\nFormats:\n")[1].split("\n\n")[0]
    return [name for name in re.findall(r"^  (\w+) ", listed, re.M) if name != "auto"]


def compile(path, family=None, backend="legacy", options=("--exact-save",)):
    which = [f"-{family}"] if family else []
    return run("compile", "--backend", backend, *which, *options, path)
