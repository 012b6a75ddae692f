/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parameters by their name: variables, arrays, $1, $@, $? and the like, ${!x}.  Knows nothing
 * of what is then done with the values.
 */
#include "evaluate/found.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "evaluate/expand.h"

/* ---- fetching ---- */

void found_one(struct found *found, struct shell_value value, bool set)
{
	found->value = value;
	found->values = &found->value;
	found->n = 1;
	found->set = set;
}

void found_number(struct found *found, long value)
{
	snprintf(found->single, sizeof(found->single), "%ld", value);
	found_one(found, value_of(found->single), true);
}

static size_t n_parameters(const struct machine *sh)
{
	return sh->set.parameters->n - sh->set.shifted;
}

static void fetch_positional(struct machine *sh, struct found *found, unsigned long i)
{
	const struct parameters *p = sh->set.parameters;

	if (i == 0) {
		found_one(found, value_of(sh->options->path ? sh->options->path : "sh"), true);
	} else if (p->unknown) {
		found_one(found, value_unknown(origin_may_lack(sh, p->unknown)), true);
	} else if (i <= n_parameters(sh)) {
		found_one(found, text_value(p->values[sh->set.shifted + i - 1]), true);
	} else {
		found_one(found, value_of(""), false);
	}
}

static void fetch_all_positional(struct machine *sh, struct found *found)
{
	const struct parameters *p = sh->set.parameters;
	size_t i;

	found->list = true;
	found->n = n_parameters(sh);
	found->set = found->n > 0 || p->unknown;
	found->unknown = p->unknown;
	found->values = scratch_alloc(sh->scratch, (found->n + 1) * sizeof(*found->values));
	for (i = 0; i < found->n; i++)
		found->values[i] = text_value(p->values[sh->set.shifted + i]);
}

static void option_letters(struct machine *sh, struct found *found)
{
	static const struct {
		unsigned option;
		char letter;
	} letters[] = { { OPTION_ALLEXPORT, 'a' }, { OPTION_ERREXIT, 'e' }, { OPTION_NOGLOB, 'f' },
			{ OPTION_NOEXEC, 'n' },	   { OPTION_NOUNSET, 'u' }, { OPTION_VERBOSE, 'v' },
			{ OPTION_XTRACE, 'x' } };
	char *to = found->single;
	size_t i;

	for (i = 0; i < sizeof(letters) / sizeof(*letters); i++) {
		if (sh->set.options & letters[i].option)
			*to++ = letters[i].letter;
		if (sh->bash && letters[i].letter == 'f')
			*to++ = 'h';
	}
	if (sh->bash)
		*to++ = 'B';
	*to = '\0';
	found_one(found, value_of(found->single), true);
}

/* $# $? $$ $! $-; false: none of them. */
static bool fetch_special(struct machine *sh, struct found *found, const struct wanted *wanted,
			  struct span span)
{
	if (wanted->len != 1 || !strchr("#?$!-", *wanted->name))
		return false;
	switch (*wanted->name) {
	case '#':
		if (sh->set.parameters->unknown)
			found_one(found, value_unknown(sh->set.parameters->unknown), true);
		else
			found_number(found, (long)n_parameters(sh));
		break;
	case '?':
		if (sh->set.status.unknown)
			found_one(found, value_unknown(sh->set.status.unknown), true);
		else
			found_number(found, sh->set.status.code);
		break;
	case '-':
		option_letters(sh, found);
		break;
	default:
		if (*wanted->name == '!' && !sh->background)
			found_one(found, value_of(""), false);
		else
			found_one(found,
				  value_unknown(origin_at(sh, span, NULL, "a process number")),
				  true);
		break;
	}
	return true;
}

static void fetch_elements(struct machine *sh, struct found *found, const struct variable *variable,
			   bool keys)
{
	const struct array *array = variable ? variable->now.array : NULL;
	const struct shell_origin *lost = variable_lost(sh, variable);
	size_t i;

	found->list = true;
	if (lost) {
		found->unknown = lost;
		found->set = true;
		return;
	}
	if (!array) {
		found->set = variable && variable->now.value;
		if (found->set)
			found_one(found, keys ? value_of("0") : text_value(variable->now.value),
				  true);
		found->list = true;
		return;
	}
	found->n = array->n;
	found->set = array->n > 0 || array->unknown;
	found->unknown = array->unknown;
	/* bash's order of an associative array is that of its hash */
	if (variable->now.flags & VARIABLE_ASSOCIATIVE && array->n > 1)
		found->order = origin_at(sh, sh->here, NULL, "the order of an associative array");
	found->values = scratch_alloc(sh->scratch, (found->n + 1) * sizeof(*found->values));
	for (i = 0; i < found->n; i++) {
		char digits[24];

		if (!keys) {
			found->values[i] = text_value(array->elements[i].value);
		} else if (array->elements[i].key) {
			found->values[i] = text_value(array->elements[i].key);
		} else {
			snprintf(digits, sizeof(digits), "%ld", array->elements[i].index);
			found->values[i] = scratch_value(sh, value_of(digits));
		}
	}
}

