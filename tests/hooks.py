#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The hooks of .pre-commit-hooks.yaml, by pre-commit itself: commits in a repository of its own
that are refused, formatted, or none of iptlint's business.  The hooks of language python
are built as pip builds them, without a network.

usage: hooks.py
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
import program
import readme
from tally import Tally

MANIFEST = os.path.join(program.ROOT, ".pre-commit-hooks.yaml")
BACKEND = os.path.join(program.ROOT, "contrib", "python")
# What pre-commit gets to see of the project; the tests are large, and nobody builds them.
PROJECT = (".gitignore", ".pre-commit-hooks.yaml", "pyproject.toml", "configure.ac", "Makefile.am", "contrib", "doc",
           "grammar", "lint-rules", "src")

HEAD = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n" \
    "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
TIDY = HEAD + "-A INPUT -s 10.0.0.0/8 -j ACCEPT\nCOMMIT\n"
MESSY = HEAD + "-A INPUT  -s 10/8   -j ACCEPT\nCOMMIT\n"
WRONG = HEAD + "-A INPUT --bogus\nCOMMIT\n"
UDEV = 'SUBSYSTEM=="net", ACTION=="add", NAME="eth0"\n'
SCRIPT = "#!/bin/sh\niptables -P INPUT DROP\niptables -A INPUT -j NOWHERE\n"
OTHER_SCRIPT = "#!/bin/sh\napt-get install -y iptables\n"

TOOL_PACKAGES = {"gcc": "gcc", "autoreconf": "autoconf", "automake": "automake", "flex": "flex", "bison": "bison",
                 "make": "make"}


def environment(home):
    """Nobody's settings; no network; a build that takes less long."""
    own = {name: value for name, value in program.ENVIRONMENT.items()
           if not name.startswith(("GIT_", "PIP_", "PRE_COMMIT", "PYTHON")) and name not in ("CC", "SKIP")}
    return dict(own, HOME=home, PRE_COMMIT_HOME=os.path.join(home, "pre-commit"), PRE_COMMIT_COLOR="never",
                PIP_NO_INDEX="1", GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1", GIT_AUTHOR_NAME="a",
                GIT_AUTHOR_EMAIL="a@example.org", GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a@example.org",
                CFLAGS="-O0")


class Repository:
    def __init__(self, path, env):
        self.path, self.env = path, env
        os.makedirs(path)
        self.run("git", "init", "--quiet", "-b", "main")

    def run(self, *argv, **variables):
        done = subprocess.run(argv, cwd=self.path, env=dict(self.env, **variables), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)
        return program.Done(argv, done.returncode, done.stdout, b"")

    def write(self, name, text):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)
        return name

    def read(self, name):
        with open(os.path.join(self.path, name)) as f:
            return f.read()

    def commit(self, **variables):
        """Of everything that is there."""
        self.run("git", "add", "--all")
        return self.run("git", "commit", "--quiet", "-m", "a change", **variables)

    def take_back(self):
        """To what the last commit is, files that were added included."""
        self.run("git", "reset", "--quiet", "--hard")

    def head(self):
        return self.run("git", "rev-parse", "--verify", "--quiet", "HEAD").out

    def configure(self, source, *hooks):
        """A hook is its id, with more lines behind it."""
        lines = "".join(f"      - id: {hook}\n" for hook in hooks)
        self.write(".pre-commit-config.yaml",
                   f"repos:\n  - repo: {source.path}\n    rev: v0.1.0\n    hooks:\n{lines}")


def project(path, env):
    """The project as a repository with one commit."""
    result = Repository(path, env)
    for name in PROJECT:
        source, copy = os.path.join(program.ROOT, name), os.path.join(path, name)
        if os.path.isdir(source):
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, copy)
    result.commit()
    result.run("git", "tag", "v0.1.0")
    return result


def said(done, hook):
    """How the line of a hook ends: Passed, Failed, Skipped."""
    found = re.search(rf"^{re.escape(hook)}\.+(?:\(.*\))?(\w+)$", done.out.decode(), re.M)
    return found and found[1]


# ---- the manifest ----

def hooks_of_manifest():
    """{id: its lines, with the names of anchors}"""
    with open(MANIFEST) as f:
        text = re.sub(r"&(\S+) .*", r"*\1", f.read())
    blocks = re.split(r"^- id: (\S+)\n", text, flags=re.M)[1:]
    return {name: dict(re.findall(r"^  (\w+): (.*)$", text, re.M)) for name, text in zip(blocks[::2], blocks[1::2])}


def manifest(tally, _, scratch):
    done = scratch.run("pre-commit", "validate-manifest", MANIFEST)
    tally.check("validate-manifest", done.exit == 0 and not done.out, done)
    hooks = hooks_of_manifest()
    for name in ("check", "fmt", "fmt-check", "script"):
        hook, twin = hooks[f"iptlint-{name}"], hooks[f"iptlint-{name}-system"]
        languages = hook.pop("language"), twin.pop("language")
        descriptions = hook.pop("description").split(" (")[0], twin.pop("description").split(" (")[0]
        tally.equal(f"{name}: languages", languages, ("python", "system"))
        tally.equal(f"{name}: the twin is called the same", descriptions[0], descriptions[1])
        tally.equal(f"{name}: the twin does the same", hook, twin)


