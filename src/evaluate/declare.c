/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * export, readonly, local, declare, unset.  The words "NAME=VALUE" were expanded as
 * assignments are.
 */
#include <string.h>

#include "evaluate/calls.h"

struct declaration {
	unsigned set, clear; /* enum variable_flag */
	bool local, array, prints, functions, global;
};

static void read_options(struct call *call, size_t *i, struct declaration *d)
{
	for (; *i < call->n && !call->words[*i].unknown; (*i)++) {
		const char *word = call->words[*i].bytes, *p;
		unsigned flags = 0;

		if ((*word != '-' && *word != '+') || !word[1])
			break;
		if (!strcmp(word, "--")) {
			(*i)++;
			break;
		}
		for (p = word + 1; *p; p++) {
			switch (*p) {
			case 'x':
				flags |= VARIABLE_EXPORTED;
				break;
			case 'r':
				flags |= VARIABLE_READONLY;
				break;
			case 'i':
				flags |= VARIABLE_INTEGER;
				break;
			case 'l':
				flags |= VARIABLE_LOWER;
				break;
			case 'u':
				flags |= VARIABLE_UPPER;
				break;
			case 'n':
				flags |= VARIABLE_REFERENCE;
				break;
			case 'A':
				flags |= VARIABLE_ASSOCIATIVE;
				d->array = true;
				break;
			case 'a':
				d->array = true;
				break;
			case 'p':
				d->prints = true;
				break;
			case 'f':
			case 'F':
				d->functions = true;
				break;
			case 'g':
				d->global = true;
				break;
			default:
				break;
			}
		}
		if (*word == '-')
			d->set |= flags;
		else
			d->clear |= flags;
	}
}

static void add_flags(struct machine *sh, const char *name, const struct declaration *d)
{
	struct variable *variable;

	if (d->array) {
		variable = variable_look_up_new(sh, name);
		if (!variable->now.array) {
			variables_touch(&sh->vars, variable);
			variables_array(variable);
		}
	}
	if (d->set || d->clear)
		variable_flag(sh, name, d->set, d->clear);
}

/* x+=v of a word */
static bool append_word(struct machine *sh, struct call *call, size_t i, const char *name,
			struct shell_value value)
{
	bool set;
	struct shell_value before = variable_value(sh, name, strlen(name), &set);
	char *bytes;

	if (before.unknown || value.unknown) {
		value = before.unknown ? before : value;
	} else {
		bytes = scratch_alloc(sh->scratch, before.len + value.len + 1);
		memcpy(bytes, before.bytes, before.len);
		memcpy(bytes + before.len, value.bytes, value.len + 1);
		value = (struct shell_value){ bytes, before.len + value.len, NULL };
	}
	return variable_assign(sh, call->spans[i], name, value);
}

/* declare +n */
static void refer_no_more(struct machine *sh, const char *name)
{
	struct variable *reference = variable_reference(sh, name, strlen(name));

	if (!reference)
		return;
	variables_touch(&sh->vars, reference);
	reference->now.flags &= ~(unsigned)VARIABLE_REFERENCE;
}

/* TARGET: a variable, or an element; NULL: the one that is named there already. */
static bool refer(struct machine *sh, struct span span, const char *name, const char *target)
{
	struct shell_value value;
	const char *bracket;
	size_t len;

	if (!target) {
		variable_refer(sh, name, NULL);
		return true;
	}
	value = value_of(target);
	bracket = strchr(target, '[');
	len = bracket && target[value.len - 1] == ']' ? (size_t)(bracket - target) : value.len;
	if (!is_name(target, len)) {
		shell_error(sh, span, FATAL_NOT, "'%s' is no name of a variable", target);
		return false;
	}
	variable_refer(sh, name, &value);
	return true;
}

