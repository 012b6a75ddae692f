/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Legacy hands a table to the kernel as a whole: built-in chains by hook, then the
 * other chains by name.  nft adds the rules in the order of the file.
 */
#include "kernel/objects.h"

#include <linux/netfilter/xt_IDLETIMER.h>
#include <linux/netfilter/xt_RATEEST.h>
#include <linux/netfilter/xt_hashlimit.h>
#include <linux/netfilter/xt_rateest.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "kernel/constraints.h"
#include "ruleset/statement.h"

enum object_kind {
	ESTIMATOR,
	TIMER,
	HASH_TABLE,
	ESTIMATORS_NEEDED
};

struct object_use {
	struct subject subject;
	size_t position;
	enum object_kind kind;
	const char *name;    /* interned with the kind */
	const char *other;   /* ESTIMATORS_NEEDED: the second one, or NULL */
	const char *missing; /* the one that is not there */
	unsigned trait;	     /* in which all that make it have to agree */
	unsigned refused_by; /* enum backend */
};

bool object_is_used_by(const char *kernel_name, bool is_target)
{
	if (is_target)
		return !strcmp(kernel_name, "RATEEST") || !strcmp(kernel_name, "IDLETIMER");
	return !strcmp(kernel_name, "rateest") || !strcmp(kernel_name, "hashlimit");
}

/* ---- which use is which ---- */

/* The one copy of the name, which has at most SIZE bytes; kinds have their own names. */
static const char *intern_name(struct object_uses *uses, enum object_kind kind, const char *name,
			       size_t size)
{
	char text[1 + NAME_MAX];
	size_t len = strnlen(name, size < NAME_MAX ? size : NAME_MAX);

	text[0] = (char)('0' + kind);
	memcpy(text + 1, name, len);
	return intern_add(uses->names, text, len + 1);
}

static const char *plain_name(const char *interned)
{
	return interned + 1;
}

static bool read_data(const struct subject *subject, unsigned revision, void *out, size_t size)
{
	const struct match *match = subject->match;
	const struct target *target = subject->target;

	return match ? match->revision == revision && match_data(match, out, size)
		     : target->revision == revision && target_data(target, out, size);
}

static bool read_match(struct object_uses *uses, struct object_use *use)
{
	union {
		struct xt_rateest_match_info estimators;
		struct xt_hashlimit_mtinfo3 hash;
	} info;

	if (!strcmp(use->subject.match->name, "hashlimit")) {
		if (!read_data(&use->subject, 3, &info.hash, sizeof(info.hash)))
			return false;
		use->kind = HASH_TABLE;
		use->name = intern_name(uses, HASH_TABLE, info.hash.name, sizeof(info.hash.name));
		use->trait = info.hash.cfg.mode & XT_HASHLIMIT_RATE_MATCH;
		return true;
	}
	if (!read_data(&use->subject, 0, &info.estimators, sizeof(info.estimators)))
		return false;
	use->kind = ESTIMATORS_NEEDED;
	use->name = intern_name(uses, ESTIMATOR, info.estimators.name1, IFNAMSIZ);
	if (info.estimators.flags & XT_RATEEST_MATCH_REL)
		use->other = intern_name(uses, ESTIMATOR, info.estimators.name2, IFNAMSIZ);
	return true;
}

static bool read_target(struct object_uses *uses, struct object_use *use)
{
	union {
		struct xt_rateest_target_info estimator;
		struct idletimer_tg_info_v1 timer;
	} info;

	if (!strcmp(use->subject.target->name, "IDLETIMER")) {
		if (!read_data(&use->subject, 1, &info.timer, sizeof(info.timer)))
			return false;
		use->kind = TIMER;
		use->name = intern_name(uses, TIMER, info.timer.label, sizeof(info.timer.label));
		use->trait = info.timer.timer_type;
		return true;
	}
	if (!read_data(&use->subject, 0, &info.estimator, sizeof(info.estimator)))
		return false;
	use->kind = ESTIMATOR;
	use->name = intern_name(uses, ESTIMATOR, info.estimator.name, IFNAMSIZ);
	use->trait =
		(unsigned)(unsigned char)info.estimator.interval << 8 | info.estimator.ewma_log;
	return true;
}

