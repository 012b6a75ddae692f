#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""host_names.py

What the lint rules of the group names say of the load, against the real restore commands,
in a network namespace without a network and a mount namespace in which tests/lint/hosts is
/etc/hosts (and tests/lint/passwd and tests/lint/group are /etc/passwd and /etc/group):

* a name that is not found, or has several addresses where one is needed, refuses the table,
  so that nothing of it is loaded;
* "iptlint compile --resolve" makes the rules that a load with these names makes;
* nothing but --resolve makes iptlint ask a name server, while a real load does;
* users, groups, services, protocols and ipsets that are not there refuse the table.

Needs root.  Last line: "N passed, N failed, N skipped".
"""
import os
import socket
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import judge
import program
from tally import Tally

FILES = os.path.join(HERE, "..", "lint")
HEADS = {"filter": [":INPUT DROP [0:0]", ":FORWARD DROP [0:0]", ":OUTPUT DROP [0:0]"],
         "mangle": [":%s ACCEPT [0:0]" % name for name in
                    ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING")],
         "nat": [":%s ACCEPT [0:0]" % name for name in
                 ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING")]}

# family, table, a line that loads, how many rules it makes
LOADS = [
    (4, "filter", "-A INPUT -s mail.example.com -j ACCEPT", 1),
    (4, "filter", "-A INPUT -s www.example.com -j ACCEPT", 3),
    (4, "filter", "-A INPUT -s WWW.example.com -d mail -j ACCEPT", 3),
    (4, "filter", "-A INPUT -s www.example.com -d www.example.com -p tcp --dport 80 -j ACCEPT", 9),
    (4, "filter", "-A INPUT -s 10.0.0.1,www.example.com,mail -j ACCEPT", 5),
    (4, "filter", "-A INPUT -s mail.example.com/24 -j ACCEPT", 1),
    (4, "filter", "-A INPUT ! -s mail.example.com -j DROP", 1),
    (4, "filter", "-A INPUT -m conntrack --ctorigsrc mail.example.com -j ACCEPT", 1),
    (4, "filter", "-A INPUT -m conntrack ! --ctorigdst mail/24 -j ACCEPT", 1),
    (4, "filter", "-A INPUT -m policy --dir in --pol ipsec --mode tunnel --tunnel-src mail "
                  "-j ACCEPT", 1),
    (4, "mangle", "-A PREROUTING -j TEE --gateway mail.example.com", 1),
    (4, "nat", "-A PREROUTING -j NETMAP --to mail.example.com", 1),
    (6, "filter", "-A INPUT -s www.example.com -j ACCEPT", 1),
    (6, "filter", "-A INPUT ! -d mail.example.com/64 -j DROP", 1),
    (6, "filter", "-A INPUT -m conntrack --ctorigsrc mail.example.com -j ACCEPT", 1),
]

# family, table, a line that refuses the table, what check says of "loads"
REFUSED = [
    (4, "filter", "-A INPUT -s nosuch.example.com -j ACCEPT", None),
    (4, "filter", "-A INPUT ! -s www.example.com -j DROP", None),
    (4, "filter", "-A INPUT -m conntrack --ctorigsrc www.example.com -j ACCEPT", None),
    (4, "filter", "-A INPUT -m conntrack --ctorigsrc nosuch.example.com -j ACCEPT", None),
    (4, "mangle", "-A PREROUTING -j TEE --gateway www.example.com", None),
    (4, "nat", "-A PREROUTING -p tcp -j DNAT --to-destination mail.example.com", False),
    (4, "nat", "-A POSTROUTING -p tcp -j SNAT --to-source mail.example.com", False),
    (4, "filter", "-A INPUT -m iprange --src-range mail-192.0.2.99 -j ACCEPT", False),
    (6, "filter", "-A INPUT -s mail -j ACCEPT", None),
    (4, "filter", "-A OUTPUT -m owner --uid-owner nosuchuser -j ACCEPT", False),
    (4, "filter", "-A OUTPUT -m owner --gid-owner proxy -j ACCEPT", False),
    (4, "filter", "-A INPUT -p tcp --dport nosuchservice -j ACCEPT", False),
    # whether an ipset is there, nobody can know: it is taken to be
    (4, "filter", "-A INPUT -m set --match-set nosuchset src -j ACCEPT", True),
    (4, "filter", "-A INPUT -j SET --add-set nosuchset src", True),
]

# ... and with the files of the other host it loads
ACCOUNTS = [
    (4, "filter", "-A OUTPUT -m owner --uid-owner debian-tor -j ACCEPT", True),
    (4, "filter", "-A OUTPUT -m owner --gid-owner debian-tor -j ACCEPT", True),
]

SCRIPT = """
mount --make-rprivate / &&
mount --bind "$FILES/hosts" /etc/hosts &&
mount --bind "$FILES/passwd" /etc/passwd &&
mount --bind "$FILES/group" /etc/group || exit 9
ulimit -c 0
"$1-restore" < "$2"
status=$?
"$1-save" -t "$3"
exit $status
"""


def text_of(table, line):
    first = "-A OUTPUT -j ACCEPT"  # shows whether something of the table is loaded
    return "\n".join(["*" + table, *HEADS[table], first, line, "COMMIT", ""])


def rules_of(text):
    return sorted(line for line in text.splitlines() if line.startswith("-A"))


class Real:
    def __init__(self):
        self.tmp = tempfile.TemporaryDirectory(prefix="iptlint-names.")
        self.path = os.path.join(self.tmp.name, "file.rules")
        self.env = {"PATH": judge.PATH, "LC_ALL": "C", "FILES": FILES, "RES_OPTIONS": "timeout:1",
                    "XTABLES_LOCKFILE": os.path.join(self.tmp.name, "lock")}

    def load(self, family, backend, table, text):
        """(does it load?, the rules that are loaded then)"""
        with open(self.path, "w", encoding="ascii") as file:
            file.write(text)
        tool = f"{'ip6tables' if family == 6 else 'iptables'}-{backend}"
        done = subprocess.run(["unshare", "-n", "-m", "sh", "-c", SCRIPT, "sh", tool, self.path,
                               table], env=self.env, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=60)
        if done.returncode == 9:
            raise RuntimeError(done.stderr)
        return done.returncode == 0, rules_of(done.stdout)


def check_loads(tally, real):
    for family, table, line, n_rules in LOADS:
        text = text_of(table, line)
        done = program.run("compile", f"-{family}", "--resolve=" + os.path.join(FILES, "hosts"),
                           "-", stdin=text.encode())
        pinned = rules_of(done.out.decode())
        tally.check(f"{line}: {n_rules} rules", len(pinned) == n_rules + 1, done)
        for backend in ("legacy", "nft"):
            loads, rules = real.load(family, backend, table, text)
            tally.check(f"{backend}: {line}: loads", loads)
            tally.equal(f"{backend}: {line}: the rules", "\n".join(pinned), "\n".join(rules))


def check_one(tally, real, case, wanted):
    family, table, line, said = case
    text = text_of(table, line)
    report = ask(family, text)
    for backend in ("legacy", "nft"):
        tally.check(f"{backend}: {line}: what is said", report["files"][0]["loads"][backend] is said,
                    report["files"])
        loads, rules = real.load(family, backend, table, text)
        tally.check(f"{backend}: {line}: loads", loads is wanted)
        tally.check(f"{backend}: {line}: what is loaded", bool(rules) is wanted, rules)


# ---- who asks a name server? ----

NAMES = text_of("filter", "-A INPUT -s nosuch.example.com -m conntrack --ctorigsrc "
                          "gone.example.com -m owner --uid-owner nosuchuser -j ACCEPT")
SILENT = [["check"], ["check", "--show", "info", "--select", "all", "--format", "json"],
          ["compile"], ["compile", "--keep-names"], ["fmt", "--check"],
          ["check", "--resolve=" + os.path.join(FILES, "hosts")],
          ["compile", "--resolve=" + os.path.join(FILES, "hosts")],
          ["trace", "--packet", "in=eth0 src=192.0.2.1"]]


def queries(server, argv, env=None):
    """How many packets come to the name server while the command runs."""
    subprocess.run(argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
    count = 0
    try:
        while True:
            server.recv(512, socket.MSG_DONTWAIT)
            count += 1
    except BlockingIOError:
        return count


def listen(path):
    """In the namespaces: prints how many queries each command makes."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    for words in SILENT:
        print(queries(server, [program.PROGRAM, words[0], "-4", *words[1:], path]))
    env = dict(os.environ, RES_OPTIONS="timeout:1 attempts:1")
    print(queries(server, ["iptables-legacy-restore", "--test", path], env))
    server.close()


