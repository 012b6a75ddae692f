/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * $x and ${x...}: does with what the name stands for (found.c) what the operation says.  Knows
 * nothing of field splitting.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "evaluate/arithmetic.h"
#include "evaluate/expand.h"
#include "evaluate/found.h"

/* ---- operations on one value ---- */

/* Long texts and patterns that are slow cost more than one step. */
static void charge(struct machine *sh, const struct pattern *pattern, size_t len)
{
	sh->steps += len / 64;
	if (len > 1000 && pattern_is_slow(pattern))
		sh->steps += len / 50 * len / 50;
}

static struct shell_value cut(struct machine *sh, const struct shell_parameter *p,
			      struct shell_value value, const struct pattern *pattern)
{
	size_t n;
	bool longest =
		p->operation == SHELL_CUT_LONG_PREFIX || p->operation == SHELL_CUT_LONG_SUFFIX;

	charge(sh, pattern, value.len);
	if (p->operation == SHELL_CUT_PREFIX || p->operation == SHELL_CUT_LONG_PREFIX) {
		if (pattern_prefix(pattern, value.bytes, value.len, longest, &n)) {
			value.bytes += n;
			value.len -= n;
		}
	} else if (pattern_suffix(pattern, value.bytes, value.len, longest, &n)) {
		value.len -= n;
	}
	return scratch_value(sh, value);
}

static void add_replacement(struct buf *buf, const struct shell_value *replacement,
			    const char *match, size_t len)
{
	size_t i;

	for (i = 0; i < replacement->len; i++) {
		char c = replacement->bytes[i];

		if (c == '\\' && i + 1 < replacement->len &&
		    strchr("&\\", replacement->bytes[i + 1]))
			buf_add_char(buf, replacement->bytes[++i]);
		else if (c == '&')
			buf_add(buf, match, len);
		else
			buf_add_char(buf, c);
	}
}

static struct shell_value replace(struct machine *sh, const struct shell_parameter *p,
				  struct shell_value value, const struct pattern *pattern,
				  const struct shell_value *replacement)
{
	struct buf buf = BUF_INIT;
	size_t at = 0, n;
	bool once = p->operation != SHELL_REPLACE_ALL;

	charge(sh, pattern, value.len);
	if (p->operation == SHELL_REPLACE_SUFFIX) {
		if (pattern_suffix(pattern, value.bytes, value.len, true, &n)) {
			buf_add(&buf, value.bytes, value.len - n);
			add_replacement(&buf, replacement, value.bytes + value.len - n, n);
			at = value.len;
		}
	} else if (p->operation == SHELL_REPLACE_PREFIX) {
		if (pattern_prefix(pattern, value.bytes, value.len, true, &n)) {
			add_replacement(&buf, replacement, value.bytes, n);
			at = n;
		}
	} else {
		while (at < value.len && machine_step(sh)) {
			if (!pattern_prefix(pattern, value.bytes + at, value.len - at, true, &n) ||
			    !n) {
				/* what "*x" does not match here, it matches nowhere */
				if (pattern->len && *pattern->bytes == '*' &&
				    !pattern_is_slow(pattern))
					break;
				buf_add_char(&buf, value.bytes[at++]);
				continue;
			}
			add_replacement(&buf, replacement, value.bytes + at, n);
			at += n;
			if (once)
				break;
		}
	}
	buf_add(&buf, value.bytes + at, value.len - at);
	value = scratch_value(sh, (struct shell_value){ buf.data, buf.len, NULL });
	buf_free(&buf);
	return value;
}

static struct shell_value change_case(struct machine *sh, const struct shell_parameter *p,
				      struct shell_value value, const struct pattern *pattern)
{
	char *bytes = scratch_copy(sh, value.bytes, value.len);
	bool all = p->operation == SHELL_UPPER || p->operation == SHELL_LOWER;
	bool upper = p->operation == SHELL_UPPER || p->operation == SHELL_UPPER_FIRST;
	size_t i;

	for (i = 0; i < value.len && (all || !i); i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (pattern->len && !pattern_match(pattern, bytes + i, 1))
			continue;
		bytes[i] = (char)(upper ? toupper(c) : tolower(c));
	}
	value.bytes = bytes;
	return value;
}

