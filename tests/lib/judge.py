# SPDX-License-Identifier: GPL-2.0-or-later
"""The judge: what the real iptables does with a rules file.

Each file is restored and saved in a fresh network namespace of its own.  This needs the
right to make one (root).  The host's rules are never touched.
"""
import ctypes
import os
import re
import shutil
import subprocess
import tempfile

TABLES = ("raw", "mangle", "nat", "filter", "security")
PATH = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"
CLONE_NEWNET = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)


def missing():
    """Why the judge cannot work here, or None."""
    for name in ("iptables-legacy-restore", "iptables-nft-restore", "ip6tables-legacy-restore"):
        if not shutil.which(name, path=PATH):
            return f"{name} is not installed"
    if os.geteuid() != 0:
        return "needs root to make network namespaces"
    pid = os.fork()
    if pid == 0:
        os._exit(0 if _libc.unshare(CLONE_NEWNET) == 0 else 1)
    if os.waitpid(pid, 0)[1]:
        return "no network namespace can be made here"
    return None


class Verdict:
    """exit: of the restore command; error: its message; text: what was saved, or None."""

    def __init__(self, exit, error, text):
        self.exit, self.error, self.text = exit, error, text

    @property
    def loads(self):
        return self.exit == 0


class Judge:
    """May be used for many files, by one thread."""

    def __init__(self):
        self.tmp = tempfile.TemporaryDirectory(prefix="iptlint-judge.")
        # Restore takes a lock that is the same in all network namespaces.
        self.env = {"PATH": PATH, "LC_ALL": "C",
                    "XTABLES_LOCKFILE": os.path.join(self.tmp.name, "lock")}

    def program(self, family, backend, what):
        return f"{'ip6tables' if family == 6 else 'iptables'}-{backend}-{what}"

    def fresh_namespace(self):
        """From here on the commands of this process run in a new network namespace."""
        if _libc.unshare(CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "unshare")

    def run(self, argv, stdin=b"", timeout=120):
        done = subprocess.run(argv, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=self.env, timeout=timeout)
        return done.returncode, done.stdout, done.stderr

    def load(self, family, backend, rules, counters=False):
        """Restores the bytes RULES on a host that has no rules but the sets they name."""
        self.fresh_namespace()
        for name, kind in sets_named(rules):
            self.run(["ipset", "create", name, kind, "family",
                      "inet6" if family == 6 else "inet"])
        extra = ["-c"] if counters else []
        code, _, error = self.run([self.program(family, backend, "restore")] + extra, rules)
        if code < 0:
            code = 128 - code
        if code:
            return Verdict(code, error, None)
        return Verdict(0, error, self.saved(family, backend, counters))

    def saved(self, family, backend, counters=False):
        extra = ["-c"] if counters else []
        code, out, error = self.run([self.program(family, backend, "save")] + extra)
        if code:
            raise RuntimeError(f"{backend} save failed: {error!r}")
        return normalized(out, counters)


def normalized(saved, counters=False):
    """Saved text without comment lines, tables in a fixed order, chain counters zero."""
    tables = {}
    current = None
    for line in saved.split(b"\n"):
        if line.startswith(b"#") or (not line and current is None):
            continue
        if line.startswith(b"*"):
            current = tables.setdefault(line[1:].decode(), [])
        if line.startswith(b":") and not counters:
            line = re.sub(rb" \[\d+:\d+\]$", b" [0:0]", line)
        current.append(line)
        if line == b"COMMIT":
            current = None
    order = [t for t in TABLES if t in tables] + [t for t in tables if t not in TABLES]
    return b"".join(line + b"\n" for t in order for line in tables[t])


def sets_named(rules):
    """(name, type) of each set that the file names, with a type that fits its flags."""
    seen = {}
    for line in rules.replace(b'"', b"").replace(b"'", b"").splitlines():
        words = line.split()
        if not words or words[0].startswith(b"#"):
            continue
        for i, word in enumerate(words[:-1]):
            old = word == b"--set" and (words[i - 1] == b"set" or words[i - 2:i] == [b"set", b"!"])
            if word in (b"--match-set", b"--add-set", b"--del-set", b"--map-set") or old:
                flags = words[i + 2].count(b",") if i + 2 < len(words) else 0
                kind = ("hash:ip", "hash:net,port", "hash:ip,port,net")[min(flags, 2)]
                seen.setdefault(words[i + 1], kind)
    return [(os.fsdecode(name), kind) for name, kind in seen.items() if b"\0" not in name]