def check_silence(tally):
    with tempfile.TemporaryDirectory(prefix="iptlint-names.") as folder:
        path = os.path.join(folder, "file.rules")
        resolv = os.path.join(folder, "resolv.conf")
        with open(path, "w", encoding="ascii") as file:
            file.write(NAMES)
        with open(resolv, "w", encoding="ascii") as file:
            file.write("nameserver 127.0.0.1\n")
        script = ('mount --make-rprivate / && mount --bind "$1" /etc/resolv.conf && '
                  'exec python3 -B "$2" --listen "$3"')
        done = subprocess.run(["unshare", "-n", "-m", "sh", "-c", script, "sh", resolv, __file__,
                               path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=dict(os.environ, PATH=judge.PATH), timeout=120)
    counts = done.stdout.split()
    if not tally.check("a name server that counts", len(counts) == len(SILENT) + 1, done.stderr):
        return
    for words, count in zip(SILENT, counts):
        tally.equal(f"{' '.join(words)}: queries", count, "0")
    tally.check("a real load asks", counts[-1] != "0")


def ask(family, text):
    with tempfile.NamedTemporaryFile("w", suffix=".rules") as file:
        file.write(text)
        file.flush()
        return program.check(file.name, family=family, options=[
            "--passwd", os.path.join(FILES, "passwd"), "--group", os.path.join(FILES, "group")])[1]


def main():
    if sys.argv[1:2] == ["--listen"]:
        listen(sys.argv[2])
        return
    tally = Tally()
    why = judge.missing()
    if why:
        tally.skip(why, len(LOADS) + len(REFUSED) + len(ACCOUNTS))
        tally.end()
    check_silence(tally)
    real = Real()
    check_loads(tally, real)
    for case in REFUSED:
        check_one(tally, real, case, False)
    for case in ACCOUNTS:
        check_one(tally, real, case, True)
    tally.end()


main()
