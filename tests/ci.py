#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What README.md shows under "CI" is run: the commands, the action for GitHub (the shell of its
steps, as a runner runs them) and the job for GitLab.  The problem matcher finds in real output
what the JSON report has.

usage: ci.py
"""
import json
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
import yaml_text
from tally import Tally

ACTION = os.path.join(program.ROOT, "contrib", "github", "action.yml")
MATCHER = os.path.join(program.ROOT, "contrib", "github", "iptlint-matcher.json")
NO_YAML = "no YAML for /usr/bin/python3: apt-get install pre-commit"

HEAD = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n" \
    "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
GOOD = HEAD + "COMMIT\n"
WRONG = HEAD + "-A INPUT --bogus\nCOMMIT\n"
MESSY = HEAD + "-A INPUT  -i   lo -j ACCEPT\nCOMMIT\n"
# Something of every level, and texts that could mislead an expression.
FOUND = "*filter\n:INPUT DROP [0:0]\n-A INPUT -s 10.0.0.0/8 -j DROP\n-A INPUT -s 10.1.1.1 -j ACCEPT\n" \
    "-A INPUT --bogus\n-A INPUT -p tcp -m comment --comment \"a: note: [b]\" -j ACCEPT\n-A INPUT -j ACCEPT [x]\nCOMMIT\n"


class Workspace:
    """A folder with firewall/, as a job finds it; the program is on its PATH as iptlint."""

    def __init__(self, path, text):
        self.path, self.bin, self.runner = (os.path.join(path, name) for name in ("work", "bin", "runner"))
        for folder in (self.path, self.bin, self.runner, os.path.join(self.path, ".git")):
            os.makedirs(folder)
        os.symlink(program.PROGRAM, os.path.join(self.bin, "iptlint"))
        self.search = f"{self.bin}:{os.environ['PATH']}"
        self.write("firewall/rules.v4", text)

    def write(self, name, text):
        os.makedirs(os.path.dirname(os.path.join(self.path, name)), exist_ok=True)
        with open(os.path.join(self.path, name), "w") as f:
            f.write(text)

    def read_json(self, name):
        with open(os.path.join(self.path, name)) as f:
            return json.load(f)

    def run(self, script, **variables):
        argv = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        done = subprocess.run(argv, cwd=self.path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT,
                              env=dict(program.ENVIRONMENT, **{"PATH": self.search, **variables}))
        return program.Done([script], done.returncode, done.stdout, b"")


class Job:
    """The steps of the action, one after the other, until one fails."""

    def __init__(self, workspace, **inputs):
        self.workspace = workspace
        action = read_action()
        self.inputs = {name: each["default"] for name, each in action["inputs"].items()}
        self.inputs.update(inputs)
        self.path_file = os.path.join(workspace.runner, "path")
        open(self.path_file, "w").close()
        self.steps = {}  # name: Done
        failed = False
        for step in action["runs"]["steps"]:
            if self.is_wanted(step.get("if"), failed):
                self.steps[step["name"]] = done = self.run(step)
                failed |= done.exit != 0
        self.failed = failed

    def is_wanted(self, condition, failed):
        if condition is None:
            return not failed
        known = re.fullmatch(r"\$\{\{ !cancelled\(\) && inputs\.(\w+) == 'true' \}\}", condition)
        return self.inputs[known[1]] == "true"

    def run(self, step):
        env = {name: re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda m: self.inputs[m[1]], value)
               for name, value in step.get("env", {}).items()}
        with open(self.path_file) as f:
            search = "".join(line.strip() + ":" for line in f) + self.workspace.search
        return self.workspace.run(step["run"], GITHUB_ACTIONS="true", GITHUB_PATH=self.path_file, PATH=search,
                                  GITHUB_ACTION_PATH=os.path.dirname(ACTION), **env)


def read_action():
    with open(ACTION) as f:
        return yaml_text.load(f.read())


def has_format(name):
    return re.search(rf"^  {name} ", program.run("check", "--help").out.decode(), re.M)


# ---- the parts ----

def commands(tally, folder):
    good, bad = Workspace(os.path.join(folder, "good"), GOOD), Workspace(os.path.join(folder, "bad"), WRONG)
    lines = "".join(readme.blocks(readme.section("CI"))).splitlines()
    tally.check("README.md shows commands", len(lines) > 2)
    has_docker = shutil.which("docker") and good.run("docker info").exit == 0
    for line in lines:
        if line.startswith("docker ") and not has_docker:
            tally.skip(f"no docker that runs: {line}")
            continue
        if line.startswith("docker build"):
            line = f"cd {program.ROOT} && {line}"
        done = good.run(line)
        tally.check(f"{line}: a file that is in order", done.exit == 0, done)
        if "check" in line and "fmt" not in line:
            done = bad.run(line)
            tally.check(f"{line}: a file with an error", done.exit == 1 and b"firewall/rules.v4:6:10: error" in done.out,
                        done)
    good.write("firewall/rules.v4", MESSY)
    done = good.run(next(line for line in lines if "fmt" in line))
    tally.check("a file that fmt would change", done.exit == 1 and done.out == b"firewall/rules.v4\n", done)


def action(tally, folder):
    steps = read_action()["runs"]["steps"]
    tally.check("no input becomes a part of a script", not any("${{" in step["run"] for step in steps))
    tally.check("each step says which shell", all(step["shell"] == "bash" for step in steps))
    job = Job(Workspace(os.path.join(folder, "good"), GOOD))
    tally.check("nothing found", not job.failed and list(job.steps) == ["Install iptlint", "iptlint check"],
                job.steps.get("iptlint check"))
    tally.check("an iptlint that is there is taken", not job.steps["Install iptlint"].out and
                os.path.getsize(job.path_file) == 0, job.steps["Install iptlint"])
    bad = Workspace(os.path.join(folder, "bad"), WRONG)
    done = Job(bad).steps["iptlint check"]
    tally.check("an annotation", done.exit == 1 and b"::error file=firewall/rules.v4,line=6," in done.out, done)
    bad.write("with blanks/rules.v4", WRONG)
    bad.write("third/rules.v4", WRONG)
    done = Job(bad, paths="with blanks\n\nthird\n").steps["iptlint check"]
    tally.check("paths", b"file=with blanks/" in done.out and b"file=third/" in done.out and
                b"firewall" not in done.out, done)
    job = Job(bad, paths="firewall", args="--ignore syntax-error --fail-on  error")
    tally.check("args", not job.failed, job.steps["iptlint check"])
    done = Job(bad, paths="nowhere").steps["iptlint check"]
    tally.check("a path that is not there", done.exit == 2 and b"nowhere" in done.out, done)
    messy = Workspace(os.path.join(folder, "messy"), MESSY)
    tally.check("fmt is not asked", not Job(messy).failed)
    done = Job(messy, fmt="true").steps["iptlint fmt"]
    tally.check("fmt is asked", done.exit == 1 and b"\n+-A INPUT -i lo -j ACCEPT\n" in done.out, done)
    tally.check("after findings, too", "iptlint fmt" in Job(bad, fmt="true").steps)


def action_builds(tally, folder):
    """The tree's own program, if it was built by quickstart."""
    if not os.path.exists(os.path.join(program.ROOT, "build", "quickstart-done")) or shutil.which("iptlint"):
        tally.skip("quickstart has not built here, or an iptlint is on PATH")
        return
    bad = Workspace(folder, WRONG)
    bad.search = os.environ["PATH"]
    job = Job(bad)
    tally.check("quickstart builds", job.steps["Install iptlint"].exit == 0, job.steps["Install iptlint"])
    done = job.steps["iptlint check"]
    tally.check("and the next step finds it", done.exit == 1 and b"::error file=firewall/rules.v4" in done.out, done)


