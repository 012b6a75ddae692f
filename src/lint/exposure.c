/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sources of the list: the ports that IANA has assigned, and for those that others use
 * (Docker, etcd, kubelet, Redis ...) the documents of these programs; for amplifiers CISA's
 * alert TA14-017A.
 */
#include "lint/exposure.h"

#include <netinet/in.h>
#include <string.h>

#include "analyse/analysis.h"
#include "trace/trace.h"

#define RULES_FOLLOWED 400000u /* in all traces of one file */

static const struct service known[] = {
	{ "FTP", IPPROTO_TCP, 21, false },
	{ "SSH", IPPROTO_TCP, 22, true },
	{ "Telnet", IPPROTO_TCP, 23, false },
	{ "HTTP", IPPROTO_TCP, 80, true },
	{ "rpcbind", IPPROTO_TCP, 111, false },
	{ "MS RPC", IPPROTO_TCP, 135, false },
	{ "NetBIOS", IPPROTO_TCP, 139, false },
	{ "HTTPS", IPPROTO_TCP, 443, true },
	{ "SMB", IPPROTO_TCP, 445, false },
	{ "rexec", IPPROTO_TCP, 512, false },
	{ "rlogin", IPPROTO_TCP, 513, false },
	{ "rsh", IPPROTO_TCP, 514, false },
	{ "rsync", IPPROTO_TCP, 873, false },
	{ "MS SQL", IPPROTO_TCP, 1433, false },
	{ "Oracle", IPPROTO_TCP, 1521, false },
	{ "NFS", IPPROTO_TCP, 2049, false },
	{ "Docker", IPPROTO_TCP, 2375, false },
	{ "Docker", IPPROTO_TCP, 2376, false },
	{ "etcd", IPPROTO_TCP, 2379, false },
	{ "etcd", IPPROTO_TCP, 2380, false },
	{ "MySQL", IPPROTO_TCP, 3306, false },
	{ "RDP", IPPROTO_TCP, 3389, false },
	{ "PostgreSQL", IPPROTO_TCP, 5432, false },
	{ "VNC", IPPROTO_TCP, 5900, false },
	{ "CouchDB", IPPROTO_TCP, 5984, false },
	{ "WinRM", IPPROTO_TCP, 5985, false },
	{ "WinRM", IPPROTO_TCP, 5986, false },
	{ "Redis", IPPROTO_TCP, 6379, false },
	{ "InfluxDB", IPPROTO_TCP, 8086, false },
	{ "Cassandra", IPPROTO_TCP, 9042, false },
	{ "Elasticsearch", IPPROTO_TCP, 9200, false },
	{ "Webmin", IPPROTO_TCP, 10000, false },
	{ "kubelet", IPPROTO_TCP, 10250, false },
	{ "kubelet", IPPROTO_TCP, 10255, false },
	{ "memcached", IPPROTO_TCP, 11211, false },
	{ "RabbitMQ", IPPROTO_TCP, 15672, false },
	{ "MongoDB", IPPROTO_TCP, 27017, false },
	{ "QOTD", IPPROTO_UDP, 17, false },
	{ "chargen", IPPROTO_UDP, 19, false },
	{ "TFTP", IPPROTO_UDP, 69, false },
	{ "rpcbind", IPPROTO_UDP, 111, false },
	{ "NetBIOS", IPPROTO_UDP, 137, false },
	{ "SNMP", IPPROTO_UDP, 161, false },
	{ "CLDAP", IPPROTO_UDP, 389, false },
	{ "SSDP", IPPROTO_UDP, 1900, false },
	{ "mDNS", IPPROTO_UDP, 5353, false },
	{ "memcached", IPPROTO_UDP, 11211, false },
};
#define N_KNOWN (sizeof(known) / sizeof(known[0]))

static void add_port(struct service *list, size_t *n, uint8_t protocol, uint16_t port)
{
	const struct services services = { list, *n };
	struct service *found = (struct service *)service_find(&services, protocol, port);

	if (found)
		found->is_public = false;
	else
		list[(*n)++] = (struct service){ "an admin port", protocol, port, false };
}

