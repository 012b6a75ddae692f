/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports old words for what has another name by now: once for each of them and file, with
 * edits for all its lines.
 */
#include <string.h>

#include "lint/rules.h"
#include "parse/parse.h"

#define EDITED_MAX 1000 /* lines that one finding changes; with more it offers no fix */

enum old {
	OLD_STATE,
	OLD_NOTRACK,
	OLD_ULOG,
	OLD_SET_MARK,
	N_OLD,
};

static const struct {
	const char *is;
	const char *hint;
	bool is_safe; /* the saved text stays the same */
} olds[N_OLD] = {
	[OLD_STATE] = { "'-m state' is the old name of '-m conntrack --ctstate'",
			"write -m conntrack --ctstate", false },
	[OLD_NOTRACK] = { "'-j NOTRACK' is the old name of '-j CT --notrack'",
			  "write -j CT --notrack", false },
	[OLD_ULOG] = { "'-j ULOG' is gone from Linux since 3.17", "use -j NFLOG", false },
	[OLD_SET_MARK] = { "'--set-mark' is an old form of '--set-xmark', which is what is saved",
			   "write --set-xmark VALUE/MASK", true },
};

struct found {
	struct diag *diag;
	unsigned n;
	bool cannot_fix; /* some line is written in another way */
};

struct search {
	const struct unit *unit;
	struct diags *diags;
	enum table_id table;
	struct found found[N_OLD];
};

/* ---- what a rule has ---- */

static bool has_state(const struct rule *rule)
{
	for (const struct match *match = rule->matches; match; match = match->next) {
		if (!strcmp(match->name, "state"))
			return true;
	}
	return false;
}

static bool targets(const struct rule *rule, const char *name)
{
	return rule->target_kind == TARGET_EXTENSION && !strcmp(rule->to.extension->name, name);
}

static bool line_holds(const struct unit *unit, struct span line, const char *word)
{
	return memmem(unit->source->bytes + line.start, line.end - line.start, word,
		      strlen(word)) != NULL;
}

static bool has(const struct unit *unit, const struct rule *rule, enum old old)
{
	struct span line = rule->origin->base.span;

	switch (old) {
	case OLD_STATE:
		return has_state(rule);
	case OLD_NOTRACK: /* some releases save it under its new name */
		return (targets(rule, "CT") || targets(rule, "NOTRACK")) &&
		       line_holds(unit, line, "NOTRACK");
	case OLD_ULOG:
		return targets(rule, "ULOG");
	case OLD_SET_MARK:
		return (targets(rule, "MARK") || targets(rule, "CONNMARK")) &&
		       line_holds(unit, line, "--set-mark");
	case N_OLD:
		break;
	}
	return false;
}

/* ---- edits ---- */

static bool is(const struct word *word, const char *text)
{
	return !word->quoted && !strcmp(word->text, text);
}

static bool edit_state(struct search *search, struct diag *diag, const struct word *words, size_t n)
{
	const struct word *name = NULL, *option = NULL;

	for (size_t i = 0; i + 1 < n; i++) {
		if ((is(&words[i], "-m") || is(&words[i], "--match")) && is(&words[i + 1], "state"))
			name = name ? &words[n] : &words[i + 1];
		else if (is(&words[i], "--state"))
			option = option ? &words[n] : &words[i];
		else if (is(&words[i + 1], "conntrack"))
			return false;
	}
	/* each of them once */
	if (!name || !option || name == &words[n] || option == &words[n])
		return false;
	diag_edit(search->diags, diag, name->span, "conntrack");
	diag_edit(search->diags, diag, option->span, "--ctstate");
	return true;
}

static bool edit_notrack(struct search *search, struct diag *diag, const struct word *words,
			 size_t n)
{
	for (size_t i = 0; i + 1 < n; i++) {
		if ((!is(&words[i], "-j") && !is(&words[i], "--jump")) ||
		    !is(&words[i + 1], "NOTRACK"))
			continue;
		diag_edit(search->diags, diag, words[i + 1].span, "CT --notrack");
		return true;
	}
	return false;
}