/* ---- operations ---- */

static bool expand_operands(struct machine *sh, const struct shell_parameter *p,
			    struct shell_value *pattern, struct shell_value *replacement)
{
	*pattern = *replacement = value_of("");
	if (p->argument && !expand_pattern(sh, p->argument, pattern))
		return false;
	return !p->second || expand_replacement(sh, p->second, replacement);
}

/* Those that make a value of each value. */
static bool change_values(struct machine *sh, const struct shell_parameter *p, struct found *found)
{
	struct shell_value pattern_text, replacement, *values;
	struct pattern pattern;
	size_t i;

	if (!expand_operands(sh, p, &pattern_text, &replacement))
		return false;
	pattern = (struct pattern){ pattern_text.bytes, pattern_text.len, pattern_flags(sh) };
	values = scratch_alloc(sh->scratch, (found->n + 1) * sizeof(*values));
	for (i = 0; i < found->n && machine_step(sh); i++) {
		values[i] = found->values[i];
		if (values[i].unknown)
			continue;
		if (pattern_text.unknown || replacement.unknown)
			values[i] = value_unknown(pattern_text.unknown ? pattern_text.unknown
								       : replacement.unknown);
		else if (p->operation >= SHELL_UPPER_FIRST)
			values[i] = change_case(sh, p, values[i], &pattern);
		else if (p->operation >= SHELL_REPLACE)
			values[i] = replace(sh, p, values[i], &pattern, &replacement);
		else
			values[i] = cut(sh, p, values[i], &pattern);
	}
	found->values = values;
	return machine_runs(sh);
}

static bool number_of(struct machine *sh, const struct shell_word *word, struct span span,
		      struct number *result)
{
	struct shell_value text;
	const char *why;

	*result = (struct number){ 0, NULL };
	if (!word)
		return true;
	if (!expand_one(sh, word, &text))
		return false;
	if (text.unknown) {
		result->unknown = text.unknown;
		return true;
	}
	if (arithmetic(sh, span, text.bytes, text.len, result, &why))
		return true;
	if (machine_runs(sh))
		shell_error(sh, span, FATAL_DISCARD, "%s: the shell stops here", why);
	return false;
}

/* ${@:o:n} counts $0, which stands before all others. */
static void with_zero(struct machine *sh, const struct shell_parameter *p, struct found *found)
{
	struct shell_value *values;

	if (p->subscript || p->indirect)
		return;
	values = scratch_alloc(sh->scratch, (found->n + 2) * sizeof(*values));
	values[0] = value_of(sh->options->path ? sh->options->path : "sh");
	if (found->n)
		memcpy(values + 1, found->values, found->n * sizeof(*values));
	found->values = values;
	found->n++;
}

static bool substring(struct machine *sh, const struct shell_parameter *p, struct span span,
		      struct found *found)
{
	struct number offset, count;
	int64_t total, end;

	if (!number_of(sh, p->argument, span, &offset) || !number_of(sh, p->second, span, &count))
		return false;
	if (offset.unknown || count.unknown || (!found->list && found->values->unknown)) {
		const struct shell_origin *origin = offset.unknown  ? offset.unknown
						    : count.unknown ? count.unknown
								    : found->values->unknown;

		if (found->list)
			found->unknown = origin;
		else
			found_one(found, value_unknown(origin), true);
		return true;
	}
	if (found->list)
		with_zero(sh, p, found);
	total = found->list ? (int64_t)found->n : (int64_t)found->values->len;
	if (offset.value < 0)
		offset.value += total;
	if (offset.value < 0 || offset.value > total)
		offset.value = end = total;
	else if (!p->second)
		end = total;
	else if (count.value < 0)
		end = total + count.value;
	else
		end = count.value > total - offset.value ? total : offset.value + count.value;
	if (end < offset.value) {
		shell_error(sh, span, FATAL_DISCARD, "substring expression < 0");
		return false;
	}
	if (found->list) {
		if (found->n)
			found->values += offset.value;
		found->n = (size_t)(end - offset.value);
		return true;
	}
	found->values->bytes += offset.value;
	found->values->len = (size_t)(end - offset.value);
	*found->values = scratch_value(sh, *found->values);
	return true;
}

