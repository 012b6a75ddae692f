/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Variables as the language has them: attributes, arrays, references, the ones whose
 * value changes by itself, -D.  Knows nothing of expansions but for what it assigns.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "evaluate/arithmetic.h"
#include "evaluate/expand.h"
#include "evaluate/machine.h"

#define MAX_HOPS 8 /* of "declare -n": so many are bash's */

bool is_name(const char *bytes, size_t len)
{
	size_t i;

	if (!len || isdigit((unsigned char)*bytes))
		return false;
	for (i = 0; i < len; i++) {
		if (!isalnum((unsigned char)bytes[i]) && bytes[i] != '_')
			return false;
	}
	return true;
}

/* ---- references ---- */

/* Through "declare -n"; two may name each other. */
static struct variable *resolve(struct machine *sh, struct variable *variable)
{
	const struct text *target;
	unsigned hops;

	for (hops = 0; variable && variable->now.flags & VARIABLE_REFERENCE; hops++) {
		target = variable->now.value;
		if (!target || !is_name(target->bytes, target->len) || hops == MAX_HOPS)
			break;
		variable = variables_get(&sh->vars, NAME_VARIABLE, target->bytes, target->len);
	}
	return variable;
}

struct variable *variable_reference(struct machine *sh, const char *name, size_t len)
{
	struct variable *variable = variables_find(&sh->vars, NAME_VARIABLE, name, len);

	return variable && variable->now.flags & VARIABLE_REFERENCE ? variable : NULL;
}

const struct shell_origin *variable_lost(struct machine *sh, const struct variable *variable)
{
	if (!variable || !(variable->now.flags & VARIABLE_REFERENCE) || !variable->now.value)
		return NULL;
	if (variable->now.value->unknown)
		return variable->now.value->unknown;
	return origin_at(sh, sh->here, NULL, "what '%s' refers to", variable->name);
}

bool report_lost(struct machine *sh, struct span span, const struct variable *variable)
{
	const struct shell_origin *lost = variable_lost(sh, variable);

	if (lost)
		report_unsupported(sh, span, lost, "which variable is changed here depends on %s",
				   lost->what);
	return lost != NULL;
}

void variable_refer(struct machine *sh, const char *name, const struct shell_value *target)
{
	struct variable *variable = variables_get(&sh->vars, NAME_VARIABLE, name, strlen(name));
	struct content content = { 0 };

	content.flags = variable->now.flags | VARIABLE_REFERENCE;
	content.value = target ? text_of(&sh->vars.total, *target) : text_keep(variable->now.value);
	variables_replace(&sh->vars, variable, content);
}

struct variable *variable_look_up(struct machine *sh, const char *name, size_t len)
{
	return resolve(sh, variables_find(&sh->vars, NAME_VARIABLE, name, len));
}

struct variable *variable_look_up_new(struct machine *sh, const char *name)
{
	return resolve(sh, variables_get(&sh->vars, NAME_VARIABLE, name, strlen(name)));
}

/* ---- reading ---- */

static struct shell_value line_number(struct machine *sh)
{
	char digits[16];
	int len = snprintf(digits, sizeof(digits), "%u",
			   sh->place.source ? source_line(sh->place.source, sh->here.start) : 1);

	return (struct shell_value){ scratch_copy(sh, digits, (size_t)len), (size_t)len, NULL };
}

/* What the shell makes up when it is asked. */
static bool made_up(struct machine *sh, const char *name, size_t len, struct shell_value *value)
{
	if (sh->bash && len == 6 && !memcmp(name, "LINENO", 6)) {
		*value = line_number(sh);
		return true;
	}
	if (sh->bash && len == 8 && !memcmp(name, "FUNCNAME", 8)) {
		*value = value_of(sh->scope && sh->scope->name ? sh->scope->name : "");
		return true;
	}
	return false;
}

struct shell_value variable_value(struct machine *sh, const char *name, size_t len, bool *set)
{
	const struct variable *variable;
	const struct shell_origin *lost;
	struct shell_value value = { "", 0, NULL };
	struct text *text = NULL;