/* The saved text says what value and mask are meant. */
static bool edit_set_mark(struct search *search, struct diag *diag, const struct word *words,
			  size_t n, const struct rule *rule)
{
	static const char saved[] = " --set-xmark ";
	const char *value = strstr(rule->to.extension->text, saved);

	for (size_t i = 0; i + 1 < n && value; i++) {
		if (!is(&words[i], "--set-mark"))
			continue;
		diag_edit(search->diags, diag, span_join(words[i].span, words[i + 1].span),
			  arena_printf(search->unit->arena, "%.*s",
				       (int)strcspn(value + sizeof(saved) - 1, " ") +
					       (int)sizeof(saved) - 2,
				       value + 1));
		return true;
	}
	return false;
}

static bool edit(struct search *search, struct diag *diag, enum old old, const struct rule *rule)
{
	struct arena *arena = arena_new();
	size_t n;
	struct word *words = parse_words(arena, search->unit->source, rule->origin->base.span, &n);
	bool result = false;

	if (old == OLD_STATE)
		result = edit_state(search, diag, words, n);
	else if (old == OLD_NOTRACK)
		result = edit_notrack(search, diag, words, n);
	else if (old == OLD_SET_MARK)
		result = edit_set_mark(search, diag, words, n, rule);
	arena_free(arena);
	return result;
}

/* ---- lines ---- */

static void note(struct search *search, enum old old, const struct rule *rule)
{
	struct found *found = &search->found[old];

	if (!found->n++) {
		found->diag = diag_say(search->diags, "deprecated-match", rule->origin->base.span,
				       olds[old].is);
		found->diag->table = table_name(search->table);
		found->diag->chain = rule->origin->chain;
		found->diag->level = LEVEL_INFO;
		diag_hint(search->diags, found->diag, "%s", olds[old].hint);
	}
	/* the words of a script's call may come from anywhere */
	if (search->unit->is_script || found->n > EDITED_MAX || found->cannot_fix ||
	    !edit(search, found->diag, old, rule))
		found->cannot_fix = true;
}

static void see_line(struct search *search, const struct command *command)
{
	const struct rule *rule = command->n_rules ? &command->rules[0] : NULL;

	if (!rule || rule->unbound || command->failed)
		return;
	for (unsigned old = 0; old < N_OLD; old++) {
		if (has(search->unit, rule, (enum old)old))
			note(search, (enum old)old, rule);
	}
}

static void finish(struct search *search, enum old old)
{
	struct found *found = &search->found[old];
	struct diag_extra *extra;

	if (!found->n)
		return;
	if (found->n > 1)
		found->diag->message =
			arena_printf(search->diags->arena, "%s (%u lines)", olds[old].is, found->n);
	extra = diag_need_extra(search->diags->arena, found->diag);
	if (found->cannot_fix)
		extra->fix = NULL;
	extra->fix_is_safe = extra->fix && olds[old].is_safe;
}

static void check(const struct unit *unit, struct diags *diags)
{
	struct search search = { .unit = unit, .diags = diags, .table = TABLE_NONE };

	for (const struct statement *each = unit->statements; each; each = each->next) {
		const struct command *command = (const struct command *)each;

		if (each->kind == STATEMENT_TABLE)
			search.table = ((const struct table_statement *)each)->table;
		else if (each->kind == STATEMENT_COMMAND && command_takes_rule(command))
			see_line(&search, command);
	}
	for (unsigned old = 0; old < N_OLD; old++)
		finish(&search, (enum old)old);
}

const struct lint_rule lint_deprecated_match = {
	.name = "deprecated-match",
	.group = "state",
	.summary = "an old word for a match, a target or an option",
	.level = LEVEL_INFO,
	.fixable = true,
	.check = check,
};
