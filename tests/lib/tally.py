# SPDX-License-Identifier: GPL-2.0-or-later
"""Counts what a test script found and ends it.

The last line of every test script is "NAME: N passed, N failed, N skipped"; the exit
status is 1 if anything failed.  tests/run adds these lines up.
"""
import os
import sys

SHOWN = 25


class Tally:
    def __init__(self, name=None):
        self.name = name or os.path.basename(sys.argv[0])
        self.passed = self.failed = self.skipped = 0

    def ok(self, n=1):
        self.passed += n

    def fail(self, case, why=""):
        self.failed += 1
        if self.failed <= SHOWN:
            text = "\n".join("    " + line for line in str(why).splitlines())
            print(f"FAIL {case}" + ("\n" + text if text else ""))
        elif self.failed == SHOWN + 1:
            print("... more failures are only counted")

    def skip(self, why, n=1):
        self.skipped += n
        print(f"skipped ({n}): {why}")

    def check(self, case, condition, why=""):
        """WHY may be a function: it is only called when the check fails."""
        if condition:
            self.ok()
        else:
            self.fail(case, why() if callable(why) else why)
        return condition

    def equal(self, case, got, wanted):
        return self.check(case, got == wanted, lambda: difference(wanted, got))

    def end(self):
        print(f"{self.name}: {self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        sys.stdout.flush()
        sys.exit(1 if self.failed else 0)


def text(value):
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def difference(wanted, got, limit=12):
    """The first lines of a diff: '-' wanted, '+' got."""
    import difflib
    lines = difflib.unified_diff(text(wanted).splitlines(), text(got).splitlines(), "wanted", "got",
                                 n=0, lineterm="")
    lines = [line[:300] for line in list(lines)[2:]]
    return "\n".join(lines[:limit] + (["..."] if len(lines) > limit else [])) or \
        f"wanted {wanted!r:.300}\ngot    {got!r:.300}"