	*set = true;
	if (made_up(sh, name, len, &value))
		return value;
	variable = variable_look_up(sh, name, len);
	if (!variable) {
		*set = false;
		return value;
	}
	if (variable->changing)
		return value_unknown(variable->changing);
	lost = variable_lost(sh, variable);
	if (lost)
		return value_unknown(origin_may_lack(sh, lost));
	text = variable->now.value;
	if (variable->now.array) {
		if (variable->now.array->unknown)
			return value_unknown(origin_may_lack(sh, variable->now.array->unknown));
		if (variable->now.flags & VARIABLE_ASSOCIATIVE) {
			struct text *zero = text_new(&sh->vars.total, "0", 1);

			text = array_get(variable->now.array, 0, zero);
			text_drop(zero);
		} else {
			text = array_get(variable->now.array, 0, NULL);
		}
	}
	*set = text != NULL;
	return text_value(text);
}

/* ---- assigning ---- */

static bool may_change(struct machine *sh, struct span span, const struct variable *variable)
{
	if (report_lost(sh, span, variable))
		return false;
	if (!(variable->now.flags & VARIABLE_READONLY))
		return true;
	shell_error(sh, span, FATAL_DISCARD, "'%s' is readonly: the shell stops here",
		    variable->name);
	return false;
}

static void change_case(struct text *text, unsigned flags)
{
	size_t i;

	for (i = 0; i < text->len; i++)
		text->bytes[i] =
			(char)(flags & VARIABLE_UPPER ? toupper((unsigned char)text->bytes[i])
						      : tolower((unsigned char)text->bytes[i]));
}

/* Of a variable that is assigned what is not known: now it is there, and -D can say what it is. */
static const struct shell_origin *origin_for(struct machine *sh, const struct variable *variable,
					     const struct shell_origin *unknown)
{
	struct shell_origin origin = *unknown;

	origin.may_lack = false;
	if (!origin.way_out && !origin.pattern) {
		origin.way_out = scratch_alloc(sh->scratch, strlen(variable->name) + 16);
		sprintf((char *)(size_t)origin.way_out, "-D %s=VALUE", variable->name);
	} else if (!unknown->may_lack) {
		return unknown;
	}
	return origin_keep(sh, &origin);
}

/* VALUE as the variable takes it; NULL: it cannot. */
static struct text *value_for(struct machine *sh, struct span span, const struct variable *variable,
			      struct shell_value value)
{
	struct text *text;
	struct number number;
	const char *why;
	char digits[32];
	int len;

	if (variable->pinned)
		return text_keep(variable->pinned);
	if (value.unknown)
		value.unknown = origin_for(sh, variable, value.unknown);
	if (variable->now.flags & VARIABLE_INTEGER && !value.unknown) {
		if (!arithmetic(sh, span, value.bytes, value.len, &number, &why)) {
			shell_error(sh, span, FATAL_DISCARD, "%s", why);
			return NULL;
		}
		len = snprintf(digits, sizeof(digits), "%lld", (long long)number.value);
		value = (struct shell_value){ digits, (size_t)len, number.unknown };
	}
	text = text_of(&sh->vars.total, value);
	if (variable->now.flags & (VARIABLE_LOWER | VARIABLE_UPPER))
		change_case(text, variable->now.flags);
	return text;
}

bool variable_assign(struct machine *sh, struct span span, const char *name,
		     struct shell_value value)
{
	struct variable *variable = variable_look_up_new(sh, name);
	struct text *text, *old;

	if (!may_change(sh, span, variable))
		return false;
	text = value_for(sh, span, variable, value);
	if (!text)
		return false;
	variables_touch(&sh->vars, variable);
	if (variable->now.array) {
		array_set(variables_array(variable), 0, NULL, text);
	} else {
		old = variable->now.value;
		variable->now.value = text;
		text_drop(old);
	}
	variable->now.flags &= ~(unsigned)VARIABLE_ARGUMENT;
	if (sh->set.options & OPTION_ALLEXPORT)
		variable->now.flags |= VARIABLE_EXPORTED;
	if (!strcmp(name, "OPTIND"))
		sh->set.option_place = 0;
	return true;
}