static void length(struct found *found)
{
	if (found->list && found->unknown) {
		found_one(found, value_unknown(found->unknown), true);
	} else if (found->list) {
		found_number(found, (long)found->n);
	} else if (!found->values->unknown) {
		/* bytes: of characters only the locale of a run knows */
		size_t len = found->values->len;

		found_number(found, (long)len);
	}
	found->list = false;
}

/* ${!prefix*} */
static void names(struct machine *sh, const struct shell_parameter *p, struct found *found)
{
	const struct variable *variable;
	size_t capacity = 0, i, j, len = strlen(p->name);
	struct shell_value value, *values;

	found->list = true;
	found->set = true;
	for (i = 0; i < sh->vars.n_buckets; i++) {
		for (variable = sh->vars.buckets[i]; variable; variable = variable->next) {
			if (variable->space != NAME_VARIABLE ||
			    strncmp(variable->name, p->name, len) ||
			    !(variable->now.value || variable->now.array || variable->changing))
				continue;
			if (found->n == capacity) {
				capacity = capacity ? capacity * 2 : 16;
				values = scratch_alloc(sh->scratch, capacity * sizeof(*values));
				if (found->n)
					memcpy(values, found->values, found->n * sizeof(*values));
				found->values = values;
			}
			value = value_of(variable->name);
			for (j = found->n++;
			     j && strcmp(found->values[j - 1].bytes, value.bytes) > 0; j--)
				found->values[j] = found->values[j - 1];
			found->values[j] = value;
		}
	}
}

/* ---- results ---- */

static void add_values(struct expansion *x, const struct found *found, bool quoted)
{
	struct machine *sh = x->sh;
	struct shell_value ifs;
	char between = ' ';
	size_t i;
	bool set;

	if (found->unknown || found->order) {
		struct shell_value value =
			value_unknown(found->unknown ? found->unknown : found->order);

		expansion_value(x, &value, false);
		return;
	}
	if (found->star || (!x->fields && !sh->bash)) {
		ifs = variable_value(sh, "IFS", 3, &set);
		between = !set ? ' ' : ifs.len ? *ifs.bytes : '\0';
	}
	for (i = 0; i < found->n && machine_step(sh); i++) {
		if (i && x->fields && !(quoted && found->star))
			expansion_mark(x, MARK_BREAK);
		else if (i && between)
			expansion_add(x, &between, 1, quoted ? MARK_QUOTED : MARK_SPLIT);
		expansion_value(x, &found->values[i], quoted);
	}
	if (!found->n && quoted && found->star)
		expansion_mark(x, MARK_QUOTES);
}

static void add_found(struct expansion *x, const struct found *found, bool quoted)
{
	if (found->list)
		add_values(x, found, quoted);
	else
		expansion_value(x, found->values, quoted);
}

static bool is_empty(const struct found *found)
{
	size_t i, len = 0;

	if (found->unknown)
		return false;
	for (i = 0; i < found->n; i++)
		len += found->values[i].unknown ? 1 : found->values[i].len;
	return !len && found->n <= 1;
}

static void say_nothing(struct machine *sh, const void *what)
{
	(void)sh;
	(void)what;
}

static void stop(struct machine *sh, const void *what)
{
	(void)what;
	set_status(sh, sh->bash ? 1 : 2);
	sh->flow = FLOW_EXIT;
}

static bool default_value(struct expansion *x, const struct shell_parameter *p, bool quoted)
{
	bool good = true;

	if (quoted)
		expansion_mark(x, MARK_QUOTES);
	if (p->argument)
		good = expansion_parts(x, p->argument->first, quoted, true);
	return good;
}

/* ${x:=d} */
static bool assign_default(struct expansion *x, const struct shell_parameter *p,
			   const struct wanted *wanted, struct span span, bool quoted)
{
	struct machine *sh = x->sh;
	struct shell_value value, subscript;

	if (!expand_one(sh, p->argument, &value))
		return false;
	if (!is_name(wanted->name, wanted->len)) {
		shell_error(sh, span, FATAL_DISCARD, "'$%s' cannot be assigned to", wanted->name);
		return false;
	}
	if (wanted->subscript) {
		if (!expand_one(sh, wanted->subscript, &subscript) ||
		    !variable_assign_element(sh, span, wanted->name, subscript, value, false))
			return false;
	} else if (!variable_assign(sh, span, wanted->name, value)) {
		return false;
	} else {
		bool set;

		value = variable_value(sh, wanted->name, wanted->len, &set);
	}
	expansion_value(x, &value, quoted);
	return true;
}

