/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Legacy hands a table to the kernel as a whole: built-in chains by hook, then the
 * other chains by name.  nft adds the rules in the order of the file.
 */
#include "kernel/objects.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "kernel/constraints.h"
#include "ruleset/statement.h"

/* linux/netfilter/xt_RATEEST.h and its like would bring in linux/if.h, which does not
 * go with net/if.h; these are the members that count. */
struct estimator_made {
	char name[IFNAMSIZ];
	signed char interval;
	unsigned char ewma_log;
};

struct estimators_needed {
	char name[2][IFNAMSIZ];
	unsigned short flags;
};

struct timer_made {
	unsigned timeout;
	char label[28];
	unsigned char send_nl_msg;
	unsigned char timer_type;
};

#define ESTIMATORS_RELATIVE 0x04 /* XT_RATEEST_MATCH_REL: two of them are compared */

enum object_kind {
	ESTIMATOR_MADE,
	ESTIMATORS_NEEDED,
	TIMER_MADE
};

struct object_use {
	struct subject subject;
	size_t position;
	enum object_kind kind;
	unsigned refused_by; /* enum backend */
	const char *missing; /* the name that is not there */
	union {
		struct estimator_made estimator;
		struct estimators_needed needed;
		struct timer_made timer;
	} data;
};

bool object_is_used_by(const char *kernel_name, bool is_target)
{
	if (is_target)
		return !strcmp(kernel_name, "RATEEST") || !strcmp(kernel_name, "IDLETIMER");
	return !strcmp(kernel_name, "rateest");
}

static bool read_data(const struct subject *subject, void *out, size_t size)
{
	return subject->match ? match_data(subject->match, out, size)
			      : target_data(subject->target, out, size);
}

void object_add(struct object_uses *uses, const struct subject *subject, size_t position)
{
	struct object_use use = { .subject = *subject, .position = position };
	bool known;

	if (subject->match) {
		use.kind = ESTIMATORS_NEEDED;
		known = read_data(subject, &use.data.needed, sizeof(use.data.needed));
		use.data.needed.name[0][IFNAMSIZ - 1] = '\0';
		use.data.needed.name[1][IFNAMSIZ - 1] = '\0';
	} else if (!strcmp(subject->target->name, "RATEEST")) {
		use.kind = ESTIMATOR_MADE;
		known = read_data(subject, &use.data.estimator, sizeof(use.data.estimator));
		use.data.estimator.name[IFNAMSIZ - 1] = '\0';
	} else {
		use.kind = TIMER_MADE;
		known = subject->target->revision == 1 &&
			read_data(subject, &use.data.timer, sizeof(use.data.timer));
		use.data.timer.label[sizeof(use.data.timer.label) - 1] = '\0';
	}
	if (!known)
		return;
	if (uses->n == uses->capacity) {
		uses->capacity = uses->capacity ? uses->capacity * 2 : 16;
		uses->all = alloc_resize(uses->all, uses->capacity * sizeof(*uses->all));
	}
	uses->all[uses->n++] = use;
}

/* ---- the order in which the kernel sees them ---- */

