#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""nat_facts.py

What the lint rules of the groups nat and state say of the kernel, with real connections and
packets in a network namespace: which states come to nat, what a string match sees there and of
SYN packets, the loop of a local proxy, DNAT to the loopback, NOTRACK and states, ports before
and behind DNAT.  It needs root, iptables-legacy and ip.  Last line: "N passed, N failed, N
skipped"; what the kernel lacks is named.
"""
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "lib"))
import counters
import program
from tally import Tally

PROXY_USER = 65534
ROUNDS = 5  # of a proxy that gets its own connections


def run(command, text=None):
    return subprocess.run(command.split(), input=text, capture_output=True, text=True)


def load(family, **tables):
    """Loads the rules, table by table, and clears the others; why not, or None."""
    tool = "iptables" if family == 4 else "ip6tables"
    text = ""
    for table in ("raw", "mangle", "nat", "filter"):
        rules = tables.get(table, "")
        text += f"*{table}\n" + "".join(line.strip() + "\n" for line in rules.strip().splitlines()) + "COMMIT\n"
    done = run(f"{tool}-legacy-restore", text)
    return done.stderr.strip().split("\n")[0] if done.returncode else None


def counts(family=4):
    """{comment: packets} of the rules that have one."""
    tool = "iptables" if family == 4 else "ip6tables"
    found = {}
    for line in run(f"{tool}-legacy-save -c").stdout.splitlines():
        match = re.match(r"\[(\d+):\d+\] .*--comment \"?(\w+)", line)
        if match:
            found[match[2]] = int(match[1])
    return found


def counting(chain, **rules):
    """Rules without a target, that count under the names of the arguments."""
    return "\n".join(f"-A {chain} {options} -m comment --comment {name}" for name, options in rules.items())


# ---- connections over lo ----

def tcp_server(port, handle, address="127.0.0.1"):
    server = socket.create_server((address, port))

    def serve():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=handle, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return server


def echo(connection):
    with connection:
        data = connection.recv(1000)
        connection.sendall(data)


def tcp_connections(port, n=3, data=b"GET /needle HTTP/1.1\r\n\r\n"):
    for _ in range(n):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(data)
            connection.recv(1000)


def udp_packets(port, n=3, data=b"a needle for udp"):
    for _ in range(n):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(data, ("127.0.0.1", port))


STRING = "-m string --algo bm --string needle"
ADDRESS = "-m string --algo bm --hex-string |7f000001|"


def check_first_packets(tally):
    """nat is asked once for each connection, about its first packet."""
    states = {"new": "NEW", "established": "ESTABLISHED", "invalid": "INVALID", "untracked": "UNTRACKED"}
    tcp = "-p tcp -m tcp --dport 4000"
    error = load(
        4,
        nat=counting("OUTPUT", **{f"nat_{name}": f"{tcp} -m conntrack --ctstate {state}" for name, state in states.items()},
                     nat_string=f"{tcp} {STRING}", nat_not=f"{tcp} -m string --algo bm ! --string needle",
                     nat_header=f"{tcp} {ADDRESS}", nat_length=f"{tcp} -m length --length 121:65535",
                     nat_u32=f"{tcp} -m u32 --u32 0>>22&0x3C@12>>26&0x3C@0=0x47455420",
                     nat_udp=f"-p udp --dport 4000 {STRING}"),
        filter=counting("OUTPUT", established=f"{tcp} -m conntrack --ctstate ESTABLISHED",
                        string=f"{tcp} {STRING}", u32=f"{tcp} -m u32 --u32 0>>22&0x3C@12>>26&0x3C@0=0x47455420",
                        syn_string=f"{tcp} --syn {STRING}", syn_header=f"{tcp} --syn {ADDRESS}",
                        new_string=f"{tcp} -m conntrack --ctstate NEW {STRING}",
                        new_header=f"{tcp} -m conntrack --ctstate NEW {ADDRESS}",
                        udp=f"-p udp --dport 4000 {STRING}"))
    if error:
        tally.skip(f"first packets: {error}")
        return
    with tcp_server(4000, echo):
        tcp_connections(4000)
    udp_packets(4000)
    found = counts()
    for name, wanted in {"nat_new": 3, "nat_established": 0, "nat_invalid": 0, "nat_untracked": 0,
                         "nat_string": 0, "nat_not": 3, "nat_header": 3, "nat_length": 0, "nat_u32": 0,
                         "nat_udp": 3, "string": 3, "u32": 3, "syn_string": 0, "syn_header": 3,
                         "new_string": 0, "new_header": 3, "udp": 3}.items():
        tally.check(f"3 connections: {name}", found.get(name) == wanted, f"{found.get(name)}, not {wanted}")
    tally.check("there are established packets", found["established"] >= 6, str(found))


def check_expected(tally):
    """The first packet of a connection that a helper expects is RELATED and comes to nat; an ICMP
    error is RELATED and does not."""
    error = load(4, raw="-A OUTPUT -p tcp -m tcp --dport 21 -j CT --helper ftp",
                 nat=counting("OUTPUT", nat_related="-p tcp -m conntrack --ctstate RELATED",
                              nat_error="-p icmp"),
                 filter=counting("OUTPUT", related="-p tcp -m conntrack --ctstate RELATED",
                                 error="-p icmp -m conntrack --ctstate RELATED"))
    if error:
        tally.skip(f"expected connections: {error}")
        return
    done = threading.Event()

    def ftp(connection):
        with connection:
            # the helper reads what stands behind the end of a line that it has seen
            connection.recv(1000)
            connection.sendall(b"331 go on\r\n")
            words = connection.recv(1000).decode().split()[1].split(",")
            with socket.create_connection((".".join(words[:4]), int(words[4]) * 256 + int(words[5])), timeout=5):
                done.set()

    with tcp_server(21, ftp), socket.create_server(("127.0.0.1", 4001)) as data, \
            socket.create_connection(("127.0.0.1", 21)) as control:
        control.sendall(b"USER nobody\r\n")
        control.recv(1000)
        control.sendall(b"PORT 127,0,0,1,%d,%d\r\n" % divmod(data.getsockname()[1], 256))
        done.wait(5)
    udp_packets(9, 1)  # nobody listens
    found = counts()
    if not found["related"]:
        tally.skip("expected connections: the helper expects none")
    else:
        tally.check("an expected connection is RELATED in nat", found["nat_related"] == 1, str(found))
    tally.check("an ICMP error is RELATED", found["error"] == 1, str(found))
    tally.check("an ICMP error does not come to nat", found["nat_error"] == 0, str(found))


# ---- the proxy that catches itself ----

def proxy_accepts(exempt):
    """How many connections a local proxy gets when one client connects once."""
    error = load(4, nat=(f"-A OUTPUT -p tcp -m owner --uid-owner {PROXY_USER} -j RETURN\n" if exempt else "") +
                 "-A OUTPUT -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 3128")
    if error:
        return error
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.setuid(PROXY_USER)
        server = socket.create_server(("0.0.0.0", 3128))
        server.settimeout(2)
        kept = []
        os.write(write, b"r")
        try:
            while len(kept) < ROUNDS:
                connection, _ = server.accept()
                upstream = socket.socket()
                upstream.setblocking(False)
                upstream.connect_ex(("10.9.9.9", 80))
                kept += [(connection, upstream)]
                os.write(write, b".")
        except OSError:
            pass
        os._exit(0)
    os.close(write)
    os.read(read, 1)
    with socket.create_server(("10.9.9.9", 80)), socket.create_connection(("10.9.9.9", 80), timeout=5):
        os.waitpid(child, 0)
    got = b""
    while more := os.read(read, 100):
        got += more
    os.close(read)
    return len(got)


def check_loop(tally):
    run("ip addr add 10.9.9.9/32 dev lo")
    got = proxy_accepts(False)
    tally.check("a proxy that is not exempt gets its own connections", got == ROUNDS, str(got))
    got = proxy_accepts(True)
    tally.check("a proxy whose user is exempt gets one", got == 1, str(got))


# ---- packets from a wire ----

def from_wire(family, tables, packets, **settings):
    """The counts after the packets have come in."""
    old = dict(counters.QUIET)
    counters.QUIET.update({f"net.ipv4.conf.*.{name}": value for name, value in settings.items()})
    try:
        space = counters.Namespace(packets)
    finally:
        counters.QUIET.clear()
        counters.QUIET.update(old)
    error = load(family, **tables)
    if error:
        raise counters.Refused(error)
    for number, packet in enumerate(packets, 1):
        space.set_routes(packet)
        space.send(packet, number)
    found = counts(family)
    for device in space.devices.values():
        os.close(device)
    return found


def tcp_body(flags, data, sport, dport=80):
    """A header of TCP with what follows; the kernel is told not to look at the sum."""
    return (struct.pack("!HHIIBBHHH", sport, dport, 100, 100, 5 << 4, flags, 8192, 0, 0) + data).hex()


def check_wire(tally):
    base = {"dir": "in", "in": "tun0", "src": "192.0.2.9", "dst": "198.51.100.1", "proto": "tcp"}
    to_loopback = {"nat": "-A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 127.0.0.1",
                   "filter": counting("INPUT", arrived="-d 127.0.0.1 -p tcp")}
    for allowed in (0, 1):
        found = from_wire(4, to_loopback, [{**base, "sport": 4000 + allowed}], route_localnet=allowed)
        tally.check(f"DNAT to 127.0.0.1 with route_localnet={allowed}", found == {"arrived": allowed}, str(found))
    over_lo = {"nat": "-A OUTPUT -d 198.51.100.1 -p tcp -j DNAT --to-destination 127.0.0.1",
               "filter": counting("INPUT", arrived="-i lo -d 127.0.0.1 -p tcp --syn")}
    found = from_wire(4, over_lo, [{"dir": "out", "out": "lo", "src": "127.0.0.1", "dst": "198.51.100.1",
                                    "proto": "tcp", "sport": 4500}], route_localnet=0)
    tally.check("DNAT to 127.0.0.1 of what this host sends", found == {"arrived": 1}, str(found))
    found = from_wire(4, {"nat": "-A PREROUTING -p tcp -m tcp --dport 8080 -j DNAT --to-destination 198.51.100.1:80",
                          "filter": counting("INPUT", before="-p tcp --dport 8080", behind="-p tcp --dport 80",
                                             original="-m conntrack --ctorigdstport 8080")},
                      [{**base, "dport": 8080, "sport": 4100}])
    tally.check("INPUT sees the port behind DNAT", found == {"before": 0, "behind": 1, "original": 1}, str(found))
    found = from_wire(4, {"nat": "-A PREROUTING -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.7.7.7:80",
                          "filter": counting("FORWARD", before="-d 198.51.100.1", behind="-d 10.7.7.7 -p tcp --dport 80")},
                      [{**base, "dir": "forward", "out": "tun1", "dst": "10.7.7.7", "dport": 80, "sport": 4199},
                       {**base, "dir": "forward", "out": "tun1", "dst": "10.7.7.7", "dport": 8080, "sport": 4200}])
    tally.check("FORWARD sees the address and port behind DNAT", found == {"before": 0, "behind": 2}, str(found))


def check_untracked(tally):
    base = {"dir": "in", "in": "tun0", "src": "192.0.2.9", "dst": "198.51.100.1", "proto": "udp", "dport": 53}
    found = from_wire(
        4, {"raw": "-A PREROUTING -p udp -m udp --dport 53 -j CT --notrack", "nat": counting("PREROUTING", nat="-p udp"),
            "filter": counting("INPUT", known="-m conntrack --ctstate NEW,RELATED,ESTABLISHED,INVALID",
                               untracked="-m conntrack --ctstate UNTRACKED",
                               no_recent="-m recent --name nobody --rcheck", all="-p udp")},
        [{**base, "sport": port} for port in (5000, 5000, 5001)])
    tally.check("untracked packets have no other state, and do not come to nat",
                found == {"nat": 0, "known": 0, "untracked": 3, "no_recent": 0, "all": 3}, str(found))


def check_middle(tally):
    """A connection that began before it was tracked is NEW with a packet that has data."""
    base = {"dir": "in", "in": "tun0", "src": "192.0.2.9", "dst": "198.51.100.1", "proto": "tcp"}
    counters.write_to("/proc/sys/net/netfilter/nf_conntrack_checksum", 0)
    found = from_wire(
        4, {"nat": counting("PREROUTING", nat_string=f"-p tcp {STRING}", nat_reset="-p tcp --tcp-flags RST RST"),
            "filter": counting("INPUT", new="-p tcp -m conntrack --ctstate NEW",
                               invalid="-m conntrack --ctstate INVALID")},
        [{**base, "body": tcp_body(0x18, b"a needle", 6000)}, {**base, "flags": "RST", "sport": 6001}])
    tally.check("data of a connection that is picked up comes to nat; what is INVALID does not",
                found == {"nat_string": 1, "nat_reset": 0, "new": 1, "invalid": 1}, str(found))


def check_loopback_6(tally):
    base = {"dir": "in", "in": "tun0", "src": "2001:db8:1::9", "dst": "2001:db8::1", "proto": "tcp"}
    found = from_wire(6, {"nat": "-A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination ::1",
                          "filter": counting("INPUT", arrived="-p tcp --dport 80", other="-p tcp --dport 81")},
                      [{**base, "sport": 4000}, {**base, "dport": 81}])
    tally.check("DNAT to ::1 from a wire", found == {"arrived": 0, "other": 1}, str(found))


# ---- findings, with the packet that each of them shows ----

def example(name, kind):
    with open(os.path.join(ROOT, "lint-rules", "nat", name + ".md")) as file:
        return re.search(rf"^{kind}:\n\n```.*\n((?:.*\n)*?)```$", file.read(), re.M)[1]


def witness(name, rules):
    """The packet of the finding, for counters.py; None: there is none."""
    with tempfile.NamedTemporaryFile("w", suffix=".rules") as file:
        file.write(rules)
        file.flush()
        done, report = program.check("-4", file.name)
    for found in report["diagnostics"]:
        if found["rule"] == name:
            shown = found["witness"]
            return {"dir": "in", "in": "tun0", "src": shown["src"], "dst": shown["dst"], "proto": "tcp",
                    "sport": int(shown["sport"]) or 4000, "dport": int(shown["dport"])}
    return None


def judged(name, kind, packet):
    """What the kernel counts of the packet, by rules and policies of filter."""
    rules = example(name, kind).replace("eth0", "tun0")
    space = counters.Namespace([packet, {**packet, "in": "tun1"}])
    done = run("iptables-legacy-restore", rules)
    if done.returncode:
        raise counters.Refused(done.stderr.strip())
    space.set_routes(packet)
    run("ip addr add 198.51.100.77/24 dev tun0")  # REDIRECT needs one
    run("ip route add 192.168.1.5/32 dev tun1")
    before = space.counters()
    space.send(packet, 1)
    after = space.counters()
    for device in space.devices.values():
        os.close(device)
    return {key for (_, key), count in after.items() if count > before.get((_, key), 0)}


def check_findings(tally):
    """The packet is denied in the bad example, and accepted in the good one."""
    name = "dnat-forward-blocked"
    packet = witness(name, example(name, "Bad"))
    if not tally.check(f"{name} shows a packet", packet):
        return
    packet = {**packet, "src": "203.0.113.9", "dst": "198.51.100.1"}
    found = judged(name, "Bad", packet)
    tally.check(f"{name}: translated and denied", {"nat PREROUTING 1", "filter FORWARD"} <= found, str(found))
    found = judged(name, "Good", packet)
    tally.check(f"{name}: translated and accepted", {"nat PREROUTING 1", "filter FORWARD 3"} <= found, str(found))
    name = "filter-on-pre-nat-port"
    packet = {**packet, "dport": witness(name, example(name, "Bad"))["dport"]}
    found = judged(name, "Bad", packet)
    tally.check(f"{name}: the rule does not count, the one for the new port does",
                "filter INPUT 2" not in found and "filter INPUT 3" in found, str(found))


def inside():
    tally = Tally("nat_facts.py")
    run("ip link set lo up")
    for check in (check_first_packets, check_expected, check_loop, check_wire, check_untracked, check_middle, check_findings,
                  check_loopback_6):
        if check is check_loopback_6 and counters.missing(6):
            tally.skip(f"IPv6: {counters.missing(6)}")
            continue
        try:
            check(tally)
        except counters.Refused as refused:
            tally.skip(f"{check.__name__}: {refused}")
    tally.end()


def main():
    if "inside" in sys.argv[1:]:
        inside()
    tally = Tally("nat_facts.py")
    counters.need(tally, 4)
    os.execvp("unshare", ["unshare", "-n", sys.executable, "-B", os.path.abspath(__file__), "inside"])


main()
