/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the extensions print of a rule: as iptables-save has it, when it was read, and as
 * iptables -L has it, from what the rule kept.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "bind/library_inside.h"

/* ---- what the rule will hold ---- */

static uint32_t without_trailing_zeros(const unsigned char *data, size_t size)
{
	while (size && !data[size - 1])
		size--;
	return (uint32_t)size;
}

static const struct xtables_match *find_match(const char *name, unsigned revision)
{
	for (int looked_up = 0; looked_up < 2; looked_up++) {
		struct xtables_match *loaded;

		for (const struct xtables_match *each = xtables_matches; each; each = each->next)
			if (strcmp(each->name, name) == 0 && each->revision == revision)
				return each;
		/* Extensions wait in another list until somebody asks for their name. */
		loaded = xtables_find_match(name, XTF_TRY_LOAD, NULL);
		if (loaded && loaded == loaded->next)
			free(loaded); /* a copy */
	}
	return NULL;
}

static const struct xtables_target *find_target(const char *name, unsigned revision)
{
	for (int looked_up = 0; looked_up < 2; looked_up++) {
		struct xtables_target *loaded;

		for (const struct xtables_target *each = xtables_targets; each; each = each->next)
			if (strcmp(each->name, name) == 0 && each->revision == revision)
				return each;
		loaded = xtables_find_target(name, XTF_TRY_LOAD);
		if (loaded && loaded == loaded->next)
			free(loaded);
	}
	return NULL;
}

/*
 * iptables-save goes by the name that the kernel knows: a rule with "-m state" is
 * saved by the extension "conntrack", which still calls it "state".
 */
static const struct xtables_match *saving_match(const struct xtables_match *match)
{
	const struct xtables_match *each;

	if (!match->real_name || strcmp(match->real_name, match->name) == 0)
		return match;
	each = find_match(match->real_name, match->revision);
	return each ? each : match;
}

static const struct xtables_target *saving_target(const struct xtables_target *target)
{
	const struct xtables_target *each;

	if (!target->real_name || strcmp(target->real_name, target->name) == 0)
		return target;
	each = find_target(target->real_name, target->revision);
	return each ? each : target;
}

struct save_call {
	int owner;
	const char *name; /* as saved */
};

static void do_save(struct library *library, void *argument)
{
	struct save_call *call = argument;

	if (call->owner == LIBRARY_TARGET) {
		struct xt_entry_target *entry = library->target->t;
		const struct xtables_target *target = saving_target(library->target);

		call->name = target->alias ? target->alias(entry) : target->name;
		if (target->save)
			target->save(library_entry(library), entry);
	} else {
		struct xt_entry_match *entry = library_match_at(library, call->owner)->m;
		const struct xtables_match *match =
			saving_match(library_match_at(library, call->owner));

		call->name = match->alias ? match->alias(entry) : match->name;
		if (match->save)
			match->save(library_entry(library), entry);
	}
}

/* Runs the save callback: " OPTION NAME" and what it printed, in ARENA. */
static const char *save_text(struct library *library, struct arena *arena, const char *option,
			     struct save_call *call, struct failure *failure)
{
	size_t option_len = strlen(option);
	size_t name_len, len;
	char *text;

	capture_clear(&library->out);
	if (!library_attempt(library, do_save, call, failure))
		return NULL;
	name_len = strlen(call->name);
	len = capture_length(&library->out);
	text = arena_alloc(arena, option_len + name_len + len + 1);
	memcpy(text, option, option_len);
	memcpy(text + option_len, call->name, name_len);
	memcpy(text + option_len + name_len, library->out.text, len);
	capture_clear(&library->out);
	return text;
}

bool library_save_match(struct library *library, int owner, struct arena *arena,
			struct match *match, struct failure *failure)
{
	const struct xtables_match *from = library_match_at(library, owner);
	struct save_call call = { owner, NULL };

	match->text = save_text(library, arena, " -m ", &call, failure);
	if (!match->text)
		return false;
	match->name = call.name;
	match->real_name = from->real_name ? from->real_name : from->name;
	match->revision = from->revision;
	match->data_size = (uint32_t)from->size;
	match->compare_size = (uint32_t)from->userspacesize;
	match->data_len = without_trailing_zeros(from->m->data, from->size);
	match->data = arena_memdup(arena, from->m->data, match->data_len);
	return true;
}

bool library_save_target(struct library *library, struct arena *arena, struct target *target,
			 struct failure *failure)
{
	const struct xtables_target *from = library->target;
	struct save_call call = { LIBRARY_TARGET, NULL };

	target->text = save_text(library, arena, " -j ", &call, failure);
	if (!target->text)
		return false;
	target->name = call.name;
	target->real_name = from->real_name ? from->real_name : from->name;
	target->revision = from->revision;
	target->data_size = (uint32_t)from->size;
	target->compare_size = (uint32_t)from->userspacesize;
	target->data_len = without_trailing_zeros(from->t->data, from->size);
	target->data = arena_memdup(arena, from->t->data, target->data_len);
	return true;
}

/* ---- as -L prints it ---- */

struct print_call {
	const struct match *match; /* or the target */
	const struct target *target;
	bool numeric;
};

/* The kernel's structure once more: its head, then what the rule kept of it. */
static void *whole_entry(size_t head, const void *data, size_t data_len, size_t data_size)
{
	char *entry = alloc_zeroed(XT_ALIGN(head) + XT_ALIGN(data_size));

	if (data_len)
		memcpy(entry + XT_ALIGN(head), data, data_len);
	return entry;
}

static void print_match(struct library *library, const struct match *from, bool numeric)
{
	const struct xtables_match *match = find_match(from->real_name, from->revision);
	struct xt_entry_match *entry;

	if (!match)
		return;
	if (!match->print) {
		printf("%s ", match->name);
		return;
	}
	entry = whole_entry(sizeof(*entry), from->data, from->data_len, from->data_size);
	entry->u.match_size = (uint16_t)(XT_ALIGN(sizeof(*entry)) + XT_ALIGN(from->data_size));
	snprintf(entry->u.user.name, sizeof(entry->u.user.name), "%s", from->real_name);
	entry->u.user.revision = from->revision;
	match->print(library_entry(library), entry, numeric);
	free(entry);
}

static void print_target(struct library *library, const struct target *from, bool numeric)
{
	const struct xtables_target *target = find_target(from->real_name, from->revision);
	struct xt_entry_target *entry;

	if (!target || !target->print)
		return;
	entry = whole_entry(sizeof(*entry), from->data, from->data_len, from->data_size);
	entry->u.target_size = (uint16_t)(XT_ALIGN(sizeof(*entry)) + XT_ALIGN(from->data_size));
	snprintf(entry->u.user.name, sizeof(entry->u.user.name), "%s", from->real_name);
	entry->u.user.revision = from->revision;
	target->print(library_entry(library), entry, numeric);
	free(entry);
}

static void do_print(struct library *library, void *argument)
{
	const struct print_call *call = argument;

	if (call->match)
		print_match(library, call->match, call->numeric);
	else
		print_target(library, call->target, call->numeric);
}

void library_print(struct library *library, const struct match *match, const struct target *target,
		   bool numeric, struct buf *out)
{
	struct print_call call = { match, target, numeric };
	struct failure failure;

	capture_clear(&library->out);
	library_attempt(library, do_print, &call, &failure);
	buf_add(out, library->out.text, capture_length(&library->out));
	capture_clear(&library->out);
}
