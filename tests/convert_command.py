#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""iptlint convert as a command: what is written where, exit statuses, options, bad input.

usage: convert_command.py
"""
import os
import resource
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

V4 = "#!/bin/sh\niptables -A INPUT -i lo -j ACCEPT\n"
V6 = "#!/bin/sh\nip6tables -A INPUT -i lo -j ACCEPT\n"
BOTH = V4 + "ip6tables -A INPUT -i eth6 -j ACCEPT\n"
UNKNOWN = V4 + "iptables -A INPUT -s $(curl example.org) -j DROP\n"


def write(name, text, mode=0o644):
    with open(name, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())
    os.chmod(name, mode)
    return name


def read(name):
    try:
        with open(name) as f:
            return f.read()
    except FileNotFoundError:
        return None


def convert(text, *options, arguments=(), stdin=b""):
    return program.run("convert", *options, write("fw.sh", text), *arguments, stdin=stdin)


def rules(done):
    return [line for line in done.out.decode().splitlines() if line.startswith("-A")]


def statuses(tally):
    write("bin", bytes(range(256)) * 40)
    write("perl", "#!/usr/bin/perl\nprint 1;\n")
    write("empty", "")
    write("rules.v4", "*filter\n-A INPUT -j DROP\nCOMMIT\n")
    os.makedirs("folder", exist_ok=True)
    for status, name, done in (
            (0, "a script", convert(V4)), (0, "no rules", convert("#!/bin/sh\necho\n")),
            (0, "empty", program.run("convert", "empty")),
            (1, "a refused command", convert(V4 + "iptables -A INPUT -j NOWHERE\n")),
            (1, "what cannot be followed", convert(UNKNOWN)), (1, "a syntax error", convert(V4 + "if true\n")),
            (2, "no script", program.run("convert")), (2, "a missing one", program.run("convert", "missing.sh")),
            (2, "a folder", program.run("convert", "folder")), (2, "another language", program.run("convert", "perl")),
            (2, "a rules file", program.run("convert", "rules.v4")), (2, "an unknown option", convert(V4, "--bogus")),
            (2, "-D without a value", convert(V4, "-D", "NAME")), (2, "-D without a name", convert(V4, "-D", "=x")),
            (2, "--shell zsh", convert(V4, "--shell", "zsh")), (2, "--answer without a file", convert(V4, "--run", "--answer", "ip")),
            (2, "a missing --from", convert(V4, "--from", "missing.v4")), (2, "an option of check", convert(V4, "--select", "load")),
            (2, "a folder to write to", convert(V4, "--output4", "folder"))):
        tally.check(f"{name}: {status}", done.exit == status and bool(done.err) == (status != 0), done)
    tally.check("a missing script is named", b"missing.sh: No such file" in program.run("convert", "missing.sh").err)
    done = program.run("convert", "bin")
    tally.check("a binary file", done.exit == 1 and not done.out and done.err, done)
    tally.check("another shell is named", b"perl" in program.run("convert", "perl").err)
    done = program.run("convert", "--help")
    tally.check("--help", done.exit == 0 and b"--output4 FILE" in done.out and not done.err, done)
    if os.geteuid():
        write("closed", V4, 0)
        tally.check("an unreadable script", program.run("convert", "closed").exit == 2)
    else:
        tally.skip("root may read everything")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([program.PROGRAM, "convert", write("fw.sh", V4)], stdout=full, stderr=subprocess.PIPE)
    tally.check("a full disk is trouble", done.returncode == 2 and b"No space" in done.stderr, done)


def large(tally):
    """10 MB of script: within seconds, and the answer is right or a limit is named."""
    line = "iptables -A INPUT -s 192.0.2.1 -j DROP # " + "x" * 1000 + "\n"
    done = convert("#!/bin/sh\n" + line * 10000)
    tally.check("10 MB of commands", done.exit == 0 and len(rules(done)) == 10000, done)
    done = convert("#!/bin/sh\n" + ("# " + "x" * 98 + "\n") * 100000 + V4)
    tally.check("10 MB of comments", done.exit == 0 and len(rules(done)) == 1, done)
    done = convert("a" * 10_000_000)
    tally.check("10 MB in a word", done.exit in (0, 1) and not done.out, done.exit)
    done = convert("(" * 10_000_000)
    tally.check("10 MB of brackets", done.exit == 1 and not done.out, done.exit)
    done = program.run("check", "--ignore", "script", write("fw.sh", "#!/bin/sh\n" + line * 10000))
    tally.check("check of 10 MB", done.exit == 1 and b"[duplicate-rule]" in done.out, done.exit)


def endless(tally):
    """A loop that makes rules, without end: ended by a limit before it fills the memory."""
    start = time.monotonic()
    done = convert("#!/bin/sh\nwhile :; do iptables -A INPUT -j ACCEPT; done\n")
    seconds = time.monotonic() - start
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    tally.check("a loop without end", done.exit == 1 and b"fw.sh:2:1: error: this loop does not end" in done.err, done)
    tally.check("it takes seconds", seconds < 60, seconds)
    tally.check("and some memory", memory < 500, memory)


def families(tally):
    done = convert(BOTH)
    tally.check("both and no choice", done.exit == 2 and not done.out and b"-4 or -6" in done.err and b"IPv4 and IPv6" in done.err, done)
    tally.equal("-4", rules(convert(BOTH, "-4")), ["-A INPUT -i lo -j ACCEPT"])
    tally.equal("-6", rules(convert(BOTH, "-6")), ["-A INPUT -i eth6 -j ACCEPT"])
    tally.check("what -4 leaves out is told", b"--output6" in convert(BOTH, "-4").err)
    tally.equal("one family needs no choice", rules(convert(V6)), ["-A INPUT -i lo -j ACCEPT"])
    done = convert(BOTH, "--output4", "o4", "--output6", "o6")
    tally.check("two files", done.exit == 0 and not done.out and not done.err and "-i lo" in read("o4") and "-i eth6" in read("o6"), done)
    os.remove("o4")
    os.remove("o6")
    done = convert(V4, "--output4", "o4", "--output6", "o6")
    tally.check("an untouched family writes nothing", done.exit == 0 and read("o4") and read("o6") is None and not done.err, done)
    write("o6", "old")
    done = convert(V4, "--output4", "o4", "--output6", "o6")
    tally.check("and leaves the file that is there, and says so", done.exit == 0 and read("o6") == "old" and b"o6 is left as it is" in done.err, done)
    done = convert(BOTH, "--output6", "o6")
    tally.check("one file of two", not done.out and read("o6").startswith("*filter") and b"--output4" in done.err, done)
    write("o4", "old")
    done = convert(UNKNOWN, "--output4", "o4")
    tally.check("unfinished: no file is changed", done.exit == 1 and read("o4") == "old" and b"--partial" in done.err, done)
    done = convert(UNKNOWN, "--output4", "new4")
    tally.check("unfinished: none is made", done.exit == 1 and read("new4") is None, done)
    done = convert(UNKNOWN, "--partial", "--output4", "o4")
    tally.check("--partial: it is", done.exit == 1 and "-i lo" in read("o4"), done)
    done = convert(UNKNOWN, "--partial")
    tally.check("--partial to standard output", done.exit == 1 and rules(done) == ["-A INPUT -i lo -j ACCEPT"], done)
    done = convert(V4 + "iptables -A INPUT -j NOWHERE\n", "--output4", "o4b")
    tally.check("a refused command is no part missing", done.exit == 1 and "-i lo" in read("o4b"), done)


def options(tally):
    text = '#!/bin/sh\niptables -A INPUT -s "$1" -j DROP\niptables -A INPUT -p "${P:-udp}" -j ACCEPT\n'
    tally.equal("arguments", rules(convert(text, arguments=["192.0.2.9"]))[0], "-A INPUT -s 192.0.2.9/32 -j DROP")
    echo = '#!/bin/sh\nfor a; do iptables -A INPUT -m comment --comment "$a"; done\n'
    words = ["-4", "--output4", "--help", "-D", "--", "x"]
    tally.equal("options end at the script", rules(convert(echo, arguments=words)),
                [f"-A INPUT -m comment --comment {word}" for word in words])
    tally.equal("-D", rules(convert("P=tcp\n" + V4 + "iptables -A INPUT -p $P\n", "-D", "P=udp"))[1], "-A INPUT -p udp")
    tally.equal("--define", rules(convert("P=tcp\n" + V4 + "iptables -A INPUT -p $P\n", "--define", "P=udp"))[1], "-A INPUT -p udp")
    write("from.v4", "*filter\n:INPUT DROP [0:0]\n-A INPUT -i eth0 -j ACCEPT\nCOMMIT\n")
    write("from6.v4", "*filter\nCOMMIT\n")
    write("from.v6", "*filter\n-A INPUT -i eth6 -j ACCEPT\nCOMMIT\n")
    tally.equal("--from", rules(convert(V4, "--from", "from.v4")), ["-A INPUT -i eth0 -j ACCEPT", "-A INPUT -i lo -j ACCEPT"])
    done = convert(V4, "--from", "from.v4", "--from", "from.v6")
    tally.check("--from, one of each family", done.exit == 2 and b"-4 or -6" in done.err, done)
    done = convert(V4, "--from", "from.v4", "--from", "from6.v4")
    tally.check("--from, two of one family", done.exit == 2 and b"from6.v4" in done.err and not done.out, done)
    named = V4 + "iptables -A INPUT -m set --match-set trusted src -j ACCEPT\n"
    tally.check("a set that is not there", convert(named).exit == 1)
    done = convert(named, "--assume-set", "trusted")
    tally.check("--assume-set", done.exit == 0 and "--match-set trusted src" in rules(done)[1], done)
    done = convert("#!/bin/sh\n[[ a == a ]] && iptables -P INPUT DROP\n", "--shell", "bash")
    tally.check("--shell", b":INPUT DROP" in done.out, done)
    os.makedirs("root/etc", exist_ok=True)
    write("root/etc/port", "8080\n")
    hosts = "#!/bin/sh\niptables -A INPUT -p tcp --dport $(cat /etc/port)\n"
    tally.equal("--root", rules(convert(hosts, "--root", "root")), ["-A INPUT -p tcp -m tcp --dport 8080"])
    tally.check("a file of the host that is not known", convert(hosts).exit == 1)
    done = program.run("convert", "-", "a", stdin=b"#!/bin/sh\niptables -A INPUT -m comment --comment \"$1\"\n")
    tally.equal("standard input", rules(done), ["-A INPUT -m comment --comment a"])
    done = program.run("convert", "--run", "-", stdin=V4.encode())
    tally.check("--run does not take it", done.exit == 2 and b"--run needs a script that is a file" in done.err and not done.out, done)
    done = convert("-P INPUT DROP\n-A INPUT -i lo -j ACCEPT\n")
    tally.check("iptables -S", done.exit == 0 and done.out.startswith(b"*filter\n:INPUT DROP [0:0]\n") and len(rules(done)) == 1, done)
    done = convert("-A PREROUTING -j ACCEPT\n")
    tally.check("iptables -S of a table that is not known", done.exit == 2 and b"--table" in done.err, done)
    done = convert("-A PREROUTING -j ACCEPT\n", "--table", "raw", "-6")
    tally.check("--table", done.exit == 0 and done.out.startswith(b"*raw\n"), done)
    done = convert("iptables -A INPUT -j ACCEPT\niptables -P INPUT DROP\n")
    tally.check("plain commands", done.exit == 0 and rules(done) == ["-A INPUT -j ACCEPT"] and not done.err, done)
    done = convert("# iptables -A INPUT -j ACCEPT\n# iptables -P INPUT DROP\n")
    tally.check("with a prompt", done.exit == 0 and rules(done) == ["-A INPUT -j ACCEPT"] and b"prompt" in done.err, done)
    done = convert("Chain INPUT (policy ACCEPT)\ntarget     prot opt source               destination\n")
    tally.check("iptables -L", done.exit == 1 and not done.out and done.err.count(b"error:") == 1 and b"iptables-save" in done.err, done)


def texts(tally):
    text = ("#!/bin/sh\n# Loopback\n# twice\niptables -A INPUT -i lo -j ACCEPT\n# iptables -A INPUT -j OLD\n# shellcheck disable=SC2086\n"
            "iptables -A INPUT -i eth0 -j ACCEPT\n# a policy\niptables -P INPUT DROP\n# gone\niptables -A INPUT -j DROP\niptables -D INPUT -j DROP\n"
            "if true; then\n\t# iptlint: ignore[duplicate-rule] -- why\n\tiptables -A INPUT -i lo -j ACCEPT\nfi\n")
    done = convert(text)
    tally.equal("comments travel", done.out.decode(), "*filter\n# a policy\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                "# Loopback\n# twice\n-A INPUT -i lo -j ACCEPT\n-A INPUT -i eth0 -j ACCEPT\n"
                "# iptlint: ignore[duplicate-rule] -- why\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n")
    tally.check("--no-comments", b"#" not in convert(text, "--no-comments").out)
    write("out.v4", done.out)
    tally.check("the directive acts in the result", not [d for d in program.check("out.v4", options=("--select", "duplicate-rule,suppression"))[1]["diagnostics"]
                                                        if "suppressed" not in d])
    notes = V4 + ("echo 1 > /proc/sys/net/ipv4/ip_forward\nsysctl -w net.ipv4.tcp_syncookies=1\nmodprobe nf_conntrack_ftp\n"
                  "ipset create trusted hash:net\nip route add default via 192.0.2.1\n")
    done = convert(notes)
    tally.check("notes: exit", done.exit == 0 and rules(done) == ["-A INPUT -i lo -j ACCEPT"], done)
    for line in ("net.ipv4.ip_forward = 1", "net.ipv4.tcp_syncookies = 1", "nf_conntrack_ftp", "ipset create trusted hash:net"):
        tally.check(f"notes: {line}", line in done.err.decode().splitlines(), done)
    tally.check("notes: never arguments of programs", b"192.0.2.1" not in done.err and b"ip" in done.err, done)
    tally.check("no notes: silent", not convert(V4).err)


def sandbox(tally):
    done = convert("#!/bin/sh\niptables -A INPUT -j ACCEPT\n", "--run")
    if done.exit == 2:
        tally.skip(done.err.decode().strip().splitlines()[0], 3)
        return
    tally.equal("--run", rules(done), ["-A INPUT -j ACCEPT"])
    text = "#!/bin/bash\niptables -A INPUT -s \"$(ip addr | head -n 1)\" -j ACCEPT\n"
    write("addr", "192.0.2.5\n")
    done = convert(text, "--run", "--answer", "ip=addr")
    tally.check("--answer", done.exit == 0 and rules(done) == ["-A INPUT -s 192.0.2.5/32 -j ACCEPT"], done)
    done = convert(text, "--run")
    tally.check("no answer is a finding", done.exit == 1 and b"answered with nothing" in done.err, done)


def main():
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        os.chdir(folder)
        for part in (statuses, endless, large, families, options, texts, sandbox):
            part(tally)
        os.chdir("/")
    tally.end()


main()
