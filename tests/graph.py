#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""iptlint graph: what it prints, byte for byte, and what dot(1) makes of it.

usage: graph.py [--write]

tests/fixtures/graph/NAME.dot is what is printed of NAME.v4, or with the options below; --write
writes these files.  Look at them, or better at the pictures, before they are committed.
"""
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import program
from tally import Tally

FIXTURES = os.path.join(program.ROOT, "tests", "fixtures")
FOLDER = os.path.join(FIXTURES, "graph")
GOLDEN = {
    "host": ["host.v4"],
    "host-verdicts": ["--table", "filter", "--verdicts", "host.v4"],
    "fragment": ["fragment.v4"],
}
SVG = "{http://www.w3.org/2000/svg}"
# As dot writes them.
GREEN, RED, GREY = "palegreen", "lightpink", "#999999"

HEAD = b"*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
# A name, and how it is shown.
HOSTILE = [
    (b'a"b', 'a"b'), (b'"', '"'), (rb"c\d", r"c\d"), (b"\\", "\\"), (b"\\\\", r"\\"),
    (rb"\N", r"\N"), (rb"\"", r"\""), (rb"x\n", r"x\n"), (b"%s%n", "%s%n"), (b"&lt;", "&lt;"), (b"<b>", "<b>"),
    (b"]]>", "]]>"), (b"}];", "}];"), (b"//c", "//c"), (b"/*c*/", "/*c*/"), (b"a->b", "a->b"), (b"node", "node"),
    (b"caf\xc3\xa9", "café"), (b"\xff\xfe", r"\xff\xfe"), (rb"\xff\xfe", r"\xff\xfe"), (b"\xe2\x80\xaefdp", r"\xe2\x80\xaefdp"),
    (b"\xef\xbf\xbf", r"\xef\xbf\xbf"), (b"\xf0\x9f\x94\xa5wall", "🔥wall"), (b"a%22b", "a%22b"),
    (b"INPUT/x", "INPUT/x"),
]


class Picture:
    """Nodes and edges of an SVG by their names, with what stands in them and their shapes."""

    def __init__(self, svg):
        self.nodes, self.edges, self.clusters = {}, {}, {}
        for group in ElementTree.fromstring(svg).iter(SVG + "g"):
            kind = {"node": self.nodes, "edge": self.edges, "cluster": self.clusters}.get(group.get("class"))
            if kind is not None:
                kind[group.find(SVG + "title").text] = group

    @staticmethod
    def lines(group):
        return [text.text for text in group.iter(SVG + "text")]

    @staticmethod
    def values(group, attribute):
        return {each.get(attribute) for each in group.iter() if each.get(attribute)}


def draw(graph):
    done = subprocess.run(["dot", "-T", "svg"], input=graph, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


def rendered(t, case, graph):
    """The picture, or None; dot must not have anything to say."""
    status, svg, said = draw(graph)
    return Picture(svg) if t.check(f"{case}: dot draws it", status == 0 and not said, said) else None


def golden(t, write):
    for name, arguments in GOLDEN.items():
        path = os.path.join(FOLDER, name + ".dot")
        done = program.run("graph", *arguments, cwd=FOLDER)
        t.check(f"{name}: exit", done.exit == 0 and not done.err, done)
        if write:
            with open(path, "wb") as f:
                f.write(done.out)
        with open(path, "rb") as f:
            t.equal(f"{name}: what is printed", done.out, f.read())
        t.equal(f"{name}: the same again", program.run("graph", *arguments, cwd=FOLDER).out, done.out)


def host_is_drawn(t):
    picture = rendered(t, "host", program.run("graph", "host.v4", cwd=FOLDER).out)
    if not picture:
        return
    lines, values = Picture.lines, Picture.values
    t.equal("host: clusters", sorted(picture.clusters), ["cluster_filter", "cluster_nat"])
    t.equal("host: chains", len(picture.nodes), 5 + 10)
    t.equal("host: jumps", sorted(edge for edge in picture.edges if edge.startswith("filter/INPUT->")),
            [f"filter/INPUT->filter/{to}" for to in ("late", "refuse", "ssh", "web")])
    for chain, colour in ("INPUT", RED), ("FORWARD", RED), ("OUTPUT", GREEN), ("web", "none"):
        t.equal(f"host: the colour of {chain}", values(picture.nodes[f"filter/{chain}"], "fill"), {colour})
    t.equal("host: a built-in chain", lines(picture.nodes["filter/INPUT"]), ["INPUT", "policy DROP", "8 rules"])
    t.equal("host: a user's chain", lines(picture.nodes["filter/web"]), ["web", "2 rules"])
    t.equal("host: a chain of fail2ban", lines(picture.nodes["filter/f2b-sshd"])[2:], ["filled by other programs"])
    t.check("host: a chain of fail2ban is dashed", values(picture.nodes["filter/f2b-sshd"], "stroke-dasharray"))
    for chain in "old", "older", "late":
        node = picture.nodes[f"filter/{chain}"]
        t.equal(f"host: {chain} says so", lines(node)[2:], ["never reached"])
        t.check(f"host: {chain} is grey", values(node, "stroke") == {GREY} and GREY in values(node, "fill"))
    for edge, label, is_grey, is_dashed in (
            ("INPUT->filter/web", "3, 1 dead", False, False), ("INPUT->filter/refuse", "1", False, True),
            ("INPUT->filter/late", "1, dead", True, False), ("late->filter/refuse", "1", True, False),
            ("old->filter/older", "1", True, False), ("web->filter/refuse", "1", False, False)):
        group = picture.edges["filter/" + edge]
        t.equal(f"host: {edge}", lines(group), [label])
        t.equal(f"host: {edge} is grey", values(group, "stroke") == {GREY}, is_grey)
        t.equal(f"host: {edge} is dashed", bool(values(group, "stroke-dasharray")), is_dashed)


def hostile_names(t):
    def quoted(name):
        return b'"' + name.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'

    rules = HEAD + b"".join(b":" + name + b" - [0:0]\n" for name, _ in HOSTILE)
    rules += b"".join(b"-A INPUT -j " + quoted(name) + b"\n" for name, _ in HOSTILE) + b"COMMIT\n"
    done = program.run("graph", "--stdin-filename", 'a "b" \\N &amp; c.v4', "-", stdin=rules)
    t.check("hostile names: exit", done.exit == 0 and not done.err, done)
    if shutil.which("dot"):
        picture = rendered(t, "hostile names", done.out)
        shown = picture and sorted(Picture.lines(node)[0] for name, node in picture.nodes.items())
        t.equal("hostile names: one box for each, with its name", shown,
                sorted([shown for _, shown in HOSTILE] + ["INPUT", "FORWARD", "OUTPUT"]))
        t.equal("hostile names: one arrow to each", len(picture.edges) if picture else 0, len(HOSTILE))


def good_files(t):
    for path in sorted(glob.glob(os.path.join(FIXTURES, "good", "*.v?")) +
                       glob.glob(os.path.join(FIXTURES, "good", "ufw", "*"))):
        name = os.path.relpath(path, FIXTURES)
        for options in [], ["--verdicts"]:
            done = program.run("graph", *options, path)
            if t.check(f"{name}: exit", done.exit == 0 and not done.err, done) and shutil.which("dot"):
                picture = rendered(t, name, done.out)
                t.check(f"{name}: nothing of it is grey", picture and not any(
                    GREY in Picture.values(group, "stroke")
                    for group in [*picture.nodes.values(), *picture.edges.values()]))


def one_backend(t):
    # nft takes no chain whose name begins with '-'
    rules = HEAD + b":-x - [0:0]\nCOMMIT\n"
    done = program.run("graph", "-", stdin=rules)
    t.check("what one back end refuses is drawn as the other has it", done.exit == 0 and
            b"filter/-x" in done.out and b"nft does not load this file" in done.err, done)
    done = program.run("graph", "--backend", "nft", "-", stdin=rules)
    t.check("--backend nft refuses it", done.exit == 1 and not done.out and done.err, done)


def refused(t, folder):
    broken = os.path.join(folder, "broken.v4")
    out = os.path.join(folder, "out.dot")
    with open(broken, "wb") as f:
        f.write(HEAD + b"-A INPUT -j nowhere\n-A INPUT --nonsense\nCOMMIT\n")
    done = program.run("graph", "-o", out, broken)
    t.check("a file that does not load: every reason, and nothing printed", done.exit == 1 and not done.out and
            b":5:" in done.err and b":6:" in done.err and not os.path.exists(out), done)
    # a rule whose text needs a service that this host does not know may lead anywhere
    done = program.run("graph", "-", stdin=HEAD + b":own - [0:0]\n-A INPUT -p tcp --dport no-such -j own\nCOMMIT\n")
    t.check("a rule that is not known", done.exit == 1 and not done.out and b"write the number" in done.err, done)
    done = program.run("graph", "-", stdin=HEAD + b":own - [0:0]\n-A INPUT -s a.example -j own\nCOMMIT\n")
    t.check("a host name is no obstacle", done.exit == 0 and b'"filter/INPUT" -> "filter/own"' in done.out, done)


def usage(t, folder):
    host = os.path.join(FOLDER, "host.v4")
    out = os.path.join(folder, "out.dot")
    done = program.run("graph", "--output", out, host)
    with open(out, "rb") as f:
        t.equal("--output writes the same", f.read(), program.run("graph", host).out)
    t.check("--output prints nothing", done.exit == 0 and not done.out, done)
    done = program.run("graph", "--table", "nat", host)
    t.equal("--table draws one", done.out.count(b"subgraph"), 1)
    for arguments in ([], [host, host], [folder], [os.path.join(folder, "missing.v4")], ["--table", "raw", host],
                      ["--table", "nonsense", host], ["--counters", host], ["-o", os.path.join(folder, "no", "x"), host]):
        done = program.run("graph", *arguments)
        t.check(f"graph {' '.join(arguments)}", done.exit == 2 and not done.out and done.err, done)
    t.equal("an empty file", program.run("graph", "-").out.count(b"subgraph"), 0)


def large(t):
    n = 10000
    rules = HEAD + b"".join(b":c%d - [0:0]\n" % i for i in range(n))
    rules += b"".join(b"-A INPUT -s 10.%d.%d.0/24 -j c%d\n" % (i // 256, i % 256, i) for i in range(n))
    rules += b"".join(b"-A c%d -p tcp -j c%d\n" % (i, i + 1) for i in range(0, n - 1, 2)) + b"COMMIT\n"
    start = time.monotonic()
    done = program.run("graph", "-", stdin=rules)
    took = time.monotonic() - start
    t.equal("10,000 chains: jumps", done.out.count(b" -> "), n + n // 2)
    t.check("10,000 chains: in time", took < 2, f"{took:.2f} s")  # far more than it takes


def main():
    tally = Tally()
    golden(tally, "--write" in sys.argv)
    if shutil.which("dot"):
        host_is_drawn(tally)
    else:
        tally.skip("no dot: what is printed is not drawn")
    hostile_names(tally)
    good_files(tally)
    one_backend(tally)
    with tempfile.TemporaryDirectory(prefix="iptlint-graph.") as folder:
        refused(tally, folder)
        usage(tally, folder)
    large(tally)
    tally.end()


main()
