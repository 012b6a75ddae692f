/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order of the tables, and what connection tracking and routing do between them.
 *
 * Source: trace/trace.c, which goes the same way with one packet.
 */
#include "analyse/facts.h"
#include "expect/walk_inside.h"

/* ---- ends ---- */

static void end(struct walk *w, struct part *part)
{
	part->end.region = part->region;
	part->end.dst = part_value(part, VAR_DST);
	part->end.dport = part_value(part, VAR_DPORT);
	if (!w->is_over && !w->visit(w->context, &part->end))
		w->is_over = true;
}

static void decide(struct part *part, enum ending ending, const struct rule *rule)
{
	part->end.ending = ending;
	part->end.decided_by = rule;
	part->end.policy_of = rule ? NULL : part->chain;
	part->end.table = part->table;
}

void walk_lose(struct walk *w, struct part *part, enum ending ending, const struct rule *rule)
{
	decide(part, ending, rule);
	end(w, part);
}

void walk_lose_sight(struct walk *w, struct part *part, const struct rule *rule, const char *why)
{
	part->end.why = why;
	walk_lose(w, part, ENDING_UNKNOWN, rule);
}

/* ACCEPT of a table is what decides only if nothing does later; of filter it stays. */
static void pass(struct part *part, const struct rule *rule)
{
	const struct walk_end *before = &part->end;

	if (!before->table || before->table->id != TABLE_FILTER || part->table->id == TABLE_FILTER)
		decide(part, ENDING_ACCEPT, rule);
}

/* ---- tables and hooks ---- */

static const struct chain *builtin(const struct table *table, enum hook hook)
{
	for (uint32_t i = 0; i < table->n_chains; i++) {
		if (table->chains[i]->hook == hook)
			return table->chains[i];
	}
	return NULL;
}

void walk_enter_hook(struct walk *w, struct part *part, enum hook hook)
{
	part->hook = hook;
	part->step = 0;
	/* what opaque matches see of the device, and of the connection in raw */
	part_forget(w, part, FIELD_LINK);
	if (hook == HOOK_PREROUTING || hook == HOOK_INPUT)
		part_become(w, part, VAR_OUT,
			    set_range(w->scratch, INTERFACE_ABSENT, INTERFACE_ABSENT));
	else
		part->versions[VAR_OUT] = 0;
	if (hook == HOOK_FORWARD)
		part_forget(w, part, FIELD_HEADER); /* the hop limit is one less */
	/* a packet that this host sends elsewhere now may leave by another interface */
	if (hook == HOOK_POSTROUTING && part->end.translated_by && part_is_without(part, VAR_IN))
		part_become(w, part, VAR_OUT, NULL);
}

/* The next hook; false: there is none. */
static bool next_hook(struct walk *w, struct part *part)
{
	switch (part->hook) {
	case HOOK_PREROUTING:
		walk_enter_hook(w, part,
				part->is_local || part_is_without(part, VAR_OUT) ? HOOK_INPUT
										 : HOOK_FORWARD);
		return true;
	case HOOK_FORWARD:
	case HOOK_OUTPUT:
		walk_enter_hook(w, part, HOOK_POSTROUTING);
		return true;
	default:
		return false;
	}
}

static enum table_id next_table(struct part *part)
{
	static const enum table_id tables[HOOK_COUNT][6] = {
		[HOOK_PREROUTING] = { TABLE_RAW, TABLE_MANGLE, TABLE_NAT, TABLE_NONE },
		[HOOK_INPUT] = { TABLE_MANGLE, TABLE_FILTER, TABLE_SECURITY, TABLE_NAT,
				 TABLE_NONE },
		[HOOK_FORWARD] = { TABLE_MANGLE, TABLE_FILTER, TABLE_SECURITY, TABLE_NONE },
		[HOOK_OUTPUT] = { TABLE_RAW, TABLE_MANGLE, TABLE_NAT, TABLE_FILTER, TABLE_SECURITY,
				  TABLE_NONE },
		[HOOK_POSTROUTING] = { TABLE_MANGLE, TABLE_NAT, TABLE_NONE },
	};

