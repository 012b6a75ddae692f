/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports what a file needs and does not make: ipsets, helpers and zones of the connection
 * tracking.  One finding for each of them in a file.
 *
 * Objects that a freshly booted host cannot have (nfacct, timeout policies, pinned programs,
 * cgroups) are refused, and reported by the kernel checks.
 */
#include <string.h>

#include "base/intern.h"
#include "base/map.h"
#include "lint/rules.h"

static const struct object {
	const char *extension; /* by the kernel's name */
	const char *option;    /* with a blank behind it */
	const char *before;    /* of the message: what stands before its name */
	const char *behind;
	const char *hint;
	bool is_set;
} objects[] = {
#define AN_IPSET                                                                                 \
	"ipset '", "' has to be there before the file is loaded, or the whole table is refused", \
		"restore the sets first, with 'ipset restore'", true
#define A_ZONE "zone ", " is shared with whatever else on the host uses that number", NULL, false
	{ "set", "--match-set ", AN_IPSET },
	{ "SET", "--add-set ", AN_IPSET },
	{ "SET", "--del-set ", AN_IPSET },
	{ "SET", "--map-set ", AN_IPSET },
	{ "CT", "--helper ", "helper '",
	  "' is a module of the kernel: where it cannot be loaded, the whole table is refused",
	  NULL, false },
	{ "CT", "--zone ", A_ZONE },
	{ "CT", "--zone-orig ", A_ZONE },
	{ "CT", "--zone-reply ", A_ZONE },
};

struct search {
	const struct unit *unit;
	struct diags *diags;
	struct intern *names; /* of what was reported: "ipset 'web' has to ..." */
	struct map seen;
	const char *table;
	const struct command *command;
};

/* The value of an option in the text of iptables-save, without quotes. */
static const char *value_at(struct arena *arena, const char *text)
{
	if (*text == '"')
		return arena_strndup(arena, text + 1, strcspn(text + 1, "\""));
	return arena_strndup(arena, text, strcspn(text, " "));
}

/* ---- ipsets that are known ---- */

static const struct ipset *find_set(const struct unit *unit, const char *name)
{
	for (size_t i = 0; i < unit->options.n_sets; i++) {
		if (!strcmp(unit->options.sets[i].name, name))
			return &unit->options.sets[i];
	}
	return NULL;
}

/* How many directions stand behind the name of a set: "src,dst" are two. */
static unsigned count_directions(const char *text)
{
	unsigned n = 1;

	text += strcspn(text, " ");
	text += strspn(text, " ");
	for (; *text && *text != ' '; text++)
		n += *text == ',';
	return n;
}

/* iptables refuses a set of the other family; one of more dimensions than the rule asks for
 * never matches (ip_set_test() in the kernel). */
static void compare(struct search *search, const struct ipset *set, const char *text,
		    struct span span)
{
	enum family family = search->unit->family;
	unsigned n = count_directions(text);
	struct diag *diag = NULL;

	if (set->family != FAMILY_UNSPEC && set->family != family) {
		diag = diag_add(search->diags, "external-object", span,
				"ipset '%s' is for %s: the whole table is refused", set->name,
				set->family == FAMILY_IPV6 ? "IPv6" : "IPv4");
		diag->level = LEVEL_ERROR;
	} else if (set->dimension > n) {
		diag = diag_add(search->diags, "external-object", span,
				"ipset '%s' has %u dimensions and the rule asks for %u: nothing "
				"is ever found in it, or added",
				set->name, set->dimension, n);
		diag->level = LEVEL_WARNING;
		diag_hint(search->diags, diag, "name a direction for each of them: src,dst");
	}
	if (diag) {
		diag->table = search->table;
		diag->chain = search->command->chain;
	}
}

/* ---- all objects, once ---- */

static void report(struct search *search, const struct object *object, const char *value,
		   struct span span)
{
	struct arena *arena = search->diags->arena;
	const char *message = arena_printf(arena, "%s%s%s", object->before, value, object->behind);
	const char *key;
	struct diag *diag;

	bool is_missing = object->is_set && search->unit->options.has_all_sets;

	if (!strcmp(value, "mark")) /* as a zone: the mark says which */
		return;
	if (is_missing)
		message = arena_printf(arena, "there is no ipset '%s': the whole table is refused",
				       value);
	key = intern_add(search->names, message, strlen(message));
	if (map_get(&search->seen, key))
		return;
	map_set(&search->seen, key, search);
	diag = diag_say(search->diags, "external-object", span, message);
	diag->table = search->table;
	diag->chain = search->command->chain;
	if (is_missing)
		diag->level = LEVEL_ERROR;
	else if (object->hint)
		diag_hint(search->diags, diag, "%s", object->hint);
}

static void look_at_object(struct search *search, const struct object *object, const char *text,
			   struct span span)
{
	const char *value = value_at(search->diags->arena, text);
	const struct ipset *set = object->is_set ? find_set(search->unit, value) : NULL;

	if (set)
		compare(search, set, text, span);
	else
		report(search, object, value, span);
}

static void look_at(struct search *search, const char *name, const char *text, struct span span)
{
	for (size_t i = 0; i < sizeof(objects) / sizeof(*objects); i++) {
		const char *at;

		if (strcmp(objects[i].extension, name) != 0)
			continue;
		at = strstr(text, objects[i].option);
		if (at)
			look_at_object(search, &objects[i], at + strlen(objects[i].option), span);
	}
}

static void look_at_rule(struct search *search, const struct rule *rule)
{
	for (const struct match *match = rule->matches; match; match = match->next)
		if (match->real_name[0] == 's')
			look_at(search, match->real_name, match->text, match->span);
	if (rule->target_kind == TARGET_EXTENSION)
		look_at(search, rule->to.extension->real_name, rule->to.extension->text,
			rule->target_span);
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct search search = { .unit = unit, .diags = diags, .names = intern_new(diags->arena) };

	/* a script may make what it needs */
	for (const struct statement *each = unit->is_script ? NULL : unit->statements; each;
	     each = each->next) {
		const struct rule *rule = statement_rule(each);

		if (each->kind == STATEMENT_TABLE)
			search.table = table_name(((const struct table_statement *)each)->table);
		if (!rule)
			continue;
		search.command = (const struct command *)each;
		look_at_rule(&search, rule);
	}
	map_free(&search.seen);
	intern_free(search.names);
}

const struct lint_rule lint_external_object = {
	.name = "external-object",
	.group = "names",
	.summary = "something that the file needs and does not make",
	.level = LEVEL_INFO,
	.check = check,
};