# ---- hooks that are built ----

def try_repo(tally, source, scratch):
    scratch.write("rules.v4", WRONG)
    scratch.run("git", "add", "--all")
    done = scratch.run("pre-commit", "try-repo", source.path, "iptlint-check", "--files", "rules.v4")
    tally.check("try-repo builds and runs the hook", done.exit == 1 and b"rules.v4:6:10: error: " in done.out, done)
    scratch.take_back()


def as_in_readme(tally, source, scratch):
    """The configuration and the commands that README.md shows."""
    section = readme.section("pre-commit")
    config, = readme.blocks(section, "yaml")
    scratch.write(".pre-commit-config.yaml", re.sub(r"(?m)(- repo: ).*", rf"\1{source.path}", config))
    scratch.write("rules.v4", TIDY)
    scratch.run("git", "add", "--all")
    commands = "".join(readme.blocks(section)).splitlines()
    tally.equal("README.md shows what it has shown", [line.split()[:2] for line in commands],
                [["pre-commit", "install"], ["pre-commit", "run"]])
    for line in commands:
        done = scratch.run("sh", "-c", line)
        tally.check(line, done.exit == 0, done)
    clones = glob.glob(os.path.join(scratch.env["PRE_COMMIT_HOME"], "repo*", "configure.ac"))
    tally.check("the build leaves the sources as they are", len(clones) == 1 and
                not os.path.exists(clones[0].removesuffix(".ac")), clones)
    hooks = re.findall(r"^\| `(iptlint-\S+)`", section, re.M)
    tally.equal("README.md names the hooks that there are", sorted(hooks),
                sorted(name for name in hooks_of_manifest() if not name.endswith("-system")))


def commits(tally, source, scratch):
    as_in_readme(tally, source, scratch)
    done = scratch.commit()
    tally.check("a commit that is in order", done.exit == 0 and scratch.head(), done)
    before = scratch.head()

    scratch.write("rules.v4", WRONG)
    done = scratch.commit()
    tally.check("a commit that is refused", done.exit == 1 and scratch.head() == before and
                b"rules.v4:6:10: error: " in done.out and said(done, "iptlint check") == "Failed", done)
    scratch.take_back()

    scratch.write("host/a.v4", MESSY)
    done = scratch.commit()
    tally.check("a commit that is formatted", done.exit == 1 and scratch.head() == before and
                b"files were modified by this hook" in done.out and said(done, "iptlint fmt") == "Failed" and
                said(done, "iptlint check") == "Passed", done)
    tally.equal("the file is formatted", scratch.read("host/a.v4"), TIDY)
    done = scratch.commit()
    tally.check("and the next commit is made", done.exit == 0 and scratch.head() != before, done)

    scratch.write("70-net.rules", UDEV)
    done = scratch.commit()
    tally.check("rules of udev are passed over", done.exit == 0 and said(done, "iptlint check") == "Passed" and
                said(done, "iptlint fmt") == "Passed", done)
    tally.equal("and left alone", scratch.read("70-net.rules"), UDEV)
    scratch.write("notes.txt", WRONG)
    done = scratch.commit()
    tally.check("other names are not looked at", done.exit == 0 and said(done, "iptlint check") == "Skipped", done)
    before = scratch.head()

    script = "iptlint check (shell scripts)"
    scratch.write("fw.sh", SCRIPT)
    done = scratch.commit()
    tally.check("a script that is refused", done.exit == 1 and scratch.head() == before and
                b"fw.sh:3:" in done.out and said(done, script) == "Failed" and
                said(done, "iptlint check") == "Skipped", done)
    scratch.take_back()
    scratch.write("setup.sh", OTHER_SCRIPT)
    done = scratch.commit()
    tally.check("a script that calls no iptables", done.exit == 0 and said(done, script) == "Passed" and
                b"setup.sh" not in done.out, done)
    scratch.write("fw.zsh", SCRIPT.replace("/sh", "/zsh"))
    done = scratch.commit()
    tally.check("a script of another shell", done.exit == 0 and said(done, script) == "Skipped", done)
    scratch.run("pre-commit", "uninstall")


# ---- hooks that call what is installed ----

