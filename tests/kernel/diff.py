#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""diff.py [--edits N] [--seed N]

The kernel's own counters against iptlint diff: rules of ../shared/corpus and gen-office files of both
families, and the same with one edit by chance, are loaded in network namespaces, and the same
packets are sent through both (tests/lib/counters.py); every eighth edit with the nft back end.

  a  the sample packet of a change moves the counters of the rules, or of the policy, that diff
     names in both, and of the LOG and the like that it names;
  b  packets drawn from the boxes of a change, from the values of the edited rule and of the file, and
     beside them: those that are in none of the boxes get one verdict in both, and meet the same
     LOG, those that are in one get the two that it stands for.

Where a rate decides, which trace tells, a packet says nothing.  An edit that the kernel cannot judge,
since it does not load, or no packet of its change or of the rest can be sent, is counted, and
another is drawn.  Prints its figures and at last "N passed, N failed, N skipped".
"""
import argparse
import glob
import ipaddress
import itertools
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import counters
import edits
import program
import shared
from tally import Tally

SAMPLES, IN_BOXES, AT_RULE, RANDOM = 8, 12, 8, 10  # packets for each edit, at most
NFT_EACH = 8
CHAINS = {"in": "INPUT", "forward": "FORWARD", "out": "OUTPUT"}
DENIES = {"DROP", "REJECT"}
TARGET = re.compile(r" -j (\S+)(.*)")
# In the nft back end no policy is counted: what comes to the table of filter, and what has come through.
AROUND = [command for family, hook, (side, priority) in itertools.product(
    ("ip", "ip6"), ("input", "forward", "output"), (("before", -1), ("after", 1))) for command in (
        f"nft add table {family} judge",
        f"nft add chain {family} judge {hook.upper()}-{side} {{ type filter hook {hook} priority {priority} ; }}",
        f"nft add rule {family} judge {hook.upper()}-{side} counter")]


# ---- boxes ----

def split_value(value):
    """(what it is, what is left out of that): "A!B,C" and "!B,C"."""
    inside, _, outside = value.partition("!")
    return inside.split(",") if inside else None, outside.split(",") if outside else []


def has_address(item, address):
    if "-" in item:
        low, high = map(ipaddress.ip_address, item.split("-"))
        return low <= address <= high
    return address in ipaddress.ip_network(item)


def has_number(item, number):
    low, _, high = item.partition(":")
    return int(low) <= number <= int(high or low)


PROTOCOLS = {"icmp": 1, "ipv6-icmp": 58, "igmp": 2, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ah": 51, "sctp": 132}


def has_protocol(item, name):
    return item == name if item in PROTOCOLS or ":" not in item else has_number(item, PROTOCOLS[name])


def has_name(item, name):
    pattern, *but = item.split("!")
    return (name.startswith(pattern[:-1]) if pattern.endswith("+") else name == pattern) and \
        name not in but


def is_one_of(value, thing, has):
    inside, outside = split_value(value)
    return (inside is None or any(has(item, thing) for item in inside)) and \
        not any(has(item, thing) for item in outside)


def is_interface(value, name):
    if value.startswith("!"):
        return not any(has_name(item, name) for item in value[1:].split(","))
    return any(has_name(item, name) for item in value.split(","))


def has_flags(value, packet):
    """Of "SYN/SYN+ACK", with "!" before it where these are left out."""
    bits = lambda words: {"".join(word) for word in words.split("+")} - {"none"}
    wanted, mask = map(bits, value.lstrip("!").split("/"))
    return (set(filter(None, packet["flags"].split(","))) & mask == wanted) != value.startswith("!")


def is_in(box, packet):
    """None: nobody knows."""
    result = True
    for name, value in box.items():
        if name in ("in", "out"):
            holds = None if "other" in value else is_interface(value, packet[name])
        elif name in ("src", "dst"):
            holds = None if "&" in value else \
                is_one_of(value, ipaddress.ip_address(packet[name]), has_address)
        elif name == "proto":
            holds = is_one_of(value, packet["proto"], has_protocol)
        elif name in ("sport", "dport"):
            holds = name in packet and is_one_of(value, packet[name], has_number)
        elif name == "icmp-type":
            holds = "icmp" in packet and \
                (None if "/" in value else is_one_of(value, packet["icmp"][0], has_number))
        elif name == "tcp-flags":
            holds = "flags" in packet and (has_flags(value, packet) if "/" in value else None)
        elif name == "state":
            holds = any(state.split("[")[0] == packet["state"] and state[len(packet["state"]):] in ("", "[]")
                        for state in value.split(","))
        elif name == "frag":
            holds = value == "no"
        else:
            holds = None
        if holds is False:
            return False
        result = result and holds
    return True if result else None


# ---- packets ----

FLAGS = {"NEW": ["SYN", "SYN", "ACK"], "ESTABLISHED": ["ACK", "ACK", "PSH,ACK"],
         "INVALID": ["SYN", "ACK", "FIN", "RST,ACK", "SYN,ACK", ""]}


def family_of(packet):
    return 6 if ":" in packet["src"] else 4


def can_be_sent(packet):
    if "lo" in (packet.get("in"), packet.get("out")) or packet.get("in") == packet.get("out"):
        return False
    if packet["src"] == packet["dst"] or any(len(packet.get(end) or "") > 15 for end in ("in", "out")):
        return False
    for end in "src", "dst":
        if family_of(packet) == 6:
            # neither unspecified nor of one link nor of many hosts
            if not re.match("[1-9a-e][0-9a-f]{3}:", packet[end]):
                return False
        elif not 1 <= (first := int(packet[end].split(".")[0])) < 224 or first == 127:
            return False
    # tracking looks at the checksum of what comes in, and takes no other flags for a connection
    return packet["state"] in FLAGS and (packet["state"] != "INVALID" or packet["dir"] != "out") and \
        (packet["proto"] != "tcp" or packet["state"] == "INVALID" or packet["flags"] in FLAGS[packet["state"]])


def finished(packet):
    """With what is sent besides; None: it cannot be sent."""
    if not can_be_sent(packet):
        return None
    return {**packet, "answers": False, "known": packet["state"] == "ESTABLISHED",
            "broken": packet["state"] == "INVALID"}


def of_words(text):
    """The packet of a sample; None: it cannot be made here."""
    if "]=" in text:
        return None
    words = dict(word.split("=", 1) for word in text.split())
    if words.get("frag") == "yes" or \
            words.get("proto") not in ("tcp", "udp", "icmp", "ipv6-icmp"):
        return None
    packet = {key: words[key] for key in ("src", "dst", "proto", "in", "out", "state") if key in words}
    packet["dir"] = "forward" if "in" in words and "out" in words else "in" if "in" in words else "out"
    if "icmp" in packet["proto"]:
        if words["icmp-type"] not in ("8/0", "128/0"):
            return None
        packet["icmp"] = [int(n) for n in words["icmp-type"].split("/")]
    else:
        packet.update(sport=int(words["sport"]), dport=int(words["dport"]))
    if packet["proto"] == "tcp":
        packet["flags"] = words.get("tcp-flags", FLAGS[packet["state"]][0] if packet["state"] in FLAGS else "")
        if packet["flags"] == "NONE":
            packet["flags"] = ""
        if not set(filter(None, packet["flags"].split(","))) <= set(counters.TCP_FLAGS):
            return None
    return finished(packet)


def as_words(packet):
    words = [f"{key}={packet[key]}" for key in ("in", "out", "src", "dst", "proto", "sport", "dport")
             if key in packet]
    words += [f"icmp-type={packet['icmp'][0]}/0"] if "icmp" in packet else []
    words += [f"tcp-flags={packet['flags'] or 'NONE'}"] if "flags" in packet else []
    return " ".join(words + [f"state={packet['state']}"])


class Values:
    """What a text of rules names, for packets by chance."""

    def __init__(self, text, family, more=None):
        nets = re.findall(r"-[sd] ([0-9a-f.:]+(?:/\d+)?)(?= |$)", text, re.M)
        self.networks = []
        for net in nets:
            try:
                network = ipaddress.ip_network(net, strict=False)
            except ValueError:
                continue
            if network.version == family and network.prefixlen:
                self.networks.append(network)
        self.ports = [int(p) for p in re.findall(r"--[ds]?ports? (?:\d+[:,])*(\d+)", text) if int(p) < 65535]
        self.names = sorted({name.replace("+", "7") for name in re.findall(r"-[io] ([A-Za-z]+[\w.-]*\+?)", text)})
        others = ["198.51.100.0/28", "203.0.113.0/28"] if family == 4 else ["2001:db8:1::/124", "2001:db8:2::/124"]
        self.others = [ipaddress.ip_network(net) for net in others]
        self.more, self.family = more, family

    def address(self, rng):
        networks = self.networks + (self.more.networks if self.more and rng.random() < .2 else [])
        net = rng.choice(networks if networks and rng.random() < .8 else self.others)
        low, high = int(net[0]), int(net[-1])
        number = rng.choice([low, high, low + 1, low - 1, high + 1, rng.randint(low, high)])
        return str(type(net[0])(max(0, min(number, (1 << (32 if self.family == 4 else 128)) - 1))))

    def port(self, rng):
        ports = self.ports or (self.more.ports if self.more else [])
        return max(1, min(65535, rng.choice(ports + [9]) + rng.choice([0, 0, 0, -1, 1])))

    def interface(self, rng):
        names = self.names if self.names and rng.random() < .7 else self.more.names if self.more else []
        return rng.choice(names + ["eth7", "eth8"])

    def fields(self, rng, direction=None):
        packet = {"dir": direction or rng.choice(["in", "in", "forward", "forward", "out"])}
        if packet["dir"] != "out":
            packet["in"] = self.interface(rng)
        if packet["dir"] != "in":
            packet["out"] = self.interface(rng)
        packet.update(src=self.address(rng), dst=self.address(rng), state=rng.choice(["NEW"] * 6 + list(FLAGS)),
                      proto=rng.choice(["tcp", "tcp", "udp", "icmp" if self.family == 4 else "ipv6-icmp"]))
        return packet

    def complete(self, packet, rng):
        if "icmp" in packet["proto"]:
            packet["icmp"] = [8 if self.family == 4 else 128, 0]
        else:
            packet.setdefault("sport", rng.randint(1024, 65535))
            packet.setdefault("dport", self.port(rng))
        if packet["proto"] == "tcp":
            packet.setdefault("flags", rng.choice(FLAGS[packet["state"]]))
        return finished(packet)

    def packet(self, rng):
        return self.complete(self.fields(rng), rng)

    def packet_of(self, box, direction, rng):
        """One in the box, or beside it."""
        packet = self.fields(rng, direction)
        for name, value in box.items():
            if name in ("src", "dst"):
                packet[name] = str(type(self.others[0][0])(near(value, self.family, rng)))
            elif name in ("sport", "dport"):
                packet[name] = near(value, None, rng)
            elif name in ("in", "out") and name in packet:
                names = {*self.names, *(self.more.names if self.more else []), "eth7", "eth8", "new9"} | \
                    {item.split("!")[0].replace("+", "7") for item in value.split(",") if item[0] != "!"}
                fitting = sorted(n for n in names - {"other", "none"} if n and is_interface(value, n))
                packet[name] = rng.choice(fitting or sorted(names))
            elif name == "proto":
                protocols = ["tcp", "udp", "icmp" if self.family == 4 else "ipv6-icmp"]
                packet[name] = rng.choice([p for p in protocols if is_one_of(value, p, has_protocol)] or protocols)
            elif name == "state":
                packet[name] = rng.choice([s for s in FLAGS if s in value] or list(FLAGS))
        if "tcp-flags" in box and "/" in box["tcp-flags"] and packet["proto"] == "tcp":
            fitting = [f for f in FLAGS[packet["state"]] if has_flags(box["tcp-flags"], {"flags": f})]
            packet["flags"] = rng.choice(fitting or FLAGS[packet["state"]])
        if "icmp" in packet["proto"]:
            packet.pop("sport", None)
            packet.pop("dport", None)
        return self.complete(packet, rng)


def near(value, family, rng):
    """A number of the value, mostly, or one beside it."""
    inside, outside = split_value(value.split("&")[0])
    items = inside or outside
    highest = 65535 if not family else (1 << (32 if family == 4 else 128)) - 1
    if not items or rng.random() < .1 and not inside:
        return rng.randint(1, highest)
    item = rng.choice(items if rng.random() < .8 or not outside else outside)
    if not family:
        low, _, high = item.partition(":")
        low, high = int(low), int(high or low)
    elif "-" in item:
        low, high = map(int, map(ipaddress.ip_address, item.split("-")))
    else:
        net = ipaddress.ip_network(item)
        low, high = int(net[0]), int(net[-1])
    beside = [low - 1, high + 1] * (4 if not inside else 1)
    return max(0, min(highest, rng.choice([low, high, *beside] + [rng.randint(low, high)] * 3)))


def some(n, draw):
    """N packets that can be sent, or somewhat fewer."""
    return list(itertools.islice(filter(None, (draw() for _ in range(4 * n))), n))


def different(packets):
    """Those that are of no connection that another one is of."""
    known = set()
    for packet in packets:
        key = packet and (frozenset([(packet["src"], packet.get("sport")), (packet["dst"], packet.get("dport"))]),
                          packet["proto"])
        if packet and key not in known:
            known.add(key)
            yield packet


# ---- rules ----

class Rules:
    """Of the filter table: where each rule stands and what it does."""

    def __init__(self, path):
        self.lines, self.verdicts, self.policies, self.effects = {}, {}, {}, {}
        table, count = None, {}
        with open(path, errors="replace") as file:
            for number, line in enumerate(file, 1):
                line = re.sub(r"^\[\d+:\d+\] ", "", line)
                if line.startswith("*"):
                    table, count = line[1:].strip(), {}
                elif table == "filter" and line.startswith((":", "-N ")):
                    name, policy = (line[1:] if line[0] == ":" else line[3:] + " -").split()[:2]
                    self.policies[name] = policy
                elif table == "filter" and line.startswith("-A "):
                    chain = line.split()[1]
                    count[chain] = count.get(chain, 0) + 1
                    key = f"filter {chain} {count[chain]}"
                    target = TARGET.search(line)
                    self.lines[key] = number
                    if target and target[1] in DENIES | {"ACCEPT"}:
                        how = re.search(r"--reject-with \S+", target[2])
                        self.verdicts[key] = f"REJECT {how[0]}" if how else target[1]
                    elif target and target[1] != "RETURN" and target[1] not in self.policies:
                        self.effects[key] = target[0].strip()

    def outcome(self, packet, answer):
        """(verdict, line, or None for the policy); None where it cannot be told."""
        chain = CHAINS[packet["dir"]]
        found = {(self.verdicts[key], self.lines[key]) for key in answer["keys"] if key in self.verdicts}
        policy = self.policies.get(chain, "ACCEPT")
        if f"filter {chain}" in answer["policy"]:
            found.add((policy, None))
        if f"judge {chain}-before 1" in answer["keys"]:
            if not found:
                found.add((policy, None))
            came_through = f"judge {chain}-after 1" in answer["keys"]
            if {verdict == "ACCEPT" for verdict, _ in found} != {came_through}:
                return None
        return found.pop() if len(found) == 1 else None

    def effects_of(self, answer):
        return sorted(self.effects[key] for key in answer["keys"] if key in self.effects)

    def has_moved(self, effects, answer):
        """Have all that diff names counted?"""
        moved = {self.lines[key] for key in answer["keys"] if key in self.lines}
        return all(effect["line"] in moved for effect in effects)


def is_by_chance(path, packet):
    done = program.run("trace", "--isolated", f"-{family_of(packet)}", path, "--format", "json", "--packet", as_words(packet))
    return b'"outcomes"' in done.out


# ---- an edit ----

def compare(old, new, family, backend):
    """The chains of the filter table that are told, or None where nothing is."""
    done = program.run("diff", "--isolated", f"-{family}", "--backend", backend, "-f", "json", old, new)
    try:
        comparisons = json.loads(done.out)["comparisons"]
    except ValueError:
        return None
    return {chain["chain"]: chain for chain in comparisons[0]["chains"] if chain["table"] == "filter"} \
        if comparisons else None


def class_of(chains):
    """What the edit is told as."""
    kinds = {change["kind"] for chain in chains.values() for change in chain["changes"]}
    if any(chain["n_undecided"] for chain in chains.values()):
        return "undecided"
    return "+".join(sorted(kinds)) or "equal"


def wanted_of(chains, packet):
    """The kinds of the boxes that the packet is in; None: not known."""
    chain = chains.get(CHAINS[packet["dir"]])
    if not chain:
        return set()
    kinds, is_open = set(), chain["n_undecided"] > 0
    for change in chain["changes"]:
        where = [is_in(box, packet) for box in change["packets"]]
        if any(where):
            kinds.add(change["kind"])
        elif None in where or change["more"] or not change["complete"]:
            is_open = True
    return None if is_open and not kinds else kinds


def kind_of(before, after):
    if before == after:
        return set()
    if (before == "ACCEPT") == (after == "ACCEPT"):
        return {"verdict"}
    return {"denied"} if before == "ACCEPT" else {"accepted"}


def judge_sample(change, sides):
    """SIDES: of old and new (rules, answer, outcome)."""
    for side, (rules, answer, (verdict, line)) in zip(("old", "new"), sides):
        told = change[side]
        if told and line != (told["line"] if "rule" in told else None):
            return False
        if not rules.has_moved(change["effects"][side] if change.get("effects") else [], answer):
            return False
    before, after = (outcome[0] for _, _, outcome in sides)
    return kind_of(before, after) == {change["kind"]} - {"effect"}


def judge_packet(wanted, sides):
    before, after = (outcome[0] for _, _, outcome in sides)
    if kind_of(before, after) != wanted - {"effect"}:
        return False
    effects = [rules.effects_of(answer) for rules, answer, _ in sides]
    return bool(wanted) and wanted != {"effect"} or (effects[0] == effects[1]) == (not wanted)


def packets_for(chains, lines, edited, family, rng):
    """(change or None, packet): samples first."""
    of_file = Values("\n".join(lines), family)
    of_rule = Values(edited, family, of_file)
    ways = {chain: way for way, chain in CHAINS.items()}
    changes = [(ways[name], change) for name, chain in chains.items() if name in ways for change in chain["changes"]]
    samples = [(change, packet) for _, change in changes if (packet := of_words(change["packet"]))][:SAMPLES]
    boxes = [(box, way) for way, change in changes for box in change["packets"]]
    drawn = some(IN_BOXES if boxes else 0, lambda: of_file.packet_of(*rng.choice(boxes), rng)) + \
        some(AT_RULE, lambda: of_rule.packet(rng)) + some(RANDOM, lambda: of_file.packet(rng))
    of_sample = {id(packet): change for change, packet in samples}
    return [(of_sample.get(id(packet)), packet) for packet in different([p for _, p in samples] + drawn)]


def judge(path, family, backend, rng, folder, tally, figures):
    """What the edit was told as, with (changed, same) packets; a text: why it is not judged."""
    with open(path, encoding="latin-1") as file:
        lines = file.read().split("\n")
    way, edited, new = edits.named_edit(lines, rng)
    if new == lines:
        return "nothing edited"
    name = os.path.join(folder, f"new.v{family}")
    with open(name, "w", encoding="latin-1") as file:
        file.write("\n".join(new))
    chains = compare(path, name, family, backend)
    if chains is None:
        return "does not load"
    packets = packets_for(chains, lines, edited, family, rng)
    if not packets:
        return "no packet of the change"
    files = path, name
    rules = [Rules(file) for file in files]
    try:
        answers = [counters.ask(file, [packet for _, packet in packets], AROUND if backend == "nft" else (), backend)
                   for file in files]
    except counters.Refused:
        return "does not load"
    changed = same = 0
    for i, (change, packet) in enumerate(packets):
        outcomes = [side.outcome(packet, answer[i]) for side, answer in zip(rules, answers)]
        wanted = wanted_of(chains, packet)
        if None in outcomes or wanted is None and not change:
            figures["say nothing"] += 1
            continue
        sides = list(zip(rules, (answer[i] for answer in answers), outcomes))
        right = judge_sample(change, sides) if change else judge_packet(wanted, sides)
        if not right and (is_by_chance(path, packet) or is_by_chance(name, packet)):
            figures["by chance"] += 1
            continue
        figures["samples" if change else "changed" if wanted else "the same"] += 1
        changed, same = changed + bool(change or wanted), same + (not change and not wanted)
        tally.check(f"{os.path.basename(path)} ({way}, {backend}): {as_words(packet)} was {outcomes[0]}, is {outcomes[1]}",
                    right, lambda: f"{edited}\nwanted {change['kind'] if change else wanted}; "
                    f"{[side.effects_of(answer) for side, answer, _ in sides]}\n"
                    f"{json.dumps(chains.get(CHAINS[packet['dir']]))[:1500]}")
    kinds = class_of(chains)
    if kinds == "undecided":
        return (way, kinds, changed, same) if changed + same else "no packet that says something"
    if kinds != "equal" and not changed:
        return "no packet of the change"
    return (way, kinds, changed, same) if same else "no packet of the rest"


def corpus(family):
    """Files that load here and send no packet another way than it was made for."""
    for path in sorted(glob.glob(os.path.join(shared.FOLDER, "corpus", "rules", f"v{family}", "*.rules"))):
        with open(path, errors="replace") as file:
            text = file.read()
        if re.search(r"DNAT|SNAT|MASQUERADE|REDIRECT|NETMAP|TPROXY|TEE|SYNPROXY|NFQUEUE|^-[IDRF] ",
                     text, re.M) or not re.search(r"^-A ", text, re.M) or "*filter" not in text:
            continue
        tool = "iptables-legacy-restore" if family == 4 else "ip6tables-legacy-restore"
        if not subprocess.run(["unshare", "-n", tool, path], capture_output=True).returncode:
            yield path, family


def print_figures(judged, refused, figures):
    ways, classes = {}, {}
    for way, kinds, changed, same in judged:
        ways[way] = ways.get(way, 0) + 1
        one = classes.setdefault(kinds, [0, 0, 0])
        one[:] = one[0] + 1, one[1] + changed, one[2] + same
    print(f"{len(judged)} edits: " + ", ".join(f"{n} {way}" for way, n in sorted(ways.items())))
    for kinds, (n, changed, same) in sorted(classes.items(), key=lambda item: -item[1][0]):
        print(f"  {n} told as {kinds}: {changed} packets of the change, {same} of what is the same")
    print("not judged: " + (", ".join(f"{n} {why}" for why, n in sorted(refused.items())) or "none"))
    print("packets: " + ", ".join(f"{n} {name}" for name, n in figures.items()))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tally = Tally()
    counters.need(tally, 4)
    start = time.monotonic()
    figures = dict.fromkeys(["samples", "changed", "the same", "by chance", "say nothing"], 0)
    judged, refused, backends = [], {}, {}
    with tempfile.TemporaryDirectory() as folder:
        v4 = list(corpus(4))
        generator = os.path.join(shared.FOLDER, "bin", "gen-office")
        for seed in range(1, 4) if os.path.exists(generator) else ():
            path = os.path.join(folder, f"office-{seed}.v4")
            subprocess.run([sys.executable, "-B", generator, "300", "-s", str(seed), "-o", path], check=True)
            v4 += [(path, 4)] * (1 + len(v4) // 12)
        if not v4:
            tally.skip("no ../shared/corpus")
            tally.end()
        v6 = [] if counters.missing(6) else list(corpus(6))
        has_nft = not subprocess.run(["unshare", "-n", "nft", "add", "table", "ip", "judge"],
                                     capture_output=True).returncode
        for number in range(options.edits * 4):
            if len(judged) == options.edits:
                break
            rng = random.Random(f"{options.seed} {number}")
            path, family = rng.choice(v6 if v6 and number % 4 == 3 else v4)
            backend = "nft" if has_nft and number // 4 % NFT_EACH == 0 else "legacy"
            one = judge(path, family, backend, rng, folder, tally, figures)
            if isinstance(one, str):
                refused[one] = refused.get(one, 0) + 1
                continue
            judged.append(one)
            key = f"IPv{family} {backend}"
            backends[key] = backends.get(key, 0) + 1
    print(", ".join(f"{n} {key}" for key, n in sorted(backends.items())), f"in {time.monotonic() - start:.0f} s")
    print_figures(judged, refused, figures)
    tally.check(f"{options.edits} edits were judged", len(judged) == options.edits)
    tally.end()


main()
