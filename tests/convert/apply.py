#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What "convert" writes can be loaded: the real iptables-restore, legacy and nft, takes each
file and makes of it what the script had left; and iptables-apply, which asks on the terminal
whether the host can still be reached, takes a few of them and keeps them.

usage: apply.py [NAME]...
Needs root; expect for iptables-apply.
"""
import os
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import conversion
import judge
import realrun
import script
from script import FAMILIES, without_empty
from tally import Tally

APPLIED = ("both-families-loop", "comments-kept", "docker-user", "mail-server", "quoting", "start-stop")

# Without rules.v4 or rules.v6 that family is left alone.
ANSWER = """#!/usr/bin/expect -f
set timeout 15
foreach {program file} {iptables-apply rules.v4 ip6tables-apply rules.v6} {
    if {![file exists $file]} continue
    spawn $program -t 10 $file
    expect {
        "(y/N) " { send "y" }
        timeout { exit 3 }
        eof { exit 4 }
    }
    expect eof
    set status [lindex [wait] 3]
    if {$status != 0} { exit $status }
}
exit 0
"""


def same(backend, text, wanted):
    return without_empty(text) == without_empty(wanted) if backend == "nft" else text == wanted


def restore(tally, the_judge, case, outputs):
    for family in FAMILIES:
        if not outputs[family]:
            continue
        for backend in ("legacy",) if case.differs_by_backend() else case.backends:
            verdict = the_judge.load(family, backend, outputs[family])
            name = f"{case.name}: {backend}-restore of IPv{family}"
            if tally.check(name, verdict.loads, lambda: verdict.error.decode(errors="replace")):
                wanted = case.expect(family, backend)
                tally.check(f"{name}: rules", same(backend, verdict.text, wanted),
                            lambda: verdict.text.decode(errors="replace"))


def apply(tally, runner, case, outputs):
    with tempfile.TemporaryDirectory(prefix="iptlint-apply.") as folder:
        for name, content in [("script", ANSWER.encode())] + \
                [(f"rules.v{family}", outputs[family]) for family in FAMILIES if outputs[family]]:
            with open(os.path.join(folder, name), "wb") as f:
                f.write(content)
        for backend in ("legacy", "nft"):
            real = runner.run(folder, "script", [], backend)
            name = f"{case.name}: iptables-apply, {backend}"
            if tally.check(name, real.status == 0 and b"my job is done" in real.out,
                           f"exit {real.status}\n{(real.out + real.err).decode(errors='replace')}"):
                for family in FAMILIES:
                    wanted = case.expect(family, backend)
                    # It saves the other rules before it begins, which touches nothing.
                    tally.check(f"{name}: IPv{family}", same(backend, real.tables[family], wanted),
                                lambda: real.tables[family].decode(errors="replace"))


def main():
    tally = Tally("convert/apply.py")
    cases = [case for case in script.scripts(sys.argv[1:]) if "static" in case.modes]
    why = realrun.missing() or conversion.missing()
    if why:
        tally.skip(why, len(cases))
        tally.end()
    the_judge, runner = judge.Judge(), realrun.RealRun()
    for case in cases:
        outputs = conversion.Conversion(case, "static", "legacy").outputs
        restore(tally, the_judge, case, outputs)
        if case.name not in APPLIED:
            continue
        if all(shutil.which(name, path=judge.PATH) for name in ("expect", "iptables-apply")):
            apply(tally, runner, case, outputs)
        else:
            tally.skip(f"{case.name}: iptables-apply, or expect, is not installed")
    print(f"{len(cases)} converted scripts restored, some of them with iptables-apply")
    tally.end()


main()
