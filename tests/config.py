#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Configuration files: which one is found, what each key does, what is refused and where, and who
has the last word; iptlint config.

usage: config.py
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

HEAD = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
DEAD = HEAD + "-A INPUT -j DROP\n-A INPUT -p tcp -j DROP\n-A INPUT -s 0.0.0.0/0 -p udp -j ACCEPT\nCOMMIT\n"
GOOD = HEAD + "-A INPUT -i lo -j ACCEPT\nCOMMIT\n"
FRAGMENT = "*filter\n-A before-input -i lo -j ACCEPT\nCOMMIT\n"


def write(name, text):
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    with open(name, "w", encoding="utf-8") as f:
        f.write(text)


def run(*arguments, env=None, cwd=None, stdin=b""):
    done = subprocess.run([program.PROGRAM, *arguments], capture_output=True, timeout=60, input=stdin,
                          cwd=cwd, env={**program.ENVIRONMENT, **(env or {})})
    return program.Done(arguments, done.returncode, done.stdout, done.stderr)


def names(done):
    """The lint rules of a gcc report."""
    return {line.rsplit("[", 1)[1][:-1] for line in done.out.decode().splitlines() if line.endswith("]")}


def check(path, *arguments, **how):
    return run("check", "-f", "gcc", *arguments, path, **how)


def search(tally):
    write("a/.git/HEAD", "")
    write(".iptlint.conf", "[check]\nignore = all\n")
    write("a/b/c/rules.v4", DEAD)
    tally.check("not above the folder that holds .git", names(check("a/b/c/rules.v4")), check("a/b/c/rules.v4"))
    write("a/.iptlint.conf", "[check]\nignore = all\n")
    tally.check("in the folder that holds .git", not names(check("a/b/c/rules.v4")))
    write("a/b/.iptlint.conf", "[check]\nignore = load\n")
    tally.check("the nearest one, alone", names(check("a/b/c/rules.v4")))
    tally.check("--isolated", names(check("a/b/c/rules.v4", "--isolated")))
    tally.check("--config", not names(check("a/b/c/rules.v4", "--config", "a/.iptlint.conf")))
    env = {"IPTLINT_CONFIG": os.path.abspath("a/.iptlint.conf")}
    tally.check("IPTLINT_CONFIG", not names(check("a/b/c/rules.v4", env=env)))
    tally.check("--config before IPTLINT_CONFIG", names(check("a/b/c/rules.v4", "--config", "a/b/.iptlint.conf", env=env)))
    tally.check("--isolated before IPTLINT_CONFIG", names(check("a/b/c/rules.v4", "--isolated", env=env)))
    tally.check("an empty IPTLINT_CONFIG is none", names(check("a/b/c/rules.v4", env={"IPTLINT_CONFIG": ""})))
    tally.equal("--config: no such file", check("a/b/c/rules.v4", "--config", "missing").exit, 2)
    tally.check("a file named from elsewhere", names(run("check", "-f", "gcc", "../b/c/rules.v4", cwd="a/b")))
    tally.check("standard input: the current folder", not names(run("check", "-f", "gcc", "-4", "-", cwd="a", stdin=DEAD.encode())))
    tally.check("standard input: the folder of its name",
                names(run("check", "-f", "gcc", "-4", "--stdin-filename", "b/c/x.rules", "-", cwd="a", stdin=DEAD.encode())))
    write("a/d/rules.v4", DEAD)
    done = run("check", "-f", "gcc", "b/c/rules.v4", "d/rules.v4", cwd="a")
    tally.check("each file has its own", b"b/c/rules.v4" in done.out and b"d/rules.v4" not in done.out, done)
    os.remove(".iptlint.conf")


