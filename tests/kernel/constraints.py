#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Asks the running kernel: every extension with a row in src/kernel/constraints.c (and many
# without one) is loaded with the real iptables-legacy-restore and iptables-nft-restore in
# every table, chain and protocol, in user-defined chains called from every hook, and with
# the values that the kernel is known to be picky about.  What "iptlint check" says of the
# same file must be the same.
#
# usage: constraints.py [IPTLINT] [-k WORD]     prints "N passed, N failed"
#
# Needs root and network namespaces; says "skipped" without them.  The recorded answers of a
# kernel in ../shared/reference/constraints.tsv, if they are there, need neither.

import csv
import json
import os
import re
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

TABLES = {
    "raw": ["PREROUTING", "OUTPUT"],
    "mangle": ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
    "nat": ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
    "filter": ["INPUT", "FORWARD", "OUTPUT"],
    "security": ["INPUT", "FORWARD", "OUTPUT"],
}
PROTOCOLS = ["", "-p all", "-p tcp", "! -p tcp", "-p udp", "! -p udp", "-p udplite", "-p dccp",
             "-p sctp", "-p icmp", "-p ipv6-icmp", "-p esp", "-p ah", "-p 108", "-p 135"]

SYN = "-p tcp -m tcp --tcp-flags SYN,RST SYN "

