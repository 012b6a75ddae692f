/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iptables -L and -S: the columns as the real programs print them, measured with 1.8.9.
 * Addresses are never looked up, so that -L prints numbers where the real one may know a name.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "convert/inside.h"
#include "emit/text.h"
#include "ruleset/protocol.h"

static const struct counters zero_counters;

/* ---- -S ---- */

static void add_counters_option(struct buf *out, const struct counters *counters)
{
	counters = counters ? counters : &zero_counters;
	buf_printf(out, " -c %" PRIu64 " %" PRIu64, counters->packets, counters->bytes);
}

/* The counters stand before the target. */
static void print_rule_line(struct session *session, const struct saver *saver, const char *chain,
			    const struct rule *rule, bool verbose)
{
	struct buf whole = BUF_INIT;
	struct buf head = BUF_INIT;
	struct rule bare = *rule;

	save_rule(saver, &whole, chain, rule);
	if (verbose) {
		bare.target_kind = TARGET_NONE;
		save_rule(saver, &head, chain, &bare);
		buf_add(session->out, head.data, head.len);
		add_counters_option(session->out, rule->counters);
		buf_add_string(session->out, whole.data + head.len);
	} else {
		buf_add(session->out, whole.data, whole.len);
	}
	buf_add_char(session->out, '\n');
	buf_free(&whole);
	buf_free(&head);
}

static void print_chain_line(struct session *session, const struct chain *chain, bool verbose)
{
	bool built_in = chain->hook != HOOK_NONE;

	buf_printf(session->out, "-%c %s", built_in ? 'P' : 'N', chain->name);
	if (built_in)
		buf_printf(session->out, " %s", verdict_name(chain->policy));
	if (verbose && built_in)
		add_counters_option(session->out, chain->counters);
	buf_add_char(session->out, '\n');
}

static void print_rule_lines(struct session *session, const struct chain *chain,
			     const struct command *command)
{
	struct saver saver = saver_for(session->unit, session->backend);
	uint32_t number = 0;

	for_each_entry (entry, chain) {
		number++;
		if (!command->number || command->number == number)
			print_rule_line(session, &saver, chain->name, entry->rule,
					command->verbose);
	}
}

/* ---- -L ---- */

static void print_title(struct session *session, const struct chain *chain,
			const struct command *command)
{
	const struct counters *counters = chain->counters ? chain->counters : &zero_counters;
	struct buf *out = session->out;

	buf_printf(out, "Chain %s ", chain->name);
	if (chain->hook == HOOK_NONE)
		buf_printf(out, "(%" PRIu32 " references)\n", chain->n_jumps);
	else if (command->verbose)
		buf_printf(out, "(policy %s %" PRIu64 " packets, %" PRIu64 " bytes)\n",
			   verdict_name(chain->policy), counters->packets, counters->bytes);
	else
		buf_printf(out, "(policy %s)\n", verdict_name(chain->policy));
	if (command->line_numbers)
		buf_add_string(out, "num  ");
	if (command->verbose)
		buf_add_string(out, command->exact ? "    pkts      bytes " : " pkts bytes ");
	buf_add_string(out, "target     prot opt");
	if (command->verbose)
		buf_add_string(out, " in     out    ");
	buf_add_string(out, " source               destination         \n");
}

static void print_count(struct buf *out, uint64_t count, bool exact)
{
	static const char units[] = "KMGT";

	if (exact) {
		buf_printf(out, "%8" PRIu64 " ", count);
		return;
	}
	if (count <= 99999) {
		buf_printf(out, "%5" PRIu64 " ", count);
		return;
	}
	for (size_t unit = 0;; unit++) {
		count = (count + 500) / 1000;
		if (count <= 9999 || !units[unit + 1]) {
			buf_printf(out, "%4" PRIu64 "%c ", count, units[unit]);
			return;
		}
	}
}

static void print_protocol(struct buf *out, const struct rule *rule, bool numeric)
{
	const char *name = numeric ? NULL : protocol_name(rule->protocol, true);

	buf_add_char(out, rule->inverted & RULE_NOT_PROTOCOL ? '!' : ' ');
	if (!numeric && !rule->protocol)
		name = "all";
	if (name)
		buf_printf(out, "%-4s ", name);
	else
		buf_printf(out, "%-4u ", rule->protocol);
}

static void print_fragment(struct buf *out, const struct rule *rule)
{
	buf_add_char(out, rule->inverted & RULE_NOT_FRAGMENT ? '!' : '-');
	buf_add_char(out, rule->fragment ? 'f' : '-');
	buf_add_char(out, ' ');
}

static void print_interface(struct buf *out, const char *name, bool inverted, bool numeric)
{
	char text[32];

	snprintf(text, sizeof(text), "%s%s", name && inverted ? "!" : "",
		 name	   ? name
		 : numeric ? "*"
			   : "any");
	buf_printf(out, "%-6s ", text);
}

static bool is_everything(const struct prefix *prefix)
{
	static const union address none;

	return !prefix || (!prefix_host(prefix) && memcmp(prefix->mask, &none, sizeof(none)) == 0);
}