def keys(tally):
    def with_config(text, *arguments, name="k/rules.v4", content=DEAD, **how):
        write("k/.iptlint.conf", text)
        write(name, content)
        return check(name, *arguments, **how)

    found = names(with_config(""))
    tally.check("an empty file", {"shadowed-rule"} <= found or found, found)
    rule = sorted(found)[0]
    tally.equal("select", names(with_config(f"[check]\nselect = {rule}\n")), {rule})
    tally.equal("ignore", names(with_config(f"[check]\nignore={rule}\n")), found - {rule})
    tally.equal("lists may stand twice", names(with_config("[check]\nignore=load,reach\nignore = policy\n")), set())
    tally.check("error", b": error:" in with_config(f"[check]\nselect={rule}\nerror = {rule}\n").out)
    tally.check("info", not with_config("[check]\ninfo = all\n").out)
    tally.check("show", with_config("[check]\ninfo = all\nshow = info\n").out)
    tally.equal("fail-on", with_config("[check]\nfail-on = never\n").exit, 0)
    tally.equal("max-problems", with_config("[check]\nmax-problems = 1\n").out.count(b"\n"), 1)
    tally.equal("noflush", with_config("[check]\nnoflush = yes\nfail-on=error\n", content=FRAGMENT).exit, 0)
    with_config("[check]\nbackend = nft\n", "-f", "json=out.json", content=GOOD)
    with open("out.json", encoding="utf-8") as f:
        tally.equal("backend", json.load(f)["files"][0]["loads"], {"nft": True})
    tally.check("family", with_config("[check]\nfamily = 6\n", "--select=load", name="k/x.rules", content=GOOD.replace("-i lo", "-s 2001:db8::1")).exit == 0)
    tally.check("external-chains", "unreachable-chain" not in names(with_config(
        "[check]\nexternal-chains = MY-*\n", content=GOOD.replace("-A", ":MY-X - [0:0]\n-A MY-X -j DROP\n-A", 1))))
    tally.check("external-chains: those known stay", "unreachable-chain" not in names(with_config(
        "[check]\nexternal-chains = MY-*\n", content=GOOD.replace("-A", ":KUBE-X - [0:0]\n-A KUBE-X -j DROP\n-A", 1))))
    tally.check("external-chains: none", "unreachable-chain" in names(with_config(
        "[check]\nexternal-chains = none\n", content=GOOD.replace("-A", ":KUBE-X - [0:0]\n-A KUBE-X -j DROP\n-A", 1))))
    write("k/etc/passwd", "svc-x:x:990:990::/:/bin/false\n")
    owner = GOOD.replace("-A INPUT -i lo", "-A OUTPUT -m owner --uid-owner svc-x")
    done = with_config("[check]\npasswd = etc/passwd\n", "--show=info", content=owner)
    tally.equal("passwd", done.out, check("k/rules.v4", "--show=info", "--isolated", "--passwd", "k/etc/passwd").out)
    tally.check("passwd: it makes a difference", done.out != check("k/rules.v4", "--show=info", "--isolated").out, done)
    done = with_config("[check]\npasswd = etc/passwd\ngroup = /etc/group\nsets = a, b\nadmin-ports = 22, 161/udp\n"
                       "root = .\nscript-args = start \"a b\"\n", content=GOOD)
    tally.check("keys for others are read", done.exit == 0 and not done.err, done)
    ports = GOOD.replace("COMMIT", "-A INPUT -p tcp -m multiport --dports 22,2222 -j ACCEPT\nCOMMIT")
    done = with_config("[check]\nadmin-ports = 22, 2222/tcp, 53/udp\n", "--select=exposed-service", content=ports)
    tally.check("admin-ports", b"warning: anybody can reach SSH (22/tcp), an admin port (2222/tcp) [" in done.out, done)
    done = with_config("[check]\nadmin-ports = 2222/udp\n", "--select=exposed-service", content=ports)
    tally.check("admin-ports: of the other protocol", b"warning" not in done.out, done)
    sets = GOOD.replace("COMMIT", "-A INPUT -m set --match-set a src -j DROP\nCOMMIT")
    for value, said in (("a, b", False), ("b", True)):
        done = with_config(f"[check]\nsets = {value}\n", "--show=info", content=sets)
        tally.check(f"sets = {value}", (b"external-object" in done.out) == said, done)
    done = with_config("\ufeff; a comment\n[check]\r\n  ignore = all\r\n# another\n", content=DEAD)
    tally.check("blanks, comments, CR LF, byte order mark", done.exit == 0 and not done.out, done)
    for command in ("compile", "fmt"):
        write("k/.iptlint.conf", "[check]\nnoflush = yes\n")
        write("k/rules.v4", FRAGMENT)
        with_it = run(command, "k/rules.v4")
        tally.equal(f"{command} reads it too", with_it.out, run(command, "--noflush", "--isolated", "k/rules.v4").out)