# name as in reference tables -> (families, protocol it wants, words after it)
SAMPLES = {
    "addrtype": ("46", "", "-m addrtype --dst-type LOCAL"),
    "addrtype(in)": ("46", "", "-m addrtype --dst-type LOCAL --limit-iface-in"),
    "addrtype(out)": ("46", "", "-m addrtype --dst-type LOCAL --limit-iface-out"),
    "bpf": ("46", "", '-m bpf --bytecode "1,6 0 0 1"'),
    "cgroup": ("46", "", "-m cgroup --cgroup 1"),
    "cgroup(path)": ("46", "", "-m cgroup --path /"),
    "cluster": ("46", "", "-m cluster --cluster-total-nodes 2 --cluster-local-node 1 "
                "--cluster-hash-seed 1"),
    "comment": ("46", "", "-m comment --comment x"),
    "connbytes": ("46", "", "-m connbytes --connbytes 1:5 --connbytes-mode packets "
                  "--connbytes-dir both"),
    "connlabel": ("46", "", "-m connlabel --label 5"),
    "connlimit": ("46", "", "-m connlimit --connlimit-above 5"),
    "connmark": ("46", "", "-m connmark --mark 1"),
    "conntrack": ("46", "", "-m conntrack --ctstate NEW"),
    "state": ("46", "", "-m state --state NEW"),
    "cpu": ("46", "", "-m cpu --cpu 0"),
    "devgroup": ("46", "", "-m devgroup --src-group 1"),
    "devgroup(dst)": ("46", "", "-m devgroup --dst-group 1"),
    "devgroup(both)": ("46", "", "-m devgroup --src-group 1 --dst-group 1"),
    "dscp": ("46", "", "-m dscp --dscp 5"),
    "ecn(ip)": ("46", "", "-m ecn --ecn-ip-ect 1"),
    "hashlimit": ("46", "", "-m hashlimit --hashlimit-upto 1/s --hashlimit-name h"),
    "helper": ("46", "", "-m helper --helper ftp"),
    "iprange": ("4", "", "-m iprange --src-range 1.1.1.1-1.1.1.5"),
    "length": ("46", "", "-m length --length 5"),
    "limit": ("46", "", "-m limit --limit 1/s"),
    "mac": ("46", "", "-m mac --mac-source 00:01:02:03:04:05"),
    "mark": ("46", "", "-m mark --mark 1"),
    "nfacct": ("46", "", "-m nfacct --nfacct-name x"),
    "osf": ("4", "-p tcp", "-m osf --genre Linux"),
    "owner(uid)": ("46", "", "-m owner --uid-owner 5"),
    "owner(socket)": ("46", "", "-m owner --socket-exists"),
    "physdev(in)": ("46", "", "-m physdev --physdev-in eth0"),
    "physdev(out)": ("46", "", "-m physdev --physdev-out eth0"),
    "physdev(out,bridged)": ("46", "", "-m physdev --physdev-is-bridged --physdev-out eth0"),
    "physdev(out,not bridged)": ("46", "", "-m physdev ! --physdev-is-bridged "
                                 "--physdev-out eth0"),
    "physdev(is-in)": ("46", "", "-m physdev --physdev-is-in"),
    "physdev(is-out)": ("46", "", "-m physdev --physdev-is-out"),
    "physdev(not is-out)": ("46", "", "-m physdev ! --physdev-is-out"),
    "pkttype": ("46", "", "-m pkttype --pkt-type unicast"),
    "policy(in)": ("46", "", "-m policy --dir in --pol ipsec"),
    "policy(out)": ("46", "", "-m policy --dir out --pol none"),
    "quota": ("46", "", "-m quota --quota 5"),
    "recent": ("46", "", "-m recent --set --name r"),
    "rpfilter": ("46", "", "-m rpfilter"),
    "set": ("4", "", "-m set --match-set S4 src"),
    "socket": ("46", "", "-m socket"),
    "statistic": ("46", "", "-m statistic --mode nth --every 3 --packet 0"),
    "string": ("46", "", "-m string --string x --algo bm"),
    "time": ("46", "", "-m time --timestart 10:00"),
    "tos": ("46", "", "-m tos --tos 8"),
    "u32": ("46", "", '-m u32 --u32 "0=0"'),
    "realm": ("4", "", "-m realm --realm 7"),
    "ttl": ("4", "", "-m ttl --ttl-eq 5"),
    "icmp": ("4", "-p icmp", "-m icmp --icmp-type 8"),
    "ah": ("46", "-p ah", "-m ah --ahspi 5"),
    "esp": ("46", "-p esp", "-m esp --espspi 5"),
    "ipcomp": ("46", "-p 108", "-m ipcomp --ipcompspi 5"),
    "tcp": ("46", "-p tcp", "-m tcp --dport 5"),
    "tcp(bare)": ("46", "-p tcp", "-m tcp"),
    "tcp(option)": ("46", "-p tcp", "-m tcp --tcp-option 5"),
    "tcp(flags)": ("46", "-p tcp", "-m tcp ! --syn"),
    "udp": ("46", "-p udp", "-m udp --dport 5"),
    "udp(bare)": ("46", "-p udp", "-m udp"),
    "dccp": ("46", "-p dccp", "-m dccp --dport 5"),
    "sctp": ("46", "-p sctp", "-m sctp --dport 5"),
    "multiport": ("46", "-p tcp", "-m multiport --dports 5,6"),
    "tcpmss": ("46", "-p tcp", "-m tcpmss --mss 5"),
    "ecn(tcp)": ("46", "-p tcp", "-m ecn --ecn-tcp-cwr"),
    "ecn(not tcp)": ("46", "-p tcp", "-m ecn ! --ecn-tcp-ece"),
    "hl": ("6", "", "-m hl --hl-eq 5"),
    "eui64": ("6", "", "-m eui64"),
    "frag": ("6", "", "-m frag --fragid 5"),
    "hbh": ("6", "", "-m hbh --hbh-len 5"),
    "dst": ("6", "", "-m dst --dst-len 5"),
    "ipv6header": ("6", "", "-m ipv6header --header hop"),
    "rt": ("6", "", "-m rt --rt-type 2"),
    "srh": ("6", "", "-m srh --srh-next-hdr 6"),
    "mh": ("6", "-p 135", "-m mh --mh-type 1"),
    "icmp6": ("6", "-p ipv6-icmp", "-m icmp6 --icmpv6-type 128"),
    "ipvs": ("46", "", "-m ipvs --ipvs"),
    "rateest": ("46", "", "-m rateest --rateest none --rateest-lt --rateest-bps 1"),
    "ACCEPT": ("46", "", "-j ACCEPT"),
    "DROP": ("46", "", "-j DROP"),
    "RETURN": ("46", "", "-j RETURN"),
    "QUEUE": ("46", "", "-j QUEUE"),
    "AUDIT": ("46", "", "-j AUDIT --type drop"),
    "CHECKSUM": ("46", "", "-j CHECKSUM --checksum-fill"),
    "CLASSIFY": ("46", "", "-j CLASSIFY --set-class 1:1"),
    "CONNMARK(set)": ("46", "", "-j CONNMARK --set-mark 1"),
    "CONNMARK(restore)": ("46", "", "-j CONNMARK --restore-mark"),
    "CONNSECMARK": ("46", "", "-j CONNSECMARK --save"),
    "CT": ("46", "", "-j CT --notrack"),
    "CT(zone)": ("46", "", "-j CT --zone 5"),
    "CT(helper)": ("46", "-p tcp", "-j CT --helper ftp"),
    "CT(notrack,none)": ("46", "", "-j CT"),
    "NOTRACK": ("46", "", "-j NOTRACK"),
    "DSCP": ("46", "", "-j DSCP --set-dscp 5"),
    "HMARK": ("46", "", "-j HMARK --hmark-tuple src --hmark-mod 5 --hmark-rnd 1"),
    "IDLETIMER": ("46", "", "-j IDLETIMER --timeout 5 --label t"),
    "LED": ("46", "", "-j LED --led-trigger-id x"),
    "LOG": ("46", "", "-j LOG"),
    "MARK": ("46", "", "-j MARK --set-mark 1"),
    "MASQUERADE": ("46", "", "-j MASQUERADE"),
    "NFLOG": ("46", "", "-j NFLOG"),
    "NFQUEUE": ("46", "", "-j NFQUEUE --queue-num 5"),
    "RATEEST": ("46", "", "-j RATEEST --rateest-name e --rateest-interval 1s "
                "--rateest-ewmalog 2s"),
    "REDIRECT": ("46", "", "-j REDIRECT"),
    "REJECT": ("46", "", "-j REJECT"),
    "SECMARK": ("46", "", "-j SECMARK --selctx system_u:object_r:x_t:s0"),
    "SET": ("4", "", "-j SET --add-set S4 src"),
    "SET(map)": ("4", "", "-j SET --map-set S4 src --map-mark"),
    "SET(map-prio)": ("4", "", "-j SET --map-set S4 src --map-prio"),
    "SET(map-queue)": ("4", "", "-j SET --map-set S4 src --map-queue"),
    "TOS": ("46", "", "-j TOS --set-tos 8"),
    "TRACE": ("46", "", "-j TRACE"),
    "DNAT": ("4", "", "-j DNAT --to-destination 1.1.1.1"),
    "SNAT": ("4", "", "-j SNAT --to-source 1.1.1.1"),
    "NETMAP": ("4", "", "-j NETMAP --to 1.1.1.0/24"),
    "TEE": ("4", "", "-j TEE --gateway 1.1.1.1"),
    "TTL": ("4", "", "-j TTL --ttl-set 5"),
    "ECN": ("4", "-p tcp", "-j ECN --ecn-tcp-remove"),
    "ULOG": ("4", "", "-j ULOG"),
    "CLUSTERIP": ("4", "", "-d 1.1.1.1 -i eth0 -j CLUSTERIP --new --hashmode sourceip "
                  "--clustermac 01:02:03:04:05:06 --total-nodes 2 --local-node 1"),
    "HL": ("6", "", "-j HL --hl-set 5"),
    "DNPT": ("6", "", "-j DNPT --src-pfx dead::/64 --dst-pfx 1c3::/64"),
    "SNPT": ("6", "", "-j SNPT --src-pfx dead::/64 --dst-pfx 1c3::/64"),
    "SYNPROXY": ("46", "-p tcp", "-j SYNPROXY"),
    "TCPMSS(set)": ("46", "-p tcp", "-j TCPMSS --set-mss 5"),
    "TCPMSS(set,syn)": ("46", SYN, "-j TCPMSS --set-mss 5"),
    "TCPMSS(clamp,syn)": ("46", SYN, "-j TCPMSS --clamp-mss-to-pmtu"),
    "TCPOPTSTRIP": ("46", "-p tcp", "-j TCPOPTSTRIP --strip-options mss"),
    "TPROXY": ("46", "-p tcp", "-j TPROXY --on-port 5"),
    "REJECT(tcp-reset)": ("46", "-p tcp", "-j REJECT --reject-with tcp-reset"),
    "DNAT(port)": ("4", "-p tcp", "-j DNAT --to-destination 1.1.1.1:5"),
    "REDIRECT(port)": ("46", "-p tcp", "-j REDIRECT --to-ports 5"),
    "MASQUERADE(port)": ("46", "-p tcp", "-j MASQUERADE --to-ports 5"),
}