bool subscript_of(struct machine *sh, const struct variable *variable, struct span span,
		  struct shell_value subscript, long *index, struct text **key,
		  const struct shell_origin **unknown)
{
	struct number number;
	const char *why;

	*key = NULL;
	*index = 0;
	*unknown = subscript.unknown;
	if (subscript.unknown)
		return true;
	if (variable && variable->now.flags & VARIABLE_ASSOCIATIVE) {
		*key = text_of(&sh->vars.total, subscript);
		return true;
	}
	if (!arithmetic(sh, span, subscript.bytes, subscript.len, &number, &why)) {
		shell_error(sh, span, FATAL_DISCARD, "%s", why);
		return false;
	}
	*unknown = number.unknown;
	*index = (long)number.value;
	if (*index < 0 && variable && variable->now.array && variable->now.array->n)
		*index += variable->now.array->elements[variable->now.array->n - 1].index + 1;
	if (*index < 0) {
		shell_error(sh, span, FATAL_NOT, "bad array subscript");
		return false;
	}
	return true;
}

bool variable_element(struct machine *sh, const char *name, size_t len, struct span span,
		      struct shell_value subscript, struct shell_value *value, bool *set)
{
	const struct variable *variable = variable_look_up(sh, name, len);
	const struct array *array = variable ? variable->now.array : NULL;
	const struct shell_origin *unknown = variable_lost(sh, variable);
	struct text *key = NULL, *text = NULL;
	long index;

	*value = value_of("");
	*set = false;
	if (variable && variable->changing)
		unknown = variable->changing;
	if (!unknown && !subscript_of(sh, variable, span, subscript, &index, &key, &unknown))
		return false;
	if (!unknown && array)
		text = array_get(array, index, key);
	else if (!unknown && variable && !index)
		text = variable->now.value;
	text_drop(key);
	if (!unknown && array)
		unknown = array->unknown;
	*set = text && !unknown;
	*value = unknown ? value_unknown(origin_may_lack(sh, unknown)) : text_value(text);
	return true;
}

/* A plain variable becomes element 0 of an array. */
static struct array *make_array(struct machine *sh, struct variable *variable)
{
	struct array *array;

	variables_touch(&sh->vars, variable);
	array = variables_array(variable);
	if (variable->now.value) {
		array_set(array, 0, NULL, variable->now.value);
		variable->now.value = NULL;
	}
	return array;
}

static struct text *appended(struct machine *sh, struct span span, const struct variable *variable,
			     const struct text *old, struct shell_value value)
{
	struct text *text;
	struct buf buf = BUF_INIT;
	struct shell_value before = text_value(old);

	if (before.unknown)
		value = before;
	if (value.unknown || !old)
		return value_for(sh, span, variable, value);
	buf_add(&buf, before.bytes, before.len);
	if (variable->now.flags & VARIABLE_INTEGER)
		buf_add_string(&buf, "+ ");
	buf_add(&buf, value.bytes, value.len);
	text = value_for(sh, span, variable, (struct shell_value){ buf.data, buf.len, NULL });
	buf_free(&buf);
	return text;
}

bool variable_assign_element(struct machine *sh, struct span span, const char *name,
			     struct shell_value subscript, struct shell_value value, bool append)
{
	struct variable *variable = variable_look_up_new(sh, name);
	const struct shell_origin *unknown;
	struct text *key, *text;
	struct array *array;
	long index;

	if (!may_change(sh, span, variable) ||
	    !subscript_of(sh, variable, span, subscript, &index, &key, &unknown))
		return false;
	array = make_array(sh, variable);
	if (unknown) {
		array->unknown = unknown;
		return true;
	}
	text = append ? appended(sh, span, variable, array_get(array, index, key), value)
		      : value_for(sh, span, variable, value);
	if (text)
		array_set(array, index, key, text);
	text_drop(key);
	return text != NULL;
}

