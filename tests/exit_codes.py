#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The exit status of every subcommand, as a table.

    STATUS  ARGUMENTS  [< FILE]      a line of TABLE; the files are those of FILES

0: done, and nothing to complain about.  1: findings, or files would change, or a part could not
be done.  2: the job could not be done: wrong usage, a file that cannot be read or written, for diff a
part that is undecided.  2 beats 1, and the other files are looked at all the same.

usage: exit_codes.py
"""
import os
import shlex
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

HEAD = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\n"
FILES = {
    "good.v4": HEAD + "COMMIT\n",
    "good2.v4": HEAD + "COMMIT\n",
    "good.v6": HEAD + "COMMIT\n",
    "bad.v4": HEAD + "-A INPUT --bogus\nCOMMIT\n",
    "warn.v4": HEAD + "-A INPUT -p tcp -m tcp --dport 80 -j ACCEPT\nCOMMIT\n",
    "info.v4": HEAD + "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
                      "-A INPUT -p tcp -m tcp --dport 80 -j ACCEPT\nCOMMIT\n",
    "loose.v4": HEAD + "-A  INPUT   -p tcp -j DROP\nCOMMIT\n",
    "fixable.v4": HEAD.replace("\n", "\r\n") + "COMMIT\r\n",
    "host.v4": HEAD + "-A INPUT -s nowhere.invalid -j ACCEPT\nCOMMIT\n",
    "partly.v4": HEAD + "-A INPUT -p tcp -m tcp --dport 80 -j ACCEPT\n-A INPUT -s nowhere.invalid -j ACCEPT\nCOMMIT\n",
    "set.v4": HEAD + "-A INPUT -m set --match-set a src -j ACCEPT\nCOMMIT\n",
    "empty.hosts": "",
    "base.jsonl": "",
    "wrong.jsonl": "{\n",
    "script.sh": "#!/bin/sh\niptables -P INPUT DROP\niptables -A INPUT -i lo -j ACCEPT\niptables -P FORWARD DROP\n",
    "fails.sh": "#!/bin/sh\niptables -A INPUT --bogus\n",
    "unknown.sh": "#!/bin/sh\niptables -A INPUT -s $(ip -4 addr) -j DROP\n",
    "good.conf": "[check]\nfail-on = error\n",
    "wrong.conf": "[check]\nfail-on = sometimes\n",
    "packets": "in=eth0 proto=tcp\n",
    "kept.test": "accept in=lo\ndrop in=eth0\n",
    "broken.test": "accept in=eth0\n",
    "wrong.test": "accept in=eth0 proto=tpc\n",
    "tree/rules.v4": HEAD + "COMMIT\n",
    "bare/notes.txt": "nothing\n",
}
TABLE = """
0  --help
0  --version
0  help
0  help check
2  help chek
2  chek
2  --bogus

0  check good.v4
0  check good.v4 good.v6
0  check tree
0  check --help
0  check info.v4
0  check --fail-on never bad.v4
0  check --fail-on error warn.v4
0  check --ignore all bad.v4
0  check --config good.conf warn.v4
0  check --allow-empty bare
0  check --diff good.v4
0  check --write-baseline new.jsonl bad.v4
0  check --baseline new.jsonl bad.v4
0  check --baseline new.jsonl --prune-baseline bad.v4
0  check -j 3 good.v4 good.v6 good2.v4
0  check --statistics good.v4
0  check script.sh
0  check -  < good.v4
0  check -f json=/dev/null good.v4
1  check bad.v4
1  check warn.v4
1  check good.v4 bad.v4
1  check -j 2 bad.v4 good.v4
1  check --fail-on info info.v4
1  check --error exposed-service info.v4
1  check --baseline base.jsonl bad.v4
1  check --diff fixable.v4
1  check fails.sh
1  check -  < bad.v4
1  check -f json=/dev/null bad.v4
2  check missing.v4
2  check missing.v4 bad.v4
2  check bad.v4 missing.v4 good.v4
2  check -j 2 bad.v4 missing.v4 good.v4
2  check bare
2  check --bogus good.v4
2  check --fail-on sometimes good.v4
2  check --select no-such-rule good.v4
2  check -f bogus good.v4
2  check -f gcc -f json good.v4
2  check -f json=/nonexistent/out good.v4
2  check --max-problems many good.v4
2  check -j 0 good.v4
2  check --config wrong.conf good.v4
2  check --config missing.conf good.v4
2  check --baseline missing.jsonl good.v4
2  check --baseline wrong.jsonl good.v4
2  check --prune-baseline good.v4
2  check --write-baseline good.v4 bad.v4
2  check --since no-such-revision good.v4
2  check - -  < good.v4

0  fmt --check good.v4
0  fmt --diff good.v4
0  fmt --help
0  fmt -  < loose.v4
1  fmt --check loose.v4
1  fmt --diff loose.v4
1  fmt --check good.v4 loose.v4
1  fmt --check bad.v4
2  fmt --check missing.v4
2  fmt --check missing.v4 loose.v4
2  fmt --bogus good.v4
2  fmt --check script.sh

