/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does a new spelling of a line mean what the line meant?
 */
#include "emit/same.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "bind/bind.h"
#include "bind/trust.h"
#include "parse/parse.h"

#define MAX_LINE      10238 /* bytes that iptables-restore reads at once, without the newline */
#define MAX_WORD      1023
#define LINES_AT_ONCE 4096 /* bounds the memory of a scratch arena */

struct same {
	const struct unit *unit;
	struct arena *scratch;
	struct intern *names;
	unsigned n_lines;
};

static void renew(struct same *same)
{
	intern_free(same->names);
	if (same->scratch)
		arena_free(same->scratch);
	same->scratch = arena_new();
	same->names = intern_new(same->scratch);
	same->n_lines = 0;
	bind_begin(same->unit->binder, same->scratch);
}

struct same *same_new(const struct unit *unit)
{
	struct same *same = alloc_zeroed(sizeof(*same));

	same->unit = unit;
	return same;
}

void same_free(struct same *same)
{
	if (same->scratch) {
		/* What the binder keeps lives in an arena that ends here. */
		bind_begin(same->unit->binder, same->unit->arena);
		intern_free(same->names);
		arena_free(same->scratch);
	}
	free(same);
}

/* ---- comparison ---- */

static bool same_string(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_prefix(const struct prefix *a, const struct prefix *b)
{
	return a && b ? prefix_equal(a, b) : a == b;
}

/* A structure of the kernel whose trailing zeros were cut. */
struct data {
	const unsigned char *bytes;
	uint32_t len;
	uint32_t size; /* how much of it counts */
};

static unsigned char byte_at(const struct data *data, uint32_t i)
{
	return i < data->len ? data->bytes[i] : 0;
}

static bool same_data(enum family family, const char *real_name, struct data a, struct data b)
{
	if (a.size != b.size)
		return false;
	for (uint32_t i = 0; i < a.size && (i < a.len || i < b.len); i++)
		if (byte_at(&a, i) != byte_at(&b, i) && trust_byte_counts(real_name, family, i))
			return false;
	return true;
}

static bool same_match(enum family family, const struct match *a, const struct match *b)
{
	return a->revision == b->revision && strcmp(a->real_name, b->real_name) == 0 &&
	       strcmp(a->text, b->text) == 0 &&
	       same_data(family, a->real_name,
			 (struct data){ a->data, a->data_len, a->compare_size },
			 (struct data){ b->data, b->data_len, b->compare_size });
}

static bool same_matches(enum family family, const struct match *a, const struct match *b)
{
	for (; a && b; a = a->next, b = b->next)
		if (!same_match(family, a, b))
			return false;
	return !a && !b;
}

static bool same_extension(enum family family, const struct target *a, const struct target *b)
{
	return a->revision == b->revision && strcmp(a->real_name, b->real_name) == 0 &&
	       strcmp(a->text, b->text) == 0 &&
	       same_data(family, a->real_name,
			 (struct data){ a->data, a->data_len, a->compare_size },
			 (struct data){ b->data, b->data_len, b->compare_size });
}

static bool same_target(enum family family, const struct rule *a, const struct rule *b)
{
	if (a->target_kind != b->target_kind)
		return false;
	switch ((enum target_kind)a->target_kind) {
	case TARGET_NONE:
		return true;
	case TARGET_VERDICT:
		return a->verdict == b->verdict;
	case TARGET_JUMP:
	case TARGET_GOTO:
		return strcmp(a->to.chain, b->to.chain) == 0;
	case TARGET_EXTENSION:
		return same_extension(family, a->to.extension, b->to.extension);
	}
	return false;
}

static bool same_rule(enum family family, const struct rule *a, const struct rule *b)
{
	return !b->unbound && same_prefix(a->src, b->src) && same_prefix(a->dst, b->dst) &&
	       same_string(a->in, b->in) && same_string(a->out, b->out) &&
	       a->protocol == b->protocol && a->inverted == b->inverted &&
	       a->fragment == b->fragment && same_matches(family, a->matches, b->matches) &&
	       same_target(family, a, b) && counters_equal(a->counters, b->counters);
}

static bool same_command(enum family family, const struct command *a, const struct command *b)
{
	if (a->kind != b->kind || a->number != b->number || a->n_rules != b->n_rules ||
	    !same_string(a->chain, b->chain))
		return false;
	for (uint32_t i = 0; i < a->n_rules; i++)
		if (!same_rule(family, &a->rules[i], &b->rules[i]))
			return false;
	return true;
}

/* ---- reading ---- */

/* The only chain that a rule can name is the one that it jumped to before. */
static bool is_jumped_to(const void *context, const char *name)
{
	const struct rule *rule = context;

	return (rule->target_kind == TARGET_JUMP || rule->target_kind == TARGET_GOTO) &&
	       strcmp(rule->to.chain, name) == 0;
}

static bool fits(const struct word *words, size_t n_words)
{
	for (size_t i = 0; i < n_words; i++)
		if (strlen(words[i].text) > MAX_WORD)
			return false;
	return n_words <= PARSE_MAX_WORDS;
}

static void read_text(struct same *same, enum table_id table, const struct command *command,
		      const struct buf *text, struct command *result, struct diags *diags)
{
	const struct rule *rule = &command->rules[0];
	char *copy = arena_strndup(same->scratch, text->data, text->len);
	struct source *source =
		source_new(same->scratch, same->unit->source->name, copy, text->len);
	struct bind_scope scope = {
		.arena = same->scratch,
		.names = same->names,
		.diags = diags,
		.source = source,
		.tools = &same->unit->options.tools,
		.table = table,
		.has_chain = is_jumped_to,
		.context = rule,
	};
	struct word *words;
	size_t n_words;

	if (rule->target_kind == TARGET_JUMP || rule->target_kind == TARGET_GOTO)
		intern_add(same->names, rule->to.chain, strlen(rule->to.chain));
	words = parse_words(same->scratch, source, result->base.span, &n_words);
	if (words && fits(words, n_words))
		bind_command(same->unit->binder, &scope, result, rule->counters, words, n_words);
}

bool same_meaning(struct same *same, enum table_id table, const struct command *command,
		  const struct buf *text)
{
	struct command result = { .base.span = { 0, (uint32_t)text->len },
				  .base.kind = STATEMENT_COMMAND };
	struct diags diags;

	if (text->len > MAX_LINE || strpbrk(text->data, "\r\n") || strlen(text->data) != text->len)
		return false;
	if (!same->scratch || same->n_lines >= LINES_AT_ONCE)
		renew(same);
	same->n_lines++;
	diags_init(&diags, same->scratch);
	read_text(same, table, command, text, &result, &diags);
	return !diags_refusing(&diags) && same_command(same->unit->family, command, &result);
}
