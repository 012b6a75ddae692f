#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every command of doc/recipes.md does what is said there, with both back ends: on a host of its
own (lib/host.py), with the real programs of iptables, iptables-apply and netfilter-persistent,
and with what the init scripts of OpenRC do.  The units in contrib/systemd are what systemd
takes, and refuse to start with a bad file.  So are the commands of README.md for a host.

usage: recipes.py [WORD]...         only the sections with one of these words in their heads
Needs root; expect, systemd and a Debian mirror for parts of it.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import host
import judge
import program
from tally import Tally

ROOT = program.ROOT
BACKENDS = ("legacy", "nft")

OLD = """*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -s 192.0.2.1/32 -j DROP
COMMIT
"""
GOOD4 = """*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p tcp -m tcp --dport 443 -j ACCEPT
COMMIT
"""
GOOD6 = GOOD4.replace("-A INPUT -p tcp", "-A INPUT -p ipv6-icmp -j ACCEPT\n-A INPUT -p tcp")
# The first table is good: iptables-restore may load it before it sees the second one.
BAD4 = "*mangle\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n" \
    ":OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n-A INPUT -j MARK --set-xmark 0x1/0xffffffff\nCOMMIT\n" + \
    GOOD4.replace("--dport", "--dprot")
COUNTED = GOOD4.replace("-A INPUT -i lo", "[7:420] -A INPUT -i lo").replace("\n-A", "\n[0:0] -A") \
    .replace("DROP [0:0]", "DROP [3:180]", 1)

ANSWER = """#!/usr/bin/expect -f
set timeout 20
spawn bash /run/block
expect {
    "(y/N) " { send "%s" }
    timeout { exit 98 }
    eof { exit [lindex [wait] 3] }
}
expect eof
exit [lindex [wait] 3]
"""

# What the services iptables and ip6tables do, with SAVE_ON_STOP="yes".
RC_SERVICE = """#!/bin/sh
service=$1 file=/var/lib/$1/rules-save
case $2 in
save | stop) "$service-save" -c > "$file" ;;
esac
case $2 in
stop | reload)
	"$service-save" | sed -n 's/^\\*//p' | while read -r table; do
		"$service" -w -t "$table" -F
		"$service" -w -t "$table" -X
		"$service-save" -t "$table" | sed -n 's/^:\\([A-Z]*\\) .*/\\1/p' | while read -r chain; do
			"$service" -w -t "$table" -P "$chain" ACCEPT
		done
	done
	;;
esac
case $2 in
start | reload) "$service-restore" -w -c < "$file" ;;
esac
"""


def read(*names):
    with open(os.path.join(ROOT, *names), encoding="utf-8") as f:
        return f.read()


def sections():
    """{head: [the text of each block of commands]} of doc/recipes.md."""
    found = {}
    for head, body in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", read("doc", "recipes.md"), re.M | re.S):
        found[head] = re.findall(r"^```sh\n(.*?)^```", body, re.M | re.S)
    return found