static bool is_single(enum family family, const struct prefix *prefix)
{
	union address all;

	memset(&all, 0xff, sizeof(all));
	return memcmp(prefix->mask, &all, family == FAMILY_IPV6 ? 16 : 4) == 0;
}

/* Without -n ip6tables calls every network at :: so, whatever its mask. */
static bool is_zero(enum family family, const struct prefix *prefix)
{
	static const struct in6_addr zero;

	return family == FAMILY_IPV6 && memcmp(&prefix->address.v6, &zero, sizeof(zero)) == 0;
}

/* The one name that every host knows. */
static bool is_localhost(enum family family, const struct prefix *prefix)
{
	static const struct in6_addr loopback = IN6ADDR_LOOPBACK_INIT;

	if (!is_single(family, prefix))
		return false;
	if (family == FAMILY_IPV6)
		return memcmp(&prefix->address.v6, &loopback, sizeof(loopback)) == 0;
	return prefix->address.v4.s_addr == htonl(INADDR_LOOPBACK);
}

static void print_address(const struct session *session, struct buf *out,
			  const struct prefix *prefix, bool inverted, bool numeric)
{
	struct buf text = BUF_INIT;

	if (prefix && prefix_host(prefix)) {
		buf_add_string(&text, prefix_host(prefix));
	} else if (is_everything(prefix) || (!numeric && is_zero(session->family, prefix))) {
		const char *all = session->family == FAMILY_IPV6 ? "::/0" : "0.0.0.0/0";

		buf_add_string(&text, numeric ? all : "anywhere");
	} else {
		if (!numeric && is_localhost(session->family, prefix)) {
			buf_add_string(&text, "localhost");
		} else {
			text_address(&text, session->family, &prefix->address);
		}
		if (!is_single(session->family, prefix)) {
			buf_add_char(&text, '/');
			text_mask(&text, session->family, prefix->mask);
		}
	}
	buf_add_char(out, inverted ? '!' : ' ');
	buf_printf(out, "%-19s ", buf_string(&text));
	buf_free(&text);
}

static const char *target_name(const struct rule *rule)
{
	switch ((enum target_kind)rule->target_kind) {
	case TARGET_NONE:
		return "";
	case TARGET_VERDICT:
		return verdict_name(rule->verdict);
	case TARGET_JUMP:
	case TARGET_GOTO:
		return rule->to.chain;
	case TARGET_EXTENSION:
		break;
	}
	return rule->to.extension->real_name; /* the kernel's: CT, not NOTRACK */
}

static void print_rule(struct session *session, const struct rule *rule, uint32_t number,
		       const struct command *command)
{
	const struct counters *counters = rule->counters ? rule->counters : &zero_counters;
	bool numeric = command->numeric;
	struct buf *out = session->out;

	if (command->line_numbers)
		buf_printf(out, "%-4" PRIu32 " ", number);
	if (command->verbose) {
		print_count(out, counters->packets, command->exact);
		print_count(out, counters->bytes, command->exact);
	}
	buf_printf(out, "%-9s ", target_name(rule));
	print_protocol(out, rule, numeric);
	print_fragment(out, rule);
	if (command->verbose) {
		buf_add_char(out, ' ');
		print_interface(out, rule->in, rule->inverted & RULE_NOT_IN, numeric);
		print_interface(out, rule->out, rule->inverted & RULE_NOT_OUT, numeric);
	}
	print_address(session, out, rule->src, rule->inverted & RULE_NOT_SRC, numeric);
	print_address(session, out, rule->dst, rule->inverted & RULE_NOT_DST, numeric);
	if (rule->target_kind == TARGET_GOTO)
		buf_add_string(out, "[goto] ");
	bind_print_extensions(session->binder, rule, numeric, out);
	buf_add_char(out, '\n');
}

static void print_chain(struct session *session, const struct chain *chain,
			const struct command *command)
{
	uint32_t number = 0;

	if (!command->number)
		print_title(session, chain, command);
	for_each_entry (entry, chain) {
		number++;
		if (!command->number || command->number == number)
			print_rule(session, entry->rule, number, command);
	}
}

/* ---- both ---- */

void session_list(struct session *session, enum table_id id, const struct command *command)
{
	const struct table *table = session_table(session, id);
	const bool is_list = command->lists == 'L';
	const struct chain *only = command->chain ? table_find_chain(table, command->chain) : NULL;
	struct chain **chains = table_sorted_chains(table, session->arena);
	bool first = true;

	for (uint32_t i = 0; !is_list && i < table->n_chains; i++)
		if ((!only || chains[i] == only) && !command->number)
			print_chain_line(session, chains[i], command->verbose);
	for (uint32_t i = 0; i < table->n_chains; i++) {
		if (only && chains[i] != only)
			continue;
		if (!is_list) {
			print_rule_lines(session, chains[i], command);
			continue;
		}
		if (!first)
			buf_add_char(session->out, '\n');
		first = false;
		print_chain(session, chains[i], command);
	}
}