static void complain(struct machine *sh, const struct shell_parameter *p, struct span span)
{
	struct shell_value message = { "", 0, NULL };

	if (p->argument && !expand_one(sh, p->argument, &message))
		return;
	shell_error(sh, span, FATAL_BOTH, "'$%s' is not set: the shell stops here%s%s", p->name,
		    message.len ? ": " : "", message.unknown ? "" : message.bytes);
}

/* ${x-d} ${x=d} ${x?m} ${x+d} */
static bool conditional(struct expansion *x, const struct shell_parameter *p,
			const struct wanted *wanted, const struct found *found, struct span span,
			bool quoted)
{
	struct machine *sh = x->sh;
	const struct shell_origin *unknown = found->n == 1 ? found->values->unknown : NULL;
	bool there = found->set && !(p->colon && is_empty(found));
	struct shell_value value;

	if (found->unknown)
		unknown = found->unknown;
	else if (unknown && !p->colon && !unknown->may_lack)
		unknown = NULL;
	if (unknown) {
		if (p->operation == SHELL_ERROR)
			both_ways(sh, unknown, span, say_nothing, stop, NULL);
		value = value_unknown(unknown);
		expansion_value(x, &value, quoted);
		return machine_runs(sh);
	}
	if (p->operation == SHELL_ALTERNATIVE) {
		if (there)
			return default_value(x, p, quoted);
		if (quoted)
			expansion_mark(x, MARK_QUOTES);
		return true;
	}
	if (there) {
		add_found(x, found, quoted);
		return true;
	}
	if (p->operation == SHELL_DEFAULT)
		return default_value(x, p, quoted);
	if (p->operation == SHELL_ASSIGN)
		return assign_default(x, p, wanted, span, quoted);
	complain(sh, p, span);
	return false;
}

static bool is_unset_error(struct machine *sh, const struct found *found)
{
	return sh->set.options & OPTION_NOUNSET && !found->set && !found->list;
}

static bool operate(struct machine *sh, const struct shell_parameter *p, struct span span,
		    struct found *found)
{
	switch (p->operation) {
	case SHELL_PLAIN:
	case SHELL_KEYS:
		return true;
	case SHELL_LENGTH:
		length(found);
		return true;
	case SHELL_SUBSTRING:
		return substring(sh, p, span, found);
	default:
		return change_values(sh, p, found);
	}
}

bool expand_parameter(struct expansion *x, const struct shell_parameter *p, struct span span,
		      bool quoted)
{
	struct machine *sh = x->sh;
	struct wanted wanted = { p->name, strlen(p->name), p->subscript, { "", 0, NULL }, false };
	struct found found;

	memset(&found, 0, sizeof(found));
	if (p->operation == SHELL_BAD) {
		shell_error(sh, span, FATAL_DISCARD, "bad substitution: the shell stops here");
		return false;
	}
	if (p->operation == SHELL_NAMES) {
		names(sh, p, &found);
		found.star = false;
		add_values(x, &found, quoted);
		return true;
	}
	if (p->indirect) {
		if (!found_follow(sh, &wanted, &found, span)) {
			if (!machine_runs(sh))
				return false;
			add_found(x, &found, quoted);
			return true;
		}
	} else if (!found_fetch(sh, &found, &wanted, span, p->operation == SHELL_KEYS)) {
		return false;
	}
	if (p->operation >= SHELL_DEFAULT && p->operation <= SHELL_ALTERNATIVE)
		return conditional(x, p, &wanted, &found, span, quoted);
	if (is_unset_error(sh, &found)) {
		shell_error(sh, span, FATAL_BOTH, "'$%s' is not set, and 'set -u' is on", p->name);
		return false;
	}
	if (!operate(sh, p, span, &found))
		return false;
	add_found(x, &found, quoted);
	return true;
}
