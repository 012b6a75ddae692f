/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is what iptables-save would print for a rule read back as the same rule?  It is
 * tried: the saved words are read once more, and the results compared.
 */
#include <string.h>

#include "base/buf.h"
#include "bind/reading.h"

/* Any chain will do: what depends on its name is not part of the saved words. */
static const char chain[] = "X";

static void add_protocol(struct buf *line, const struct rule *rule)
{
	if (!rule->protocol)
		return;
	buf_printf(line, "%s -p %u", rule->inverted & RULE_NOT_PROTOCOL ? " !" : "",
		   (unsigned)rule->protocol);
}

static void add_line(struct buf *line, const struct rule *rule)
{
	buf_printf(line, "-A %s", chain);
	add_protocol(line, rule);
	for (const struct match *match = rule->matches; match; match = match->next)
		buf_add_string(line, match->text);
	if (rule->target_kind == TARGET_EXTENSION)
		buf_add_string(line, rule->to.extension->text);
}

static bool same_data(const void *a, uint32_t a_len, const void *b, uint32_t b_len, uint32_t size)
{
	uint32_t a_used = a_len < size ? a_len : size;
	uint32_t b_used = b_len < size ? b_len : size;
	uint32_t common = a_used < b_used ? a_used : b_used;
	const unsigned char *rest = a_used > b_used ? a : b;
	uint32_t end = a_used > b_used ? a_used : b_used;

	if (memcmp(a, b, common) != 0)
		return false;
	for (uint32_t i = common; i < end; i++)
		if (rest[i])
			return false;
	return true;
}

static bool same_match(const struct match *a, const struct match *b)
{
	return strcmp(a->real_name, b->real_name) == 0 && a->revision == b->revision &&
	       same_data(a->data, a->data_len, b->data, b->data_len, a->compare_size) &&
	       strcmp(a->text, b->text) == 0;
}

static bool same_extensions(const struct rule *a, const struct rule *b)
{
	const struct match *left = a->matches;
	const struct match *right = b->matches;

	for (; left && right; left = left->next, right = right->next)
		if (!same_match(left, right))
			return false;
	if (left || right || a->target_kind != b->target_kind)
		return false;
	if (a->target_kind != TARGET_EXTENSION)
		return true;
	return strcmp(a->to.extension->real_name, b->to.extension->real_name) == 0 &&
	       same_data(a->to.extension->data, a->to.extension->data_len, b->to.extension->data,
			 b->to.extension->data_len, a->to.extension->compare_size) &&
	       strcmp(a->to.extension->text, b->to.extension->text) == 0;
}

static bool has_no_chain(const void *context, const char *name)
{
	(void)context;
	(void)name;
	return false;
}

/* Reads LINE in SCRATCH; the reason if it is not RULE again, else NULL. */
static const char *read_back(struct binder *binder, const struct bind_scope *scope,
			     struct arena *scratch, const struct buf *line, const struct rule *rule)
{
	struct source *source = source_new(scratch, "", line->data, line->len);
	struct command command = { .base.span = { 0, (uint32_t)line->len } };
	struct bind_scope inner = *scope;
	struct rule expected = *rule;
	struct word *words;
	struct diags diags;
	size_t n_words;

	diags_init(&diags, scratch);
	inner.arena = scratch;
	inner.diags = &diags;
	inner.source = source;
	inner.has_chain = has_no_chain;
	words = parse_words(scratch, source, command.base.span, &n_words);
	if (!words)
		return "the saved text is no line of a rules file";
	read_line(binder, &inner, &command, NULL, words, n_words, false);
	for (const struct diag *diag = diags.first; diag; diag = diag->next)
		if (diag->refuses)
			return arena_printf(scope->arena, "the saved text does not load: %s",
					    diag->message);
	/* Jumps to chains, and verdicts, were left out of the line. */
	if (expected.target_kind != TARGET_EXTENSION)
		expected.target_kind = TARGET_NONE;
	if (command.n_rules != 1 || !same_extensions(&expected, command.rules))
		return "the saved text is read as another rule";
	return NULL;
}

static bool loses_interface(const struct bind_scope *scope, const struct rule *rule)
{
	if (!quirk_holds(QUIRK_NOT_ANY_INTERFACE, BACKEND_LEGACY, scope->tools) ||
	    !(scope->tools->backends & BACKEND_LEGACY))
		return false;
	return (rule->in && rule->inverted & RULE_NOT_IN && strcmp(rule->in, "+") == 0) ||
	       (rule->out && rule->inverted & RULE_NOT_OUT && strcmp(rule->out, "+") == 0);
}

bool bind_save_is_faithful(struct binder *binder, const struct bind_scope *scope,
			   const struct rule *rule, const char **why)
{
	struct buf line = BUF_INIT;
	struct arena *scratch;

	*why = NULL;
	if (rule->unbound)
		return true;
	if (loses_interface(scope, rule)) {
		*why = "the '!' before an interface '+' is not saved";
		return false;
	}
	add_line(&line, rule);
	if (strchr(buf_string(&line), '\n')) {
		*why = "the saved text is broken by the end of a line";
	} else {
		scratch = arena_new();
		*why = read_back(binder, scope, scratch, &line, rule);
		arena_free(scratch);
	}
	buf_free(&line);
	return *why == NULL;
}