# What no place of the judge's kernel takes: its module, object or SELinux is not there.
NEVER_LOADS = {"ipvs", "nfacct", "rateest", "CLUSTERIP", "LED", "SECMARK", "TCPMSS(set)", "ULOG"}

# Rows whose extension the distribution's iptables does not have.
NOT_INSTALLED = {"asn", "condition", "fuzzy", "geoip", "ipp2p", "ipv4options", "pknock", "psd",
                 "quota2", "ACCOUNT", "IPMARK", "SYSRQ"}

# Words for IPv6 where those above are for IPv4.
SAMPLES_V6 = {
    "iprange": ("6", "", "-m iprange --src-range ::1-::5"),
    "set": ("6", "", "-m set --match-set S6 src"),
    "SET": ("6", "", "-j SET --add-set S6 src"),
    "DNAT": ("6", "", "-j DNAT --to-destination ::1"),
    "DNAT(port)": ("6", "-p tcp", "-j DNAT --to-destination [::1]:5"),
    "SNAT": ("6", "", "-j SNAT --to-source ::1"),
    "NETMAP": ("6", "", "-j NETMAP --to dead::/64"),
    "TEE": ("6", "", "-j TEE --gateway ::1"),
}

PLACES = {
    "raw/PREROUTING": "CT NOTRACK TRACE",
    "mangle/PREROUTING": "CHECKSUM CONNSECMARK DNPT DSCP ECN HL SECMARK TCPOPTSTRIP TOS TPROXY "
                         "TTL rpfilter",
    "mangle/POSTROUTING": "SNPT",
    "nat/PREROUTING": "DNAT NETMAP REDIRECT",
    "nat/POSTROUTING": "MASQUERADE SNAT",
    "filter/OUTPUT": "owner cgroup",
    "filter/INPUT": "socket",
}

