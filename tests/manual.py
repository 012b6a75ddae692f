#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The man pages: mandoc has nothing to say, and nothing is missing.  iptlint(1) has every
subcommand, option, value of an option, format, exit status and variable that the help texts
name, and no other option; iptlint.conf(5) has every key and value of src/config/config.c.

usage: manual.py
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

ROOT = program.ROOT
PAGES = [os.path.join(ROOT, "doc", name) for name in ("iptlint.1", "iptlint.conf.5", "iptlint-test.5")]


def content(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def rules_page(folder):
    """iptlint-rules(7), made as the build makes it."""
    lint_rules = os.path.join(ROOT, "lint-rules")
    documents = sorted(os.path.join(folder, name) for folder, _, names in os.walk(lint_rules)
                       for name in names if name.endswith(".md") and folder != lint_rules)
    path = os.path.join(folder, "iptlint-rules.7")
    with open(path, "wb") as f:
        subprocess.run(["awk", "-f", os.path.join(lint_rules, "manual.awk"), *documents], stdout=f, check=True)
    return path


def lint(tally, path):
    if not shutil.which("mandoc"):
        tally.skip("no mandoc")
        return
    done = subprocess.run(["mandoc", "-T", "lint", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True)
    # The pages beside it need not be installed.
    said = [line for line in done.stdout.splitlines()
            if not re.search(r"referenced manual not found: Xr iptlint", line)]
    tally.equal(f"mandoc -T lint {os.path.basename(path)}", "\n".join(said), "")


def section(page, name):
    return re.search(rf"^\.Sh {name}\n(.*?)(?=^\.Sh |\Z)", page, re.M | re.S)[1]


def items(page):
    """The heads of the lists: what a reader looks for."""
    return re.findall(r"^\.It (.*)$", page, re.M)


def has_option(heads, name):
    return any(re.search(rf"Fl -{re.escape(name)}(?![a-z0-9-])", head) for head in heads)


def has_value(page, value):
    return re.search(rf"(?:Cm|Fl|Ar)\b.*(?<![a-z0-9-]){re.escape(value)}(?![a-z0-9-])|"
                     rf"^\.Cm .*{re.escape(value)}", page, re.M)


def check_options(tally, page, command, text):
    heads = items(page)
    for name, value in re.findall(r"^  (?:-., |    )--([a-z0-9-]+)(?: ([A-Za-z0-9|=\[\]]+)(?= |$))?",
                                  text[text.index("Options:"):], re.M):
        if name == "help":
            continue
        tally.check(f"iptlint(1) has {command} --{name}", has_option(heads, name))
        if re.fullmatch("[a-z0-9|]+", value):
            for word in value.split("|"):
                tally.check(f"iptlint(1) has {command} --{name} {word}", has_value(page, word))


def program_page(tally):
    page = content(PAGES[0])
    heads = items(page)
    commands = re.findall(r"^  ([a-z]+) ", program.run("--help").out.decode(), re.M)
    tally.check("there are subcommands", len(commands) > 5)
    known = {"help", "version"}
    for command in commands:
        text = program.run(command, "--help").out.decode()
        tally.check(f"iptlint(1) has {command}", f"Cm {command}" in heads)
        tally.check(f"iptlint(1) has {command} in its synopsis",
                    f".Cm {command}\n" in section(page, "SYNOPSIS"))
        check_options(tally, page, command, text)
        known |= set(re.findall(r"^  (?:-., |    )--([a-z0-9-]+)", text, re.M))
        for status in re.findall(r"^  (\d)  ", text[text.index("Exit status"):], re.M):
            tally.check(f"iptlint(1) has exit status {status} of {command}",
                        f".It {status}\n" in section(page, "EXIT STATUS"))
        for variable in re.findall(r"^  ([A-Z_]{5,}) ", text[text.index("Environment"):], re.M):
            tally.check(f"iptlint(1) has {variable}", f"Ev {variable}" in heads)
    text = program.run("check", "--help").out.decode()
    for name in re.findall(r"^  ([a-z]+) ", text[text.index("Formats:"):text.index("Exit status")], re.M):
        tally.check(f"iptlint(1) has format {name}", re.search(rf"^\.Cm {name}\b", page, re.M))
    named = {name for head in heads for name in re.findall(r"Fl -([a-z0-9-]+)", head)}
    tally.equal("iptlint(1) has no option that the program has not", sorted(named - known), [])


def config_page(tally):
    page = content(PAGES[1])
    source = content(os.path.join(ROOT, "src", "config", "config.c"))
    rows = re.findall(r'^\t\[CONFIG_\w+\] = \{ "([a-z-]+)", \w+, \{ (.*?) \} \},$', source, re.M | re.S)
    tally.check("there are keys", len(rows) > 10)
    for key, choices in rows:
        has = [head for head in items(page) if re.search(rf"Cm.* {key}(?: |$)", head)]
        tally.check(f"iptlint.conf(5) has {key}", has)
        # its text, until the next one
        body = page[page.index(f".It {has[0]}\n"):].split("\n.It ")[0] if has else ""
        body = body.split("\n.It")[0] + "\n"
        for word in re.findall(r'"([a-z0-9]+)"', choices):
            tally.check(f"iptlint.conf(5) has {key} = {word}",
                        re.search(rf"^\.Cm (?:.* )?{word}(?: |$)", body, re.M), body)


def main():
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="iptlint-manual.") as folder:
        for path in [*PAGES, rules_page(folder)]:
            lint(tally, path)
    program_page(tally)
    config_page(tally)
    tally.end()


main()
