#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The formats of check: golden files, validators, and that all say the same of the same.

usage: report_formats.py [--write]      --write: the golden files anew

The golden files stand in tests/fixtures/report.  JSON is held against schemas by ajv, SARIF
also against the rules of GitHub by sarif-multitool (both in build/validators, where
quickstart --tests puts them), XML against tests/validators/*.rng by xmllint.
"""
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from linehash import line_hashes
from tally import Tally

TESTS = os.path.join(program.ROOT, "tests")
SCHEMAS = os.path.join(TESTS, "validators")
FIXTURE = os.path.join(TESTS, "fixtures", "report")
MODULES = os.path.join(program.ROOT, "build", "validators", "node_modules")
MULTITOOL = os.path.join(MODULES, "@microsoft", "sarif-multitool-linux", "Sarif.Multitool")
SARIF_SCHEMA = os.path.join(os.path.dirname(MULTITOOL), "sarif-2.1.0.json")

STRUCTURED = ("json", "sarif", "gitlab", "checkstyle", "junit")
GOLDEN = ("full", "gcc", "github", "json", "gitlab", "checkstyle", "junit")
# Everything that the fixture is about, and nothing that a new lint rule may add.
SELECTION = ("--select", "load", "--select", "shadowed-rule", "--select", "cidr-host-bits",
             "--info", "cidr-host-bits", "--color", "never", "--show", "info")

# What the validator asks for and cannot have here: the project has no public address, names of
# rules with numbers, the texts of the lines, and arguments of messages; one file lies outside
# of the work tree, and has no path in it.
NOT_OURS = {"SARIF2002", "SARIF2003", "SARIF2005", "SARIF2006", "SARIF2009", "SARIF2010",
            "SARIF2011", "SARIF2012", "SARIF2016"}


def write(path, data):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


def read(path):
    with open(path, "rb") as f:
        return f.read()


# ---- golden files ----

def golden(tally):
    shutil.copy(os.path.join(FIXTURE, "rules.v4"), "rules.v4")
    for name in GOLDEN:
        done = program.run("check", "--format", name, *SELECTION, "rules.v4")
        path = os.path.join(FIXTURE, name)
        if "--write" in sys.argv:
            write(path, done.out)
        tally.equal(f"{name} is as in tests/fixtures/report", done.out, read(path))


# ---- the same findings in all formats ----

def from_gcc(out):
    return re.findall(rb"^(?:.*?):(\d+):\d+: (\w+): .*\[(.*)\]$", out, re.M)


def findings(name, data):
    """{(line, level, rule)} as a format tells them, as the gcc format calls the levels."""
    found = []
    if name == "gcc":
        found = [(int(line), level.decode(), rule.decode()) for line, level, rule in from_gcc(data)]
    elif name == "github":
        words = re.findall(rb"^::(\w+) .*?,line=(\d+),.*?title=iptlint \((.*?)\)::", data, re.M)
        found = [(int(line), level.decode().replace("notice", "note"), rule.decode())
                 for level, line, rule in words]
    elif name == "json":
        found = [(d["start"]["line"], d["level"], d["rule"]) for d in json.loads(data)["diagnostics"]
                 if "suppressed" not in d]
    elif name == "sarif":
        found = [(r["locations"][0]["physicalLocation"]["region"]["startLine"], r["level"], r["ruleId"])
                 for r in results(data) if not r["suppressions"]]
    elif name == "gitlab":
        levels = {"critical": "error", "major": "error", "minor": "warning", "info": "note"}
        found = [(i["location"]["lines"]["begin"], levels[i["severity"]], i["check_name"])
                 for i in json.loads(data)]
    elif name == "checkstyle":
        found = [(int(e.get("line")), e.get("severity"), e.get("source").removeprefix("iptlint."))
                 for e in ElementTree.fromstring(data).iter("error")]
    elif name == "junit":
        found = [(int(m[1]), m[2], f.get("type")) for f in ElementTree.fromstring(data).iter("failure")
                 if (m := re.match(r".*?:(\d+):\d+: (\w+): ", f.text))]
    return sorted((line, level.replace("info", "note"), rule) for line, level, rule in found)


def results(data):
    return json.loads(data)["runs"][0]["results"]


def agreement(tally):
    for name, options in (("with infos", SELECTION), ("without infos", SELECTION[:-2])):
        outs = {form: program.run("check", "--format", form, *options, "rules.v4").out
                for form in program.formats() if form != "full"}
        wanted = findings("gcc", outs["gcc"])
        tally.check(f"{name}: gcc has findings", len(wanted) > 3, outs["gcc"])
        for form, out in outs.items():
            found = findings(form, out)
            if form == "json":  # has infos anyway
                found = [f for f in found if f[1] != "note" or f in wanted]
            tally.equal(f"{name}: {form} finds what gcc finds", found, wanted)


def bytes_of_all_kinds(tally):
    """What no document can hold is replaced, and nothing else is."""
    bad = "unknown option '--b\ufffdg\ufffds'"
    texts = {form: program.run("check", "--format", form, *SELECTION, "rules.v4").out for form in STRUCTURED}
    for form, out in texts.items():
        try:
            text = out.decode()
        except UnicodeDecodeError as error:
            tally.fail(f"{form} is UTF-8", error)
            continue
        tally.check(f"{form}: not UTF-8 becomes U+FFFD", bad in text, text)
        target = "'<&>'\x01\uffff%'" if form in ("json", "sarif", "gitlab") else "'<&>'\ufffd\ufffd%'"
        tally.check(f"{form}: control characters", any(target in message for message in messages(form, out)), text)
    silenced = [r["suppressions"] for r in results(texts["sarif"]) if r["suppressions"]]
    tally.equal("sarif: the suppression", silenced,
                [[{"kind": "inSource", "justification": "wanted: \ufffda \"reason\" & <more>"}]])


def messages(form, data):
    if form == "json":
        return [d["message"] for d in json.loads(data)["diagnostics"]]
    if form == "sarif":
        return [r["message"]["text"] for r in results(data)]
    if form == "gitlab":
        return [i["description"] for i in json.loads(data)]
    return [e.get("message") for e in ElementTree.fromstring(data).iter()
            if e.get("message") is not None]


# ---- validators ----

def node(tally, schema, *files):
    done = subprocess.run(["node", os.path.join(SCHEMAS, "schema.cjs"), schema, *files],
                          env=dict(os.environ, NODE_PATH=MODULES), capture_output=True, text=True)
    return tally.check(f"{' and '.join(files)}: {os.path.basename(schema)}", done.returncode == 0,
                       done.stdout + done.stderr)


def multitool(tally, path):
    """The rules of GitHub, and those of SARIF."""
    subprocess.run([MULTITOOL, "validate", path, "--rule-kind", "Sarif;Ghas", "--output", "told.sarif",
                    "--log", "ForceOverwrite", "--level", "Error;Warning;Note"], capture_output=True)
    told = [f"{r['ruleId']} {r.get('level', 'warning')} {r['message']}" for r in results(read("told.sarif"))
            if r.get("level") == "error" or r["ruleId"] not in NOT_OURS]
    tally.equal(f"{path}: what sarif-multitool has to say", told[:10], [])


def xmllint(tally, form, path):
    done = subprocess.run(["xmllint", "--noout", "--relaxng", os.path.join(SCHEMAS, f"{form}.rng"), path],
                          capture_output=True, text=True)
    return tally.check(f"{path}: {form}.rng", done.returncode == 0, done.stderr[:2000])


def inputs():
    """Arguments of check that give all kinds of findings, in files of all kinds of names."""
    shutil.copy("rules.v4", 'a b%<&>"\t:.v4')
    shutil.copy("rules.v4", b"\xff\xc3\xa4.v4")
    outside = os.path.join(os.path.dirname(os.getcwd()), "outside.v4")
    shutil.copy("rules.v4", outside)
    for path in ("clean.v4", "clean.v6"):
        write(path, "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT DROP [0:0]\nCOMMIT\n")
    write("fw.sh", "#!/bin/sh\nfor f in iptables ip6tables; do\n\t$f -A INPUT -i lo -j ACEPT\ndone\n"
                   "ip6tables -A INPUT -s 2001:db8::1/128 -j DROPP\n")
    write("fw/rules.v6", "*filter\n-A INPUT -s 2001:db8::1/64 -j DROPP\nCOMMIT\n")
    return ["rules.v4", 'a b%<&>"\t:.v4', b"\xff\xc3\xa4.v4", outside, "clean.v4", "clean.v6", "fw.sh", "fw/rules.v6",
            os.path.join(TESTS, "fixtures", "restore"), os.path.join(TESTS, "fixtures", "good")]


def validated(tally):
    """All formats of one run, each into a file."""
    arguments = inputs()
    files = {form: f"all.{form}" for form in STRUCTURED}
    into = [word for form, path in files.items() for word in ("--format", f"{form}={path}")]
    done = program.run("check", "--show", "info", *into, "--format", "gcc", *arguments)
    tally.check("all formats at once", done.exit == 1 and all(os.path.getsize(f) for f in files.values()), done)
    wanted = findings("gcc", done.out)
    tally.check("all formats at once: there are findings", len(wanted) > 1000, len(wanted))
    for form, path in files.items():
        found = findings(form, read(path))
        tally.equal(f"all formats at once: {form} and gcc", found, wanted)
    if os.path.exists(os.path.join(MODULES, "ajv")) and shutil.which("node"):
        node(tally, SARIF_SCHEMA, files["sarif"])
        node(tally, os.path.join(program.ROOT, "doc", "check.schema.json"), files["json"])
        node(tally, os.path.join(SCHEMAS, "gitlab.schema.json"), files["gitlab"])
    else:
        tally.skip("three schemas: build/validators is not there, quickstart --tests installs it", 3)
    if os.access(MULTITOOL, os.X_OK):
        multitool(tally, files["sarif"])
    else:
        tally.skip("GitHub's rules for SARIF: build/validators is not there")
    if shutil.which("xmllint"):
        for form in ("checkstyle", "junit"):
            xmllint(tally, form, files[form])
    else:
        tally.skip("two grammars for XML: no xmllint", 2)
    return files


def names(tally, files):
    """How each format calls the files."""
    uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in results(read("all.sarif"))}
    top = "file://" + os.path.dirname(os.getcwd())
    for uri in ("rules.v4", "a%20b%25%3C%26%3E%22%09%3A.v4", "%FF%C3%A4.v4", "fw.sh", "fw/rules.v6", f"{top}/outside.v4"):
        tally.check(f"sarif: {uri}", uri in uris, sorted(uris)[:20])
    tally.check("sarif: no path of its own begins with / or ./", not [u for u in uris if re.match(r"/|\./", u)])
    paths = {i["location"]["path"] for i in json.loads(read("all.gitlab"))}
    for form, got in (("gitlab", paths),
                      ("checkstyle", {f.get("name") for f in ElementTree.parse("all.checkstyle").iter("file")}),
                      ("junit", {f.get("name") for f in ElementTree.parse("all.junit").iter("testcase")})):
        for name in ("rules.v4", 'a b%<&>"\t:.v4', "\ufffd\u00e4.v4", "fw/rules.v6"):
            tally.check(f"{form}: {name!r}", name in got, sorted(got)[:20])
    cases = {(c.get("name"), c.get("classname")): len(c) for c in ElementTree.parse("all.junit").iter("testcase")}
    tally.equal("junit: a clean file passes", cases.get(("clean.v4", "iptlint.ipv4")), 0)
    tally.check("junit: a script is two test cases", ("fw.sh", "iptlint.ipv4") in cases and
                ("fw.sh", "iptlint.ipv6") in cases, sorted(cases)[:20])
    places = {(i["location"]["path"], i["fingerprint"]) for i in json.loads(read("all.gitlab"))}
    tally.equal("gitlab: fingerprints are unique", len({print for _, print in places}),
                len(json.loads(read("all.gitlab"))))


def standard_input(tally):
    data = read("rules.v4")
    for form in STRUCTURED:
        done = program.run("check", "--format", form, *SELECTION, "-", stdin=data)
        tally.equal(f"standard input: {form}", findings(form, done.out),
                    findings(form, program.run("check", "--format", form, *SELECTION, "rules.v4").out))
        named = program.run("check", "--format", form, *SELECTION, "--stdin-filename", "fw/x.v4", "-", stdin=data)
        tally.check(f"standard input with a name: {form}", b'"fw/x.v4"' in named.out, named)
    uri = results(program.run("check", "--format", "sarif", "-", stdin=data).out)[0]
    tally.equal("standard input: uri", uri["locations"][0]["physicalLocation"]["artifactLocation"], {"uri": "-"})


def from_below(tally):
    """Paths are those of the work tree, from whichever folder."""
    for form, path in (("sarif", b'"uri":"fw/rules.v6"'), ("gitlab", b'"path":"fw/rules.v6"'),
                       ("github", b" file=fw/rules.v6,")):
        done = program.run("check", "--format", form, "../fw/rules.v6", cwd="fw")
        tally.check(f"{form}: the path from the root of the work tree", path in done.out, done)


# ---- fingerprints ----

def hashes(tally):
    """Of every line: each is an error."""
    r = random.Random(5)
    pieces = [b"a", b"b ", b"\t", b" ", b"\n", b"\n", b"\r\n", b"\r", "\u00e4\u20ac".encode(),
              "\U0001f600".encode(), b"\xff", b"\xe2\x82", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"x" * 60, b"\0"]
    texts = [b"".join(r.choice(pieces) for _ in range(r.randrange(400))) for _ in range(60)]
    texts += [b" a\nb\n  \t\tc\n d", b"same\n" * 300, b"x" * 300 + b"\n" + b"y" * 300]
    asked = 0
    for i, text in enumerate(texts):
        write("hashes.v4", text)
        found = results(program.run("check", "--format", "sarif", "--show", "info", "hashes.v4").out)
        wanted = line_hashes(text)
        wrong = []
        for result in found:
            line = result["locations"][0]["physicalLocation"]["region"]["startLine"]
            got = result["partialFingerprints"]["primaryLocationLineHash"]
            asked += 1
            if got != wanted[line - 1]:
                wrong.append(f"line {line}: {got}, wanted {wanted[line - 1]}")
        tally.check(f"hashes of text {i}", not wrong, "\n".join([repr(text), *wrong[:5]]))
    tally.check("hashes: lines were asked for", asked > 500, asked)


def moved(tally):
    """Lines above change the place of a finding and not its fingerprint."""
    data = read("rules.v4")
    first = json.loads(program.run("check", "--format", "gitlab", *SELECTION, "rules.v4").out)
    write("rules.v4", data.replace(b"*filter\n", b"*filter\n# a line\n\n"))
    second = json.loads(program.run("check", "--format", "gitlab", *SELECTION, "rules.v4").out)
    write("rules.v4", data)
    tally.equal("gitlab: fingerprints of moved lines", [i["fingerprint"] for i in second],
                [i["fingerprint"] for i in first])
    tally.equal("gitlab: moved lines", [i["location"]["lines"]["begin"] - 2 for i in second],
                [i["location"]["lines"]["begin"] for i in first])


# ---- many findings ----

def many():
    """100,000 rules, each with a finding."""
    rules = (b"-A INPUT -s 10.%d.%d.%d -p tcp -m tcp --dport %d -j ACCEPT\n" %
             (i >> 16 & 255, i >> 8 & 255, i & 255, i % 65535 + 1) for i in range(100000))
    return b"*filter\n:INPUT DROP [0:0]\n-A INPUT -s 10.0.0.0/8 -j ACCEPT\n" + b"".join(rules) + b"COMMIT\n"


def streamed(tally):
    """The memory does not grow with what is printed.  What this process has in its own memory
    would count as that of its children: nothing is read before all have run."""
    write("many.v4", many())
    allowed = (16 << 20) + 10 * os.path.getsize("many.v4")
    for form in STRUCTURED:
        with open(f"many.{form}", "wb") as out:
            process = subprocess.Popen([program.PROGRAM, "check", "--format", form, "many.v4"], stdout=out,
                                       env=program.ENVIRONMENT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        peak = usage.ru_maxrss * 1024
        told = f"{peak / 1e6:.0f} MB of {allowed / 1e6:.0f} allowed"
        print(f"100,000 findings, {form}: {told}")
        tally.check(f"100,000 findings, {form}: memory", process.returncode == 1 and peak <= allowed, told)
    for form in STRUCTURED:
        n = len(findings(form, read(f"many.{form}")))
        tally.check(f"100,000 findings, {form}", n > 100000, n)


# ---- a process that dies ----

def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [int(word) for word in f.read().split()]


def is_asleep(pid):
    with open(f"/proc/{pid}/stat") as f:
        return f.read().rsplit(")", 1)[1].split()[0] == "S"


def killed_in_the_middle(form):
    """What is printed if the processes that check end while nobody reads."""
    write("after.v4", read("rules.v4"))
    process = subprocess.Popen([program.PROGRAM, "check", "--format", form, "many.v4", "fw/rules.v6", "after.v4"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=program.ENVIRONMENT)
    out = b""
    while b"many.v4" not in out:
        out += os.read(process.stdout.fileno(), 65536)
    # The pipes are full when all wait.
    asleep, deadline = 0, time.monotonic() + 60
    while asleep < 10 and time.monotonic() < deadline:
        time.sleep(0.02)
        asleep = asleep + 1 if all(map(is_asleep, [process.pid, *children(process.pid)[:1]])) else 0
    for worker in children(process.pid):
        os.kill(worker, signal.SIGKILL)
    rest, err = process.communicate(timeout=120)
    return process.returncode, out + rest, err


def death(tally):
    for form in STRUCTURED:
        status, out, err = killed_in_the_middle(form)
        tally.check(f"{form}: a death is trouble", status == 2 and b"many.v4: internal error" in err, (status, err))
        try:
            lines = [line for line, _, _ in findings(form, out)]
        except (ValueError, ElementTree.ParseError) as error:
            tally.fail(f"{form} is well-formed after a death", f"{error}\n{out[-500:]}")
            continue
        tally.check(f"{form}: what was found before the death is there, and not all", 100 < len(lines) < 100000,
                    len(lines))
        tally.check(f"{form}: the file behind it is there", b"after.v4" in out, out[-1000:])
        write(f"death.{form}", out)
        if form in ("checkstyle", "junit") and shutil.which("xmllint"):
            xmllint(tally, form, f"death.{form}")


def main():
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="iptlint-formats.") as folder:
        os.makedirs(os.path.join(folder, "work", ".git"))
        os.chdir(os.path.join(folder, "work"))
        streamed(tally)
        golden(tally)
        agreement(tally)
        bytes_of_all_kinds(tally)
        names(tally, validated(tally))
        standard_input(tally)
        from_below(tally)
        hashes(tally)
        moved(tally)
        death(tally)
        os.chdir("/")
    tally.end()


main()