# table/chain, families, rule words; %s stands for each word of the list behind it
VALUES = [
    ("filter/INPUT", "46", "-m cgroup --path %s", '"" / // . foo /foo/ /foo/bar'),
    ("filter/INPUT", "4", "-m cgroup %s", None, ["", "--cgroup 1 --path /", '! --path ""']),
    ("filter/INPUT", "4", "-m recent --set --name %s", '"" . .. .x a/b / xxx'),
    ("filter/INPUT", "4", "-m recent %s", None,
     ["--set --seconds 5", "--set --hitcount 3", "--set --rttl", "--set --reap --seconds 5",
      "--remove --seconds 5", "--remove --hitcount 5", "--remove --rttl", "--remove",
      "--rcheck --seconds 5 --reap", "--rcheck --reap", "--rcheck --rttl", "! --update",
      "--rcheck --hitcount 0", "--rcheck --hitcount 255", "--update --hitcount 65535",
      "--update --hitcount 65536", "--rcheck --seconds 4294967295"]),
    ("filter/INPUT", "46", "-m hashlimit --hashlimit-upto 1/s --hashlimit-name %s",
     '"" . .. a/b h'),
    ("filter/INPUT", "46", "-m hashlimit --hashlimit-name h %s", None,
     ["--hashlimit-upto 1/s --hashlimit-htable-expire 0",
      "--hashlimit-upto 1/s --hashlimit-htable-gcinterval 0",
      "--hashlimit-upto 1/s --hashlimit-htable-size 0 --hashlimit-htable-max 0",
      "--hashlimit-upto 1/s --hashlimit-srcmask 32", "--hashlimit-upto 1/s --hashlimit-srcmask 33",
      "--hashlimit-upto 1/s --hashlimit-dstmask 33", "--hashlimit-upto 1/s --hashlimit-burst 0",
      "--hashlimit-upto 1/s --hashlimit-rate-match",
      "--hashlimit-upto 1/s --hashlimit-rate-match --hashlimit-rate-interval 0",
      "--hashlimit-above 100b/s", "--hashlimit-upto 4gb/s", "--hashlimit-upto 1b/s",
      "--hashlimit-upto 400kb/s --hashlimit-burst 1mb"]),
    ("filter/INPUT", "4", "-m hashlimit --hashlimit-name h --hashlimit-upto 1/day "
     "--hashlimit-burst %s", "1 2 3 4 5 6 7 8 50 100 200 388 1000 2000 3000 9999 10000"),
    ("filter/INPUT", "4", "-m hashlimit --hashlimit-name h --hashlimit-upto 1/hour "
     "--hashlimit-burst %s", "1 2 5 50 100 200 388 1000 2000 3000 9999 10000"),
    ("filter/INPUT", "4", "-m limit --limit %s", "1/s 10000/s 1/day 2/day 3/day 5/day 24/day "
     "1/hour 1/min 10000/day 100/hour"),
    ("filter/INPUT", "4", "-m limit --limit 1/day --limit-burst %s",
     "0 1 2 3 4 5 6 7 8 10 20 50 100 194 195 200 300 388 389 400 1000 5000 9999 10000"),
    ("filter/INPUT", "4", "-m limit --limit 1/hour --limit-burst %s",
     "0 1 5 10 20 50 100 119 120 200 388 389 1000 5000 9000 9999 10000"),
    ("filter/INPUT", "4", "-m limit --limit 7/hour --limit-burst %s", "1 5 50 500 5000 10000"),
    ("filter/INPUT", "4", "-m connlabel --label %s", "0 127 128 65535"),
    ("filter/INPUT", "4", "-m string --algo bm %s", None,
     ['--string ""', "--string x --from 10 --to 5", "--string x --from 10 --to 10",
      "--string x --to 0", "--string x --from 65535", "--string x --icase",
      "--hex-string '|41|'"]),
    ("filter/INPUT", "4", "-m string --string x --algo %s", 'bm kmp fsm KMP "" foo'),
    ("filter/OUTPUT", "4", "-m owner --uid-owner %s", "0 5-1 1-5 5-5 0-4294967294 nobody"),
    ("filter/OUTPUT", "4", "-m owner --gid-owner %s", "0 5-1 1-5 5-5 0-4294967294"),
    ("filter/INPUT", "46", "-m addrtype --src-type %s",
     "UNSPEC UNICAST LOCAL BROADCAST ANYCAST MULTICAST BLACKHOLE UNREACHABLE PROHIBIT THROW NAT "
     "XRESOLVE LOCAL,THROW"),
    ("filter/INPUT", "46", "-m addrtype --dst-type %s", "LOCAL BROADCAST BLACKHOLE NAT"),
    ("filter/INPUT", "4", '-m bpf --bytecode "%s"', None,
     ["1,6 0 0 1", "1,255 0 0 1", "1,4 0 0 1", "2,4 0 0 1,6 0 0 1", "1,22 0 0 0",
      "2,52 0 0 0,6 0 0 1", "2,148 0 0 0,6 0 0 1", "2,148 0 0 5,6 0 0 1", "2,100 0 0 32,6 0 0 1",
      "2,100 0 0 31,6 0 0 1", "2,116 0 0 32,6 0 0 1", "2,5 0 0 0,6 0 0 1", "2,5 0 0 1,6 0 0 1",
      "2,21 0 1 0,6 0 0 1", "2,21 1 0 0,6 0 0 1", "3,21 0 1 0,6 0 0 1,6 0 0 0",
      "2,96 0 0 0,6 0 0 1", "3,2 0 0 0,96 0 0 0,6 0 0 1", "3,2 0 0 0,97 0 0 1,6 0 0 1",
      "2,2 0 0 16,6 0 0 1", "2,3 0 0 15,6 0 0 1", "2,2 0 0 0,96 0 0 0",
      "4,21 0 1 5,2 0 0 3,96 0 0 3,6 0 0 1", "4,21 1 0 5,2 0 0 3,96 0 0 3,6 0 0 1",
      "5,2 0 0 3,21 0 1 5,5 0 0 0,96 0 0 3,6 0 0 1", "2,32 0 0 4294963200,6 0 0 1",
      "2,48 0 0 4294963264,6 0 0 1", "2,40 0 0 4294963260,6 0 0 1", "2,32 0 0 4294963202,6 0 0 1",
      "2,64 0 0 4294963202,6 0 0 1", "2,32 0 0 4294963199,6 0 0 1", "2,128 0 0 0,6 0 0 1",
      "2,129 0 0 0,6 0 0 1", "2,177 0 0 0,6 0 0 1", "2,161 0 0 0,6 0 0 1", "2,132 0 0 0,6 0 0 1",
      "2,140 0 0 0,6 0 0 1", "2,164 0 0 0,6 0 0 1", "2,172 0 0 0,6 0 0 1", "2,7 0 0 0,6 0 0 1",
      "2,135 0 0 0,6 0 0 1", "2,15 0 0 0,6 0 0 1", "2,0 0 0 5,6 0 0 1", "2,1 0 0 5,6 0 0 1",
      "2,14 0 0 0,6 0 0 1", "2,13 0 0 0,6 0 0 1", "2,53 0 0 0,6 0 0 1", "2,45 0 0 0,6 0 0 1",
      "2,69 0 0 0,6 0 0 1", "2,77 0 0 0,6 0 0 1", "2,80 0 0 0,6 0 0 1", "2,72 0 0 0,6 0 0 1",
      "2,41 0 0 0,6 0 0 1"]),
    ("raw/PREROUTING", "46", "-p %s", None,
     [f"{p} -j CT --helper {h}" for p in ("tcp", "udp", "sctp") for h in
      ("amanda", "ftp", "RAS", "Q.931", "H.245", "irc", "netbios-ns", "pptp", "sane", "sip",
       "snmp", "snmp_trap", "tftp", "nope", '""', "FTP")]),
    ("raw/PREROUTING", "4", "%s", None,
     ["-j CT --helper ftp", "! -p tcp -j CT --helper ftp", "-p tcp -j CT --notrack --helper nope",
      "-j CT --timeout x", "-p tcp -j CT --timeout x", "-j CT --notrack --timeout x",
      "-j CT --ctevents new", "-j CT --zone-orig 5", "-j CT --zone mark"]),
    ("filter/INPUT", "4", "-j IDLETIMER --label %s --timeout 5",
     '"" . .. power subsystem uevent Power a/b ok'),
    ("filter/INPUT", "4", "-j IDLETIMER --label u --timeout %s",
     "0 1 2147482 2147483 4294967 4294967295"),
    ("filter/INPUT", "4", "-j NFQUEUE %s", None,
     ["--queue-balance 0:65535", "--queue-balance 1:65535", "--queue-balance 0:65534",
      "--queue-balance 65534:65535", "--queue-num 65535"]),
    ("mangle/PREROUTING", "4", "-j TEE --gateway %s", "0.0.0.0 1.1.1.1 255.255.255.255"),
    ("mangle/PREROUTING", "6", "-j TEE --gateway %s", ":: ::1"),
    ("filter/INPUT", "4", "-p tcp -j HMARK --hmark-mod 2 --hmark-rnd 1 %s", None,
     ["--hmark-tuple src --hmark-proto-mask 1", "--hmark-tuple src,sport --hmark-proto-mask 1",
      "--hmark-sport 5 --hmark-spi 5", "--hmark-dport 5 --hmark-spi 5", "--hmark-spi 5",
      "--hmark-tuple src,spi --hmark-sport 5", "--hmark-tuple ct,src"]),
    ("mangle/PREROUTING", "6", "-j DNPT %s", None,
     [f"--src-pfx {a} --dst-pfx {b}" for a in ("dead::/64", "dead::/65", "dead::", "::/0",
                                               "dead::1/48", "dead::/0", "dead::/16")
      for b in ("1c3::/64", "1c3::/48", "1c3::/65", "1c3:0:0:0:1::/64")]),
    ("mangle/FORWARD", "46", "-p tcp -m tcp %s -j TCPMSS --set-mss 5", None,
     ["--syn", "! --syn", "--tcp-flags SYN NONE", "--tcp-flags RST SYN", "--tcp-flags ALL ALL",
      "--dport 5", "", "--tcp-flags SYN SYN -m tcp --dport 1"]),
    ("mangle/FORWARD", "4", "-p tcp -m comment --comment x -m tcp --syn -j TCPMSS %s",
     None, ["--set-mss 5", "--clamp-mss-to-pmtu"]),
    ("mangle/INPUT", "4", "-j ECN --ecn-ip-ect %s", "0 1 3"),
    ("filter/INPUT", "46", "%s -j REJECT --reject-with tcp-reset", None,
     ["-p udp", "", "! -p tcp", "-p tcp"]),
    ("filter/INPUT", "4", "! -s %s", "0.0.0.0/0 1.2.3.4/0 1.2.3.4 0.0.0.0/0.0.0.255 0.0.0.0"),
    ("filter/INPUT", "6", "! -d %s", "::/0 ::1/0 ::1 ::"),
    ("filter/INPUT", "4", "-p tcp ! -s 1.1.1.1 ! -d %s --dport 5", "0.0.0.0/0 1.2.3.4"),
]