class Recipe:
    """A host with one back end and the files of a test; play() runs commands on it."""

    def __init__(self, tally, name, backend, **files):
        self.tally, self.name, self.backend = tally, name, backend
        self.host = host.Host()
        self.host.use_backend(backend)
        for path, content in files.items():
            self.put(path, content)

    def put(self, path, content, mode=0o644):
        self.host.put(path, content, mode)

    def put_rules(self, rules4, rules6=GOOD6):
        self.put("/etc/iptables/rules.v4", rules4)
        self.put("/etc/iptables/rules.v6", rules6)

    def play(self, commands, before="", after=""):
        """With the rules OLD, in /etc/iptables.  Its exit status, and what is loaded then."""
        self.put("/run/old", OLD)
        self.put("/run/block", commands)
        done = self.host.run("iptables-restore /run/old\ncd /etc/iptables\n" + before +
                             "\nif [ -e /run/answer ]; then expect -f /run/answer; else bash /run/block; fi\n"
                             "echo $? > /run/out/status\n" + after +
                             "\niptables-save -c > /run/out/counted\nip6tables-save > /run/out/save6\n")
        counted = done.files.get("counted", "").encode()
        return Played(int(done.files.get("status", "99")), done,
                      judge.normalized(re.sub(rb"^\[\d+:\d+\] ", b"", counted, flags=re.M)).decode(),
                      judge.normalized(counted, counters=True).decode(),
                      judge.normalized(done.files.get("save6", "").encode()).decode())

    def check(self, what, condition, played):
        return self.tally.check(f"{self.name}, {self.backend}: {what}", condition, played)

    def loads(self, what, played, rules=GOOD4, status=0):
        self.check(f"{what}: exit status", played.status == status, played)
        self.tally.equal(f"{self.name}, {self.backend}: {what}: rules", played.rules4, rules)

    def refuses(self, what, played, statuses=(1,)):
        self.check(f"{what}: exit status", played.status in statuses, played)
        self.check(f"{what}: the reason", "unknown option '--dprot'" in played.done.out, played)
        self.tally.equal(f"{self.name}, {self.backend}: {what}: the old rules stay", played.rules4, OLD)


class Played:
    def __init__(self, status, done, rules4, counted4, rules6):
        self.status, self.done, self.rules4, self.counted4, self.rules6 = status, done, rules4, counted4, rules6

    def __str__(self):
        return f"exit {self.status}\n{self.done}\n{self.rules4}"


def restore(tally, blocks, backend):
    piped, by_file, counted = blocks
    recipe = Recipe(tally, "iptables-restore", backend)
    recipe.put_rules(GOOD4)
    recipe.loads("compile |", recipe.play(piped))
    recipe.loads("compile -o &&", recipe.play(by_file))
    recipe.put_rules(COUNTED)
    played = recipe.play(counted)
    recipe.loads("--counters", played)
    tally.equal(f"iptables-restore, {backend}: the counters", "[7:420] -A INPUT -i lo -j ACCEPT" in played.counted4,
                True)
    recipe.put_rules(BAD4)
    # the status of a pipe is that of iptables-restore, as the text says
    recipe.refuses("compile | of a bad file", recipe.play(piped), (0,))
    recipe.refuses("compile -o && of a bad file", recipe.play(by_file))
    played = recipe.play("iptables-restore rules.v4")
    recipe.check("alone it refuses a bad file, after the first table",
                 played.status != 0 and (backend == "nft" or "MARK --set-xmark" in played.rules4), played)


def apply(tally, blocks, backend):
    block, = blocks
    recipe = Recipe(tally, "iptables-apply", backend)
    if not shutil.which("expect") or not os.path.exists("/usr/sbin/iptables-apply"):
        tally.skip(f"iptables-apply, {backend}: it is not installed, or expect is not", 3)
        return
    recipe.put_rules(GOOD4)
    recipe.put("/run/answer", ANSWER % "y")
    recipe.loads("with the answer yes", recipe.play(block))
    recipe.put("/run/answer", ANSWER % "n")
    played = recipe.play(block)
    recipe.check("with the answer no: asked, and failed", played.status not in (0, 98, 99), played)
    tally.equal(f"iptables-apply, {backend}: with the answer no: the old rules are back",
                judge.normalized(played.rules4.encode()).decode(), OLD)
    recipe.put_rules(BAD4)
    recipe.refuses("a bad file", recipe.play(block))


