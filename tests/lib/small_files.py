# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules files made by chance whose packets can be counted, promises about them, and a judge that
follows each packet rule by rule, with every answer that a match may give that nobody knows (a
set, a rate).  It knows nothing of the program.

The world has every value that rules and promises ask for, and one more of each kind that stands
for all others.  It is one of IPv4; a file of IPv6 is the same with other addresses (in_family()).
"""
import ipaddress
import itertools
import re

SRC = ["10.0.0.0", "10.0.0.1", "10.0.0.2", None]  # None: all others
DST = ["192.0.2.0", "192.0.2.1", None]
PORTS = [10, 11, 12, None]
PROTOCOLS = ["tcp", "udp", "other"]
STATES = ["NEW", "ESTABLISHED", "INVALID", "UNTRACKED"]
INTERFACES = ["eth0", "eth1", "lo", "wan0"]  # eth1 stands for eth+ but eth0, wan0 for all others
SETS = ["a", "b"]
HOOKS = {"raw": ["PREROUTING", "OUTPUT"], "nat": ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
         "filter": ["INPUT", "FORWARD", "OUTPUT"],
         "mangle": ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"]}
ORDER = {"PREROUTING": ["raw", "mangle", "nat"], "INPUT": ["mangle", "filter", "nat"],
         "FORWARD": ["mangle", "filter"], "OUTPUT": ["raw", "mangle", "nat", "filter"],
         "POSTROUTING": ["mangle", "nat"]}


# ---- the other family ----

NETWORKS = {"10.0.0.": "2001:db8::", "192.0.2.": "2001:db8:2::"}


def in_family(text, family):
    """Rules or promises of the world, as those of the family are written."""
    if family == 4:
        return text

    def address(match):
        found = NETWORKS[match[1]] + match[2]
        length = f"/{int(match[3][1:]) + 96}" if match[3] else ""
        return f"[{found}]{match[4]}" if match[4] else found + length

    return re.sub(r"(10\.0\.0\.|192\.0\.2\.)(\d+)(/\d+)?(:\d+)?", address, text)


def of_family(address):
    """An address that is shown, as one of the world if it is."""
    if ":" not in address:
        return address
    shown = ipaddress.ip_address(address)
    return next((known for known in SRC + DST if known and
                 ipaddress.ip_address(in_family(known, 6)) == shown), address)


# ---- files ----

class Rule:
    def __init__(self, line):
        self.line = line
        self.tests = []  # functions of (packet, run): True, False
        self.text = []
        self.target = None
        self.writes_set = False


def inverted(rng, text, test):
    if rng.random() < 0.2:
        return "! " + text, lambda p, run: not test(p, run)
    return text, test


def address_test(rng, option, key, values):
    known = [v for v in values if v]
    if rng.random() < 0.3:
        text, inside = f"{option} {known[0][:-1]}0/31", {v for v in known if int(v[-1]) < 2}
    else:
        value = rng.choice(known)
        text, inside = f"{option} {value}/32", {value}
    return inverted(rng, text, lambda p, run: p[key] in inside)


def add_tests(rng, rule, hook):
    def add(text, test):
        rule.text.append(text)
        rule.tests.append(test)

    if rng.random() < 0.4:
        add(*address_test(rng, "-s", "src", SRC))
    if rng.random() < 0.3:
        add(*address_test(rng, "-d", "dst", DST))
    if rng.random() < 0.25 and hook in (None, "PREROUTING", "INPUT", "FORWARD"):
        device = rng.choice(["eth0", "eth+", "lo"])
        if hook is not None:
            add(*inverted(rng, f"-i {device}", lambda p, run: p["in"] is not None and
                          (p["in"] == device or (device == "eth+" and p["in"].startswith("eth")))))
    if rng.random() < 0.2 and hook in ("FORWARD", "OUTPUT", "POSTROUTING"):
        add(*inverted(rng, "-o eth0", lambda p, run: p["out"] == "eth0"))
    if rng.random() < 0.5:
        protocol = rng.choice(["tcp", "udp"])
        add(f"-p {protocol}", lambda p, run: p["proto"] == protocol)
        if rng.random() < 0.7:
            low = rng.choice([10, 11, 12])
            high = rng.randint(low, 12)
            text, test = inverted(rng, f"--dport {low}:{high}",
                                  lambda p, run: p["dport"] is not None and low <= p["dport"] <= high)
            add(f"-m {protocol} {text}", test)
    if rng.random() < 0.25:
        states = set(rng.sample(STATES, rng.randint(1, 2)))
        text, test = inverted(rng, "--ctstate " + ",".join(sorted(states)), lambda p, run: p["state"] in states)
        add(f"-m conntrack {text}", test)
    if rng.random() < 0.12:
        mark = rng.randint(0, 2)
        text, test = inverted(rng, f"--mark {mark}", lambda p, run: p["mark"] == mark)
        add(f"-m mark {text}", test)
    if rng.random() < 0.12:
        name = rng.choice(SETS)
        negated = rng.random() < 0.3
        add(f"-m set {'! ' if negated else ''}--match-set {name} src",
            lambda p, run: run.ask(name) == ("no" if negated else "yes"))
    if rng.random() < 0.07:
        add("-m limit --limit 5/sec", lambda p, run: run.ask_once())


class File:
    def __init__(self, rng, family=4, rules=5):
        """RULES: at most so many in a chain of filter."""
        self.family, self.rules = family, rules
        self.lines = []
        self.tables = {}
        self.has_raw = rng.random() < 0.3
        names = ["raw"] * self.has_raw + ["mangle"] * (rng.random() < 0.5) + \
            ["nat"] * (rng.random() < 0.5) + ["filter"]
        for name in names:
            self.add_table(rng, name)
        self.text = in_family("\n".join(self.lines) + "\n", family)

    def put(self, line):
        self.lines.append(line)
        return len(self.lines)

    def add_table(self, rng, name):
        self.put(f"*{name}")
        table = self.tables[name] = {}
        for hook in HOOKS[name]:
            policy = rng.choice(["ACCEPT", "ACCEPT", "DROP"]) if name == "filter" else "ACCEPT"
            self.put(f":{hook} {policy} [0:0]")
            table[hook] = (policy, [])
        users = [] if name == "nat" else [f"U{i}" for i in range(rng.randint(0, 2))]
        for user in users:
            self.put(f":{user} - [0:0]")
            table[user] = (None, [])
        for chain in [*HOOKS[name], *users]:
            below = users[users.index(chain) + 1:] if chain in users else users
            for _ in range(rng.randint(0, self.rules if name == "filter" else 2)):
                self.add_rule(rng, name, chain, None if chain in users else chain, below)
        self.put("COMMIT")

    def add_rule(self, rng, table, chain, hook, below):
        rule = Rule(len(self.lines) + 1)
        add_tests(rng, rule, hook)
        targets = ["ACCEPT", "DROP", "RETURN", "LOG", "none"]
        if table == "filter":
            targets += ["REJECT", "ACCEPT", "DROP"]
        if table == "mangle":
            targets += ["MARK", "MARK", "SET"]
        if table == "raw":
            targets += ["NOTRACK", "NOTRACK"]
        if table == "nat":
            targets = ["ACCEPT", "RETURN", "LOG"] + (["DNAT", "DNAT"] if hook in ("PREROUTING", "OUTPUT")
                                                     else ["SNAT"])
        if below:
            targets += ["jump", "jump", "goto"]
        kind = rng.choice(targets)
        text = f"-j {kind}"
        if kind in ("jump", "goto"):
            to = rng.choice(below)
            rule.target = (kind, to)
            text = f"-{kind[0]} {to}"
        elif kind == "none":
            rule.target, text = ("none",), ""
        elif kind == "MARK":
            rule.target = ("MARK", rng.randint(0, 2))
            text += f" --set-xmark {rule.target[1]:#x}/0xffffffff"
        elif kind == "SET":
            rule.target = ("SET",)
            text += " --add-set a src"
        elif kind == "SNAT":
            rule.target = ("SNAT",)
            text += " --to-source 192.0.2.1"
        elif kind == "DNAT":
            port = rng.choice([None, 10, 11]) if any("-p tcp" in t or "-p udp" in t for t in rule.text) else None
            rule.target = ("DNAT", rng.choice(DST[:2]), port)
            text += f" --to-destination {rule.target[1]}" + (f":{port}" if port else "")
        elif kind == "NOTRACK":
            rule.target = ("NOTRACK",)
        else:
            rule.target = (kind,)
        self.put(" ".join(["-A", chain, *rule.text, text]).rstrip())
        self.tables[table][chain][1].append(rule)


# ---- the judge ----

class Lost(Exception):
    pass


class Run:
    """One packet, with one list of answers: answers that are not in it are "no" and noted."""

    def __init__(self, file, packet, answers, table):
        self.file, self.only = file, table
        self.p = dict(packet)
        self.answers, self.asked = answers, 0
        self.wanted = []      # how many answers there are to each question
        self.known = {}       # of sets, since the last write
        self.end = None

    def choose(self, n):
        i = self.answers[self.asked] if self.asked < len(self.answers) else 0
        self.asked += 1
        self.wanted.append(n)
        return i

    def ask(self, name):
        if name not in self.known:
            self.known[name] = ["no", "yes", "neither"][self.choose(3)]
        return self.known[name]

    def ask_once(self):
        return bool(self.choose(2))

    def decide(self, verdict):
        raise Lost(verdict)

    def chain(self, table, name):
        """What ends it: "accept", "back"."""
        for rule in self.file.tables[table][name][1]:
            if not all(test(self.p, self) for test in rule.tests):
                continue
            kind, *values = rule.target
            if kind in ("ACCEPT", "SNAT"):
                return "accept"
            if kind in ("DROP", "REJECT"):
                self.decide(kind)
            if kind == "RETURN":
                return "back"
            if kind == "MARK":
                self.p["mark"] = values[0]
            if kind == "SET":
                self.known = {}
            if kind == "NOTRACK":
                self.p["state"] = "UNTRACKED"
            if kind == "DNAT":
                self.p["dst"] = values[0]
                self.p["to"] = values[0], values[1] or self.p["dport"]
                if values[1]:
                    self.p["dport"] = values[1]
                self.known = {}
                return "accept"
            if kind in ("jump", "goto"):
                fate = self.chain(table, values[0])
                if fate == "accept" or kind == "goto":
                    return fate
        return "back"

    def table(self, table, hook):
        if table not in self.file.tables or (self.only and self.only != table):
            return
        if table == "nat" and self.p["state"] != "NEW":
            return
        state = self.p["state"]
        if table == "raw" and not (hook == "PREROUTING" and self.p["in"] == "lo") and state != "UNTRACKED":
            self.p["state"] = "INVALID"
        fate = self.chain(table, hook)
        if table == "raw" and self.p["state"] != "UNTRACKED":
            self.p["state"] = state
        policy = self.file.tables[table][hook][0]
        if fate == "back" and policy == "DROP":
            self.decide("DROP")

    def go(self):
        out = self.p["out"]
        hooks = ["OUTPUT", "POSTROUTING"] if self.p["in"] is None else \
            ["PREROUTING", "FORWARD", "POSTROUTING"] if out else ["PREROUTING", "INPUT"]
        try:
            for hook in hooks:
                self.p["out"] = None if hook in ("PREROUTING", "INPUT") else out
                for table in ORDER[hook]:
                    self.table(table, hook)
            return "ACCEPT", self.p.get("to")
        except Lost as lost:
            return str(lost), self.p.get("to")


def runs(file, packet, table, kind=Run):
    """(the run, what became of the packet), for each list of answers."""
    answers = []
    while True:
        run = kind(file, packet, answers, table)
        yield run, run.go()
        answers = (answers + [0] * run.asked)[:run.asked]
        while answers and answers[-1] + 1 == run.wanted[len(answers) - 1]:
            answers.pop()
        if not answers:
            return
        answers[-1] += 1


def outcomes(file, packet, table):
    """All that may become of it."""
    return {end for _, end in runs(file, packet, table)}


# ---- promises ----

class Field:
    """A word of a set: its text, and which values it takes."""

    def __init__(self, text, values):
        self.text, self.values = text, values


def random_field(rng, name):
    if name in ("src", "dst"):
        known = [v for v in (SRC if name == "src" else DST) if v]
        kind = rng.random()
        if kind < 0.35:
            return Field(f"{name}={known[0]}/31", set(known[:2]))
        if kind < 0.45:
            return Field(f"{name}={known[0]}-{known[-1]}", set(known))
        if kind < 0.55:
            return Field(f"{name}=any", {*known, None})
        some = rng.sample(known, rng.randint(1, len(known)))
        return Field(f"{name}=" + ",".join(some), set(some))
    if name == "dport":
        low = rng.choice([10, 11, 12])
        high = rng.randint(low, 12)
        return Field(f"dport={low}:{high}" if high > low else f"dport={low}", set(range(low, high + 1)))
    if name == "proto":
        some = rng.sample(["tcp", "udp"], rng.randint(1, 2))
        return Field("proto=" + ",".join(some), set(some))
    if name == "state":
        some = rng.sample(STATES, rng.randint(1, 3))
        return Field("state=" + ",".join(some), set(some))
    some = rng.choice([["any", INTERFACES], ["eth0", ["eth0"]], ["eth+", ["eth0", "eth1"]],
                       ["eth0,lo", ["eth0", "lo"]], ["eth0", ["eth0"]]])
    return Field(f"{name}={some[0]}", set(some[1]))


class Promise:
    def __init__(self, rng, file):
        way = rng.choice(["in", "in", "forward", "out"])
        self.fields = {}
        for name in (["in"] if way != "out" else []) + (["out"] if way != "in" else []):
            self.fields[name] = random_field(rng, name)
        for name, likely in (("src", 0.5), ("dst", 0.4), ("proto", 0.6), ("state", 0.4)):
            if rng.random() < likely:
                self.fields[name] = random_field(rng, name)
        if "proto" in self.fields and rng.random() < 0.7:
            self.fields["dport"] = random_field(rng, "dport")
        self.exceptions = []
        for _ in range(rng.choice([0, 0, 0, 1, 1, 2])):
            names = rng.sample([n for n in ("src", "dst", "in") if n != "in" or way != "out"], rng.randint(1, 2))
            self.exceptions.append({name: random_field(rng, name) for name in names})
        self.kind = rng.choice(["accept", "accept", "drop", "drop", "reject", "deny", "dnat"])
        self.table = rng.choice([None] * 6 + list(file.tables))
        words = [self.kind]
        if self.kind == "dnat":
            self.to = rng.choice(DST[:2]), rng.choice([None, 10, 11])
            words.append(f"to={self.to[0]}" + (f":{self.to[1]}" if self.to[1] else ""))
        words += [field.text for field in self.fields.values()]
        for exception in self.exceptions:
            words += ["except", *(field.text for field in exception.values())]
        self.text = in_family(" ".join(words), file.family)
        self.lines = [f"[{self.table or ''} group]"] + ([f"@table {self.table}"] if self.table else []) + [self.text]

    def has(self, packet):
        if not all(packet[name] in field.values for name, field in self.fields.items()):
            return False
        return not any(all(packet[name] in field.values for name, field in exception.items())
                       for exception in self.exceptions)

    def packets(self):
        fields = {"src": SRC, "dst": DST, "proto": PROTOCOLS, "dport": PORTS, "state": STATES,
                  "in": INTERFACES if "in" in self.fields else [None],
                  "out": INTERFACES if "out" in self.fields else [None]}
        for name, field in self.fields.items():
            fields[name] = [value for value in fields[name] if value in field.values]
        if "state" not in self.fields:
            fields["state"] = ["NEW"]
        names = list(fields)
        for values in itertools.product(*fields.values()):
            packet = dict(zip(names, values), mark=0)
            if packet["proto"] == "other" and packet["dport"] != fields["dport"][0]:
                continue  # it has none
            if packet["proto"] == "other":
                packet["dport"] = None
            if self.has(packet):
                yield packet

    def keeps(self, verdict, to):
        if self.kind == "dnat":
            return verdict == "ACCEPT" and to is not None and to[0] == self.to[0] and \
                self.to[1] in (None, to[1])
        return verdict in {"accept": ["ACCEPT"], "drop": ["DROP"], "reject": ["REJECT"],
                           "deny": ["DROP", "REJECT"]}[self.kind]
