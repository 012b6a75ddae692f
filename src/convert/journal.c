/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of calls, and the names of the programs that are worth a call.
 */
#include "convert/journal.h"

#include <string.h>

#include "base/word.h"

#define FIRST_CAPACITY 64

static const struct {
	const char *ending; /* behind "iptables" or "ip6tables" */
	enum filter_program program;
} programs[] = {
	{ "", FILTER_COMMAND },
	{ "-legacy", FILTER_COMMAND },
	{ "-nft", FILTER_COMMAND },
	{ "-restore", FILTER_RESTORE },
	{ "-legacy-restore", FILTER_RESTORE },
	{ "-nft-restore", FILTER_RESTORE },
	{ "-save", FILTER_SAVE },
	{ "-legacy-save", FILTER_SAVE },
	{ "-nft-save", FILTER_SAVE },
};

/* What stands behind the family's name, or NULL. */
static const char *ending_of(const char *name, enum family *family)
{
	static const char v4[] = "iptables", v6[] = "ip6tables";

	if (strncmp(name, v4, sizeof(v4) - 1) == 0) {
		*family = FAMILY_IPV4;
		return name + sizeof(v4) - 1;
	}
	if (strncmp(name, v6, sizeof(v6) - 1) == 0) {
		*family = FAMILY_IPV6;
		return name + sizeof(v6) - 1;
	}
	return NULL;
}

enum filter_program filter_program_of(const char *name, enum family *family)
{
	const char *ending;

	*family = FAMILY_UNSPEC;
	/* /etc/init.d/iptables is a start script */
	if (strncmp(name, "/etc/", strlen("/etc/")) == 0)
		return FILTER_NONE;
	name = base_name(name);
	if (strcmp(name, "ipset") == 0)
		return FILTER_IPSET;
	ending = ending_of(name, family);
	for (size_t i = 0; ending && i < sizeof(programs) / sizeof(*programs); i++)
		if (strcmp(programs[i].ending, ending) == 0)
			return programs[i].program;
	*family = FAMILY_UNSPEC;
	return FILTER_NONE;
}

struct journal *journal_new(struct arena *arena, const struct source *source)
{
	struct journal *journal = arena_new_object(arena, struct journal);

	journal->arena = arena;
	journal->source = source;
	return journal;
}

static void make_room(struct journal *journal)
{
	struct journal_call *larger;

	if (journal->n_calls < journal->capacity)
		return;
	journal->capacity = journal->capacity ? 2 * journal->capacity : FIRST_CAPACITY;
	larger = arena_alloc(journal->arena, journal->capacity * sizeof(*larger));
	if (journal->n_calls)
		memcpy(larger, journal->calls, journal->n_calls * sizeof(*larger));
	journal->calls = larger;
}

void journal_add(struct journal *journal, const struct journal_call *call)
{
	struct arena *arena = journal->arena;
	struct journal_call copy = *call;
	const char **words = arena_alloc(arena, (call->n_words + 1) * sizeof(*words));

	for (size_t i = 0; i < call->n_words; i++)
		words[i] = arena_strdup(arena, call->words[i]);
	copy.words = words;
	if (call->spans)
		copy.spans = arena_memdup(arena, call->spans, call->n_words * sizeof(struct span));
	if (call->input)
		copy.input = arena_strndup(arena, call->input, call->input_len);
	if (call->other_file)
		copy.other_file = arena_strdup(arena, call->other_file);
	make_room(journal);
	journal->calls[journal->n_calls++] = copy;
}

void journal_cut(struct journal *journal, size_t n)
{
	if (n < journal->n_calls)
		journal->n_calls = n;
}

bool journal_touches(const struct journal *journal, enum family family)
{
	for (size_t i = 0; i < journal->n_calls; i++)
		if (journal->calls[i].family == family)
			return true;
	return false;
}

bool journal_changes(const struct journal *journal)
{
	for (size_t i = 0; i < journal->n_calls; i++) {
		const struct journal_call *call = &journal->calls[i];

		if (call->status == 0 && call->program != FILTER_SAVE &&
		    call->program != FILTER_OTHER)
			return true;
	}
	return false;
}
