/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is what iptables-save would print for a rule read back as the same rule?  It is
 * tried: the saved words are read once more, and the results compared.
 */
#include <string.h>

#include "base/buf.h"
#include "bind/reading.h"
#include "bind/trust.h"

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

/* A structure whose trailing zeros were cut. */
struct bytes {
	const unsigned char *data;
	uint32_t len;
};

static unsigned char byte_at(const struct bytes *bytes, uint32_t i)
{
	return i < bytes->len ? bytes->data[i] : 0;
}

static bool same_data(struct bytes a, struct bytes b, uint32_t size, const char *real_name,
		      enum family family)
{
	for (uint32_t i = 0; i < size; i++)
		if (byte_at(&a, i) != byte_at(&b, i) && trust_byte_counts(real_name, family, i))
			return false;
	return true;
}

static bool same_match(const struct match *a, const struct match *b, enum family family)
{
	return strcmp(a->real_name, b->real_name) == 0 && a->revision == b->revision &&
	       strcmp(a->text, b->text) == 0 &&
	       same_data((struct bytes){ a->data, a->data_len },
			 (struct bytes){ b->data, b->data_len }, a->compare_size, a->real_name,
			 family);
}

static bool same_target(const struct target *a, const struct target *b, enum family family)
{
	return strcmp(a->real_name, b->real_name) == 0 && a->revision == b->revision &&
	       strcmp(a->text, b->text) == 0 &&
	       same_data((struct bytes){ a->data, a->data_len },
			 (struct bytes){ b->data, b->data_len }, a->compare_size, a->real_name,
			 family);
}

static bool same_extensions(const struct rule *a, const struct rule *b, enum family family)
{
	const struct match *left = a->matches;
	const struct match *right = b->matches;

	for (; left && right; left = left->next, right = right->next)
		if (!same_match(left, right, family))
			return false;
	if (left || right || a->target_kind != b->target_kind)
		return false;
	return a->target_kind != TARGET_EXTENSION ||
	       same_target(a->to.extension, b->to.extension, family);
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
	const struct diag *why;
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
	why = diag_first_refusing(diags.first, BACKEND_BOTH);
	if (why)
		return arena_printf(scope->arena, "the saved text does not load: %s", why->message);
	/* Jumps to chains, and verdicts, were left out of the line. */
	if (expected.target_kind != TARGET_EXTENSION)
		expected.target_kind = TARGET_NONE;
	if (command.n_rules != 1 ||
	    !same_extensions(&expected, command.rules, binder_family(binder)))
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