def system_hooks(tally, source, scratch):
    scratch.configure(source, "iptlint-check-system", "iptlint-fmt-check-system", "iptlint-fmt-system",
                      "iptlint-script-system")
    folder = os.path.join(scratch.env["HOME"], "bin")
    os.mkdir(folder)
    os.symlink(program.PROGRAM, os.path.join(folder, "iptlint"))
    path = f"{folder}:{scratch.env['PATH']}"

    def run(hook, *files, **variables):
        scratch.run("git", "add", "--all")
        return scratch.run("pre-commit", "run", hook, "--files", *files, **variables)
    scratch.write("rules.v6", WRONG)
    scratch.write("b.v4", MESSY)
    scratch.write("fw.sh", SCRIPT)
    done = run("iptlint-check-system", "rules.v6", PATH=path)
    tally.check("check-system", done.exit == 1 and b"rules.v6:6:10: error: " in done.out, done)
    done = run("iptlint-fmt-check-system", "b.v4", PATH=path)
    tally.check("fmt-check-system", done.exit == 1 and re.search(rb"^b\.v4$", done.out, re.M), done)
    tally.equal("fmt-check-system writes nothing", scratch.read("b.v4"), MESSY)
    done = run("iptlint-fmt-system", "b.v4", PATH=path)
    tally.check("fmt-system", done.exit == 1 and b"files were modified" in done.out, done)
    tally.equal("fmt-system writes", scratch.read("b.v4"), TIDY)
    done = run("iptlint-script-system", "fw.sh", PATH=path)
    tally.check("script-system", done.exit == 1 and b"fw.sh:3:" in done.out, done)
    scratch.configure(source, "iptlint-check-system\n        args: [--format, gcc]")
    done = run("iptlint-check-system", "rules.v6", PATH=path)
    tally.check("args of the user", done.exit == 1 and b"\nrules.v6:6:10: error: " in done.out and b"^" not in done.out,
                done)
    if shutil.which("iptlint", path=scratch.env["PATH"]):
        tally.skip("there is an iptlint on PATH that cannot be taken away")
    else:
        done = run("iptlint-check-system", "rules.v6")
        tally.check("without iptlint", done.exit == 1 and b"Executable `iptlint` not found" in done.out, done)
    scratch.configure(source, "iptlint-check-system\n        files: ^firewall/")
    names = [scratch.write(f"firewall/{name}", text) for name, text in
             (("README.md", "# Rules\n"), ("start", SCRIPT), ("host.txt", WRONG), ("setup.sh", OTHER_SCRIPT))]
    done = run("iptlint-check-system", *names, PATH=path)
    tally.equal("files of the user", set(re.findall(r"^(firewall/\S+?):.* error:", done.out.decode(), re.M)),
                {"firewall/start", "firewall/host.txt"})
    scratch.take_back()


# ---- what a build needs ----

def tools_without(folder, *names):
    """A folder with what is in /usr/bin but these."""
    os.makedirs(folder)
    for name in os.listdir("/usr/bin"):
        if name not in names:
            os.symlink(os.path.join("/usr/bin", name), os.path.join(folder, name))
    return folder


def missing_tools(tally, source, scratch):
    home = scratch.env["HOME"]

    def ask(**variables):
        return scratch.run("/usr/bin/python3", "-B", "-c", "import build_iptlint; build_iptlint.require_tools()",
                           PYTHONPATH=BACKEND, **variables)
    done = ask()
    tally.check("everything is there", done.exit == 0 and not done.out, done)
    for tool, package in TOOL_PACKAGES.items():
        others = ("cc", "clang") if tool == "gcc" else ()
        done = ask(PATH=tools_without(os.path.join(home, tool), tool, *others))
        wanted = [package] + (["libc6-dev"] if tool == "gcc" else [])
        tally.check(f"without {tool}", done.exit == 1 and
                    re.findall(rb"^apt-get install (.*)$", done.out, re.M) == [" ".join(wanted).encode()], done)
    done = ask(PATH=tools_without(os.path.join(home, "pkg-config"), "pkg-config"))
    tally.check("without pkg-config", b"\napt-get install pkg-config libxtables-dev libjansson-dev iptables\n" in done.out,
                done)
    done = ask(PKG_CONFIG_LIBDIR=os.devnull)
    tally.check("without libraries", b"\napt-get install libxtables-dev libjansson-dev iptables\n" in done.out, done)
    scratch.configure(source, "iptlint-check")
    scratch.write("rules.v4", TIDY)
    scratch.run("git", "add", "--all")
    done = scratch.run("pre-commit", "run", "--all-files", PATH=os.path.join(home, "flex"),
                       PRE_COMMIT_HOME=os.path.join(home, "other"))
    tally.check("pre-commit shows what is missing", done.exit != 0 and b"Traceback" not in done.out and
                len(re.findall(rb"^ *apt-get install flex$", done.out, re.M)) == 1, done)


# ---- in a container ----

def container(tally, source, scratch):
    done = scratch.run("docker", "info") if shutil.which("docker") else None
    if not done or done.exit:
        tally.skip("no docker that runs")
        return
    scratch.write("rules.v4", WRONG)
    scratch.run("git", "add", "--all")
    done = scratch.run("pre-commit", "try-repo", program.ROOT, "iptlint-check-docker", "--files", "rules.v4")
    tally.check("in a container", done.exit == 1 and b"rules.v4:6:10: error: " in done.out, done)


def main():
    tally = Tally()
    if not shutil.which("pre-commit") or not shutil.which("git"):
        tally.skip("no pre-commit or no git: apt-get install pre-commit git")
        tally.end()
    with tempfile.TemporaryDirectory(prefix="iptlint-hooks.") as home:
        env = environment(home)
        source = project(os.path.join(home, "iptlint"), env)
        for number, part in enumerate((manifest, missing_tools, system_hooks, try_repo, commits, container)):
            part(tally, source, Repository(os.path.join(home, f"scratch{number}"), env))
    tally.end()


main()
