# SPDX-License-Identifier: GPL-2.0-or-later
"""Random rules, each a rules file of its own; the same ones for the same seed."""
import random

import extensions
import values

HOOKS = {
    "raw": ["PREROUTING", "OUTPUT"],
    "mangle": ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
    "nat": ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
    "filter": ["INPUT", "FORWARD", "OUTPUT"],
    "security": ["INPUT", "FORWARD", "OUTPUT"],
}
MATCHES = extensions.read(extensions.MATCHES, False)
TARGETS = extensions.read(extensions.TARGETS, True)


class Rule:
    """declares: chain lines; lines: the commands; used: the extensions in it."""

    def __init__(self, seed, number):
        r = self.random = random.Random(f"{seed}/{number}")
        self.number = number
        self.family = r.choice([4, 4, 6])
        self.v6 = self.family == 6
        # Half of the rules have nothing broken on purpose.
        self.breakage = r.choice([0, 0, 0, 0.04, 0.15])
        self.used = []
        targets = [t for t in TARGETS if str(self.family) in t.families]
        self.target = r.choice(targets) if r.random() < 0.6 else None
        tables = self.target.tables if self.target and r.random() < 0.94 else []
        self.table = r.choice(tables or ["filter", "filter", "mangle", "nat", "raw", "security"])
        self.write(r)

    def write(self, r):
        self.declares, self.lines = [], []
        wanted = self.matches(r)
        hook = chain = self.hook(r, wanted)
        if r.random() < 0.2:
            chain = f"U{self.number}"
            self.declares.append(f":{chain} - [0:0]")
            if r.random() < 0.6:
                self.lines.append(f"-A {hook} -{r.choice('jg')} {chain}")
        parts = self.generic(r, hook)
        protocols = [m.protocols for m in wanted + [self.target] if m and m.protocols]
        if protocols and r.random() < 0.93:
            parts.insert(0, f"{self.no(r, 0.02)}-p {r.choice(protocols[0])}")
        elif r.random() < 0.3:
            parts.insert(0, f"{self.no(r, 0.1)}-p {self.value(r, 'protocol')}")
        for match in wanted:
            parts.append(f"-m {match.name}{self.options(r, match)}")
        parts.append(self.jump(r))
        if r.random() < 0.05:
            r.shuffle(parts)
        line = " ".join(part for part in parts if part)
        self.lines.append(f"-A {chain} {line}".rstrip())

    def no(self, r, chance):
        return "! " if r.random() < chance else ""

    def value(self, r, kind):
        return values.value(r, kind, self.v6, r.random() < self.breakage)

    def generic(self, r, hook):
        parts = []
        for flag in ("-s", "-d"):
            if r.random() < 0.25:
                no = self.no(r, 0.2)
                kind = "prefixes" if not no and r.random() < 0.3 else "prefix"
                parts.append(f"{no}{flag} {self.value(r, kind)}")
        for flag, hooks in (("-i", "PREROUTING INPUT FORWARD"), ("-o", "FORWARD OUTPUT POSTROUTING")):
            if r.random() < 0.15 and (hook in hooks or r.random() < 0.1):
                parts.append(f"{self.no(r, 0.2)}{flag} {self.value(r, 'iface')}")
        if r.random() < 0.03:
            parts.append(f"{self.no(r, 0.3)}-f")
        return parts

    def hook(self, r, matches):
        likely = set(HOOKS[self.table])
        for extension in matches + [self.target]:
            if extension and extension.name in extensions.HOOKS and r.random() < 0.85:
                likely &= set(extensions.HOOKS[extension.name].split())
        return r.choice(sorted(likely) or HOOKS[self.table])

    def matches(self, r):
        """2 to 4 matches.  Those that want a protocol want the same one, mostly."""
        out = []
        possible = [m for m in MATCHES if str(self.family) in m.families]
        protocol = set(self.target.protocols) if self.target and self.target.protocols else None
        while len(out) < r.randint(2, 4):
            match = r.choice(possible)
            if protocol and match.protocols and not protocol & set(match.protocols) and r.random() < 0.95:
                continue
            if match.protocols:
                protocol = protocol & set(match.protocols) if protocol else set(match.protocols)
            out.append(match)
        if protocol:
            for match in out:
                if protocol & set(match.protocols):
                    match_first = match
                    out.remove(match)
                    out.insert(0, match_first)
                    break
        self.used += [m.name for m in out]
        return out

    def options(self, r, extension):
        needed = [o for o in extension.options if o.needed]
        others = [o for o in extension.options if not o.needed]
        if r.random() < self.breakage * 0.5 and needed:
            needed.remove(r.choice(needed))
        most = 1 if needed or r.random() < 0.5 else 3
        # What excludes each other is mostly kept apart by taking few of them.
        chosen = needed + r.sample(others, min(len(others), r.choice([0, 0, 1, most])))
        if not needed and not chosen and others and r.random() < 0.9:
            chosen = [r.choice(others)]
        if r.random() < self.breakage and chosen:
            chosen.append(r.choice(chosen))
        if r.random() < 0.3:
            r.shuffle(chosen)
        return "".join(" " + self.option(r, option) for option in chosen)

    def option(self, r, option):
        no = self.no(r, 0.2 if option.inverts else self.breakage * 0.2)
        flag = option.flag
        if r.random() < 0.02:
            flag = flag[:-r.randint(1, 3)]
        elif r.random() < self.breakage * 0.15:
            flag = r.choice([flag + "s", flag.replace("--", "-"), flag.replace("-", "_"), "--bogus", flag.upper()])
        text = values.value(r, option.kind, self.v6, r.random() < self.breakage)
        if text is None or (r.random() < self.breakage * 0.05 and
                            option.kind not in values.LOOKED_UP):
            return no + flag
        return no + flag + ("=" if r.random() < 0.02 else " ") + text

    def jump(self, r):
        if self.target:
            self.used.append(self.target.name)
            syn = self.target.name == "TCPMSS" and r.random() < 0.8
            return f"{'-m tcp --tcp-flags SYN,RST SYN ' if syn else ''}-j {self.target.name}{self.options(r, self.target)}"
        return r.choice(["", "-j ACCEPT", "-j DROP", "-j RETURN", "-j ACCEPT"] +
                        (["-j NOSUCH", "-j accept", "-g INPUT", "-j ACCEPT -j DROP"] if self.breakage else []))

    def file(self):
        return "\n".join([f"*{self.table}", *self.declares, *self.lines, "COMMIT", ""]).encode()


def joined(rules):
    """One file of rules of the same table and family."""
    lines = [f"*{rules[0].table}"]
    for rule in rules:
        lines += rule.declares
    for rule in rules:
        lines += rule.lines
    return "\n".join(lines + ["COMMIT", ""]).encode()
