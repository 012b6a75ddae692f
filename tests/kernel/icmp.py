#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""icmp.py

What icmpv6-blocked and icmp-pmtud-blocked say of the kernel, with two hosts (network namespaces)
and a link between them.

  IPv6: a host whose INPUT denies neighbour discovery is not found and finds nobody, with
  --ctstate NEW,RELATED,ESTABLISHED, too, since the state of neighbour discovery is UNTRACKED;
  the same for an OUTPUT that denies it.
  PMTUD: an ICMP fragmentation-needed (ICMPv6 packet-too-big) for a connected socket lowers its
  path MTU; denied by a rule in front of RELATED it does not reach it; RELATED lets it in.

Last line: "N passed, N failed, N skipped".
"""
import os
import socket
import struct
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import counters
from tally import Tally

A = {4: "192.0.2.1", 6: "2001:db8:7::1"}
B = {4: "192.0.2.2", 6: "2001:db8:7::2"}
FAR = {4: "198.51.100.9", 6: "2001:db8:9::9"}
IP_MTU, IPV6_MTU, MTU = 14, 24, 1400
HEAD = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
OPEN = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
RELATED = "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"


def run(*argv, **more):
    return subprocess.run(argv, capture_output=True, text=True, **more)


class Hosts:
    """Two namespaces; the first one has the rules."""

    def __init__(self):
        self.names = [f"icmp-{os.getpid()}-{i}" for i in (1, 2)]
        for name in self.names:
            run("ip", "netns", "add", name)
        run("ip", "link", "add", "eth0", "netns", self.names[0], "type", "veth", "peer", "name", "eth0",
            "netns", self.names[1])
        for name, own in zip(self.names, (A, B)):
            self.inside(name, "sysctl", "-qw", "net.ipv6.conf.all.accept_dad=0",
                        "net.ipv6.conf.eth0.accept_dad=0", "net.ipv6.conf.eth0.dad_transmits=0")
            for family, length in ((4, 24), (6, 64)):
                self.inside(name, "ip", "addr", "add", f"{own[family]}/{length}", "dev", "eth0")
            self.inside(name, "ip", "link", "set", "lo", "up")
            self.inside(name, "ip", "link", "set", "eth0", "up")
        for family in (4, 6):  # the rest of the world is behind the second one
            self.inside(self.names[0], "ip", f"-{family}", "route", "add", "default", "via", B[family])

    def inside(self, name, *argv, **more):
        return run("ip", "netns", "exec", name, *argv, **more)

    def load(self, family, rules):
        tool = "iptables-legacy-restore" if family == 4 else "ip6tables-legacy-restore"
        done = self.inside(self.names[0], tool, input=rules + "COMMIT\n")
        if done.returncode:
            raise ValueError(done.stderr.strip())

    def forget(self):
        for name in self.names:
            self.inside(name, "ip", "-6", "neigh", "flush", "dev", "eth0")

    def reaches(self, sender, to):
        self.forget()
        return self.inside(self.names[sender], sys.executable, "-B", os.path.abspath(__file__), "reach",
                           to).stdout.strip() == "yes"

    def path_mtu(self, family):
        done = self.inside(self.names[0], sys.executable, "-B", os.path.abspath(__file__), "mtu",
                           str(family))
        return int(done.stdout) if done.stdout else done.stderr.strip()[-100:]

    def close(self):
        for name in self.names:
            run("ip", "netns", "del", name)


# ---- inside a namespace ----

def reach(to):
    """Is TO found by neighbour discovery?  Then the kernel knows its address on the link."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", (to, 9))
    for _ in range(8):
        found = run("ip", "-6", "neigh", "show", to).stdout
        if "lladdr" in found:
            print("yes")
            return
        if "FAILED" in found:
            break
        run("sleep", "0.5")
    print("no")


def checksum(data):
    return struct.pack("!H", counters.checksum(data))


def too_big(family, sport):
    """The message of a router about a packet of the socket, without its IP header."""
    here, far = counters.address(A[family]), counters.address(FAR[family])
    udp = struct.pack("!HHHH", sport, 9, 1400, 0)
    if family == 4:
        head = struct.pack("!BBHHHBBH", 0x45, 0, 1420, 1, 0x4000, 63, 17, 0) + here + far
        head = head[:10] + checksum(head) + head[12:]
        body = struct.pack("!BBHHH", 3, 4, 0, 0, MTU) + head + udp
        return body[:2] + checksum(body) + body[4:]
    head = struct.pack("!IHBB", 6 << 28, 1400, 17, 63) + here + far
    return struct.pack("!BBHI", 2, 0, 0, MTU) + head + udp