MAC = "-m mac --mac-source 00:01:02:03:04:05"
BAD_CALL = ["-A OUTPUT -j U", "-A U " + MAC]


def estimator(name, log="500ms"):
    return f"-j RATEEST --rateest-name {name} --rateest-interval 250ms --rateest-ewmalog {log}"


def asks(name):
    return f"-m rateest --rateest {name} --rateest-lt --rateest-bps 1"


HASH_KINDS = ["--hashlimit-upto 1/s", "--hashlimit-above 10kb/s",
              "--hashlimit-upto 1/s --hashlimit-mode srcip",
              "--hashlimit-upto 1/s --hashlimit-rate-match",
              "--hashlimit-upto 2/s --hashlimit-rate-match --hashlimit-rate-interval 9"]


def hash_table(options):
    return "-A INPUT -m hashlimit --hashlimit-name @z " + options


def nested(n, option):
    lines = [f"-A C{i} {option} C{i + 1}" for i in range(n - 1)]
    return [f":C{i} - [0:0]" for i in range(n)] + ["-A INPUT -j C0"] + lines


def walks():
    """Whole sections of table filter: how the hooks reach a rule, loops, shared things."""
    stops = ["-j DROP", "-j ACCEPT", "-j RETURN", "-j QUEUE", "-j REJECT", "-m comment --comment x "
             "-j ACCEPT", "-o + -j DROP", "-s 0.0.0.0/0 -j DROP", "! -f -j DROP", "-p tcp -j DROP",
             "-g V", "-j V", "", "-j LOG", "-p all -j DROP", "-j NFQUEUE", "-d 0.0.0.0/0 -j ACCEPT"]
    user = [":U - [0:0]", ":V - [0:0]", ":W - [0:0]"]
    yield user + BAD_CALL
    yield user + ["-A OUTPUT -g U", "-A U " + MAC]
    yield user + ["-A INPUT -j U", "-A U " + MAC]
    yield user + ["-A OUTPUT -j V", "-A V -j W", "-A W -j U", "-A U " + MAC]
    for stop in stops:
        yield user + ["-A V -j DROP", "-A OUTPUT " + stop] + BAD_CALL
        yield user + ["-A V -j DROP", "-A OUTPUT " + stop, "-A OUTPUT " + MAC]
        yield user + ["-A V -j DROP", "-A OUTPUT " + stop, "-A OUTPUT -j W", "-A W -j W"]
        yield user + ["-A V -j DROP", "-A OUTPUT -j U", "-A U " + stop, "-A U " + MAC]
        yield user + ["-A V -j DROP", "-A OUTPUT -j U", "-A U " + stop, "-A U -j W", "-A W " + MAC]
    for call in ["-j", "-g"]:
        yield user + [f"-A INPUT {call} U", f"-A U {call} U"]
        yield user + [f"-A U {call} U"]
        yield user + [f"-A U {call} V", f"-A V {call} U"]
        yield user + [f"-A U {call} V", f"-A V {call} W", f"-A W {call} U", "-A OUTPUT -j V"]
        yield user + [f"-A U -s 1.1.1.1 {call} V", f"-A INPUT {call} V", f"-A INPUT {call} U"]
        yield user + ["-A U -j ACCEPT", f"-A U {call} U", f"-A INPUT {call} U"]
        for n in (14, 15, 16, 17):
            yield nested(n, call)
    yield user + [MAC.join(["-A OUTPUT ", ""]), "-F OUTPUT"]
    yield user + ["-A U " + MAC, "-A OUTPUT -j U", "-D OUTPUT 1"]
    for row in (["-A INPUT " + estimator("@a"), "-A INPUT " + asks("@a")],
                ["-A INPUT " + asks("@b"), "-A INPUT " + estimator("@b")],
                ["-A INPUT " + asks("@c") + " " + estimator("@c")],
                ["-A V " + estimator("@d"), "-A U " + asks("@d")],
                ["-A V " + asks("@e"), "-A U " + estimator("@e")],
                ["-A OUTPUT " + estimator("@f"), "-A INPUT " + asks("@f")],
                ["-A U " + estimator("@g"), "-A OUTPUT " + asks("@g")],
                ["-A INPUT " + asks("@h"), "-I INPUT " + estimator("@h")],
                ["-A INPUT " + estimator("@i"), "-A FORWARD " + estimator("@i", "1s")],
                ["-A INPUT " + estimator("@j"), "-A FORWARD " + estimator("@j")],
                ["-A INPUT " + estimator("@k"), "-A INPUT -m rateest --rateest1 @k --rateest2 @l "
                 "--rateest-lt --rateest-bps"],
                ["-A INPUT -j IDLETIMER --timeout 5 --label @m",
                 "-A INPUT -j IDLETIMER --timeout 9 --label @m"],
                ["-A INPUT -j IDLETIMER --timeout 5 --label @n",
                 "-A INPUT -j IDLETIMER --timeout 5 --label @n --alarm"],
                *([hash_table(a), hash_table(b)] for a in HASH_KINDS for b in HASH_KINDS)):
        yield user + row


