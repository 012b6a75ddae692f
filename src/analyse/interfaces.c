/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names and patterns are sorted as text.  All that begin with the text of a
 * pattern then stand right behind it, and the numbers rise with the order.
 *
 * Source: iptables(8), -i: "If the interface name ends in a "+", then any interface
 * which begins with this name will match."
 */
#include "analyse/interfaces.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"

#define FIRST_NUMBER (INTERFACE_OTHER + 1)

struct name {
	const char *text;
	size_t len; /* without the + */
	bool is_pattern;
	const struct set *set;
};

struct interfaces {
	struct name *names; /* sorted; the number of the first one is FIRST_NUMBER */
	uint32_t n;
};

static bool asks_for_something(const char *name)
{
	return name && name[0] && strcmp(name, "+") != 0;
}

static struct name make_name(const char *text)
{
	size_t len = strlen(text);
	bool is_pattern = text[len - 1] == '+';

	return (struct name){ text, len - is_pattern, is_pattern, NULL };
}

/* By text; a pattern before the name that is the same but for the +. */
static int compare(const struct name *a, const struct name *b)
{
	size_t shorter = a->len < b->len ? a->len : b->len;
	int order = memcmp(a->text, b->text, shorter);

	if (order)
		return order;
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return (int)b->is_pattern - (int)a->is_pattern;
}

static int compare_any(const void *a, const void *b)
{
	return compare(a, b);
}

/* The place of the name, or where it belongs. */
static uint32_t place_of(const struct interfaces *interfaces, const struct name *name)
{
	uint32_t low = 0, high = interfaces->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (compare(&interfaces->names[middle], name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void collect(struct map *seen, const char *text)
{
	if (asks_for_something(text) && !map_get(seen, text))
		map_set(seen, text, (void *)text);
}

/* Sorts what was seen, without doubles. */
static void sort_names(struct interfaces *interfaces, struct arena *arena, const struct map *seen)
{
	uint32_t kept = 0;

	interfaces->names = arena_alloc(arena, (seen->used + 1) * sizeof(struct name));
	for (size_t i = 0; i < seen->size; i++) {
		if (seen->slots[i].key)
			interfaces->names[interfaces->n++] = make_name(seen->slots[i].key);
	}
	qsort(interfaces->names, interfaces->n, sizeof(struct name), compare_any);
	for (uint32_t i = 0; i < interfaces->n; i++) {
		if (!kept || compare(&interfaces->names[kept - 1], &interfaces->names[i]))
			interfaces->names[kept++] = interfaces->names[i];
	}
	interfaces->n = kept;
}

static void make_sets(struct interfaces *interfaces, struct arena *arena)
{
	for (uint32_t i = 0; i < interfaces->n; i++) {
		struct name *name = &interfaces->names[i];
		uint32_t last = i;

		while (name->is_pattern && last + 1 < interfaces->n &&
		       interfaces->names[last + 1].len >= name->len &&
		       !memcmp(interfaces->names[last + 1].text, name->text, name->len))
			last++;
		name->set = set_keep(arena, FIRST_NUMBER + i, FIRST_NUMBER + last);
	}
}

struct interfaces *interfaces_new(struct arena *arena, const struct table *table)
{
	struct interfaces *interfaces = arena_new_object(arena, struct interfaces);
	struct map seen = MAP_INIT;

	for (uint32_t i = 0; i < table->n_chains; i++) {
		for_each_entry (entry, table->chains[i]) {
			collect(&seen, entry->rule->in);
			collect(&seen, entry->rule->out);
		}
	}
	sort_names(interfaces, arena, &seen);
	make_sets(interfaces, arena);
	map_free(&seen);
	return interfaces;
}

uint32_t interfaces_count(const struct interfaces *interfaces)
{
	return FIRST_NUMBER + interfaces->n;
}

const struct set *interfaces_find(const struct interfaces *interfaces, const char *text)
{
	struct name name;

	if (!asks_for_something(text))
		return NULL;
	name = make_name(text);
	return interfaces->names[place_of(interfaces, &name)].set;
}

uint32_t interfaces_number(const struct interfaces *interfaces, const char *text)
{
	struct name name = { text, strlen(text), false, NULL };
	uint32_t place = place_of(interfaces, &name);

	if (place < interfaces->n && !compare(&interfaces->names[place], &name))
		return FIRST_NUMBER + place;
	/* the longest pattern that it begins with stands nearest before it */
	while (place-- > 0) {
		const struct name *each = &interfaces->names[place];

		if (each->is_pattern && each->len <= name.len &&
		    !memcmp(each->text, text, each->len))
			return FIRST_NUMBER + place;
	}
	return INTERFACE_OTHER;
}

/* A name that begins with the LEN bytes at TEXT and has the number; NULL if all that were
 * tried belong to another one. */
static const char *invent(const struct interfaces *interfaces, struct arena *arena,
			  const char *text, int len, uint32_t number)
{
	for (unsigned i = 0; i < 1000; i++) {
		const char *name = arena_printf(arena, "%.*s%u", len, text, i);

		if (strlen(name) < IFNAMSIZ && interfaces_number(interfaces, name) == number)
			return name;
	}
	return NULL;
}

const char *interfaces_name(const struct interfaces *interfaces, struct arena *arena,
			    uint32_t number)
{
	const struct name *name;

	if (number == INTERFACE_ABSENT)
		return NULL;
	if (number == INTERFACE_OTHER)
		return invent(interfaces, arena, "other", 5, number);
	name = &interfaces->names[number - FIRST_NUMBER];
	if (!name->is_pattern)
		return name->text;
	return invent(interfaces, arena, name->text, (int)name->len, number);
}

const char *interfaces_text(const struct interfaces *interfaces, uint32_t number,
			    const struct set **set)
{
	if (number < FIRST_NUMBER)
		return NULL;
	*set = interfaces->names[number - FIRST_NUMBER].set;
	return interfaces->names[number - FIRST_NUMBER].text;
}
