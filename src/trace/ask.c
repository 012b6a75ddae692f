/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * First all tests that the packet itself answers, then those that have to be assumed.
 * What the tests mean is condition.c's business; only marks are compared here, since
 * a packet has a certain one.
 */
#include "trace/ask.h"

#include <linux/netfilter/xt_connmark.h>
#include <linux/netfilter/xt_mark.h>
#include <string.h>

#include "analyse/condition.h"

struct question {
	struct space *space;
	struct scratch *scratch;
	const struct packet *packet;
	const struct rule *rule;
};

static bool interface_value(const struct question *q, const char *name, wide *value)
{
	*value = name ? interfaces_number(space_interfaces(q->space), name) : INTERFACE_ABSENT;
	return true;
}

static bool known(const struct question *q, enum packet_field field, wide number, wide *value)
{
	*value = number;
	return q->packet->known & field;
}

static wide state_value(const struct packet *p)
{
	if (p->state == CT_INVALID || p->state == CT_UNTRACKED)
		return p->state;
	return (wide)p->state + (p->is_snat ? CT_SNAT : 0) + (p->is_dnat ? CT_DNAT : 0);
}

/* The value of a variable, if it is known. */
static bool value_of(const struct question *q, uint32_t variable, wide *value)
{
	const struct packet *p = q->packet;

	switch (variable) {
	case VAR_SRC:
		return known(q, PACKET_SRC, p->src, value);
	case VAR_DST:
		return known(q, PACKET_DST, p->dst, value);
	case VAR_PROTOCOL:
		return known(q, PACKET_PROTOCOL, p->protocol, value);
	case VAR_SPORT:
		return known(q, PACKET_SPORT, p->sport, value);
	case VAR_DPORT:
		return known(q, PACKET_DPORT, p->dport, value);
	case VAR_ICMP:
		return known(q, PACKET_ICMP, p->icmp, value);
	case VAR_FLAGS:
		return known(q, PACKET_FLAGS, p->flags, value);
	case VAR_IN:
		return interface_value(q, p->in, value);
	case VAR_OUT:
		return interface_value(q, p->out, value);
	case VAR_FRAGMENT:
		*value = p->is_later_fragment;
		return true;
	case VAR_STATE:
		*value = state_value(p);
		return true;
	case VAR_TOOL: /* what both do is legacy's where both are asked for */
		*value = set_low(space_domain(q->space, VAR_TOOL));
		return true;
	default:
		return false;
	}
}

static enum trace_answer ask_region(const struct question *q, const struct region *region)
{
	enum trace_answer answer = TRACE_YES;

	for (uint32_t i = 0; i < region->n; i++) {
		wide value;

		if (!value_of(q, region->constraints[i].variable, &value))
			answer = TRACE_UNKNOWN;
		else if (!set_has(region->constraints[i].set, value))
			return TRACE_NO;
	}
	return answer;
}

static enum trace_answer ask_condition(const struct question *q, const struct condition *condition)
{
	enum trace_answer answer = TRACE_NO;

	for (unsigned i = 0; i < condition->n && answer != TRACE_YES; i++) {
		enum trace_answer one = ask_region(q, condition->regions[i]);

		if (one != TRACE_NO)
			answer = one;
	}
	if (answer == TRACE_YES && (!condition->sure || condition->silent))
		return TRACE_UNKNOWN;
	return answer;
}

/* What the rule says outside of its matches. */
static enum trace_answer ask_plain(const struct question *q)
{
	struct rule plain = *q->rule;
	struct condition condition;

	plain.matches = NULL;
	condition_read(&condition, q->scratch, q->space, &moment_untouched, &plain);
	return ask_condition(q, &condition);
}

static enum trace_answer compare_marks(uint32_t mark, uint32_t mask, uint32_t wanted, bool inverted)
{
	return ((mark & mask) == wanted) != inverted ? TRACE_YES : TRACE_NO;
}

enum trace_answer ask_marks(const struct packet *packet, const struct match *match)
{
	struct xt_mark_mtinfo1 mark;
	struct xt_connmark_mtinfo1 connmark;
	bool is_tracked = packet->state != CT_INVALID && packet->state != CT_UNTRACKED;

	if (!strcmp(match->real_name, "mark") && match_data(match, &mark, sizeof(mark)))
		return compare_marks(packet->mark, mark.mask, mark.mark, mark.invert);
	if (!strcmp(match->real_name, "connmark") && match_data(match, &connmark, sizeof(connmark)))
		return is_tracked ? compare_marks(packet->connmark, connmark.mask, connmark.mark,
						  connmark.invert)
				  : TRACE_NO;
	return TRACE_UNKNOWN;
}

static enum trace_answer ask_match(const struct question *q, const struct match *match)
{
	struct condition condition;
	enum trace_answer answer = ask_marks(q->packet, match);

	if (answer != TRACE_UNKNOWN)
		return answer;
	condition_read_match(&condition, q->scratch, q->space, q->rule, match);
	return ask_condition(q, &condition);
}

enum trace_answer ask_rule(struct space *space, struct scratch *scratch,
			   const struct packet *packet, const struct rule *rule,
			   trace_assume *assume, void *context)
{
	struct scratch_mark mark = scratch_mark(scratch);
	struct question q = { space, scratch, packet, rule };
	enum trace_answer answer = rule->unbound ? TRACE_UNKNOWN : ask_plain(&q);
	const struct match *match = rule->unbound ? NULL : rule->matches;

	for (; match && answer != TRACE_NO; match = match->next) {
		if (ask_match(&q, match) == TRACE_NO)
			answer = TRACE_NO;
	}
	if (answer == TRACE_UNKNOWN)
		answer = assume(context, rule, NULL);
	for (match = rule->unbound ? NULL : rule->matches; match && answer != TRACE_NO;
	     match = match->next) {
		if (ask_match(&q, match) == TRACE_UNKNOWN) {
			enum trace_answer assumed = assume(context, rule, match);

			if (assumed != TRACE_YES)
				answer = assumed;
		}
	}
	scratch_release(scratch, mark);
	return answer;
}
