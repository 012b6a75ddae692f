/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a rule does with the packets that meet it.
 *
 * Source: trace/effect.c, and what analyse/facts.h knows of targets.
 */
#include "trace/effect.h"

#include <linux/netfilter/nf_nat.h>
#include <string.h>

#include "analyse/facts.h"
#include "expect/walk_inside.h"

#define DEPTH_MAX 200

static const struct set *nat_addresses(struct walk *w, const struct nf_nat_range *range)
{
	union address low, high;

	memcpy(&low, &range->min_addr, sizeof(low));
	memcpy(&high, &range->max_addr, sizeof(high));
	return set_range(w->scratch, space_address(w->world->space, &low),
			 space_address(w->world->space, &high));
}

static wide port_of(const union nf_conntrack_man_proto *port)
{
	return (wide)((port->all & 0xff) << 8 | port->all >> 8);
}

/* A new destination: exactly what may become of the address and the port. */
static void translate(struct walk *w, struct part *part, const struct rule *rule)
{
	const struct target *target = rule->to.extension;
	const struct set *state = part_value(part, VAR_STATE);
	struct nf_nat_range range;
	bool is_known = effect_range(target, w->world->unit->family, &range) &&
			strcmp(target->real_name, "NETMAP") != 0;
	bool moves = !strcmp(target->real_name, "REDIRECT") || !is_known ||
		     (range.flags & NF_NAT_RANGE_MAP_IPS);

	if (moves)
		part_become(w, part, VAR_DST,
			    is_known && (range.flags & NF_NAT_RANGE_MAP_IPS)
				    ? nat_addresses(w, &range)
				    : NULL);
	if (!is_known || (range.flags & NF_NAT_RANGE_PROTO_SPECIFIED))
		part_become(w, part, VAR_DPORT,
			    is_known ? set_range(w->scratch, port_of(&range.min_proto),
						 port_of(&range.max_proto))
				     : NULL);
	if (state && set_low(state) == set_high(state))
		part_become(
			w, part, VAR_STATE,
			set_range(w->scratch, set_low(state) | CT_DNAT, set_low(state) | CT_DNAT));
	else
		part_become(w, part, VAR_STATE, NULL);
	part->is_local |= !strcmp(target->real_name, "REDIRECT");
	part->end.translated_by = rule;
}

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(name, names[i]))
			return true;
	}
	return false;
}

/* An address translation ends its table. */
static bool is_translation(struct walk *w, struct part *part, const struct rule *rule)
{
	static const char *const names[] = { "DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP" };
	const char *name = rule->to.extension->real_name;
	bool is_first = part->hook == HOOK_PREROUTING || part->hook == HOOK_OUTPUT;

	if (!is_one_of(name, names, sizeof(names) / sizeof(*names)))
		return false;
	part_forget(w, part, FIELD_ALL & ~(FIELD_MARK | FIELD_CONNMARK));
	if (is_first) {
		translate(w, part, rule);
	} else {
		part_become(w, part, VAR_SRC, NULL);
		part_become(w, part, VAR_SPORT, NULL);
		part_become(w, part, VAR_STATE, NULL);
	}
	return true;
}

/* What effect_apply() knows: marks, and the end of tracking. */
static void change(struct walk *w, struct part *part, const struct rule *rule)
{
	const struct target *target = rule->to.extension;
	static const char *const exact[] = { "MARK", "CONNMARK", "CT", "NOTRACK" };
	const struct target_facts *facts = target_facts(target->real_name);
	struct packet packet = { .mark = part->marks.mark, .connmark = part->marks.connmark };
	unsigned writes = facts->writes;
	bool is_local = false;

	if (!strcmp(target->real_name, "SET") && !strstr(target->text, "--map-"))
		writes &= ~(unsigned)FIELD_MARK;
	if (!is_one_of(target->real_name, exact, sizeof(exact) / sizeof(*exact))) {
		part_forget_all(w, part, writes);
		return;
	}
	part_forget(w, part, writes);
	packet.state = part_has_state(part, CT_UNTRACKED, CT_INVALID) ? CT_INVALID : CT_NEW;
	effect_apply(&packet, w->world->space, target, &is_local);
	if (packet.state == CT_UNTRACKED)
		part_become(w, part, VAR_STATE, set_range(w->scratch, CT_UNTRACKED, CT_UNTRACKED));
	part->marks.mark = packet.mark;
	part->marks.connmark = packet.connmark;
	if (!strcmp(target->real_name, "CONNMARK")) {
		/* each is made of the other */
		bool knows = part->marks.knows_mark && part->marks.knows_connmark;

		part->marks.knows_mark = part->marks.knows_connmark = knows;
	}
}

/* False: the packets have left. */
static bool run_extension(struct walk *w, struct part *part, const struct rule *rule)
{
	const char *name = rule->to.extension->real_name;
	const struct target_facts *facts = target_facts(name);

	if (!strcmp(name, "REJECT")) {
		walk_lose(w, part, ENDING_REJECT, rule);
		return false;
	}
	if (!strcmp(name, "NFQUEUE")) {
		walk_lose_sight(w, part, rule, "a program decides what becomes of the packet");
		return false;
	}
	if (!strcmp(name, "TPROXY")) {
		walk_lose_sight(w, part, rule, "it depends on whether a program listens");
		return false;
	}
	if (facts->ends == ENDS_SOMETIMES) {
		walk_lose_sight(w, part, rule, "what this target does with a packet is not known");
		return false;
	}
	if (is_translation(w, part, rule)) {
		return walk_let_pass(w, part, rule);
	}
	change(w, part, rule);
	if (facts->ends == ENDS_NEVER)
		return true;
	return walk_let_pass(w, part, rule);
}

static bool call(struct walk *w, struct part *part, const struct entry *entry)
{
	struct call *back;

	if (!entry->to) {
		walk_lose_sight(w, part, entry->rule, "the chain is not in the file");
		return false;
	}
	if (entry->to->host_rules != HOST_RULES_NONE) {
		walk_lose_sight(w, part, entry->rule,
				"the chain has rules that are not in the file");
		return false;
	}
	if (part->depth >= DEPTH_MAX) {
		walk_lose_sight(w, part, entry->rule, "chains call each other too deep");
		return false;
	}
	if (entry->rule->target_kind == TARGET_JUMP) {
		back = arena_new_object(w->world->arena, struct call);
		*back = (struct call){ part->at, part->calls };
		part->calls = back;
		part->depth++;
	}
	part->at = entry->to->first;
	return true;
}

static bool run_verdict(struct walk *w, struct part *part, const struct rule *rule)
{
	switch ((enum verdict)rule->verdict) {
	case VERDICT_ACCEPT:
		return walk_let_pass(w, part, rule);
	case VERDICT_RETURN:
		return walk_leave_chain(w, part);
	case VERDICT_DROP:
		walk_lose(w, part, ENDING_DROP, rule);
		return false;
	default:
		walk_lose_sight(w, part, rule, "a program decides what becomes of the packet");
		return false;
	}
}

bool walk_target(struct walk *w, struct part *part, const struct entry *entry)
{
	if (entry->rule->unbound) {
		walk_lose_sight(w, part, entry->rule, "the line cannot be read");
		return false;
	}
	switch ((enum target_kind)entry->rule->target_kind) {
	case TARGET_NONE:
		return true;
	case TARGET_VERDICT:
		return run_verdict(w, part, entry->rule);
	case TARGET_EXTENSION:
		return run_extension(w, part, entry->rule);
	case TARGET_JUMP:
	case TARGET_GOTO:
		break;
	}
	return call(w, part, entry);
}