/* a=( [k]=v w ... ) */
static bool assign_list(struct machine *sh, const struct shell_assignment *assignment,
			const struct shell_word *words)
{
	struct variable *variable = variable_look_up_new(sh, assignment->name);
	struct array *array, *old = NULL;
	struct array_list list;
	long next; /* the subscript of an element that has none */
	size_t i;

	if (!may_change(sh, assignment->span, variable))
		return false;
	if (!expand_array(sh, words, &list))
		return false;
	make_array(sh, variable);
	if (!assignment->append) {
		old = variable->now.array;
		variable->now.array = array_new();
	}
	array = variables_array(variable);
	array_drop(old);
	if (list.unknown)
		array->unknown = list.unknown;
	next = array->n ? array->elements[array->n - 1].index + 1 : 0;
	for (i = 0; i < list.n && machine_runs(sh); i++) {
		const struct array_item *item = &list.items[i];
		long index = next++;
		struct text *key = NULL, *text;
		const struct shell_origin *unknown = NULL;

		if (item->has_subscript) {
			if (!subscript_of(sh, variable, assignment->span, item->subscript, &index,
					  &key, &unknown))
				break;
			next = index + 1;
		} else if (variable->now.flags & VARIABLE_ASSOCIATIVE) {
			continue;
		}
		if (unknown)
			array->unknown = unknown;
		text = value_for(sh, assignment->span, variable, item->value);
		if (text)
			array_set(array, index, key, text);
		text_drop(key);
	}
	return machine_runs(sh);
}

bool assign(struct machine *sh, const struct shell_assignment *assignment)
{
	struct shell_value value, subscript;
	struct variable *variable;
	const struct shell_part *first = assignment->value->first;
	struct text *text, *old;

	if (first && first->kind == SHELL_ARRAY)
		return assign_list(sh, assignment, first->of.array);
	if (!expand_assigned(sh, assignment->value, &value))
		return false;
	if (assignment->subscript) {
		if (!expand_one(sh, assignment->subscript, &subscript))
			return false;
		return variable_assign_element(sh, assignment->span, assignment->name, subscript,
					       value, assignment->append);
	}
	if (assignment->append) {
		variable = variable_look_up_new(sh, assignment->name);
		if (variable->now.array)
			return variable_assign_element(sh, assignment->span, assignment->name,
						       value_of("0"), value, true);
		if (!may_change(sh, assignment->span, variable))
			return false;
		old = variable->now.value;
		text = appended(sh, assignment->span, variable, old, value);
		if (!text)
			return false;
		variables_touch(&sh->vars, variable);
		variable->now.value = text;
		text_drop(old);
		return true;
	}
	if (!variable_assign(sh, assignment->span, assignment->name, value))
		return false;
	if (!sh->options->n_arguments && word_wants_argument(sh, assignment->value))
		variable_flag(sh, assignment->name, VARIABLE_ARGUMENT, 0);
	return true;
}

/* ---- attributes ---- */

void variable_flag(struct machine *sh, const char *name, unsigned set, unsigned clear)
{
	struct variable *variable = variable_look_up_new(sh, name);

	variables_touch(&sh->vars, variable);
	variable->now.flags = (variable->now.flags | set) & ~clear;
}

bool variable_unset(struct machine *sh, struct span span, const char *name, bool function_too)
{
	size_t len = strlen(name);
	struct variable *variable = variable_look_up(sh, name, len);
	struct content empty = { 0 };

	if (!variable || (!variable->now.value && !variable->now.array && !variable->now.flags)) {
		variable =
			function_too ? variables_find(&sh->vars, NAME_FUNCTION, name, len) : NULL;
		if (variable)
			variables_replace(&sh->vars, variable, empty);
		return true;
	}
	if (report_lost(sh, span, variable))
		return false;
	if (variable->now.flags & VARIABLE_READONLY) {
		shell_error(sh, span, FATAL_SH, "'%s' is readonly: the shell stops here", name);
		return false;
	}
	variables_replace(&sh->vars, variable, empty);
	return true;
}

void variable_local(struct machine *sh, const char *name)
{
	struct variable *variable = variables_get(&sh->vars, NAME_VARIABLE, name, strlen(name));
	struct scope *scope = sh->scope;
	struct content empty = { 0 };
	size_t i;

	for (i = 0; i < scope->n_locals; i++) {
		if (scope->locals[i].variable == variable)
			return;
	}
	if (scope->n_locals == scope->capacity) {
		scope->capacity = scope->capacity ? scope->capacity * 2 : 8;
		scope->locals =
			alloc_resize(scope->locals, scope->capacity * sizeof(*scope->locals));
	}
	scope->locals[scope->n_locals++] = (struct saved){ variable, content_keep(variable->now) };
	/* dash keeps the value of outside, bash begins anew */
	if (sh->bash)
		variables_replace(&sh->vars, variable, empty);
}

/* ---- parameters ---- */