	return tables[part->hook][part->step++];
}

/*
 * Connection tracking stands behind raw.  Before it a packet has no state; over lo it keeps the
 * one that it was sent with, and that is a part of its own (start()).
 */
static void enter_raw(struct walk *w, struct part *part)
{
	const struct set *in = region_get(part->region, VAR_IN, 0);
	wide lo = interfaces_number(space_interfaces(w->world->space), "lo");
	bool keeps = part->hook == HOOK_PREROUTING && in && set_low(in) == lo && set_high(in) == lo;

	if (!keeps && !part_has_state(part, CT_UNTRACKED, CT_UNTRACKED))
		part_become(w, part, VAR_STATE, set_range(w->scratch, CT_INVALID, CT_INVALID));
}

static void leave_raw(struct walk *w, struct part *part)
{
	if (!part_has_state(part, CT_UNTRACKED, CT_UNTRACKED))
		part->versions[VAR_STATE] = 0;
	part_forget(w, part, FIELD_CONNTRACK | FIELD_CONNMARK | FIELD_LABEL);
}

/* Does nat look at the packet?  It does at the first one of a connection; whether at one that
 * is related depends on what that is. */
static bool sees_nat(struct walk *w, struct part *part, const struct chain *chain)
{
	struct part past = *part;

	if (part_has_state(part, CT_NEW, CT_RELATED - 1))
		return true;
	if (part_has_state(part, CT_ESTABLISHED, CT_INVALID))
		return false;
	if (chain->first) {
		part_doubt(&past, chain->first->rule, NULL);
		past.at = NULL;
		past.calls = NULL;
		past.chain = NULL;
		walk_push(w, &past);
		part_doubt(part, chain->first->rule, NULL);
	}
	return true;
}

bool walk_enter_next(struct walk *w, struct part *part)
{
	for (;;) {
		enum table_id id = next_table(part);
		const struct table *table;

		if (id == TABLE_NONE) {
			if (next_hook(w, part))
				continue;
			end(w, part);
			return false;
		}
		if (part->step > 1 && id == TABLE_MANGLE &&
		    (part->hook == HOOK_PREROUTING || part->hook == HOOK_OUTPUT))
			leave_raw(w, part);
		if (w->options->table != TABLE_NONE && w->options->table != id)
			continue;
		if (w->world->differs[id] && (table_hooks(id) & HOOK_BIT(part->hook))) {
			walk_lose_sight(w, part, NULL,
					"the two back ends make different rules of this table");
			return false;
		}
		table = w->world->tables[id];
		part->chain = table ? builtin(table, part->hook) : NULL;
		if (!part->chain)
			continue;
		if (id == TABLE_NAT && !sees_nat(w, part, part->chain))
			continue;
		part->table = table;
		if (id == TABLE_RAW)
			enter_raw(w, part);
		if (part->chain->host_rules != HOST_RULES_NONE) {
			walk_lose_sight(w, part, NULL,
					"the chain has rules that are not in the file");
			return false;
		}
		part->at = part->chain->first;
		part->calls = NULL;
		part->depth = 0;
		return true;
	}
}

bool walk_let_pass(struct walk *w, struct part *part, const struct rule *rule)
{
	pass(part, rule);
	return walk_enter_next(w, part);
}

bool walk_leave_chain(struct walk *w, struct part *part)
{
	if (part->calls) {
		part->at = part->calls->next;
		part->calls = part->calls->caller;
		part->depth--;
		return true;
	}
	if (!part->chain) /* nat did not look at it: sees_nat() */
		return walk_enter_next(w, part);
	switch ((enum verdict)part->chain->policy) {
	case VERDICT_DROP:
		walk_lose(w, part, ENDING_DROP, NULL);
		return false;
	case VERDICT_ACCEPT:
		return walk_let_pass(w, part, NULL);
	default:
		walk_lose_sight(w, part, NULL, "the policy is not known");
		return false;
	}
}