def scripts(tally):
    write("sh/fw.sh", "#!/bin/sh\n. /etc/fw.conf\ncase \"$1\" in\nopen) iptables -A INPUT -p tcp --dport $PORT --bogus ;;\nesac\n")
    write("sh/host/etc/fw.conf", "PORT=22\n")
    write("sh/.iptlint.conf", "[check]\nscript-args = open\nroot = host\n")
    done = check("sh/fw.sh")
    tally.check("script-args, root", names(done) == {"syntax-error"} and b":4:" in done.out, done)
    tally.check("script-args, root: without", "syntax-error" not in names(check("sh/fw.sh", "--isolated")))
    write("sh/.iptlint.conf", "[check]\nerror = unsupported-shell\n")
    tally.check("levels of a script", b"error:" in check("sh/fw.sh").out, check("sh/fw.sh"))


def script_keys(tally):
    def found(key, rules, commands):
        """Without the key, and with it; behind another script, whose settings are not to stay."""
        write("none/fw.sh", "#!/bin/sh\niptables -P INPUT ACCEPT\n")
        write("none/.iptlint.conf", "[check]\nexternal-chains = none\npasswd = /dev/null\nbackend = both\n")
        write("keys/fw.sh", "#!/bin/sh\niptables -P INPUT DROP\n" + commands)
        write("keys/.iptlint.conf", f"[check]\n{key}\n")
        how = ("--show", "info", *(f"--select={rule}" for rule in rules))
        return names(check("keys/fw.sh", "--isolated", *how)), names(check("keys/fw.sh", "none/fw.sh", *how))

    write("keys/etc/passwd", "svc-x:x:990:990::/:/bin/false\n")
    write("keys/etc/group", "grp-x:x:991:\n")
    missing = {"user-or-group-name"}
    owner = "iptables -A OUTPUT -m owner --%cid-owner %s-x -j ACCEPT\n"
    dead = "iptables -N MY-X\niptables -A MY-X -j DROP\n"
    queue = "iptables -A INPUT -p tcp --dport 1 -j QUEUE\n"
    for key, rules, commands, expected in (
            ("passwd = etc/passwd", missing, owner % ("u", "svc"), (missing, set())),
            ("group = etc/group", missing, owner % ("g", "grp"), (missing, set())),
            ("external-chains = MY-*", ["unreachable-chain"], dead, ({"unreachable-chain"}, set())),
            ("external-chains = none", ["unreachable-chain"], dead.replace("MY", "KUBE"), (set(), {"unreachable-chain"})),
            ("backend = nft", ["load"], queue, ({"backend-difference"}, {"target-not-valid-here"})),
            ("backend = legacy", ["load"], queue, ({"backend-difference"}, set())),
            ("sets = web", ["load"], "iptables -A INPUT -m set --match-set web src -j DROP\n", ({"invalid-value"}, set())),
            ("admin-ports = 2222", ["exposed-service"], "iptables -A INPUT -p tcp --dport 2222 -j ACCEPT\n", (set(), {"exposed-service"})),
            ("family = 4", ["load"], "ip6tables -A INPUT --bogus\n", ({"syntax-error"}, set()))):
        tally.equal(f"of a script: {key}", found(key, rules, commands), expected)
    write("keys/.iptlint.conf", "[check]\nfamily = 6\n")
    for option, family in (("--show=info", 6), ("-4", 4)):
        check("keys/fw.sh", option, "-f", "json=out.json")
        with open("out.json", encoding="utf-8") as f:
            tally.equal(f"of a script: family = 6 and {option}", [file["family"] for file in json.load(f)["files"]], [family])


def sections(tally):
    write("s/.iptlint.conf", "[check]\nignore = all\n[per-file \"generated/*\"]\nselect = all\n"
          "[per-file \"*.v6\"]\nnoflush = yes\n[per-file \"generated/deep/*\"]\nfail-on = never\nignore = reach\n")
    for name in ("s/rules.v4", "s/generated/rules.v4", "s/generated/deep/rules.v4"):
        write(name, DEAD)
    tally.check("a glob that does not hold", not names(check("s/rules.v4")))
    tally.check("a glob of a folder", "dead-jump" in names(check("s/generated/rules.v4")) or names(check("s/generated/rules.v4")))
    done = check("s/generated/deep/rules.v4")
    tally.check("later sections over earlier ones", done.exit == 0 and "shadowed-rule" not in names(done), done)
    write("s/rules.v6", FRAGMENT)
    tally.equal("a glob without a slash is of the name", check("s/rules.v6", "--fail-on", "error").exit, 0)