void parameters_drop(struct parameters *parameters)
{
	size_t i;

	if (!parameters || --parameters->references)
		return;
	for (i = 0; i < parameters->n; i++)
		text_drop(parameters->values[i]);
	free(parameters->values);
	free(parameters);
}

void parameters_set(struct machine *sh, const struct shell_value *values, size_t n,
		    const struct shell_origin *unknown)
{
	struct parameters *parameters = alloc_zeroed(sizeof(*parameters));
	size_t i;

	parameters->references = 1;
	parameters->n = n;
	parameters->unknown = unknown;
	parameters->values = alloc_zeroed((n ? n : 1) * sizeof(*parameters->values));
	for (i = 0; i < n; i++)
		parameters->values[i] = text_of(&sh->vars.total, values[i]);
	parameters_drop(sh->set.parameters);
	sh->set.parameters = parameters;
	sh->set.shifted = 0;
}

struct saved_parameters parameters_save(struct machine *sh)
{
	sh->set.parameters->references++;
	return (struct saved_parameters){ sh->set.parameters, sh->set.shifted };
}

void parameters_restore(struct machine *sh, struct saved_parameters saved)
{
	parameters_drop(sh->set.parameters);
	sh->set.parameters = saved.parameters;
	sh->set.shifted = saved.shifted;
}

/* ---- the beginning ---- */

static void begin_with(struct machine *sh, const char *name, const char *value, unsigned flags)
{
	struct variable *variable = variables_get(&sh->vars, NAME_VARIABLE, name, strlen(name));

	variable->now.value = text_new(&sh->vars.total, value, strlen(value));
	variable->now.flags = flags;
}

static void begin_unknown(struct machine *sh, const char *name)
{
	struct variable *variable = variables_get(&sh->vars, NAME_VARIABLE, name, strlen(name));
	struct span start = { 0, 0 };

	variable->changing = origin_at(sh, start, NULL, "'$%s'", name);
}

static void begin_bash(struct machine *sh)
{
	static const char *const unknown[] = {
		"RANDOM",	"SRANDOM",	 "SECONDS",  "BASHPID",
		"EPOCHSECONDS", "EPOCHREALTIME", "HOSTNAME", "HOSTTYPE",
		"BASH_VERSION", "BASH_VERSINFO", "MACHTYPE",
	};
	struct variable *variable;
	const char *path = sh->options->path ? sh->options->path : "";
	size_t i;

	for (i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
		begin_unknown(sh, unknown[i]);
	begin_with(sh, "UID", "0", VARIABLE_READONLY);
	begin_with(sh, "EUID", "0", VARIABLE_READONLY);
	begin_with(sh, "OSTYPE", "linux-gnu", 0);
	begin_with(sh, "BASH", "/bin/bash", 0);
	variable = variables_get(&sh->vars, NAME_VARIABLE, "BASH_SOURCE", 11);
	array_set(variables_array(variable), 0, NULL,
		  text_new(&sh->vars.total, path, strlen(path)));
}

void variables_begin(struct machine *sh)
{
	size_t i;

	begin_with(sh, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		   VARIABLE_EXPORTED);
	begin_with(sh, "HOME", "/root", VARIABLE_EXPORTED);
	begin_with(sh, "USER", "root", VARIABLE_EXPORTED);
	begin_with(sh, "LOGNAME", "root", VARIABLE_EXPORTED);
	begin_with(sh, "PWD", "/", VARIABLE_EXPORTED);
	begin_with(sh, "IFS", " \t\n", 0);
	begin_with(sh, "OPTIND", "1", 0);
	begin_unknown(sh, "PPID");
	if (sh->bash)
		begin_bash(sh);
	for (i = 0; i < sh->options->n_definitions; i++) {
		const struct shell_definition *definition = &sh->options->definitions[i];
		struct variable *variable = variables_get(
			&sh->vars, NAME_VARIABLE, definition->name, strlen(definition->name));

		text_drop(variable->pinned);
		variable->pinned =
			text_new(&sh->vars.total, definition->value, strlen(definition->value));
		variable->changing = NULL;
		content_drop(&variable->now);
		variable->now.value = text_keep(variable->pinned);
		variable->now.flags = VARIABLE_EXPORTED;
	}
}
