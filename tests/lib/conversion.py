# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds "iptlint convert" against a folder of tests/fixtures/convert (script.py says what is
in one): the tables of both families, the findings with their lines, and the exit status."""
import os
import re
import shutil
import subprocess
import tempfile

import judge
import program
from script import FAMILIES, NAMES, findings_in, without_empty


def missing(mode="static"):
    """Why "convert" cannot be asked here, or None.  A convert that fails is not missing."""
    if not os.path.exists(program.PROGRAM):
        return "the program is not built"
    done = program.run("convert", *(["--run"] if mode == "run" else []), os.devnull)
    unknown = re.search(rb"unknown (?:subcommand|option) .*", done.err)
    if unknown:
        return f"the program has no convert{' --run' if mode == 'run' else ''} yet: {unknown[0].decode()}"
    return no_sandbox() if mode == "run" else None


def no_sandbox():
    """Why nothing can run in a sandbox here, or None."""
    bwrap = shutil.which("bwrap", path=judge.PATH)
    if not bwrap:
        return "bubblewrap is not installed"
    done = subprocess.run([bwrap, "--unshare-all", "--ro-bind", "/", "/", "true"],
                          stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode:
        return f"bubblewrap does not work here: {done.stderr.decode(errors='replace').strip()}"
    return None


class Conversion:
    """One call of convert, and what compile makes of its files."""

    def __init__(self, case, mode, backend=None):
        self.outputs, self.compiled = {}, {}
        which = ["--backend", backend] if backend else []
        with tempfile.TemporaryDirectory(prefix="iptlint-convert.") as folder:
            files = {f: os.path.join(folder, f"rules.v{f}") for f in FAMILIES}
            self.done = program.run("convert", *which, *(["--run"] if mode == "run" else []), *case.options,
                                    "--output4", files[4], "--output6", files[6], f"./{case.script}",
                                    *case.args, cwd=case.folder)
            for family, path in files.items():
                self.compiled[family] = None
                self.outputs[family] = b""
                if os.path.exists(path):
                    with open(path, "rb") as f:
                        self.outputs[family] = f.read()
                    self.compiled[family] = program.compile(path, family, backend or "legacy")
        self.findings = findings_in(self.done)

    def tables(self, family):
        """As compile prints them; b"" without a file; None where compile refuses."""
        done = self.compiled[family]
        if done is None:
            return b""
        return judge.normalized(done.out) if done.exit == 0 else None


def check_tables(tally, name, conversion, expect, backend=None):
    """EXPECT: family -> bytes."""
    for family in FAMILIES:
        got, wanted = conversion.tables(family), expect[family]
        if got is None:
            tally.fail(f"{name}: compile of IPv{family}", conversion.compiled[family])
            continue
        if backend == "nft":
            got, wanted = without_empty(got), without_empty(wanted)
        if not tally.equal(f"{name}: IPv{family}", got, wanted):
            print("    " + "\n    ".join(str(conversion.done).splitlines()[1:8]))


def check_findings(tally, name, conversion, expected, alone):
    """ALONE: are there to be no others with a name of NAMES?"""
    got = conversion.findings
    for wanted in expected:
        tally.check(f"{name}: finds {wanted}", any(f.meets(wanted) for f in got), conversion.done)
    others = [str(f) for f in got if f.name in NAMES and not any(f.meets(wanted) for wanted in expected)]
    if alone:
        tally.check(f"{name}: finds nothing else", not others, "\n".join(others))


def check_exit(tally, name, conversion):
    wanted = 1 if any(f.level in ("error", "warning") for f in conversion.findings) else 0
    tally.check(f"{name}: exit {wanted}", conversion.done.exit == wanted, conversion.done)


def check(tally, case, mode, backend=None):
    """All that a fixture says of one mode.  Returns the conversion."""
    conversion = Conversion(case, mode, backend)
    name = f"{case.name}: {mode}" + (f", {backend}" if backend else "")
    check_findings(tally, name, conversion, case.findings if mode == "static" else case.run_findings,
                   mode in case.modes and not (mode == "run" and case.more_in_run))
    if mode in case.modes:
        check_tables(tally, name, conversion, {f: case.expect(f, backend or "legacy") for f in FAMILIES},
                     backend)
        check_exit(tally, name, conversion)
    else:
        tally.check(f"{name}: fails", conversion.done.exit == 1, conversion.done)
        tally.check(f"{name}: writes nothing", not any(conversion.outputs.values()), conversion.done)
    return conversion