def precedence(tally):
    write("p/.iptlint.conf", "[check]\nignore = all\nfail-on = never\nbackend = nft\n")
    write("p/rules.v4", DEAD)
    tally.check("--select before ignore", names(check("p/rules.v4", "--select", "all")))
    tally.check("IPTLINT_OPTS before it, too", names(check("p/rules.v4", env={"IPTLINT_OPTS": "--select all"})))
    tally.check("the command line before IPTLINT_OPTS", not names(check("p/rules.v4", "--ignore", "all", env={"IPTLINT_OPTS": "--select all"})))
    tally.equal("--fail-on", check("p/rules.v4", "--select=all", "--fail-on=warning").exit, 1)
    write("p/rules.v4", GOOD[:-1])
    tally.equal("--backend", check("p/rules.v4", "--select=load", "--backend=legacy", "--fail-on=error").exit, 1)
    write("q/.iptlint.conf", "[check]\nselect = shadowed-rule\nerror = all\n")
    write("q/rules.v4", DEAD)
    tally.check("--warning before error", b"error" not in check("q/rules.v4", "--warning", "all").out)


def ufw(tally):
    write("etc/ufw/before.rules", FRAGMENT)
    tally.equal("a folder called ufw", check("etc/ufw/before.rules", "--fail-on=error").exit, 0)
    tally.equal("from inside", run("check", "--fail-on=error", "before.rules", cwd="etc/ufw").exit, 0)
    write("etc/ufw/.iptlint.conf", "[check]\nnoflush = no\n")
    tally.equal("unless it is said", check("etc/ufw/before.rules", "--fail-on=error").exit, 1)
    os.remove("etc/ufw/.iptlint.conf")
    write("etc/ufwx/before.rules", FRAGMENT)
    tally.equal("a folder called otherwise", check("etc/ufwx/before.rules", "--fail-on=error").exit, 1)


WRONG = [
    ("[chek]\n", ":1:2: there is no section 'chek'; did you mean 'check'?"),
    ("[other]\n", ":1:2: there is no section 'other'; there are [check] and [per-file \"GLOB\"]"),
    ("[check\n", ":1:1: a section is one word in brackets: [check]"),
    ("[per-file *.v4]\n", ":1:2: a glob has to stand here in quotes: [per-file \"*.v6\"]"),
    ("select = all\n", ":1:1: no section is open here: write [check] above"),
    ("[check]\n ignroe = all\n", ":2:2: there is no key 'ignroe'; did you mean 'ignore'?"),
    ("[check]\nignore = all, shadow-rule\n", ":2:15: there is no lint rule or group 'shadow-rule'; did you mean 'shadowed-rule'?"),
    ("[check]\nignore\n", ":2:1: this is neither '[section]' nor 'key = value'"),
    ("[check]\nignore =\n", ":2:1: 'ignore' has no value"),
    ("[check]\nbackend = ntf\n", ":2:11: 'ntf' is none of: legacy, nft, both; did you mean 'nft'?"),
    ("[check]\nbackend = nft\nbackend = nft\n", ":3:1: 'backend' stands here a second time, after line 2"),
    ("[check]\nfail-on = fatal\n", ":2:11: 'fatal' is none of: error, warning, info, never"),
    ("[check]\nmax-problems = -1\n", ":2:16: '-1' is no number"),
    ("[check]\nadmin-ports = 22, 70000\n", ":2:19: '70000' is no port: write 22 or 161/udp"),
    ("[check]\nscript-args = \"a\n", ":2:15: this quote has no end"),
    ("[check]\npasswd = missing\n", ":2:10: 'missing': No such file or directory"),
    ("[check]\nrun = yes\n", ":2:1: there is no key 'run'; no file can ask for scripts to be run: convert --run does"),
    ("[check]\nignore = \u00e4\u00e4, all, nonsense-word\n", ":2:10: there is no lint rule or group '\u00e4\u00e4'; 'iptlint rules' lists all names"),
]