def github_workflow(tally, folder):
    workflow = yaml_text.load(readme.blocks(readme.section("CI"), "yaml")[0])
    steps = workflow["jobs"]["iptables"]["steps"]
    ours = next(step for step in steps if "/contrib/github@" in step["uses"])
    known = read_action()["inputs"]
    tally.equal("inputs that the action does not have", set(ours["with"]) - set(known), set())
    upload = next(step for step in steps if "upload-sarif" in step["uses"])
    tally.equal("the file that is uploaded", upload["with"]["sarif_file"], ours["with"]["sarif"])
    if not has_format("sarif"):
        tally.skip("this iptlint has no --format sarif")
        return
    bad = Workspace(folder, WRONG)
    done = Job(bad, **ours["with"]).steps["iptlint check"]
    tally.check("an annotation and a file", done.exit == 1 and b"::error file=firewall/rules.v4" in done.out, done)
    results = bad.read_json(ours["with"]["sarif"])["runs"][0]["results"]
    tally.equal("findings in SARIF", [result["ruleId"] for result in results], ["syntax-error"])


def gitlab_job(tally, folder):
    job = yaml_text.load(readme.blocks(readme.section("CI"), "yaml")[1])["iptables"]
    if not has_format("gitlab"):
        tally.skip("this iptlint has no --format gitlab")
        return
    bad = Workspace(folder, WRONG)
    done = bad.run("\n".join(job["script"]))
    tally.check("the job for GitLab", done.exit == 1 and b"firewall/rules.v4:6:10: error" in done.out, done)
    report = bad.read_json(job["artifacts"]["reports"]["codequality"])
    tally.equal("its report", [(each["location"]["path"], each["location"]["lines"]["begin"]) for each in report],
                [("firewall/rules.v4", 6)])


def matched(matchers, text):
    """{(line, column, level, message, rule)} of what a runner would make annotations of."""
    found = set()
    for line in text.decode().splitlines():
        for matcher in matchers:
            pattern, = matcher["pattern"]
            match = re.search(pattern["regexp"], line)
            if match:
                level = match[pattern["severity"]] if "severity" in pattern else matcher["severity"]
                found.add((match[pattern["file"]], int(match[pattern["line"]]), int(match[pattern["column"]]), level,
                           match[pattern["message"]], match[pattern["code"]]))
                break
    return found


def problem_matcher(tally, folder):
    with open(MATCHER) as f:
        matchers = json.load(f)["problemMatcher"]
    os.makedirs(folder)
    path = os.path.join(folder, "rules: 1.v4")
    with open(path, "w") as f:
        f.write(FOUND)
    _, report = program.check(path, options=("--show", "info"))
    levels = {"error": "error", "warning": "warning", "info": "notice"}
    wanted = {(path, each["start"]["line"], each["start"]["column"], levels[each["level"]], each["message"],
               each["rule"]) for each in report["diagnostics"]}
    tally.equal("something of every level is found", {each[3] for each in wanted}, set(levels.values()))
    for name in ("gcc", "full"):
        done = program.run("check", "--show", "info", "--format", name, path)
        tally.equal(f"the problem matcher on {name}", matched(matchers, done.out), wanted)
    done = program.run("check", "--format", "full", path)
    tally.check("other lines of full are no problems", done.out.count(b"\n") > 2 * len(matched(matchers, done.out)))


def main():
    tally = Tally()
    parts = [problem_matcher, commands]
    if yaml_text.load("a: b"):
        parts += [action, action_builds, github_workflow, gitlab_job]
    else:
        tally.skip(NO_YAML, 4)
    with tempfile.TemporaryDirectory(prefix="iptlint-ci.") as folder:
        for part in parts:
            part(tally, os.path.join(folder, part.__name__))
    tally.end()


main()
