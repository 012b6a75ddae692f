/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as two rules files, on both sides of a line "====", that are compared.  Without
 * such a line the second one is the first without a line in the middle.  Nothing may crash or
 * leak, and:
 *
 *   a file is the same as itself, surely;
 *   who is told of a difference is not told that there is none when the files are swapped.
 *
 * What is undecided may not be the same the other way round: which rules are aligned need
 * not be, nor what is too much to follow.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind/bind.h"
#include "compare/compare.h"
#include "pipeline/unit.h"
#include "report/difference.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define LINE "\n====\n"

static void require(int holds, const char *what)
{
	if (!holds) {
		fprintf(stderr, "does not hold: %s\n", what);
		abort();
	}
}

static struct unit *load(struct arena *arena, const char *name, const char *bytes, size_t len)
{
	const struct unit_options options = { .tools = { .backends = BACKEND_BOTH } };
	const char *text = arena_strndup(arena, bytes, len);

	return unit_load(arena, source_new(arena, name, text, len), binder_get(FAMILY_IPV4),
			 &options);
}

static struct unit *load_without_line(struct arena *arena, const char *bytes, size_t len)
{
	const char *line = memchr(bytes + len / 2, '\n', len - len / 2);
	const char *end = line ? memchr(line + 1, '\n', (size_t)(bytes + len - line - 1)) : NULL;
	char *text = arena_strndup(arena, bytes, len);
	size_t gone = end ? (size_t)(end - line) : 0;

	if (end)
		memmove(text + (line - bytes), text + (end - bytes), (size_t)(bytes + len - end));
	return load(arena, "new", text, len - gone);
}

static bool can_be_compared(const struct unit *unit)
{
	return !unit->is_template && (BACKEND_BOTH & ~unit->refused_by);
}

static const struct comparison *compare(struct arena *arena, const struct unit *old,
					const struct unit *new)
{
	const struct unit *const units[N_SIDES] = { old, new };

	return compare_units(arena, units);
}

static void compare_with_itself(struct arena *arena, const struct unit *unit)
{
	for (const struct comparison *each = compare(arena, unit, unit); each; each = each->next)
		require(!each->is_changed && each->is_decided, "a file is the same as itself");
}

static void print(const struct comparison *list)
{
	static const char *const names[] = { "full", "markdown", "json" };
	FILE *nowhere = fopen("/dev/null", "w");

	for (size_t i = 0; nowhere && i < sizeof(names) / sizeof(*names); i++)
		difference_find(names[i])->print(nowhere, list);
	if (nowhere)
		fclose(nowhere);
}

static void compare_both_ways(struct arena *arena, const struct unit *old, const struct unit *new)
{
	const struct comparison *there = compare(arena, old, new);
	const struct comparison *back = compare(arena, new, old);

	print(there);
	for (; there && back; there = there->next, back = back->next) {
		require(there->backends == back->backends, "both ways with the same back ends");
		require(!there->is_changed || back->is_changed || !back->is_decided,
			"what is changed is not equal the other way round");
		require(!back->is_changed || there->is_changed || !there->is_decided,
			"what is equal is not changed the other way round");
	}
	require(!there && !back, "both ways the same number of comparisons");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *arena = arena_new();
	const char *bytes = (const char *)data;
	const char *line = memmem(bytes, len, LINE, strlen(LINE));
	size_t old_len = line ? (size_t)(line - bytes) + 1 : len;
	const struct unit *old = load(arena, "old", bytes, old_len), *new;

	if (line)
		new = load(arena, "new", line + strlen(LINE), len - old_len - strlen(LINE) + 1);
	else
		new = load_without_line(arena, bytes, len);
	if (can_be_compared(old))
		compare_with_itself(arena, old);
	if (can_be_compared(old) && can_be_compared(new) && old->is_fragment == new->is_fragment)
		compare_both_ways(arena, old, new);
	arena_free(arena);
	return 0;
}