def refused(tally):
    write("w/rules.v4", GOOD)
    write("w/sub/rules.v4", GOOD)
    for text, message in WRONG:
        write("w/.iptlint.conf", text)
        done = check("w/rules.v4")
        tally.check(f"refused: {text!r}", done.exit == 2 and not done.out and
                    f"/w/.iptlint.conf{message}\n" in done.err.decode(), done)
    write("w/.iptlint.conf", "[check]\nfoo = 1\nbar = 2\n")
    done = run("check", "w/rules.v4", "w/sub/rules.v4")
    tally.equal("all that is wrong, once", done.err.count(b"\n"), 2)
    write("good.v4", DEAD)
    done = run("check", "-f", "gcc", "w/rules.v4", "good.v4")
    tally.check("other files are still checked", done.exit == 2 and names(done), done)
    os.remove("w/.iptlint.conf")
    os.mkdir("w/.iptlint.conf")
    tally.equal("a folder of that name", check("w/rules.v4").exit, 2)
    for command in ("fmt", "compile", "config"):
        tally.equal(f"{command}: wrong configuration", run(command, "w/rules.v4").exit, 2)


def shown(tally):
    write("c/.iptlint.conf", "[check]\nbackend = nft\nignore = reach\nsets = a, \"b c\"\n[per-file \"x.*\"]\nerror = always-matches\nselect=load, always-matches\n")
    done = run("config", "--fail-on", "info", "c/x.v4", env={"IPTLINT_OPTS": "--warning load"})
    lines = done.out.decode().splitlines()
    conf = os.path.abspath("c/.iptlint.conf")
    for line in (f"# c/x.v4: {conf}", f"# {conf}:6: error = always-matches", "# warning by IPTLINT_OPTS",
                 "always-matches = error # default: info" if "always-matches = error # default: info" in lines else "always-matches = error # default: warning",
                 "dead-jump = off # default: warning" if "dead-jump = off # default: warning" in lines else "dead-jump = off # default: error",
                 "syntax-error = warning # default: error"):
        tally.check(f"config: {line}", line in lines, done)
    words = {line.split()[0]: line.split() for line in lines if line and not line.startswith("#")}
    for line in (f"backend = nft # {conf}:2", "fail-on = info # the command line", "noflush = no # default",
                 f"sets = a, \"b c\" # {conf}:4", "family = auto # default"):
        tally.equal(f"config: {line}", " ".join(words[line.split()[0]]), line)
    done = run("config", "--isolated", "c/x.v4")
    tally.check("config: no file", b"no configuration file" in done.out and done.exit == 0, done)
    tally.equal("config: which file?", run("config").exit, 2)
    # What it prints can stand in a file.
    write("d/.iptlint.conf", "[check]\n" + "".join(
        line.split("#")[0].rstrip() + "\n" for line in lines[:lines.index("")] if not line.startswith("#")))
    tally.equal("config: its lines are of the language", check("d/rules.v4").exit, 2)
    write("d/rules.v4", GOOD)
    tally.equal("config: its lines are of the language", check("d/rules.v4").err, b"")


def fast(tally):
    """With a configuration a small file takes no longer than promised."""
    write("f/.iptlint.conf", "[check]\nignore = style, dead-jump\n".replace("style", "policy"))
    write("f/rules.v4", GOOD)
    times = []
    for _ in range(30):
        start = time.perf_counter()
        run("check", "f/rules.v4")
        times.append(time.perf_counter() - start)
    base = []
    for _ in range(30):
        start = time.perf_counter()
        run("check", "--isolated", "f/rules.v4")
        base.append(time.perf_counter() - start)
    print(f"a small file: {min(times) * 1000:.1f} ms, without configuration {min(base) * 1000:.1f} ms "
          f"(medians {statistics.median(times) * 1000:.1f} and {statistics.median(base) * 1000:.1f})")
    tally.check("a small file takes less than 10 ms", min(times) < 0.010)


def main():
    tally = Tally("config.py")
    with tempfile.TemporaryDirectory(prefix="iptlint-config.") as folder:
        os.chdir(os.path.realpath(folder))
        for part in (search, keys, scripts, script_keys, sections, precedence, ufw, refused, shown, fast):
            part(tally)
        os.chdir("/")
    tally.end()


main()
