/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names that IANA has assigned, as far as packet filters use them: the registries
 * "Service Name and Transport Protocol Port Number" (RFC 6335) and "Protocol
 * Numbers", by name.  The protocols are those of the assignment; DCCP and SCTP are left
 * out, whose ports few hosts have names for.
 */
#include "bind/iana.h"

#include <stdlib.h>
#include <string.h>

enum {
	TCP = 1,
	UDP = 2
};

struct service {
	const char *name;
	uint16_t port;
	uint8_t protocols;
};

/* By name. */
static const struct service services[] = {
	{ "afpovertcp", 548, TCP | UDP },
	{ "amanda", 10080, TCP | UDP },
	{ "amqp", 5672, TCP | UDP },
	{ "amqps", 5671, TCP },
	{ "auth", 113, TCP | UDP },
	{ "bacula-dir", 9101, TCP | UDP },
	{ "bacula-fd", 9102, TCP | UDP },
	{ "bacula-sd", 9103, TCP | UDP },
	{ "bgp", 179, TCP | UDP },
	{ "biff", 512, UDP },
	{ "bootpc", 68, TCP | UDP },
	{ "bootps", 67, TCP | UDP },
	{ "cfengine", 5308, TCP | UDP },
	{ "chargen", 19, TCP | UDP },
	{ "daap", 3689, TCP | UDP },
	{ "daytime", 13, TCP | UDP },
	{ "dhcpv6-client", 546, TCP | UDP },
	{ "dhcpv6-server", 547, TCP | UDP },
	{ "discard", 9, TCP | UDP },
	{ "distcc", 3632, TCP | UDP },
	{ "docker", 2375, TCP },
	{ "docker-s", 2376, TCP },
	{ "domain", 53, TCP | UDP },
	{ "domain-s", 853, TCP | UDP },
	{ "echo", 7, TCP | UDP },
	{ "epmap", 135, TCP | UDP },
	{ "etcd-client", 2379, TCP },
	{ "etcd-server", 2380, TCP },
	{ "exec", 512, TCP },
	{ "finger", 79, TCP | UDP },
	{ "ftp", 21, TCP | UDP },
	{ "ftp-data", 20, TCP | UDP },
	{ "ftps", 990, TCP | UDP },
	{ "ftps-data", 989, TCP | UDP },
	{ "git", 9418, TCP | UDP },
	{ "gopher", 70, TCP | UDP },
	{ "gpsd", 2947, TCP | UDP },
	{ "h323hostcall", 1720, TCP | UDP },
	{ "http", 80, TCP | UDP },
	{ "http-alt", 8080, TCP | UDP },
	{ "https", 443, TCP | UDP },
	{ "imap", 143, TCP },
	{ "imaps", 993, TCP },
	{ "ipp", 631, TCP | UDP },
	{ "ipsec-nat-t", 4500, TCP | UDP },
	{ "irc", 194, TCP | UDP },
	{ "ircs-u", 6697, TCP },
	{ "isakmp", 500, TCP | UDP },
	{ "iscsi-target", 3260, TCP | UDP },
	{ "kerberos", 88, TCP | UDP },
	{ "kerberos-adm", 749, TCP | UDP },
	{ "kpasswd", 464, TCP | UDP },
	{ "l2tp", 1701, TCP | UDP },
	{ "ldap", 389, TCP | UDP },
	{ "ldaps", 636, TCP | UDP },
	{ "ldp", 646, TCP | UDP },
	{ "login", 513, TCP },
	{ "mdns", 5353, TCP | UDP },
	{ "memcache", 11211, TCP | UDP },
	{ "microsoft-ds", 445, TCP | UDP },
	{ "mqtt", 1883, TCP | UDP },
	{ "ms-sql-m", 1434, TCP | UDP },
	{ "ms-sql-s", 1433, TCP | UDP },
	{ "ms-wbt-server", 3389, TCP | UDP },
	{ "mysql", 3306, TCP | UDP },
	{ "nbd", 10809, TCP },
	{ "netbios-dgm", 138, TCP | UDP },
	{ "netbios-ns", 137, TCP | UDP },
	{ "netbios-ssn", 139, TCP | UDP },
	{ "nfs", 2049, TCP | UDP },
	{ "nicname", 43, TCP | UDP },
	{ "nntp", 119, TCP | UDP },
	{ "nntps", 563, TCP | UDP },
	{ "ntalk", 518, TCP | UDP },
	{ "ntp", 123, TCP | UDP },
	{ "nut", 3493, TCP | UDP },
	{ "openvpn", 1194, TCP | UDP },
	{ "pop3", 110, TCP | UDP },
	{ "pop3s", 995, TCP },
	{ "postgresql", 5432, TCP | UDP },
	{ "pptp", 1723, TCP | UDP },
	{ "printer", 515, TCP | UDP },
	{ "puppet", 8140, TCP },
	{ "radius", 1812, TCP | UDP },
	{ "radius-acct", 1813, TCP | UDP },
	{ "radius-dynauth", 3799, UDP },
	{ "redis", 6379, TCP },
	{ "rfb", 5900, TCP | UDP },
	{ "ripng", 521, UDP },
	{ "router", 520, UDP },
	{ "rsync", 873, TCP | UDP },
	{ "rtsp", 554, TCP | UDP },
	{ "secure-mqtt", 8883, TCP | UDP },
	{ "shell", 514, TCP },
	{ "sieve", 4190, TCP },
	{ "sip", 5060, TCP | UDP },
	{ "sips", 5061, TCP | UDP },
	{ "smtp", 25, TCP | UDP },
	{ "snmp", 161, TCP | UDP },
	{ "snmptrap", 162, TCP | UDP },
	{ "socks", 1080, TCP | UDP },
	{ "ssdp", 1900, TCP | UDP },
	{ "ssh", 22, TCP | UDP },
	{ "stun", 3478, TCP | UDP },
	{ "submission", 587, TCP },
	{ "submissions", 465, TCP },
	{ "sunrpc", 111, TCP | UDP },
	{ "svn", 3690, TCP | UDP },
	{ "svrloc", 427, TCP | UDP },
	{ "syslog", 514, UDP },
	{ "syslog-tls", 6514, TCP | UDP },
	{ "systat", 11, TCP | UDP },
	{ "tacacs", 49, TCP | UDP },
	{ "talk", 517, TCP | UDP },
	{ "telnet", 23, TCP | UDP },
	{ "telnets", 992, TCP | UDP },
	{ "teredo", 3544, UDP },
	{ "tftp", 69, TCP | UDP },
	{ "time", 37, TCP | UDP },
	{ "uucp", 540, TCP | UDP },
	{ "vxlan", 4789, UDP },
	{ "who", 513, UDP },
	{ "wsman", 5985, TCP | UDP },
	{ "wsmans", 5986, TCP | UDP },
	{ "www", 80, TCP | UDP },
	{ "xdmcp", 177, TCP | UDP },
	{ "xmpp-client", 5222, TCP },
	{ "xmpp-server", 5269, TCP },
	{ "zabbix-agent", 10050, TCP | UDP },
	{ "zabbix-trapper", 10051, TCP | UDP },
};

