# SPDX-License-Identifier: GPL-2.0-or-later
"""A folder of tests/fixtures/restore: an input, and what the real iptables makes of it.

    rules.v4 or rules.v6   the input
    depends                only where loading depends on names that are looked up: which
    expect                 the verdict and the saved text of each back end

"expect" has a section for each back end, "== BACKEND: loads" with the saved text,
"== BACKEND: refused, exit N" with the first line of the message, or "== BACKEND: depends".
Where "restore -c" says something else than zero counters, that is the section "BACKEND -c".
"""
import os

from judge import Verdict

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RESTORE = os.path.join(ROOT, "tests", "fixtures", "restore")
BACKENDS = ("legacy", "nft")


class Fixture:
    def __init__(self, folder):
        self.folder = folder
        self.name = os.path.basename(folder)
        for family in (4, 6):
            path = os.path.join(folder, f"rules.v{family}")
            if os.path.exists(path):
                self.family, self.input = family, path
        with open(self.input, "rb") as f:
            self.rules = f.read()
        self.depends = os.path.exists(os.path.join(folder, "depends"))
        self.expect_path = os.path.join(folder, "expect")

    def expect(self):
        """{"legacy": (verdict, text or message), "nft": ..., "legacy -c": ...}"""
        sections = {}
        name = verdict = None
        with open(self.expect_path, "rb") as f:
            for line in f:
                if line.startswith(b"== "):
                    name, _, verdict = line[3:].decode().strip().partition(": ")
                    if verdict == "the same":
                        for known in list(sections):
                            sections[known.replace("legacy", name)] = sections[known]
                    else:
                        sections[name] = (verdict, b"")
                else:
                    sections[name] = (verdict, sections[name][1] + line)
        return sections


def fixtures(wanted=()):
    names = sorted(os.listdir(RESTORE))
    return [Fixture(os.path.join(RESTORE, n)) for n in names if not wanted or n in wanted]


def section(backend, verdict):
    if verdict.loads:
        return b"== %s: loads\n" % backend + verdict.text
    lines = [line for line in verdict.error.split(b"\n") if line and not line.endswith(b": ")]
    message = lines[0][:200] + b"\n" if lines else b""
    message = message.replace(b"tables-nft-restore", b"tables-restore")
    return b"== %s: refused, exit %d\n" % (backend, verdict.exit) + message


def sections_of(fixture, judge, backend):
    """What one back end says, as it stands in "expect", with BACKEND for its name."""
    if fixture.depends:
        return b"== BACKEND: depends\n"
    plain = judge.load(fixture.family, backend, fixture.rules)
    counted = judge.load(fixture.family, backend, fixture.rules, counters=True)
    out = section(b"BACKEND", plain)
    zero = Verdict(counted.exit, counted.error, counted.text and
                   counted.text.replace(b"\n[0:0] -", b"\n-"))
    if section(b"BACKEND", zero) != out:
        out += section(b"BACKEND -c", counted)
    return out


def expectation(fixture, judge):
    """The bytes of "expect", asked from the real tools."""
    legacy, nft = (sections_of(fixture, judge, backend) for backend in BACKENDS)
    if nft.replace(b"(nf_tables)", b"(legacy)") == legacy:
        nft = b"== BACKEND: the same\n"
    return legacy.replace(b"BACKEND", b"legacy") + nft.replace(b"BACKEND", b"nft")