def section(table, lines):
    return "*%s\n%s\nCOMMIT\n" % (table, "\n".join(lines))


def place_of(name):
    """A table and chain where the extension may stand."""
    extension = name.split("(")[0]
    for place, extensions in PLACES.items():
        if extension in extensions.split():
            return place
    return "mangle/FORWARD" if extension == "SET" else "filter/FORWARD"


def all_cases():
    """(what, family, text) of every file that is judged."""
    samples = list(SAMPLES.items()) + list(SAMPLES_V6.items())
    for name, (families, protocol, words) in samples:
        for family in families:
            family = int(family)
            for table, chains in TABLES.items():
                for chain in chains:
                    yield (name, family, section(table, [f"-A {chain} {protocol} {words}"]))
                yield (name + " unused", family,
                       section(table, [":U - [0:0]", f"-A U {protocol} {words}"]))
            table, chain = place_of(name).split("/")
            for other in PROTOCOLS:
                yield (name + " protocol", family,
                       section(table, [f"-A {chain} {other} {words}"]))
            for chain in TABLES["mangle"]:
                yield (name + " called", family, section(
                    "mangle", [":U - [0:0]", f"-A {chain} -j U", f"-A U {protocol} {words}"]))
    for place, families, rule, *rest in VALUES:
        table, chain = place.split("/")
        for value in rest[-1] if rest[0] is None else rest[0].split():
            for family in families:
                yield ("values", int(family),
                       section(table, [f"-A {chain} " + rule.replace("%s", value, 1)]))
    for n, lines in enumerate(walks()):
        yield ("walks", 4, section("filter", [line.replace("@", "n%d" % n) for line in lines]))
    for first, second in (("filter", "mangle"), ("mangle", "filter")):
        for rules in ((estimator("x"), asks("x")), (asks("y"), estimator("y"))):
            yield ("walks", 4, section(first, ["-A INPUT " + rules[0].replace("x", first[0])])
                   + section(second, ["-A INPUT " + rules[1].replace("x", first[0])]))