0  compile good.v4
0  compile --help
0  compile -  < good.v4
0  compile -o out.v4 good.v4
0  compile --keep-names host.v4
1  compile bad.v4
1  compile --resolve=empty.hosts host.v4
2  compile
2  compile missing.v4
2  compile good.v4 good.v6
2  compile -o /nonexistent/out good.v4
2  compile --bogus good.v4
2  compile script.sh

0  convert script.sh
0  convert --help
0  convert -4 script.sh
0  convert --output4 converted.v4 script.sh
1  convert fails.sh
1  convert unknown.sh
2  convert
2  convert missing.sh
2  convert --bogus script.sh
2  convert --shell fish script.sh
2  convert --output4 /nonexistent/out script.sh

0  trace good.v4 --packet 'in=eth0 proto=tcp'
0  trace good.v4 --packets packets
0  trace --help
2  trace good.v4
2  trace good.v4 --packet 'in=eth0 proto=bogus'
2  trace good.v4 --packets missing
2  trace missing.v4 --packet in=eth0
2  trace --bogus good.v4 --packet in=eth0

0  config good.v4
0  config --config good.conf good.v4
0  config --help
2  config --config wrong.conf good.v4
2  config --bogus good.v4

0  explain shadowed-rule
0  explain reach
0  explain all
0  explain --help
2  explain
2  explain no-such-rule
2  explain --bogus

0  completion bash
0  completion zsh
0  completion fish
0  completion --help
2  completion
2  completion tcsh
2  completion --bogus

0  test good.v4 kept.test
0  test -  kept.test  < good.v4
0  test -f json good.v4 kept.test
0  test --assume set:a=no set.v4 kept.test
0  test --help
0  test good.v4 -  < kept.test
1  test good.v4 broken.test
1  test good.v4 kept.test broken.test
1  test -f junit good.v4 broken.test
1  test set.v4 kept.test
1  test set.v4 kept.test broken.test
2  test script.sh kept.test
2  test good.v4
2  test good.v4 wrong.test
2  test good.v4 missing.test
2  test good.v4 broken.test wrong.test
2  test bad.v4 kept.test
2  test good.v4 tree
2  test tree kept.test
2  test -f gcc good.v4 kept.test
2  test --assume '-m set=perhaps' good.v4 kept.test
2  test - -  < good.v4
2  test --config wrong.conf good.v4 kept.test
2  test missing.v4 kept.test
2  test --bogus good.v4 kept.test

0  diff good.v4 good2.v4
0  diff --help
0  diff good.v4 -  < good2.v4
0  diff -f json -  good.v4  < good2.v4
1  diff good.v4 warn.v4
1  diff -f json good.v4 warn.v4
1  diff -f markdown good.v4 warn.v4
1  diff script.sh warn.v4
2  diff
2  diff good.v4
2  diff good.v4 good2.v4 warn.v4
2  diff good.v4 missing.v4
2  diff good.v4 tree
2  diff good.v4 good.v6
2  diff good.v4 bad.v4
2  diff good.v4 unknown.sh
2  diff good.v4 host.v4
2  diff -f gcc good.v4 good2.v4
2  diff -f json=out.json good.v4 good2.v4
2  diff --bogus good.v4 good2.v4
2  diff --config wrong.conf good.v4 good2.v4
2  diff - -  < good.v4
2  diff --git HEAD good.v4
2  diff good.v4 partly.v4
2  diff -f json good.v4 partly.v4

0  graph good.v4
0  graph --help
1  graph bad.v4
2  graph missing.v4
2  graph --bogus good.v4
2  graph -o /nonexistent/out good.v4

0  rules
0  rules --format json
0  rules --help
2  rules --bogus
2  rules --format xml
"""


def cases():
    for line in TABLE.splitlines():
        if not line.strip():
            continue
        status, _, words = line.partition("  ")
        words, _, given = words.partition("  < ")
        yield int(status), shlex.split(words), given or None


def main():
    tally = Tally()
    seen = {}
    with tempfile.TemporaryDirectory(prefix="iptlint-exit.") as folder:
        os.chdir(folder)
        for name, text in FILES.items():
            os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
            with open(name, "w", newline="") as f:
                f.write(text)
        for status, words, given in cases():
            done = program.run(*words, stdin=FILES[given].encode() if given else b"")
            tally.check(f"{' '.join(words)}: {status}", done.exit == status, done)
            tally.check(f"{' '.join(words)}: says why",
                        status < 2 or done.err.startswith(b"iptlint: ") or b": error: " in done.err or
                        b"undecided" in done.out, done)
            seen.setdefault(words[0], set()).add(status)
        os.chdir("/")
    help_text = program.run("--help").out.decode()
    commands = [line.split()[0] for line in help_text.splitlines() if line.startswith("  ")]
    tally.equal("every subcommand is in the table", sorted(set(commands) - set(seen)), [])
    tally.end()


main()