/* "declare -r x=1": the attribute must not be in the way of the value. */
static bool declare_word(struct machine *sh, struct call *call, size_t i, struct declaration d)
{
	struct shell_value word = call->words[i];
	const char *equal = memchr(word.bytes, '=', word.len);
	size_t len = equal ? (size_t)(equal - word.bytes) : word.len;
	bool append = equal && len && equal[-1] == '+', good = true;
	struct declaration late = {
		d.set & VARIABLE_READONLY, 0, false, false, false, false, false
	};
	struct shell_value value;
	char *name;

	len -= append;
	if (!is_name(word.bytes, len)) {
		shell_error(sh, call->spans[i], FATAL_SH, "'%s' is no name of a variable",
			    word.bytes);
		return false;
	}
	name = scratch_copy(sh, word.bytes, len);
	if (d.local)
		variable_local(sh, name);
	if (d.set & VARIABLE_REFERENCE)
		return refer(sh, call->spans[i], name, equal ? equal + 1 : NULL);
	if (d.clear & VARIABLE_REFERENCE)
		refer_no_more(sh, name);
	d.set &= ~(unsigned)VARIABLE_READONLY;
	add_flags(sh, name, &d);
	if (call->arrays && call->arrays[i])
		good = assign(sh, call->arrays[i]);
	if (equal) {
		value = (struct shell_value){ equal + 1, word.len - len - append - 1, NULL };
		good = append ? append_word(sh, call, i, name, value)
			      : variable_assign(sh, call->spans[i], name, value);
		if (sh->passes_arguments)
			variable_flag(sh, name, VARIABLE_ARGUMENT, 0);
	}
	if (late.set)
		add_flags(sh, name, &late);
	return good;
}

/* "x=$(unknown)": the name is known if the word was written that way. */
static bool declare_unknown(struct machine *sh, struct call *call, size_t i, struct declaration d)
{
	const struct shell_word *word;
	const struct shell_part *part = NULL;
	const char *equal;
	size_t len;
	char *name;

	for (word = call->command->of.simple.words; word; word = word->next) {
		if (word->span.start == call->spans[i].start)
			part = word->first;
	}
	equal = part && part->kind == SHELL_TEXT
			? memchr(part->of.text.bytes, '=', part->of.text.len)
			: NULL;
	len = equal ? (size_t)(equal - part->of.text.bytes) : 0;
	if (len && equal[-1] == '+')
		len--;
	if (!len || !is_name(part->of.text.bytes, len))
		return call_known(sh, call, i, "which variable is declared");
	name = scratch_copy(sh, part->of.text.bytes, len);
	if (d.local)
		variable_local(sh, name);
	if (d.set & VARIABLE_REFERENCE) {
		variable_refer(sh, name, &call->words[i]);
		return true;
	}
	if (!variable_assign(sh, call->spans[i], name, call->words[i]))
		return false;
	if (d.array)
		d.array = false;
	add_flags(sh, name, &d);
	return true;
}

static void declare_all(struct machine *sh, struct call *call, size_t i, struct declaration d)
{
	bool good = true;

	/* "x=$(false)" in a declaration does not count */
	set_status(sh, 0);
	if (d.prints || i >= call->n) {
		stream_write_unknown(sh->fds[1], origin_at(sh, call->span, NULL, "what '%s' prints",
							   call->words[0].bytes));
		return;
	}
	for (; i < call->n && machine_runs(sh); i++) {
		if (d.functions)
			continue;
		if (call->words[i].unknown)
			good &= declare_unknown(sh, call, i, d);
		else
			good &= declare_word(sh, call, i, d);
	}
	if (!good && machine_runs(sh) && !sh->set.status.unknown)
		set_status(sh, 1);
	/* in bash a declaration that fails goes on behind it */
	if (sh->flow == FLOW_DISCARD) {
		sh->flow = FLOW_NONE;
		set_status(sh, 1);
	}
}

void run_export(struct machine *sh, struct call *call)
{
	struct declaration d = { 0, 0, false, false, false, false, false };
	bool remove = false;
	size_t i = 1;

	for (; i < call->n && !call->words[i].unknown && *call->words[i].bytes == '-'; i++) {
		d.prints |= strchr(call->words[i].bytes, 'p') != NULL;
		d.functions |= strchr(call->words[i].bytes, 'f') != NULL;
		remove |= strchr(call->words[i].bytes, 'n') != NULL;
	}
	if (remove)
		d.clear = VARIABLE_EXPORTED;
	else
		d.set = VARIABLE_EXPORTED;
	declare_all(sh, call, i, d);
}

void run_readonly(struct machine *sh, struct call *call)
{
	struct declaration d = { VARIABLE_READONLY, 0, false, false, false, false, false };
	size_t i = 1;

	read_options(call, &i, &d);
	declare_all(sh, call, i, d);
}