def packet(family, data):
    source, target = counters.address(B[family]), counters.address(A[family])
    if family == 4:
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(data), 7, 0, 64, 1, 0) + source + target
        return head[:10] + checksum(head) + head[12:] + data
    pseudo = source + target + struct.pack("!II", len(data), 58)
    data = data[:2] + checksum(pseudo + data) + data[4:]
    return struct.pack("!IHBB", 6 << 28, len(data), 58, 64) + source + target + data


def path_mtu(family):
    """What a socket thinks after a packet of it was too big for the second hop."""
    import fcntl
    kind = socket.AF_INET if family == 4 else socket.AF_INET6
    level, option = (socket.IPPROTO_IP, IP_MTU) if family == 4 else (socket.IPPROTO_IPV6, IPV6_MTU)
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, counters.TUNSETIFF,
                struct.pack("16sH22x", b"tun0", counters.IFF_TUN | counters.IFF_NO_PI))
    length = 32 if family == 4 else 128
    run("sysctl", "-qw", "net.ipv4.conf.all.rp_filter=0")
    run("ip", "link", "set", "tun0", "up")
    run("ip", f"-{family}", "route", "add", f"{FAR[family]}/{length}", "dev", "tun0", "src", A[family])
    with socket.socket(kind, socket.SOCK_DGRAM) as sender:
        sender.bind((A[family], 0))
        sender.connect((FAR[family], 9))
        sender.send(b"x" * 64)
        os.write(device, packet(family, too_big(family, sender.getsockname()[1])))
        run("sleep", "0.2")
        print(sender.getsockopt(level, option))


# ---- the cases ----

def discovery(tally, hosts):
    tcp = "-A INPUT -p tcp -j ACCEPT\n"
    icmp = "-A INPUT -p ipv6-icmp -j ACCEPT\n"
    cases = [
        ("without ICMPv6", HEAD + RELATED + tcp, False),
        ("with it", HEAD + RELATED + tcp + icmp, True),
        ("with --ctstate NEW,RELATED,ESTABLISHED", HEAD + "-A INPUT -p ipv6-icmp -m conntrack --ctstate "
         "NEW,RELATED,ESTABLISHED -j ACCEPT\n" + tcp, False),
        ("with --ctstate UNTRACKED", HEAD + "-A INPUT -p ipv6-icmp -m conntrack --ctstate UNTRACKED "
         "-j ACCEPT\n" + tcp, True),
        ("with -p icmp, which is IPv4's", HEAD + RELATED + tcp + "-A INPUT -p icmp -j ACCEPT\n", False),
        ("an OUTPUT that lets only TCP out", HEAD.replace(":OUTPUT ACCEPT", ":OUTPUT DROP") + icmp +
         "-A OUTPUT -p udp -j ACCEPT\n-A OUTPUT -p tcp -j ACCEPT\n", False),
    ]
    for what, rules, works in cases:
        hosts.load(6, rules)
        tally.check(f"neighbour discovery, {what}: it {'finds' if works else 'does not find'} others",
                    hosts.reaches(0, B[6]) == works)
        tally.check(f"neighbour discovery, {what}: it is {'' if works else 'not '}found",
                    hosts.reaches(1, A[6]) == works)
    hosts.load(6, OPEN)


def too_big_cases(tally, hosts, family):
    icmp = "icmp" if family == 4 else "ipv6-icmp"
    deny = f"-A INPUT -p {icmp} -j DROP\n"
    only = "-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\n"
    cases = [("no rules", OPEN, MTU), ("RELATED is accepted", HEAD + RELATED + deny, MTU),
             ("denied in front of RELATED", HEAD + deny + RELATED, 1500),
             ("ESTABLISHED alone", HEAD + only, 1500)]
    for what, rules, wanted in cases:
        hosts.load(family, rules)
        got = hosts.path_mtu(family)
        tally.check(f"IPv{family} too big, {what}: path MTU {wanted}", got == wanted, str(got))
    hosts.load(family, OPEN)


def main():
    tally = Tally("icmp.py")
    counters.need(tally, 6)
    hosts = Hosts()
    try:
        discovery(tally, hosts)
        for family in (4, 6):
            too_big_cases(tally, hosts, family)
    finally:
        hosts.close()
    tally.end()


if sys.argv[1:2] == ["reach"]:
    reach(sys.argv[2])
elif sys.argv[1:2] == ["mtu"]:
    path_mtu(int(sys.argv[2]))
else:
    main()
