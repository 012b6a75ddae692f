# SPDX-License-Identifier: GPL-2.0-or-later
"""A folder of tests/fixtures/convert: a script, and the tables that it leaves.

    script                the script, by its #! line; what it sources lies beside it
    real                  what is run for real in its place, where "options" say something else
    backend               legacy: not judged with nft, since the script names a back end
    args, options         words for the script, and for "convert"; one line, quoted as in a shell
    mode                  where "convert" has to give the tables: both (also without this
                          file), static, run, or none; where not, it writes nothing and fails
    findings              one FILE:LINE: NAME a line, of the static conversion; "?" for LINE where
                          no line is better than another; "*" for NAME where it has another
                          one, such as that of a refused command.  Where the mode gives tables,
                          no others with a name of NAMES; where it fails, others may follow
    findings-run          the same for --run; a line "..." in it allows others; without this
                          file those with "*" are expected
    endless               the script does not end by itself: never run for real
    expect4, expect6      what the real run left; no file: the family was not touched
    expect4.nft, ...      where iptables-nft leaves something else than tables without content
"""
import os
import re
import shlex

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(ROOT, "tests", "fixtures", "convert")
NAMES = ("unsupported-shell", "assumed-absent-file", "script-needs-argument", "syntax-error")
MODES = {"both": ("static", "run"), "static": ("static",), "run": ("run",), "none": ()}
FAMILIES = (4, 6)

FINDING = re.compile(r"^(?P<file>[^:\n]+):(?P<line>\d+):(?:\d+:)? (?P<level>error|warning|note): "
                     r".*\[(?P<name>[a-z0-9-]+)\]$", re.M)


class Finding:
    def __init__(self, file, line, name, level=None):
        self.file, self.line, self.name, self.level = os.path.normpath(file), line, name, level

    def meets(self, wanted):
        return self.file == wanted.file and wanted.line in ("?", self.line) and \
            wanted.name in ("*", self.name)

    def __str__(self):
        return f"{self.file}:{self.line}: {self.name}"


class Script:
    def __init__(self, name):
        self.name = name
        self.folder = os.path.join(FOLDER, name)
        self.script = "script"
        self.real = "real" if os.path.exists(self.path("real")) else "script"
        self.backends = ("legacy",) if self.content("backend") else ("legacy", "nft")
        self.args = shlex.split(self.content("args", ""))
        self.options = shlex.split(self.content("options", ""))
        self.modes = MODES[self.content("mode", "both").strip()]
        self.findings = self.read_findings("findings")
        run = self.read_findings("findings-run")
        self.run_findings = [f for f in self.findings or [] if f.name == "*"] if run is None else run
        self.findings = self.findings or []
        self.more_in_run = "..." in (self.content("findings-run") or "").splitlines()

    def path(self, name):
        return os.path.join(self.folder, name)

    def content(self, name, absent=None):
        if not os.path.exists(self.path(name)):
            return absent
        with open(self.path(name), encoding="utf-8") as f:
            return f.read()

    def read_findings(self, name):
        text = self.content(name)
        if text is None:
            return None
        return [Finding(*re.fullmatch(r"(\S+):(\d+|\?): (\S+)", line).groups())
                for line in text.splitlines() if line != "..."]

    def expect_path(self, family, backend="legacy"):
        return self.path(f"expect{family}" + (".nft" if backend == "nft" else ""))

    def expect(self, family, backend="legacy"):
        """The tables' bytes; b"" where the family is not touched."""
        path = self.expect_path(family, backend)
        if backend == "nft" and not os.path.exists(path):
            return self.expect(family)
        if not os.path.exists(path):
            return b""
        with open(path, "rb") as f:
            return f.read()

    def differs_by_backend(self):
        return any(os.path.exists(self.expect_path(family, "nft")) for family in FAMILIES)


def scripts(wanted=()):
    return [Script(name) for name in sorted(os.listdir(FOLDER)) if not wanted or name in wanted]


def findings_in(done):
    """The findings in what a run of the program printed, wherever it printed them."""
    text = (done.out + b"\n" + done.err).decode(errors="replace")
    return [Finding(m["file"], m["line"], m["name"], m["level"]) for m in FINDING.finditer(text)]


def without_empty(tables):
    """Tables that hold anything: a rule, a chain of the user, or a policy other than ACCEPT.

    Which tables a command touches is not the same for both back ends."""
    kept = []
    for table in re.findall(rb"^\*.*?^COMMIT\n", tables, re.M | re.S):
        if re.search(rb"^(-A|\[|:\S+ (DROP|-) )", table, re.M):
            kept.append(table)
    return b"".join(kept)