/* ${a[i]}, ${a[@]} */
static bool fetch_array(struct machine *sh, struct found *found, const struct wanted *wanted,
			struct span span, bool keys)
{
	const struct variable *variable = variable_look_up(sh, wanted->name, wanted->len);
	struct shell_value subscript = wanted->text, value;
	bool set;

	if (!wanted->has_text && !expand_one(sh, wanted->subscript, &subscript))
		return false;
	if (!subscript.unknown && subscript.len == 1 && strchr("@*", *subscript.bytes)) {
		if (wanted->len == 8 && !memcmp(wanted->name, "FUNCNAME", 8))
			found->unknown = origin_at(sh, span, NULL, "the list of functions");
		fetch_elements(sh, found, variable, keys);
		found->star = *subscript.bytes == '*';
		return true;
	}
	if (wanted->len == 8 && !memcmp(wanted->name, "FUNCNAME", 8) && !subscript.unknown &&
	    subscript.len == 1 && *subscript.bytes == '0') {
		found_one(found, variable_value(sh, wanted->name, wanted->len, &set), true);
		return true;
	}
	if (variable_element(sh, wanted->name, wanted->len, span, subscript, &value, &set)) {
		found_one(found, value, set || value.unknown);
		return true;
	}
	found_one(found, value, false);
	return machine_runs(sh);
}

bool found_fetch(struct machine *sh, struct found *found, const struct wanted *wanted,
		 struct span span, bool keys)
{
	unsigned long i = 0;
	size_t n;
	bool set;
	struct shell_value value;

	if (wanted->subscript || wanted->has_text)
		return fetch_array(sh, found, wanted, span, keys);
	if (wanted->len == 1 && (*wanted->name == '@' || *wanted->name == '*')) {
		fetch_all_positional(sh, found);
		found->star = *wanted->name == '*';
		return true;
	}
	if (fetch_special(sh, found, wanted, span))
		return true;
	if (isdigit((unsigned char)*wanted->name)) {
		for (n = 0; n < wanted->len && n < 9; n++)
			i = i * 10 + (unsigned long)(wanted->name[n] - '0');
		fetch_positional(sh, found, i);
		return true;
	}
	value = variable_value(sh, wanted->name, wanted->len, &set);
	found_one(found, value, set);
	return true;
}

/* ${!r} of a reference is the name that it leads to. */
static bool name_of_target(struct machine *sh, const struct wanted *wanted, struct found *found)
{
	const struct variable *reference = variable_reference(sh, wanted->name, wanted->len);
	const struct variable *target;
	const struct shell_origin *lost;

	if (wanted->subscript || !reference || !reference->now.value)
		return false;
	target = variable_look_up(sh, wanted->name, wanted->len);
	lost = variable_lost(sh, target);
	found_one(found, lost ? value_unknown(lost) : value_of(target->name), true);
	return true;
}

bool found_follow(struct machine *sh, struct wanted *wanted, struct found *found, struct span span)
{
	struct shell_value text;
	const char *bracket;

	if (name_of_target(sh, wanted, found) || !found_fetch(sh, found, wanted, span, false))
		return false;
	text = found->value;
	if (!found->n || found->list || text.unknown)
		return false;
	memset(wanted, 0, sizeof(*wanted));
	bracket = memchr(text.bytes, '[', text.len);
	wanted->name = scratch_copy(sh, text.bytes, text.len);
	wanted->len = bracket ? (size_t)(bracket - text.bytes) : text.len;
	if (bracket && text.bytes[text.len - 1] == ']') {
		wanted->has_text = true;
		wanted->text.len = text.len - wanted->len - 2;
		wanted->text.bytes = scratch_copy(sh, bracket + 1, wanted->text.len);
	}
	memset(found, 0, sizeof(*found));
	if (!text.len ||
	    !(is_name(wanted->name, wanted->len) || isdigit((unsigned char)*wanted->name) ||
	      (wanted->len == 1 && strchr("@*#?-$!", *wanted->name)))) {
		shell_error(sh, span, FATAL_DISCARD, "'%s' is no name of a variable", wanted->name);
		return false;
	}
	return found_fetch(sh, found, wanted, span, false);
}