/* By name, in lower case.  "ospf" is registered as OSPFIGP, and called so nowhere. */
static const char *const protocols[] = {
	"dccp",	     "ddp",	   "egp",  "eigrp",   "encap",	"etherip",   "fc",
	"ggp",	     "gre",	   "hip",  "hmp",     "hopopt", "idrp",	     "igmp",
	"igp",	     "ipcomp",	   "ipip", "ipv4",    "ipv6",	"ipv6-frag", "ipv6-nonxt",
	"ipv6-opts", "ipv6-route", "isis", "iso-tp4", "l2tp",	"manet",     "mpls-in-ip",
	"ospf",	     "ospfigp",	   "pim",  "pup",     "rdp",	"rohc",	     "rsvp",
	"shim6",     "skip",	   "st",   "vmtp",    "vrrp",	"wesp",	     "xns-idp",
};

static int compare_service(const void *key, const void *element)
{
	return strcmp(key, ((const struct service *)element)->name);
}

static int compare_name(const void *key, const void *element)
{
	return strcmp(key, *(const char *const *)element);
}

bool iana_port(const char *name, const char *protocol, uint16_t *port)
{
	const struct service *found = bsearch(name, services, sizeof(services) / sizeof(*services),
					      sizeof(*services), compare_service);
	unsigned wanted = TCP | UDP;

	if (protocol)
		wanted = !strcmp(protocol, "tcp") ? TCP : !strcmp(protocol, "udp") ? UDP : 0;
	if (!found || (wanted && !(found->protocols & wanted)))
		return false;
	*port = found->port;
	return true;
}

bool iana_has_protocol(const char *name)
{
	return bsearch(name, protocols, sizeof(protocols) / sizeof(*protocols), sizeof(*protocols),
		       compare_name) != NULL;
}

void iana_each_service(void (*offer)(void *context, const char *name), void *context)
{
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++)
		offer(context, services[i].name);
}