struct services services_for(const struct unit *unit)
{
	const struct unit_options *options = &unit->options;
	struct service *list;
	size_t n = N_KNOWN;

	if (!options->n_admin_ports)
		return (struct services){ known, N_KNOWN };
	list = arena_alloc(unit->arena, (N_KNOWN + 2 * options->n_admin_ports) * sizeof(*list));
	memcpy(list, known, sizeof(known));
	for (size_t i = 0; i < options->n_admin_ports; i++) {
		const struct admin_port *port = &options->admin_ports[i];

		if (port->tcp)
			add_port(list, &n, IPPROTO_TCP, port->port);
		if (port->udp)
			add_port(list, &n, IPPROTO_UDP, port->port);
	}
	return (struct services){ list, n };
}

const struct service *service_find(const struct services *services, unsigned protocol,
				   unsigned port)
{
	for (size_t i = 0; i < services->n; i++) {
		if (services->list[i].protocol == protocol && services->list[i].port == port)
			return &services->list[i];
	}
	return NULL;
}

void exposure_begin(struct exposure *exposure, const struct unit *unit)
{
	uint32_t n_rules = 1;

	for (unsigned id = 0; id < TABLE_COUNT; id++) {
		struct chains *chains = analysis_chains(unit->analysis, (enum table_id)id);
		const struct table *table = chains ? chains_table(chains) : NULL;

		for (uint32_t i = 0; table && i < table->n_chains; i++)
			n_rules += table->chains[i]->n_rules;
	}
	*exposure = (struct exposure){ unit, services_for(unit), RULES_FOLLOWED / n_rules + 1 };
}

/* Follows the packet; false: enough were followed, or it cannot be written down. */
static bool follow(struct exposure *exposure, struct arena *arena, const char *sample,
		   const char *out, struct packet *packet, struct trace *trace)
{
	const char *why;

	if (!exposure->left || !packet_read(packet, arena, sample, &why))
		return false;
	exposure->left--;
	packet->out = out;
	trace_packet(trace, arena, exposure->unit, packet, NULL, 0);
	return true;
}

static enum comes sum_up(unsigned n_yes, const struct trace *trace)
{
	if (!n_yes)
		return COMES_NOT;
	return n_yes == trace->n && !trace->is_incomplete ? COMES_SURELY : COMES_PERHAPS;
}

enum comes exposure_input(struct exposure *exposure, const char *sample)
{
	struct arena *arena = arena_new();
	struct packet packet;
	struct trace trace;
	unsigned n_yes = 0;
	enum comes result = COMES_NOT;

	if (follow(exposure, arena, sample, NULL, &packet, &trace)) {
		for (const struct trace_outcome *each = trace.outcomes; each; each = each->next)
			n_yes += !strcmp(each->verdict, "ACCEPT") &&
				 each->packet.dst == packet.dst &&
				 each->packet.dport == packet.dport;
		result = sum_up(n_yes, &trace);
	}
	arena_free(arena);
	return result;
}

enum comes exposure_forward(struct exposure *exposure, const char *sample, const char *out,
			    const struct service **service)
{
	struct arena *arena = arena_new();
	struct packet packet;
	struct trace trace;
	unsigned n_yes = 0;
	enum comes result = COMES_NOT;

	*service = NULL;
	if (follow(exposure, arena, sample, out, &packet, &trace)) {
		for (const struct trace_outcome *each = trace.outcomes; each; each = each->next) {
			bool is_there = !strcmp(each->verdict, "ACCEPT") &&
					each->packet.dst != packet.dst &&
					(each->packet.known & PACKET_DST) &&
					(each->packet.known & PACKET_DPORT) && each->packet.out;

			n_yes += is_there;
			if (is_there && !*service)
				*service = service_find(&exposure->services, each->packet.protocol,
							each->packet.dport);
		}
		result = *service ? sum_up(n_yes, &trace) : COMES_NOT;
	}
	arena_free(arena);
	return result;
}
