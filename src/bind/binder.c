/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line after the other: the short way for what was seen before, else the way
 * of iptables-restore itself, word by word.
 */
#include "bind/bind.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "bind/ipset.h"
#include "bind/reading.h"

struct binder {
	enum family family;
	struct library *library;
	struct reading reading;
	char *argv[PARSE_MAX_WORDS + 8]; /* the program, the words, NULL */
	char *text;			 /* what argv points into */
	size_t text_size;
	struct plain *plain;
};

struct binder *binder_get(enum family family)
{
	static struct binder *binder;

	if (!binder) {
		binder = alloc_zeroed(sizeof(*binder));
		binder->family = family;
		binder->library = library_get(family, core_options_for(family));
	}
	if (binder->family != family)
		abort(); /* see bind.h */
	return binder;
}

enum family binder_family(const struct binder *binder)
{
	return binder->family;
}

unsigned binder_release(void)
{
	return library_release();
}

void binder_describe(struct xtables_version *version)
{
	library_describe(version);
}

void bind_begin(struct binder *binder, struct arena *arena)
{
	plain_free(binder->plain);
	binder->plain = plain_new(arena, core_options_for(binder->family));
}

/* Extensions write into the words that they are given: copies. */
static int copy_words(struct binder *binder, const struct word *words, size_t n_words)
{
	static char program[] = "iptables-restore";
	size_t size = 1;
	char *text;

	for (size_t i = 0; i < n_words; i++)
		size += strlen(words[i].text) + 1;
	if (size > binder->text_size) {
		binder->text = alloc_resize(binder->text, size);
		binder->text_size = size;
	}
	text = binder->text;
	binder->argv[0] = program;
	for (size_t i = 0; i < n_words; i++) {
		size_t len = strlen(words[i].text) + 1;

		binder->argv[i + 1] = memcpy(text, words[i].text, len);
		text += len;
	}
	binder->argv[n_words + 1] = NULL;
	return (int)n_words + 1;
}

/* The words behind the command, its chain and its number. */
static struct span spec_span(const struct reading *reading)
{
	const struct command *command = reading->command;
	size_t first = 0;

	while (first < reading->n_words && command->chain &&
	       reading->words[first].span.end <= command->chain_span.end)
		first++;
	if (first && command->number)
		first++;
	if (first >= reading->n_words)
		return (struct span){ command->base.span.end, command->base.span.end };
	return reading_span(reading, (int)first + 1, (int)reading->n_words + 1);
}

static void finish(struct reading *reading)
{
	struct command *command = reading->command;

	if (command->kind == COMMAND_SKIPPED || command->kind == COMMAND_STOP)
		return;
	check_extensions(reading);
	if (!command_takes_rule(command))
		return;
	command->spec_span = spec_span(reading);
	if (!reading->failed)
		save_extensions(reading);
	assemble_rules(reading);
}

const struct pin *pin_name(struct reading *reading, const char *name)
{
	const struct bind_scope *scope = reading->scope;

	reading->resolved = true;
	return resolver_pin(scope->resolver, scope->arena, reading->command,
			    arena_strdup(scope->arena, name), reading->family);
}

/* The same for an extension. */
static size_t resolve(void *reading, const char *name, const union address **addresses)
{
	const struct pin *pin = pin_name(reading, name);

	if (!pin)
		return 0;
	*addresses = pin->addresses;
	return pin->n;
}

void read_line(struct binder *binder, const struct bind_scope *scope, struct command *command,
	       const struct counters *counters, const struct word *words, size_t n_words,
	       bool remember)
{
	struct reading *reading = &binder->reading;
	size_t remarks = scope->diags->count;
	struct diag **errors = scope->diags->last;

	memset(reading, 0, offsetof(struct reading, match_before));
	reading->binder = binder;
	reading->scope = scope;
	reading->library = binder->library;
	reading->family = binder->family;
	reading->command = command;
	reading->words = words;
	reading->n_words = n_words < PARSE_MAX_WORDS + 6 ? n_words : PARSE_MAX_WORDS + 6;
	reading->argc = copy_words(binder, words, reading->n_words);
	reading->argv = binder->argv;
	reading->protocol_match = -1;
	reading->rule.counters = counters;

	library_begin(binder->library);
	library_set_resolver(binder->library, scope->resolver ? resolve : NULL, reading);
	ipset_limit(scope->has_set, scope->context);
	read_options(reading);
	finish(reading);
	if (reading->failed && !scope->line) /* a script may ask what iptables has said */
		explain_negations(reading, errors);
	ipset_limit(NULL, NULL);
	command->failed = reading->failed;
	command->verbose = reading->options & 1u << OPTION_VERBOSE;
	command->numeric = reading->options & 1u << OPTION_NUMERIC;
	command->exact = reading->options & 1u << OPTION_EXACT;
	command->line_numbers = reading->options & 1u << OPTION_LINE_NUMBERS;
	if (command->kind != COMMAND_SKIPPED)
		remark_warnings(reading);
	if (remember && !reading->failed && !reading->resolved && scope->diags->count == remarks)
		plain_remember(binder->plain, reading);
	library_end(binder->library);
}

void bind_command(struct binder *binder, const struct bind_scope *scope, struct command *command,
		  const struct counters *counters, const struct word *words, size_t n_words)
{
	if (binder->plain &&
	    plain_read(binder->plain, scope, binder->family, command, counters, words, n_words))
		return;
	read_line(binder, scope, command, counters, words, n_words, binder->plain != NULL);
}

void bind_print_extensions(struct binder *binder, const struct rule *rule, bool numeric,
			   struct buf *out)
{
	library_begin(binder->library);
	if (rule->protocol)
		library_set_protocol(binder->library, rule->protocol,
				     rule->inverted & RULE_NOT_PROTOCOL);
	for (const struct match *match = rule->matches; match; match = match->next)
		library_print(binder->library, match, NULL, numeric, out);
	if (rule->target_kind == TARGET_EXTENSION)
		library_print(binder->library, NULL, rule->to.extension, numeric, out);
	library_end(binder->library);
}