# ---- the real tools ----

# Runs inside the namespace: a line of JSON for each file, in order.  Every file of legacy
# begins with empty tables, and nothing that a rule made outlives its file.
WORKER = r"""
import json, subprocess, sys
tool = {(4, "legacy"): "iptables-legacy-restore", (4, "nft"): "iptables-nft-restore",
        (6, "legacy"): "ip6tables-legacy-restore", (6, "nft"): "ip6tables-nft-restore"}
quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
for line in sys.stdin:
    family, backend, text = json.loads(line)
    result = subprocess.run([tool[family, backend]], input=text.encode(), stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT)
    if any(w in text for w in ("RATEEST", "IDLETIMER", "hashlimit")) or text.count("*") > 1:
        tables = [l for l in text.split("\n") if l.startswith("*")]
        empty = "".join(t + "\nCOMMIT\n" for t in tables)
        if backend == "nft":
            subprocess.run(["nft", "flush", "ruleset"], **quiet)
        else:
            subprocess.run([tool[family, backend]], input=empty.encode(), **quiet)
    print(json.dumps([result.returncode, result.stdout.decode(errors="replace")]), flush=True)
"""


def start_judge(cases):
    lines = "".join(json.dumps((family, backend, text)) + "\n" for _, family, text in cases
                    for backend in ("legacy", "nft"))
    script = ("ipset create S4 hash:ip skbinfo; ipset create S6 hash:ip family inet6 skbinfo; "
              'exec "$0" -c "$1"')
    questions = tempfile.TemporaryFile("w+")
    questions.write(lines)
    questions.seek(0)
    return subprocess.Popen(["unshare", "-n", "sh", "-c", script, sys.executable, WORKER],
                            stdin=questions, stdout=subprocess.PIPE, text=True)


