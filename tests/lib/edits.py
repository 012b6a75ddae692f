# SPDX-License-Identifier: GPL-2.0-or-later
"""Edits of rules files by chance, as somebody makes them before iptlint diff, and promises about
their packets."""
import re

ADDRESS = r"\d+\.\d+\.\d+\.\d+"


def named_edit(lines, rng):
    """(way, the edited line, lines after one edit of a rule); None: there is no rule."""
    rules = [i for i, line in enumerate(lines) if line.startswith("-A")]
    if not rules:
        return None
    at, lines = rng.choice(rules), list(lines)
    way, edited_line = rng.choice(["delete", "move", "widen", "verdict", "verdict"]), lines[at]
    if way == "delete":
        del lines[at]
    elif way == "move":
        chain = [i for i in rules if lines[i].split()[1] == lines[at].split()[1]]
        rule = lines.pop(at)
        lines.insert(rng.choice(chain), rule)
    elif way == "widen":
        lines[at] = re.sub(r" (?:! )?(-s|-d|-i|-o) \S+", "", lines[at], count=1)
    else:
        swap = {"ACCEPT": "DROP", "DROP": "ACCEPT", "REJECT": "ACCEPT", "RETURN": "ACCEPT"}
        lines[at] = re.sub(r"-j (ACCEPT|DROP|REJECT|RETURN)\b(?: --reject-with \S+)?",
                           lambda match: "-j " + swap[match[1]], lines[at])
    return way, edited_line, lines


def edit(lines, rng):
    """The lines after one edit of a rule; None: there is no rule."""
    found = named_edit(lines, rng)
    return found and found[2]


def edited(text, n, rng):
    """The text with N edits."""
    lines = text.split("\n")
    for _ in range(n):
        lines = edit(lines, rng)
    return "\n".join(lines)


def promises(text, n, rng):
    """N promises about addresses of the text: of single packets, and of networks."""
    addresses = re.findall(rf"-[sd] ({ADDRESS})", text) or ["192.0.2.1"]
    ports = re.findall(r"--dport (\d+)", text) or ["22"]
    lines = []
    for i in range(n):
        verdict, ways = rng.choice(["accept", "deny"]), rng.choice(["in=eth0", "in=eth0 out=eth1"])
        source = rng.choice(addresses)
        if i % 2:
            source = re.sub(r"\.\d+\.\d+$", ".0.0/16", source)
        target = rng.choice(addresses) if i % 4 < 2 else None
        words = [verdict, ways, f"src={source}", f"dst={target}" if target else "", "proto=tcp",
                 f"dport={rng.choice(ports)}"]
        lines.append(" ".join(filter(None, words)))
    return "\n".join(lines) + "\n"