void run_local(struct machine *sh, struct call *call)
{
	struct declaration d = { 0, 0, true, false, false, false, false };
	size_t i = 1;

	if (!sh->scope) {
		shell_error(sh, call->span, FATAL_SH, "'local' outside of a function");
		return;
	}
	if (call_is(call, 1, "-")) {
		sh->scope->local_options = true;
		sh->scope->options = sh->set.options;
		call_shift(call, 1);
	}
	if (sh->bash)
		read_options(call, &i, &d);
	if (i < call->n)
		declare_all(sh, call, i, d);
	else
		set_status(sh, 0);
}

void run_declare(struct machine *sh, struct call *call)
{
	struct declaration d = { 0, 0, false, false, false, false, false };
	size_t i = 1;

	read_options(call, &i, &d);
	d.local = sh->scope && !d.global;
	declare_all(sh, call, i, d);
}

/* A plain variable is its own element 0. */
static void unset_as_element(struct machine *sh, struct span span, struct variable *variable,
			     long index, const struct shell_origin *unknown)
{
	if (unknown)
		variable_assign(sh, span, variable->name, value_unknown(unknown));
	else if (index)
		shell_error(sh, span, FATAL_NOT, "'%s' is no array", variable->name);
	else
		variable_unset(sh, span, variable->name, false);
}

/* unset a[1] */
static void unset_element(struct machine *sh, struct call *call, size_t i, const char *bracket)
{
	const char *bytes = call->words[i].bytes;
	size_t len = (size_t)(bracket - bytes);
	struct variable *variable = variable_look_up(sh, bytes, len);
	struct shell_value subscript = { bracket + 1, call->words[i].len - len - 2, NULL };
	const struct shell_origin *unknown;
	struct text *key;
	long index;

	subscript = scratch_value(sh, subscript);
	if (!variable || !(variable->now.array || variable->now.value) || !subscript.len ||
	    report_lost(sh, call->spans[i], variable))
		return;
	if (variable->now.flags & VARIABLE_READONLY) {
		shell_error(sh, call->spans[i], FATAL_NOT, "'%s' is readonly", variable->name);
		return;
	}
	if (!strcmp(subscript.bytes, "@") || !strcmp(subscript.bytes, "*")) {
		if (variable->now.array)
			variable_unset(sh, call->spans[i], variable->name, false);
		else
			unset_as_element(sh, call->spans[i], variable, 1, NULL);
		return;
	}
	if (!subscript_of(sh, variable, call->spans[i], subscript, &index, &key, &unknown))
		return;
	if (!variable->now.array) {
		unset_as_element(sh, call->spans[i], variable, index, unknown);
		return;
	}
	variables_touch(&sh->vars, variable);
	if (unknown)
		variables_array(variable)->unknown = unknown;
	else
		array_remove(variables_array(variable), index, key);
	text_drop(key);
}

void run_unset(struct machine *sh, struct call *call)
{
	bool variables = true, functions = sh->bash, references = false;
	struct content empty = { 0 };
	size_t i = 1;

	if (!call_known(sh, call, 1, "which variable is unset"))
		return;
	for (; i < call->n && *call->words[i].bytes == '-'; i++) {
		references |= sh->bash && strchr(call->words[i].bytes, 'n');
		variables = strchr(call->words[i].bytes, 'f') == NULL;
		functions = !variables;
	}
	set_status(sh, 0);
	for (; i < call->n && machine_runs(sh); i++) {
		const char *name = call->words[i].bytes, *bracket = strchr(name, '[');
		struct variable *other;

		if (references) {
			other = variable_reference(sh, name, strlen(name));
			if (other)
				variables_replace(&sh->vars, other, empty);
		} else if (bracket && sh->bash && variables &&
			   name[call->words[i].len - 1] == ']') {
			unset_element(sh, call, i, bracket);
		} else if (!variables) {
			other = variables_find(&sh->vars, NAME_FUNCTION, name, strlen(name));
			if (other)
				variables_replace(&sh->vars, other, empty);
		} else if (!is_name(name, strlen(name)) && !sh->bash) {
			shell_error(sh, call->span, FATAL_SH, "'%s' is no name of a variable",
				    name);
		} else if (!variable_unset(sh, call->spans[i], name, functions)) {
			set_status(sh, sh->bash ? 1 : 2);
		}
	}
}