def real_verdicts(cases):
    """What legacy and nft say of each case; the halves are judged at the same time."""
    middle = len(cases) // 2
    judges = [start_judge(part) for part in (cases[:middle], cases[middle:])]
    outputs = [None, None]
    readers = [threading.Thread(target=read_all, args=(judge, outputs, i))
               for i, judge in enumerate(judges)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    answers = [json.loads(line) for output in outputs for line in output.splitlines()]
    assert len(answers) == 2 * len(cases), "a namespace ended early"
    return list(zip(answers[::2], answers[1::2]))


def read_all(judge, outputs, i):
    outputs[i] = judge.communicate()[0]


# ---- iptlint ----

def our_verdicts(iptlint, cases, directory):
    loads = [None] * len(cases)
    for family in (4, 6):
        mine = [i for i, case in enumerate(cases) if case[1] == family]
        for start in range(0, len(mine), 400):
            part = mine[start:start + 400]
            names = {}
            for i in part:
                name = os.path.join(directory, f"{i}.rules")
                with open(name, "w") as out:
                    out.write(cases[i][2])
                names[name] = i
            run = subprocess.run([iptlint, "check", "--format", "json", "--backend", "both",
                                  f"-{family}", *names], stdout=subprocess.PIPE, text=True)
            report = json.loads(run.stdout)
            for entry in report["files"]:
                loads[names[entry["file"]]] = entry["loads"]
            for name in names:
                os.unlink(name)
    return loads


# ---- recorded answers ----

RECORDED = os.path.join(os.path.dirname(ROOT), "shared", "reference", "constraints.tsv")


def recorded_cases():
    """(what, family, text, loads in legacy) of each row of the recorded answers."""
    with open(RECORDED) as table:
        rows = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        name, family = row["extension"], int(row["family"][3])
        if row["kind"] == "example":
            # columns of an example: place, rule, answer
            place, rule, answer = (row[key] for key in list(row)[4:7])
            if "protocol family of set" in row["notes"]:
                continue  # what sets there are is not known before the load
            table, chain = place.split("/")
            yield (name, family, section(table, [rule]), answer == "ACCEPTED")
            continue
        if name in ("nfacct", "rateest"):
            continue  # recorded with the object in place
        families, protocol, words = SAMPLES[name]
        if str(family) not in families:
            families, protocol, words = SAMPLES_V6.get(name, (families, None, words))
        if protocol is None:
            if name != "osf":  # iptables has no osf for IPv6
                yield (name, family, None, None)
            continue
        if name == "ah" and family == 6:
            protocol = ""
        allowed = dict(part.split(":") for part in row["allowed_chains_by_table"].split(";")
                       if ":" in part)
        for table, chains in TABLES.items():
            for chain in chains:
                yield (name, family, section(table, [f"-A {chain} {protocol} {words}"]),
                       chain in allowed.get(table, "").split(","))


def judge_recorded(iptlint, directory):
    """Numbers of answers that are the same, and that are not."""
    cases = list(recorded_cases())
    failed = [case for case in cases if case[2] is None]
    for case in failed:
        print(f"recorded: no sample of {case[0]} for family {case[1]}")
    cases = [case for case in cases if case[2] is not None]
    passed = 0
    for (what, family, text, expected), loads in zip(cases, our_verdicts(iptlint, cases, directory)):
        if loads and loads["legacy"] == expected:
            passed += 1
            continue
        failed.append(what)
        print(f"recorded: {what}: v{family}: {'loads' if expected else 'refused'}, "
              f"we say {loads and loads['legacy']}\n    {text.splitlines()[1]}")
    return passed, len(failed)


def rows_without_sample():
    with open(os.path.join(ROOT, "src", "kernel", "constraints.c")) as source:
        rows = set(re.findall(r'\b(?:MATCH|TARGET)\("(\w+)"\)', source.read()))
    return rows - {name.split("(")[0] for name in SAMPLES} - NOT_INSTALLED


def can_judge():
    if os.geteuid():
        return "not root"
    if subprocess.run(["unshare", "-n", "true"], stderr=subprocess.DEVNULL).returncode:
        return "no network namespaces"
    for tool in ("iptables-legacy-restore", "iptables-nft-restore", "ipset", "nft"):
        if subprocess.run(["sh", "-c", f"command -v {tool}"],
                          stdout=subprocess.DEVNULL).returncode:
            return f"no {tool}"
    return None


def main():
    args = sys.argv[1:]
    word = args.pop(args.index("-k") + 1) if "-k" in args else ""
    args = [a for a in args if a != "-k"]
    iptlint = args[0] if args else os.path.join(ROOT, "build", "iptlint")
    failed = 0

    for row in sorted(rows_without_sample()):
        print(f"no sample for the row '{row}'")
        failed += 1
    if os.path.exists(RECORDED):
        with tempfile.TemporaryDirectory() as directory:
            same, other = judge_recorded(iptlint, directory)
        print(f"recorded answers: {same} the same, {other} not")
        failed += other
    cases = [case for case in all_cases() if word in case[0] or word in case[2]]
    why = can_judge()
    if why:
        print(f"{len(cases)} skipped: {why}")
        return failed > 0
    with tempfile.TemporaryDirectory() as directory:
        ours = our_verdicts(iptlint, cases, directory)
    passed = 0
    useless = {(name, int(family)) for name, sample in SAMPLES.items() for family in sample[0]
               if name not in NEVER_LOADS and word in name}
    for (what, family, text), verdicts, loads in zip(cases, real_verdicts(cases), ours):
        if verdicts[0][0] == 0:
            useless.discard((what, family))
        for backend, (status, output) in zip(("legacy", "nft"), verdicts):
            if loads and loads[backend] == (status == 0):
                passed += 1
                continue
            failed += 1
            print(f"{what}: v{family} {backend}: the real tool says "
                  f"{status} {output.strip()[:200]!r}, we say {loads and loads[backend]}\n"
                  + "\n".join("    " + line for line in text.splitlines()))
    for name, family in sorted(useless):
        print(f"the sample of '{name}' loads nowhere in IPv{family}")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