static int compare_numbers(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

/* In one rule the matches come before the target. */
static int compare_in_rule(const struct object_use *a, const struct object_use *b)
{
	const int order = compare_numbers(a->position, b->position);

	return order ? order : compare_numbers(a->subject.match == NULL, b->subject.match == NULL);
}

static size_t table_start(const struct object_use *use)
{
	return use->subject.table->section ? use->subject.table->section->base.span.start : 0;
}

static int compare_legacy(const void *first, const void *second)
{
	const struct object_use *a = *(struct object_use *const *)first;
	const struct object_use *b = *(struct object_use *const *)second;
	const struct chain *chain_a = a->subject.chain, *chain_b = b->subject.chain;
	int order = compare_numbers(table_start(a), table_start(b));

	if (!order)
		order = compare_numbers(chain_a->hook, chain_b->hook);
	if (!order)
		order = strcmp(chain_a->name, chain_b->name);
	return order ? order : compare_in_rule(a, b);
}

static int compare_nft(const void *first, const void *second)
{
	const struct object_use *a = *(struct object_use *const *)first;
	const struct object_use *b = *(struct object_use *const *)second;
	const int order = compare_numbers(a->subject.rule->origin->base.span.start,
					  b->subject.rule->origin->base.span.start);

	return order ? order : compare_in_rule(a, b);
}

/* ---- what the kernel does with them ---- */

/* The use among the first N that made the thing that USE makes, too. */
static struct object_use *made_before(struct object_use **seen, size_t n,
				      const struct object_use *use)
{
	for (size_t i = 0; i < n; i++) {
		if (seen[i]->kind != use->kind)
			continue;
		if (use->kind == TIMER_MADE &&
		    !strcmp(seen[i]->data.timer.label, use->data.timer.label))
			return seen[i];
		if (use->kind == ESTIMATOR_MADE &&
		    !strcmp(seen[i]->data.estimator.name, use->data.estimator.name))
			return seen[i];
	}
	return NULL;
}

static bool is_estimator(struct object_use **seen, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (seen[i]->kind == ESTIMATOR_MADE && !strcmp(seen[i]->data.estimator.name, name))
			return true;
	}
	return false;
}

static bool is_refused(struct object_use **seen, size_t n, struct object_use *use)
{
	const struct object_use *other;

	switch (use->kind) {
	case ESTIMATORS_NEEDED:
		use->missing = NULL;
		if (!is_estimator(seen, n, use->data.needed.name[0]))
			use->missing = use->data.needed.name[0];
		else if ((use->data.needed.flags & ESTIMATORS_RELATIVE) &&
			 !is_estimator(seen, n, use->data.needed.name[1]))
			use->missing = use->data.needed.name[1];
		return use->missing;
	case ESTIMATOR_MADE:
		other = made_before(seen, n, use);
		return other && (other->data.estimator.interval != use->data.estimator.interval ||
				 other->data.estimator.ewma_log != use->data.estimator.ewma_log);
	case TIMER_MADE:
		other = made_before(seen, n, use);
		return other && other->data.timer.timer_type != use->data.timer.timer_type;
	}
	return false;
}

static void report(const struct object_use *use, unsigned both)
{
	const struct subject *subject = &use->subject;

	switch (use->kind) {
	case ESTIMATORS_NEEDED:
		subject_hint(
			subject,
			subject_refuse(subject, "invalid-value", use->refused_by,
				       "match 'rateest' asks for the estimator '%s', which no "
				       "rule before it makes",
				       use->missing),
			use->refused_by == both
				? "put a rule with -j RATEEST --rateest-name %s before it"
				: "put a rule with -j RATEEST --rateest-name %s before it, into "
				  "the same chain",
			use->missing);
		break;
	case ESTIMATOR_MADE:
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", use->refused_by,
					    "target 'RATEEST': another rule makes the estimator "
					    "'%s' with other values",
					    use->data.estimator.name),
			     "give it another name, or the same values");
		break;
	case TIMER_MADE:
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", use->refused_by,
					    "target 'IDLETIMER': the timer '%s' is with --alarm in "
					    "one rule and without it in another",
					    use->data.timer.label),
			     "give it another label");
		break;
	}
}

void object_check(struct object_uses *uses)
{
	struct object_use **order = uses->n ? alloc_zeroed(uses->n * sizeof(*order)) : NULL;
	unsigned backends = uses->n ? uses->all[0].subject.backends : 0;

	for (unsigned backend = BACKEND_LEGACY; backend <= BACKEND_NFT; backend <<= 1) {
		if (!(backends & backend))
			continue;
		for (size_t i = 0; i < uses->n; i++)
			order[i] = &uses->all[i];
		qsort(order, uses->n, sizeof(*order),
		      backend == BACKEND_LEGACY ? compare_legacy : compare_nft);
		for (size_t i = 0; i < uses->n; i++) {
			if (is_refused(order, i, order[i]))
				order[i]->refused_by |= backend;
		}
	}
	for (size_t i = 0; i < uses->n; i++) {
		if (uses->all[i].refused_by)
			report(&uses->all[i], backends);
	}
	free(order);
	free(uses->all);
	*uses = (struct object_uses){ 0 };
}
