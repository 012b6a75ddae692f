/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * witness [-6] FILE: packets to try the claims of the analysis with, one a line:
 *
 *     alive LINE TABLE CHAIN PACKET     this packet meets the rule of that line
 *     dead LINE TABLE CHAIN PACKET      this one would, and nothing before it shall let it
 *
 * PACKET is written as iptlint trace reads it.  Rules that ask for something that a packet
 * alone does not decide (marks, sets, rates ...) are left out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/analysis.h"
#include "bind/bind.h"
#include "trace/packet.h"

#define PACKETS_FOR_DEAD 3

struct printer {
	struct arena *arena;
	const struct unit *unit;
	const struct table *table;
	struct space *space;
};

/* Values of the variables that are no literals. */
struct values {
	wide of[VAR_LITERAL];
};

static void print_packet(const struct printer *to, const char *what, const struct rule *rule,
			 const struct chain *chain, const struct values *values)
{
	static const char *const states[] = { "NEW", "RELATED", "ESTABLISHED" };
	const wide *of = values->of;
	const char *in =
		interfaces_name(space_interfaces(to->space), to->arena, (uint32_t)of[VAR_IN]);
	const char *out =
		interfaces_name(space_interfaces(to->space), to->arena, (uint32_t)of[VAR_OUT]);
	const char *state = of[VAR_STATE] == CT_INVALID	    ? "INVALID"
			    : of[VAR_STATE] == CT_UNTRACKED ? "UNTRACKED"
							    : states[of[VAR_STATE] / 4];

	printf("%s %u %s %s", what, source_line(to->unit->source, rule->origin->base.span.start),
	       table_name(to->table->id), chain->name);
	if (in)
		printf(" in=%s", in);
	if (out)
		printf(" out=%s", out);
	printf(" src=%s dst=%s proto=%u", packet_address(to->arena, to->unit->family, of[VAR_SRC]),
	       packet_address(to->arena, to->unit->family, of[VAR_DST]),
	       (unsigned)of[VAR_PROTOCOL]);
	if (of[VAR_PROTOCOL] == 6 || of[VAR_PROTOCOL] == 17)
		printf(" sport=%u dport=%u", (unsigned)of[VAR_SPORT], (unsigned)of[VAR_DPORT]);
	if (of[VAR_PROTOCOL] == 1 || of[VAR_PROTOCOL] == 58)
		printf(" icmp-type=%u/%u", (unsigned)of[VAR_ICMP] / 256,
		       (unsigned)of[VAR_ICMP] % 256);
	printf(" state=%s frag=%s\n", state, of[VAR_FRAGMENT] ? "yes" : "no");
}

/* Is there an answer that a packet cannot be made for? */
static bool asks_literals(const struct region *region)
{
	for (uint32_t i = 0; i < region->n; i++) {
		if (region->constraints[i].variable >= VAR_LITERAL ||
		    region->constraints[i].variable == VAR_FLAGS || region->constraints[i].version)
			return true;
	}
	return false;
}

static void alive(void *context, const struct live_rule *live)
{
	const struct printer *to = context;
	struct values values;

	const struct frame *root = live->frame;

	while (root->caller)
		root = root->caller;
	/* from where packets come into an open chain is not known */
	if (root->chain->chain->hook == HOOK_NONE || !live->proof ||
	    asks_literals(live->proof->witness))
		return;
	for (uint32_t variable = 0; variable < VAR_LITERAL; variable++)
		values.of[variable] = proof_packet(live->prover, live->proof, variable, 0);
	print_packet(to, "alive", flow_rule(live->frame->chain, live->position),
		     live->frame->chain->chain, &values);
}

static void print_dead(const struct printer *to, const struct reach *reach,
		       const struct chain *chain, const struct dead_rule *dead)
{
	static const enum hook hooks[] = { HOOK_INPUT, HOOK_FORWARD, HOOK_OUTPUT };
	struct scratch *scratch = scratch_new();
	struct condition condition;

	condition_read(&condition, scratch, to->space, &moment_untouched, dead->rule);
	for (unsigned i = 0; i < PACKETS_FOR_DEAD && condition.n; i++) {
		enum hook hook = chain->hook != HOOK_NONE ? (enum hook)chain->hook : hooks[i];
		const struct region *region =
			region_intersect(scratch, condition.regions[i % condition.n],
					 reach_hook_region(reach, hook));
		struct values values;

		if (!region || asks_literals(region))
			continue;
		for (uint32_t variable = 0; variable < VAR_LITERAL; variable++) {
			const struct set *set = region_get(region, variable, 0);

			values.of[variable] =
				set_pick(set ? set : space_domain(to->space, variable), i + 2);
			if (!set && (variable == VAR_STATE || variable == VAR_FRAGMENT))
				values.of[variable] = 0;
		}
		print_packet(to, "dead", dead->rule, chain, &values);
	}
	scratch_free(scratch);
}

static void print_table(struct printer *to, struct analysis *analysis, enum table_id id)
{
	struct chains *chains = analysis_chains(analysis, id);
	const struct reach_observer observer = { alive, to };
	struct reach *reach;

	if (!chains)
		return;
	to->table = chains_table(chains);
	/* the observer is called before there is anything to ask for the space: it has its own,
	 * which is the same */
	to->space = space_new(to->arena, to->unit->family, chains_backends(chains), to->table);
	reach = reach_new(to->arena, chains, true, &observer);
	to->space = reach_space(reach);
	for (uint32_t i = 0; i < to->table->n_chains; i++) {
		const struct chain_reach *of = reach_of(reach, to->table->chains[i]);

		for (const struct dead_rule *dead = of->dead; dead; dead = dead->next)
			print_dead(to, reach, of->chain, dead);
	}
}

int main(int argc, char **argv)
{
	const struct unit_options options = { .tools.backends = BACKEND_LEGACY };
	struct printer to = { .arena = arena_new() };
	enum family family = FAMILY_IPV4;
	struct analysis *analysis;
	struct source *source;
	const char *why;

	if (argc == 3 && !strcmp(argv[1], "-6"))
		family = FAMILY_IPV6;
	else if (argc != 2)
		return 2;
	source = source_read(to.arena, argv[argc - 1], &why);
	if (!source) {
		fprintf(stderr, "%s: %s\n", argv[argc - 1], why);
		return 2;
	}
	to.unit = unit_load(to.arena, source, binder_get(family), &options);
	analysis = analysis_new(to.arena, to.unit, true);
	for (unsigned id = 0; id < TABLE_COUNT; id++)
		print_table(&to, analysis, (enum table_id)id);
	arena_free(to.arena);
	return 0;
}