class Packages:
    """The packages of netfilter-persistent, as the mirror has them."""

    def __init__(self):
        self.tmp = tempfile.TemporaryDirectory(prefix="iptlint-packages.")
        try:
            subprocess.run(["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", "netfilter-persistent",
                            "iptables-persistent"], cwd=self.tmp.name, check=True, timeout=60,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except (OSError, subprocess.SubprocessError):
            pass
        self.debs = glob.glob(os.path.join(self.tmp.name, "*.deb"))

    def put_into(self, recipe):
        for deb in self.debs:
            recipe.host.unpack(deb)
        return len(self.debs) == 2


def persistent(tally, blocks, backend, packages):
    reload, save = blocks
    recipe = Recipe(tally, "netfilter-persistent", backend)
    if not packages.put_into(recipe):
        tally.skip(f"netfilter-persistent, {backend}: the packages cannot be had here", 8)
        return
    recipe.put_rules(GOOD4)
    played = recipe.play(reload)
    recipe.loads("reload", played)
    tally.equal(f"netfilter-persistent, {backend}: reload: IPv6 rules", played.rules6, GOOD6)
    played = recipe.play(save, before="iptables-restore rules.v4; ip6tables-restore rules.v6; rm rules.v4",
                         after="cp rules.v4 /run/out")
    recipe.loads("save", played)
    tally.equal(f"netfilter-persistent, {backend}: what was saved",
                judge.normalized(played.done.files.get("rules.v4", "").encode()).decode(), GOOD4)
    recipe.put_rules(BAD4)
    recipe.refuses("reload with a bad file", recipe.play(reload))
    recipe.put_rules(GOOD4, GOOD6.replace("--dport", "--dprot"))
    recipe.refuses("reload with a bad file for IPv6", recipe.play(reload))


def openrc(tally, blocks, backend):
    reload, saved = blocks
    recipe = Recipe(tally, "OpenRC", backend)
    recipe.put("/usr/bin/rc-service", RC_SERVICE, 0o755)
    recipe.put("/var/lib/iptables/rules-save", COUNTED)
    recipe.put("/var/lib/ip6tables/rules-save", GOOD6)
    played = recipe.play(reload)
    recipe.loads("reload", played)
    recipe.check("reload: counters", "[7:420] -A INPUT -i lo -j ACCEPT" in played.counted4, played)
    tally.equal(f"OpenRC, {backend}: reload: IPv6 rules", played.rules6, GOOD6)
    # stop writes the files, and start reads them again
    again = "for s in iptables ip6tables; do rc-service $s stop; done\niptables-save > /run/out/stopped\n" \
        "for s in iptables ip6tables; do rc-service $s start; done\n"
    played = recipe.play(reload + again + saved)
    recipe.loads("stopped, started and saved", played)
    recipe.check("stopped: no rules were left", "-A" not in played.done.files["stopped"], played)
    recipe.check("stopped and started: counters", "[7:420] -A INPUT -i lo -j ACCEPT" in played.counted4, played)
    recipe.check("what compile prints of the saved file", GOOD4 in played.done.out, played)
    recipe.put("/var/lib/iptables/rules-save", BAD4)
    recipe.refuses("reload with a bad file", recipe.play(reload.splitlines()[0]))


def unit_commands(name, kind):
    return re.findall(rf"^{kind}=(.*)$", read("contrib", "systemd", name), re.M)


def verify(recipe, path, setup):
    """systemd has nothing to say of the unit, and would have if the program were not there."""
    for program_is_there in (True, False):
        spoil = "" if program_is_there else "rm /usr/bin/iptlint\n"
        played = recipe.play(f"{setup}{spoil}systemd-analyze verify --man=no {path} > /run/out/said 2>&1",
                             before="cd /src")
        said = [line for line in played.done.files["said"].splitlines()
                if "iptlint" in line or os.path.basename(path) in line]
        recipe.check(f"systemd-analyze verify {path}" + ("" if program_is_there else " without the program"),
                     (played.status == 0 and not said) if program_is_there else said, played.done.files["said"])


def start(recipe, what, unit, rules4):
    """What the service would do: one after the other, until one fails."""
    recipe.put_rules(rules4)
    return recipe.play("set -e\n" + "\n".join(unit_commands(unit, "ExecStartPre") + unit_commands(unit, "ExecStart")))


def systemd(tally, blocks, backend, packages):
    enable, drop_in = blocks
    recipe = Recipe(tally, "systemd", backend)
    units = ["iptables-checked.service", "netfilter-persistent.service.d/iptlint.conf"]
    for name in units:
        recipe.put(f"/src/contrib/systemd/{name}", read("contrib", "systemd", name))
    has_packages = packages.put_into(recipe)
    if shutil.which("systemctl") and shutil.which("systemd-analyze"):
        recipe.put_rules(GOOD4)
        played = recipe.play(enable, before="cd /src", after="readlink /etc/systemd/system/*.wants/iptables-checked* "
                             "> /run/out/link")
        recipe.check("enable", played.status == 0 and
                     played.done.files["link"].strip() == "/etc/systemd/system/iptables-checked.service", played)
        verify(recipe, "/etc/systemd/system/iptables-checked.service", enable)
        if has_packages:
            verify(recipe, "/lib/systemd/system/netfilter-persistent.service", drop_in)
        else:
            tally.skip(f"systemd, {backend}: netfilter-persistent.service cannot be had here", 2)
    else:
        tally.skip(f"systemd, {backend}: it is not installed", 5)
    unit = "iptables-checked.service"
    played = start(recipe, "start", unit, GOOD4)
    recipe.loads("start", played)
    tally.equal(f"systemd, {backend}: start: IPv6 rules", played.rules6, GOOD6)
    recipe.refuses("start with a bad file", start(recipe, "bad", unit, BAD4))
    for kind in units:
        for command in unit_commands(kind, "ExecStartPre"):
            recipe.put_rules(BAD4)
            recipe.refuses(f"ExecStartPre of {kind}", recipe.play(command))
            recipe.put_rules(GOOD4.replace("-A INPUT -i lo", "-A INPUT -i lo -j ACCEPT\n-A INPUT -i lo"))
            recipe.check(f"ExecStartPre of {kind}: a warning passes", recipe.play(command).status == 0, "")


def readme(tally, backend):
    """The two blocks that are for a host."""
    hook, = re.findall(r"^```\n(iptlint check /etc/iptables\n.*?)^```", read("README.md"), re.M | re.S)
    convert, = re.findall(r"^```\n(iptlint convert .*?)^```", read("README.md"), re.M | re.S)
    recipe = Recipe(tally, "README.md", backend)
    recipe.put_rules(GOOD4)
    recipe.loads("check, compile and load", recipe.play(hook))
    recipe.put("/etc/iptables/firewall.sh", "#!/bin/sh\niptables -P INPUT DROP\niptables -P FORWARD DROP\n"
               "[ \"$1\" = start ] && iptables -A INPUT -i lo -j ACCEPT\n")
    if not shutil.which("expect") or not os.path.exists("/usr/sbin/iptables-apply"):
        tally.skip(f"README.md, {backend}: iptables-apply is not installed, or expect is not")
        return
    recipe.put("/run/answer", ANSWER % "y")
    played = recipe.play("rm rules.v?\n" + convert)
    recipe.check("convert and iptables-apply", played.status == 0 and
                 "-P" not in played.rules4 and "-A INPUT -i lo -j ACCEPT" in played.rules4, played)


def main():
    tally = Tally()
    found = sections()
    packages = Packages()
    tests = {"iptables-restore": restore, "iptables-apply": apply,
             "netfilter-persistent and iptables-persistent": lambda *a: persistent(*a, packages),
             "OpenRC": openrc, "systemd": lambda *a: systemd(*a, packages)}
    tally.equal("doc/recipes.md: a test for each section", sorted(found), sorted(tests))
    tally.check("README.md names doc/recipes.md", "(doc/recipes.md)" in read("README.md"))
    why = host.missing()
    if why:
        tally.skip(why, 2 * sum(len(blocks) for blocks in found.values()))
        tally.end()
    words = sys.argv[1:]
    for backend in BACKENDS:
        for head, test in tests.items():
            if not words or any(word in head for word in words):
                test(tally, found[head], backend)
        if not words:
            readme(tally, backend)
    tally.end()


main()
