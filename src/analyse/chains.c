/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks the graph of jumps and gotos of one table.
 */
#include "analyse/chains.h"

#include <string.h>

struct chain_state {
	bool reached;
	bool named; /* by a line that could not be read, and that may be a jump */
};

struct chains {
	struct arena *arena;
	const struct unit *unit;
	const struct table *table;
	struct chain_state *states;
};

static const char *const external_names[] = {
	"DOCKER*", "KUBE-*",	 "CNI-*",    "f2b-*",	  "fail2ban-*", "LIBVIRT_*", "ufw*",
	"cali-*",  "FLANNEL-*",	 "CILIUM_*", "NETAVARK*", "ISTIO_*",	"WEAVE*",    "ANTREA-*",
	"ts-*",	   "MINIUPNPD*", "sshguard", "CROWDSEC*", "neutron-*",
};

/* What the user has said: one process looks at one file at a time. */
static const char *const *more_external;
static size_t n_more_external;
static bool more_alone;

void chains_set_external(const char *const *patterns, size_t n, bool alone)
{
	more_external = patterns;
	n_more_external = n;
	more_alone = alone;
}

static bool matches_external(const char *const *patterns, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(patterns[i]);

		if (len && patterns[i][len - 1] == '*' ? !strncmp(name, patterns[i], len - 1)
						       : !strcmp(name, patterns[i]))
			return true;
	}
	return false;
}

bool chain_is_external(const char *name)
{
	if (n_more_external && matches_external(more_external, n_more_external, name))
		return true;
	return !more_alone &&
	       matches_external(external_names, sizeof(external_names) / sizeof(*external_names),
				name);
}

struct queue {
	const struct chain **chains;
	uint32_t n;
};

static void reach(struct chains *chains, struct queue *queue, const struct chain *chain)
{
	if (!chain || chains->states[chain->index].reached)
		return;
	chains->states[chain->index].reached = true;
	queue->chains[queue->n++] = chain;
}

#define LONGEST_NAME 255 /* longer than the kernel takes */

/* The chain that the bytes at TEXT name, if there is one, may be called. */
static void reach_by_text(struct chains *chains, struct queue *queue, const char *text, size_t len)
{
	char name[LONGEST_NAME + 1];
	const struct chain *chain;

	if (len > LONGEST_NAME)
		return;
	memcpy(name, text, len);
	name[len] = '\0';
	chain = table_find_chain(chains->table, name);
	if (chain)
		chains->states[chain->index].named = true;
	reach(chains, queue, chain);
}

/*
 * A line that could not be read may have been a jump: every chain that one of its
 * words names counts as reached.
 */
static void reach_by_words(struct chains *chains, struct queue *queue, struct span line)
{
	const char *at = chains->unit->source->bytes + line.start;
	const char *end = chains->unit->source->bytes + line.end;

	while (at < end) {
		size_t len = 0;

		while (at + len < end && !strchr(" \t\r\n\"=", at[len]))
			len++;
		reach_by_text(chains, queue, at, len);
		if (len > 2 && at[0] == '-') /* -jCHAIN */
			reach_by_text(chains, queue, at + 2, len - 2);
		at += len + 1;
	}
}

static void reach_by_unreadable(struct chains *chains, struct queue *queue)
{
	for (const struct statement *each = chains->unit->statements; each; each = each->next) {
		if (statement_is_unreadable(each))
			reach_by_words(chains, queue, each->span);
	}
}

/* Rules that are not there because of an error the file has. */
static void reach_by_errors(struct chains *chains, struct queue *queue)
{
	const struct source *source = chains->unit->source;
	uint32_t last = 0; /* line, numbered from 1: findings of one line stand together */

	if (chains->unit->has_unreadable)
		reach_by_unreadable(chains, queue);
	for (const struct diag *diag = chains->unit->diags.first; diag; diag = diag->next) {
		uint32_t line = source_line(source, diag->span.start);

		if (diag->refuses && line != last)
			reach_by_words(chains, queue, source_line_span(source, line));
		last = line;
	}
}

static void find_reached(struct chains *chains)
{
	const struct table *table = chains->table;
	struct queue queue = {
		.chains = arena_alloc(chains->arena, (table->n_chains + 1) * sizeof(void *)),
	};

	for (uint32_t i = 0; i < table->n_chains; i++) {
		if (table->chains[i]->hook != HOOK_NONE || chains_are_of_fragment(chains) ||
		    chain_is_external(table->chains[i]->name))
			reach(chains, &queue, table->chains[i]);
	}
	reach_by_errors(chains, &queue);
	for (uint32_t next = 0; next < queue.n; next++) {
		for_each_entry (entry, queue.chains[next]) {
			if (entry->rule->unbound)
				reach_by_words(chains, &queue, entry->rule->origin->base.span);
			else
				reach(chains, &queue, entry->to);
		}
	}
}

struct chains *chains_new(struct arena *arena, const struct unit *unit, const struct table *table)
{
	struct chains *chains = arena_new_object(arena, struct chains);

	chains->arena = arena;
	chains->unit = unit;
	chains->table = table;
	chains->states = arena_alloc(arena, (table->n_chains + 1) * sizeof(*chains->states));
	find_reached(chains);
	return chains;
}

const struct table *chains_table(const struct chains *chains)
{
	return chains->table;
}

enum family chains_family(const struct chains *chains)
{
	return chains->unit->family;
}

unsigned chains_backends(const struct chains *chains)
{
	unsigned asked = chains->unit->options.tools.backends;
	unsigned loading = asked & ~chains->unit->refused_by;

	return loading ? loading : asked;
}

bool chains_are_of_fragment(const struct chains *chains)
{
	return chains->unit->is_fragment;
}

bool chain_is_reached(const struct chains *chains, const struct chain *chain)
{
	return chains->states[chain->index].reached;
}

bool chain_is_named_by_errors(const struct chains *chains, const struct chain *chain)
{
	return chains->states[chain->index].named;
}