void object_add(struct object_uses *uses, const struct subject *subject, size_t position)
{
	struct object_use use = { .subject = *subject, .position = position };

	if (!uses->names)
		uses->names = intern_new(subject->diags->arena);
	if (!(subject->match ? read_match(uses, &use) : read_target(uses, &use)))
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

/* In one rule the matches come before the target, in the order of the rule. */
static int compare_in_rule(const struct object_use *a, const struct object_use *b)
{
	int order = compare_numbers(a->position, b->position);

	if (!order)
		order = compare_numbers(a->subject.match == NULL, b->subject.match == NULL);
	return order ? order
		     : compare_numbers(a->subject.match ? a->subject.match->span.start : 0,
				       b->subject.match ? b->subject.match->span.start : 0);
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
	if (!order && chain_a != chain_b)
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

/* Does the kernel refuse USE, with MADE being what the rules before it made? */
static bool is_refused(struct map *made, struct object_use *use)
{
	const struct object_use *other;

	if (use->kind == ESTIMATORS_NEEDED) {
		const char *missing = map_get(made, use->name) ? use->other : use->name;

		if (!missing || map_get(made, missing))
			return false;
		use->missing = missing;
		return true;
	}
	other = map_get(made, use->name);
	if (!other)
		map_set(made, use->name, use);
	return other && other->trait != use->trait;
}

static void run(struct object_uses *uses, struct object_use **order, unsigned backend)
{
	struct map made = MAP_INIT;

	for (size_t i = 0; i < uses->n; i++)
		order[i] = &uses->all[i];
	qsort(order, uses->n, sizeof(*order),
	      backend == BACKEND_LEGACY ? compare_legacy : compare_nft);
	for (size_t i = 0; i < uses->n; i++) {
		if (is_refused(&made, order[i]))
			order[i]->refused_by |= backend;
	}
	map_free(&made);
}

static void report(const struct object_use *use)
{
	const struct subject *subject = &use->subject;
	const char *name = plain_name(use->kind == ESTIMATORS_NEEDED && use->missing ? use->missing
										     : use->name);

	switch (use->kind) {
	case ESTIMATORS_NEEDED:
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", use->refused_by,
					    "match 'rateest' asks for the estimator '%s', which no "
					    "rule before it makes",
					    name),
			     "put a rule with -j RATEEST --rateest-name %s before it, into the "
			     "same chain",
			     name);
		break;
	case ESTIMATOR:
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", use->refused_by,
					    "target 'RATEEST': another rule makes the estimator "
					    "'%s' with other values",
					    name),
			     "give it another name, or the same values");
		break;
	case TIMER:
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", use->refused_by,
					    "target 'IDLETIMER': the timer '%s' is with --alarm in "
					    "one rule and without it in another",
					    name),
			     "give it another label");
		break;
	case HASH_TABLE:
		subject_hint(subject,
			     subject_refuse(subject, "invalid-value", use->refused_by,
					    "match 'hashlimit': the table '%s' is with "
					    "--hashlimit-rate-match in one rule and without it in "
					    "another",
					    name),
			     "give it another --hashlimit-name");
		break;
	}
}

void object_check(struct object_uses *uses)
{
	if (uses->n) {
		const unsigned backends = uses->all[0].subject.backends;
		struct object_use **order = alloc_zeroed(uses->n * sizeof(*order));

		for (unsigned backend = BACKEND_LEGACY; backend <= BACKEND_NFT; backend <<= 1) {
			if (backends & backend)
				run(uses, order, backend);
		}
		free(order);
	}
	for (size_t i = 0; i < uses->n; i++) {
		if (uses->all[i].refused_by)
			report(&uses->all[i]);
	}
	free(uses->all);
	if (uses->names)
		intern_free(uses->names);
	*uses = (struct object_uses){ 0 };
}
