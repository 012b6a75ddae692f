#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Large rules files of three shapes, for measuring: the same ones for the same seed.

usage: generate.py services|blocklist|office RULES > FILE
"""
import random
import sys


def head(table, chains, users=()):
    return [f"*{table}"] + [f":{c} ACCEPT [0:0]" for c in chains] + \
        [f":{c} - [0:0]" for c in users]


def services(n, r):
    """Many small chains: jumps by address and port, random choice, DNAT."""
    count = max(1, n // 11)
    names = [f"{r.getrandbits(64):016X}" for _ in range(count)]
    backends = [[f"BE-{name[:12]}-{k}" for k in range(3)] for name in names]
    users = ["SERVICES", "MARK-MASQ"] + [f"SVC-{n}" for n in names]
    users += [b for group in backends for b in group]
    out = head("nat", ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"], users)
    out += ["-A PREROUTING -m comment --comment \"service portals\" -j SERVICES",
            "-A MARK-MASQ -j MARK --set-xmark 0x4000/0x4000"]
    for i, (name, group) in enumerate(zip(names, backends)):
        address = f"10.{96 + (i >> 16)}.{i >> 8 & 255}.{i & 255}"
        out.append(f"-A SERVICES -d {address}/32 -p tcp -m comment --comment \"ns/{name}:http cluster IP\" "
                   f"-m tcp --dport {r.choice([80, 443, 8080])} -j SVC-{name}")
        out.append(f"-A SVC-{name} ! -s 10.244.0.0/16 -d {address}/32 -p tcp -m tcp --dport 80 -j MARK-MASQ")
        for k, backend in enumerate(group):
            pod = f"10.244.{r.randrange(256)}.{r.randrange(1, 255)}"
            chance = "" if k == 2 else \
                f"-m statistic --mode random --probability {1 / (3 - k):.11f} "
            out.append(f"-A SVC-{name} -m comment --comment \"ns/{name} -> {pod}:8080\" {chance}-j {backend}")
            out.append(f"-A {backend} -s {pod}/32 -m comment --comment \"ns/{name}\" -j MARK-MASQ")
            out.append(f"-A {backend} -p tcp -m tcp -j DNAT --to-destination {pod}:8080")
    return out + ["COMMIT"]


def blocklist(n, r):
    out = head("filter", ["INPUT", "FORWARD", "OUTPUT"], ["BLOCK"])
    out += ["-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", "-A INPUT -j BLOCK"]
    for _ in range(n):
        length = r.choice([32] * 8 + [24, 22, 16])
        address = r.randrange(1 << 24, 223 << 24) >> (32 - length) << (32 - length)
        out.append(f"-A BLOCK -s {'.'.join(str(address >> s & 255) for s in (24, 16, 8, 0))}/{length} -j DROP")
    return out + ["COMMIT"]


def office(n, r):
    """Chains of rules with several fields each."""
    chains = [f"zone{i:03}" for i in range(max(1, n // 400))]
    out = head("filter", ["INPUT", "FORWARD", "OUTPUT"], chains)
    out.append("-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT")
    for i, chain in enumerate(chains):
        out.append(f"-A FORWARD -i eth{i} -o eth{i + 1} -j {chain}")
        for k in range(n // len(chains)):
            source = f"10.{i & 255}.{k & 255}.{r.randrange(16) * 16}/28"
            target = f"172.{16 + (i >> 8)}.{i & 255}.{k & 255}/32"
            ports = r.choice(["-m tcp --dport 443", "-m tcp --dport 8000:8100",
                              "-m multiport --dports 22,80,443,8080:8090",
                              "-m conntrack --ctstate NEW -m tcp --dport 22"])
            verdict = r.choice(["ACCEPT", "ACCEPT", "DROP", "REJECT --reject-with tcp-reset"])
            out.append(f"-A {chain} -s {source} -d {target} -p tcp {ports} -j {verdict}")
    return out + ["COMMIT"]


SHAPES = {"services": services, "blocklist": blocklist, "office": office}


def text(shape, n, seed=1):
    return "\n".join(SHAPES[shape](n, random.Random(seed))) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text(sys.argv[1], int(sys.argv[2])))
