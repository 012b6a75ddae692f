#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What "iptlint completion SHELL" prints completes command lines in the real shells: bash and
zsh at a terminal, with the key that inserts all completions, and fish by "complete -C".

What has to be offered is asked of the help texts and of "iptlint rules".

usage: completion.py [bash|zsh|fish]...
"""
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

TIME_LIMIT = 20  # seconds, for one command line
BASH_COMPLETION = "/usr/share/bash-completion/bash_completion"


class Folder:
    """Files to complete, the program under its name, and the scripts where a host has them."""

    def __init__(self):
        self.tmp = tempfile.TemporaryDirectory(prefix="iptlint-completion.")
        self.path = self.tmp.name
        for name in ("bin", "home", "work/etc", "data/bash-completion/completions", "zsh"):
            os.makedirs(self.at(name))
        for name in ("rules.v4", "rules.v6", "a b.v4"):
            open(self.at("work", name), "w").close()
        os.symlink(program.PROGRAM, self.at("bin", "iptlint"))
        self.env = {"PATH": f"{self.at('bin')}:{os.environ['PATH']}", "HOME": self.at("home"), "TERM": "dumb",
                    "LC_ALL": "C.UTF-8", "XDG_DATA_HOME": self.at("data"), "XDG_CONFIG_HOME": self.at("home")}
        for shell, name in (("bash", "data/bash-completion/completions/iptlint"), ("zsh", "zsh/_iptlint"),
                            ("fish", "iptlint.fish")):
            with open(self.at(name), "wb") as f:
                f.write(program.run("completion", shell).out)

    def at(self, *names):
        return os.path.join(self.path, *names)


class Terminal:
    """A shell at a terminal, in which ^T inserts all completions.  "args" tells its words."""

    def __init__(self, folder, argv, setup):
        self.out = folder.at("args")
        self.buffer = b""
        pid, self.fd = pty.fork()
        if pid == 0:
            os.chdir(folder.at("work"))
            os.execvpe(argv[0], argv, folder.env)
        self.pid = pid
        self.send(f"args() {{ printf '%s\\n' \"$@\" > {self.out}.new; mv {self.out}.new {self.out}; }}\n")
        for line in setup:
            self.send(line + "\n")
        self.complete("true ")

    def send(self, text):
        os.write(self.fd, text.encode())

    def drain(self):
        """What the shell prints has to be read, or it waits."""
        while select.select([self.fd], [], [], 0.01)[0]:
            try:
                self.buffer += os.read(self.fd, 65536)
            except OSError:
                return

    def complete(self, line):
        """The words of the line after all completions were put into it."""
        if os.path.exists(self.out):
            os.unlink(self.out)
        self.send(line + "\x14\x01args \n")
        end = time.monotonic() + TIME_LIMIT
        while not os.path.exists(self.out):
            self.drain()
            if time.monotonic() > end:
                raise RuntimeError(f"{line!r}: no answer:\n{self.buffer[-3000:].decode(errors='replace')}")
        with open(self.out) as f:
            return f.read().splitlines()

    def end(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


class Interactive:
    """Completions as the words that stand on the line afterwards and did not before."""

    def offered(self, line):
        words = self.terminal.complete(line)
        keep = len(re.sub(r"\S*$", "", line).split())
        return {word.rstrip("/") for word in words[keep:]} - {""}

    def end(self):
        self.terminal.end()


class Bash(Interactive):
    equals_are_words = True  # "--select=" stays in front of the first completion alone

    def __init__(self, folder, setup):
        self.terminal = Terminal(folder, ["bash", "--norc", "--noprofile", "-i"], [
            "bind 'set enable-bracketed-paste off'", "bind '\"\\C-t\": insert-completions'", *setup])


class Zsh(Interactive):
    equals_are_words = False

    def __init__(self, folder, setup):
        self.terminal = Terminal(folder, ["zsh", "-f", "-i"], [
            "bindkey -e", "bindkey '^T' complete-word", "unset zle_bracketed_paste",
            f"fpath=({folder.at('zsh')} $fpath)", "autoload -Uz compinit", "compinit -u -D",
            "zstyle ':completion:*' completer _all_matches _complete",
            "zstyle ':completion:*' insert true", *setup])


class Fish:
    equals_are_words = False

    def __init__(self, folder):
        self.folder = folder

    def offered(self, line):
        done = subprocess.run(["fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]",
                               self.folder.at("iptlint.fish"), line], cwd=self.folder.at("work"),
                              env=self.folder.env, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=TIME_LIMIT, text=True)
        if done.stderr:
            raise RuntimeError(f"{line!r}: {done.stderr}")
        return {line.split("\t")[0].rstrip("/") for line in done.stdout.splitlines()}

    def end(self):
        pass


def subcommands():
    return re.findall(r"^  ([a-z]+) ", program.run("--help").out.decode(), re.M)


def options(subcommand):
    """{option: the value's name}, of the help text."""
    text = program.run(subcommand, "--help").out.decode()
    found = re.findall(r"^  (?:-., |    )--([a-z0-9-]+)(?: ([A-Za-z0-9|=\[\]]+)(?= |$))?",
                       text[text.index("Options:"):], re.M)
    return {f"--{name}": value for name, value in found}


def names():
    lines = program.run("rules").out.decode().splitlines()
    return {line.split()[0] for line in lines} | {line.split()[1] for line in lines} | {"all"}


def formats():
    text = program.run("check", "--help").out.decode()
    return set(re.findall(r"^  ([a-z]+) ", text[text.index("Formats:"):text.index("Exit status")], re.M))


def judge(tally, name, shell):
    def equal(line, wanted):
        tally.equal(f"{name}: {line!r}", sorted(shell.offered(line)), sorted(wanted))

    first = set(subcommands())
    tally.check(f"{name}: all subcommands", first <= shell.offered("iptlint "),
                lambda: first - shell.offered("iptlint "))
    equal("iptlint ch", {"check"})
    equal("iptlint co", {"compile", "completion", "config", "convert"})
    tally.check(f"{name}: help takes a subcommand", first <= shell.offered("iptlint help "))
    for subcommand in sorted(first):
        known = options(subcommand)
        got = shell.offered(f"iptlint {subcommand} --")
        # zsh writes the '=' at once
        got = {re.sub(r"=.*", "", word) for word in got}
        tally.equal(f"{name}: options of {subcommand}", sorted(got), sorted(known))
        for option, value in known.items():
            if re.fullmatch(r"[a-z0-9|]+", value):
                equal(f"iptlint {subcommand} {option} ", set(value.split("|")))
    equal("iptlint check rules.v4 --fi", {"--fix"})
    equal("iptlint check -f full --fi", {"--fix"})
    equal("iptlint check --format ", formats())
    equal("iptlint check -f js", {"json"})
    equal("iptlint check --select shadowed", {"shadowed-rule"})
    tally.equal(f"{name}: rules of --ignore", sorted(shell.offered("iptlint check --ignore ")), sorted(names()))
    tally.equal(f"{name}: rules of explain", sorted(shell.offered("iptlint explain ")), sorted(names()))
    equal("iptlint check --ignore all,shadowed", {"all,shadowed-rule"})
    equal("iptlint completion ", {"bash", "zsh", "fish"})
    equal("iptlint check --select=shadowed", {"--select=shadowed-rule"})
    equal("iptlint check --backend=n", {"--backend=nft"})
    # files, where there is nothing better
    equal("iptlint check rul", {"rules.v4", "rules.v6"})
    equal("iptlint check --config rul", {"rules.v4", "rules.v6"})
    equal("iptlint check --config=rules.v4", {"--config=rules.v4"})
    equal("iptlint check -f json=rules.v4", {"json=rules.v4"})
    equal("iptlint convert --root e", {"etc"})
    equal("iptlint convert --answer ip=rules.v4", {"ip=rules.v4"})
    equal("iptlint check a", {"a b.v4"})
    # behind the script of convert there are its arguments
    equal("iptlint convert -D A=b --part", {"--partial"})
    tally.check(f"{name}: no options of convert behind the script",
                "--partial" not in shell.offered("iptlint convert rules.v4 --part"))


def main():
    tally = Tally()
    wanted = sys.argv[1:] or ["bash", "zsh", "fish"]
    folder = Folder()
    source = f"source {folder.at('data/bash-completion/completions/iptlint')}"
    ways = [("bash", "bash", lambda: Bash(folder, [source])),
            ("bash with bash-completion", "bash", lambda: Bash(folder, [f"source {BASH_COMPLETION}"])),
            ("bash, '=' is no word break", "bash",
             lambda: Bash(folder, [source, "COMP_WORDBREAKS=${COMP_WORDBREAKS//=}"])),
            ("zsh", "zsh", lambda: Zsh(folder, [])),
            ("zsh, sourced", "zsh", lambda: Zsh(folder, ["fpath=(${fpath[2,-1]})", "compinit -u -D",
                                                         "source =(iptlint completion zsh)"])),
            ("fish", "fish", lambda: Fish(folder))]
    for name, shell, make in ways:
        if shell not in wanted:
            continue
        if not shutil.which(shell) or ("with" in name and not os.path.exists(BASH_COMPLETION)):
            tally.skip(f"{name}: not installed")
            continue
        running = make()
        judge(tally, name, running)
        running.end()
    for words in ([], ["tcsh"], ["bash", "zsh"]):
        done = program.run("completion", *words)
        tally.check(f"completion {words}", done.exit == 2 and not done.out and b"bash" in done.err, done)
    tally.end()


main()
