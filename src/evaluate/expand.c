/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words to fields.  A word being expanded is a row of bytes, each with a mark that says
 * what may still be done with it; fields.c cuts the row.  Knows nothing of how commands
 * are run.
 */
#include "evaluate/expand.h"

#include <stdio.h>
#include <string.h>

#include "evaluate/arithmetic.h"

unsigned pattern_flags(const struct machine *sh)
{
	return (sh->set.options & OPTION_EXTGLOB ? PATTERN_EXTENDED : 0) |
	       (sh->bash ? PATTERN_CARET : 0) |
	       (sh->set.options & OPTION_NOCASEMATCH ? PATTERN_FOLD : 0);
}

/* ---- the row ---- */

void expansion_add(struct expansion *x, const char *bytes, size_t len, unsigned mark)
{
	buf_add(&x->bytes, bytes, len);
	buf_add(&x->marks, bytes, len);
	memset(x->marks.data + x->marks.len - len, (int)mark, len);
	if (x->bytes.len > x->sh->max_bytes)
		machine_limit(x->sh, x->span, "a word grows beyond %zu bytes", x->sh->max_bytes);
}

void expansion_mark(struct expansion *x, unsigned mark)
{
	buf_add_char(&x->bytes, '\0');
	buf_add_char(&x->marks, (char)mark);
}

void expansion_value(struct expansion *x, const struct shell_value *value, bool quoted)
{
	if (quoted)
		expansion_mark(x, MARK_QUOTES);
	if (!value->unknown) {
		expansion_add(x, value->bytes, value->len, quoted ? MARK_QUOTED : MARK_SPLIT);
		return;
	}
	if (!x->unknown)
		x->unknown = value->unknown;
	/* the bytes are those of the shape */
	expansion_mark(x, MARK_UNKNOWN | (quoted ? MARK_QUOTED : 0));
	if (value->unknown->pattern)
		expansion_add(x, value->unknown->pattern, strlen(value->unknown->pattern),
			      MARK_UNKNOWN | (quoted ? MARK_QUOTED : 0));
}

static void begin(struct expansion *x, struct machine *sh, struct span span, bool fields)
{
	memset(x, 0, sizeof(*x));
	x->sh = sh;
	x->span = span;
	x->fields = fields;
}

static void end(struct expansion *x)
{
	buf_free(&x->bytes);
	buf_free(&x->marks);
}

/* ---- parts ---- */

static bool is_tilde(struct machine *sh, const char *bytes, size_t len, size_t *used,
		     const char **home)
{
	size_t i;
	bool set;
	struct shell_value value;

	if (!len || *bytes != '~')
		return false;
	for (i = 1; i < len && bytes[i] != '/' && bytes[i] != ':'; i++)
		;
	*used = i;
	if (i == 5 && !memcmp(bytes, "~root", 5)) {
		*home = "/root";
		return true;
	}
	if (i != 1)
		return false;
	value = variable_value(sh, "HOME", 4, &set);
	*home = value.bytes;
	return set && !value.unknown;
}

/* Text that is not quoted: '~' is looked for at its start, and behind ':'. */
static void add_text(struct expansion *x, const char *bytes, size_t len, unsigned mark, bool first)
{
	size_t used, run = 0, i;
	const char *home;

	for (i = 0; i < len;) {
		bool here =
			(first && i == 0) || (x->tilde_after_colon && i > 0 && bytes[i - 1] == ':');

		if (here && is_tilde(x->sh, bytes + i, len - i, &used, &home)) {
			expansion_add(x, bytes + run, i - run, mark);
			expansion_add(x, home, strlen(home), MARK_QUOTED);
			i += used;
			run = i;
			continue;
		}
		i++;
	}
	expansion_add(x, bytes + run, len - run, mark);
}

/* <( ): a file that holds what the commands write. */
static void add_process(struct expansion *x, const struct shell_part *part, bool quoted)
{
	struct machine *sh = x->sh;
	struct shell_value value, text;
	char path[32];

	if (part->output) {
		report_unsupported(sh, part->span, NULL, "'>( )' is not evaluated");
		value = value_unknown(origin_at(sh, part->span, NULL, "what '>( )' is"));
	} else {
		snprintf(path, sizeof(path), "/dev/fd/%u", 63 - sh->last_process++ % 50);
		text = run_substitution(sh, part->of.command);
		sh->has_substituted = false;
		/* its last newline belongs to it */
		if (!text.unknown && text.len) {
			char *whole = scratch_copy(sh, text.bytes, text.len + 1);

			whole[text.len++] = '\n';
			text.bytes = whole;
		}
		file_keep(sh, path, text);
		value = value_of(path);
	}
	expansion_value(x, &value, quoted);
}

static bool add_part(struct expansion *x, const struct shell_part *part, bool quoted, bool argument,
		     bool first)
{
	struct machine *sh = x->sh;
	struct shell_value value;

	switch (part->kind) {
	case SHELL_TEXT:
		if (part->quoted)
			expansion_mark(x, MARK_QUOTES);
		if (quoted || part->quoted)
			expansion_add(x, part->of.text.bytes, part->of.text.len, MARK_QUOTED);
		else
			add_text(x, part->of.text.bytes, part->of.text.len,
				 argument ? MARK_SPLIT : 0, first);
		return true;
	case SHELL_PARAMETER:
		return expand_parameter(x, part->of.parameter, part->span, quoted || part->quoted);
	case SHELL_COMMAND:
		value = run_substitution(sh, part->of.command);
		expansion_value(x, &value, quoted || part->quoted);
		return machine_runs(sh);
	case SHELL_ARITHMETIC:
		if (!expand_arithmetic(sh, part->of.arithmetic, part->span, FATAL_DISCARD, &value))
			return false;
		expansion_value(x, &value, quoted || part->quoted);
		return true;
	case SHELL_PROCESS:
		add_process(x, part, quoted || part->quoted);
		return machine_runs(sh);
	default:
		report_unsupported(sh, part->span, NULL, "an array stands where a word belongs");
		return true;
	}
}

bool expansion_parts(struct expansion *x, const struct shell_part *part, bool quoted, bool argument)
{
	const struct shell_part *first = part;

	if (!machine_enter(x->sh, x->span))
		return false;
	for (; part && machine_runs(x->sh); part = part->next) {
		if (!machine_step(x->sh) || !add_part(x, part, quoted, argument, part == first))
			break;
	}
	machine_leave(x->sh);
	return machine_runs(x->sh);
}

/* ---- one value ---- */

/* The row as one value; quoted bytes of SPECIAL get a backslash. */
static struct shell_value join(struct expansion *x, const char *special)
{
	struct machine *sh = x->sh;
	struct shell_value value = { "", 0, NULL };
	char *to;
	size_t i;

	if (x->unknown)
		return value_unknown(x->unknown);
	to = scratch_alloc(sh->scratch, x->bytes.len * 2 + 1);
	value.bytes = to;
	for (i = 0; i < x->bytes.len; i++) {
		unsigned mark = (unsigned char)x->marks.data[i];

		if (mark & (MARK_BREAK | MARK_QUOTES | MARK_UNKNOWN))
			continue;
		if (special && mark & MARK_QUOTED && x->bytes.data[i] &&
		    strchr(special, x->bytes.data[i]))
			*to++ = '\\';
		*to++ = x->bytes.data[i];
	}
	*to = '\0';
	value.len = (size_t)(to - value.bytes);
	return value;
}

static bool expand_to(struct machine *sh, const struct shell_word *word, const char *special,
		      bool colon, struct shell_value *value)
{
	struct expansion x;
	const struct shell_part *part = word ? word->first : NULL;
	bool good;

	*value = (struct shell_value){ "", 0, NULL };
	if (!part)
		return true;
	if (part->kind == SHELL_TEXT && !part->next && !special &&
	    (part->quoted || !memchr(part->of.text.bytes, '~', part->of.text.len))) {
		value->bytes = scratch_copy(sh, part->of.text.bytes, part->of.text.len);
		value->len = part->of.text.len;
		return true;
	}
	begin(&x, sh, word->span, false);
	x.tilde_after_colon = colon;
	good = expansion_parts(&x, part, false, false);
	if (good)
		*value = join(&x, special);
	end(&x);
	return good;
}

bool expand_one(struct machine *sh, const struct shell_word *word, struct shell_value *value)
{
	return expand_to(sh, word, NULL, false, value);
}

bool expand_assigned(struct machine *sh, const struct shell_word *word, struct shell_value *value)
{
	return expand_to(sh, word, NULL, true, value);
}

bool expand_pattern(struct machine *sh, const struct shell_word *word, struct shell_value *value)
{
	return expand_to(sh, word, "*?[]\\!-^()|+@", false, value);
}

bool expand_regex(struct machine *sh, const struct shell_word *word, struct shell_value *value)
{
	return expand_to(sh, word, ".[]{}()\\*+?|^$", false, value);
}

bool expand_replacement(struct machine *sh, const struct shell_word *word,
			struct shell_value *value)
{
	return expand_to(sh, word, "&\\", false, value);
}

bool expand_document(struct machine *sh, const struct shell_word *word, struct shell_value *value)
{
	struct expansion x;
	bool good;

	*value = value_of("");
	if (!word->first)
		return true;
	begin(&x, sh, word->span, false);
	good = expansion_parts(&x, word->first, true, false);
	if (good)
		*value = join(&x, NULL);
	end(&x);
	return good;
}

bool expand_target(struct machine *sh, const struct shell_word *word, struct field *field)
{
	struct expansion x;
	bool good;
	size_t i;

	memset(field, 0, sizeof(*field));
	begin(&x, sh, word->span, false);
	good = expansion_parts(&x, word->first, false, false);
	if (good) {
		char *shape = scratch_alloc(sh->scratch, x.bytes.len + 1);

		field->value = join(&x, NULL);
		field->span = word->span;
		field->shape = shape;
		for (i = 0; i < x.bytes.len; i++) {
			if (x.bytes.data[i])
				*shape++ = x.bytes.data[i];
		}
		*shape = '\0';
		/* without a pattern in it, the rest says nothing */
		if (x.unknown && !x.unknown->pattern)
			field->shape = "";
	}
	end(&x);
	return good;
}

bool expand_arithmetic(struct machine *sh, const struct shell_word *word, struct span span,
		       enum fatal fatal, struct shell_value *value)
{
	struct number number;
	const char *why;
	char digits[32];
	int len;

	if (!expand_to(sh, word, NULL, false, value))
		return false;
	if (value->unknown)
		return true;
	if (!arithmetic(sh, span, value->bytes, value->len, &number, &why)) {
		if (machine_runs(sh))
			shell_error(sh, span, fatal, "%s: the shell stops here", why);
		*value = value_of("");
		return false;
	}
	len = snprintf(digits, sizeof(digits), "%lld", (long long)number.value);
	*value = (struct shell_value){ scratch_copy(sh, digits, (size_t)len), (size_t)len,
				       number.unknown };
	if (number.unknown)
		*value = value_unknown(number.unknown);
	return true;
}

/* ---- words ---- */

/* A word of nothing but text that stands for itself. */
static bool is_plain(const struct machine *sh, const struct shell_word *word)
{
	const struct shell_part *part = word->first;
	uint32_t i;

	if (!part || part->next || part->kind != SHELL_TEXT)
		return false;
	if (part->quoted)
		return true;
	for (i = 0; i < part->of.text.len; i++) {
		switch (part->of.text.bytes[i]) {
		case '*':
		case '?':
		case '[':
		case '\\':
		case '~':
			return false;
		case '{':
		case '(':
			if (sh->bash)
				return false;
			break;
		default:
			break;
		}
	}
	return true;
}

static bool expand_word(struct machine *sh, const struct shell_word *word, struct fields *fields)
{
	struct expansion x;
	bool good;

	if (is_plain(sh, word)) {
		const struct shell_part *part = word->first;
		struct field field = { { scratch_copy(sh, part->of.text.bytes, part->of.text.len),
					 part->of.text.len, NULL },
				       "",
				       word->span,
				       false };

		fields_add(sh, fields, field);
		return machine_step(sh);
	}
	begin(&x, sh, word->span, true);
	good = expansion_parts(&x, word->first, false, false) && expansion_split(&x, fields);
	end(&x);
	return good;
}

static bool expand_braced(struct machine *sh, const struct shell_word *word, struct fields *fields)
{
	const struct shell_word *made = sh->bash ? expand_braces(sh, word) : word;

	if (made == word)
		return expand_word(sh, word, fields);
	for (; made && machine_runs(sh); made = made->next) {
		if (!expand_word(sh, made, fields))
			return false;
	}
	return machine_runs(sh);
}

bool expand_words(struct machine *sh, const struct shell_word *words, struct fields *fields)
{
	for (; words; words = words->next) {
		if (!expand_braced(sh, words, fields))
			return false;
	}
	return machine_runs(sh);
}

/* ---- arrays ---- */

/* "[subscript]=" at the start of an element: how much of the first part it is; 0: none. */
static size_t subscript_length(const struct shell_word *word)
{
	const struct shell_part *part = word->first;
	const char *close;

	if (!part || part->kind != SHELL_TEXT || part->quoted || part->of.text.len < 3 ||
	    part->of.text.bytes[0] != '[')
		return 0;
	close = memchr(part->of.text.bytes, ']', part->of.text.len);
	if (!close || close + 1 >= part->of.text.bytes + part->of.text.len || close[1] != '=')
		return 0;
	return (size_t)(close - part->of.text.bytes);
}

/* [$i]=x and ["a b"]=x: the parts up to "]=". */
static bool split_subscript(struct machine *sh, const struct shell_word *word,
			    struct shell_word *subscript, struct shell_word *value)
{
	const struct shell_part *part, *close = NULL;
	struct shell_part *copy, **last = &subscript->first;
	const char *at = NULL;

	memset(subscript, 0, sizeof(*subscript));
	memset(value, 0, sizeof(*value));
	subscript->span = value->span = word->span;
	part = word->first;
	if (!part || part->kind != SHELL_TEXT || part->quoted || !part->of.text.len ||
	    part->of.text.bytes[0] != '[')
		return false;
	for (; part && !close; part = part->next) {
		copy = scratch_alloc(sh->scratch, sizeof(*copy));
		*copy = *part;
		copy->next = NULL;
		if (part->kind == SHELL_TEXT && !part->quoted) {
			at = memmem(part->of.text.bytes, part->of.text.len, "]=", 2);
			if (at) {
				close = part;
				copy->of.text.len = (uint32_t)(at - part->of.text.bytes);
			}
			if (part == word->first) {
				copy->of.text.bytes++;
				copy->of.text.len--;
			}
		}
		*last = copy;
		last = &copy->next;
	}
	if (!close)
		return false;
	copy = scratch_alloc(sh->scratch, sizeof(*copy));
	*copy = *close;
	copy->of.text.bytes = at + 2;
	copy->of.text.len = close->of.text.len - (uint32_t)(at + 2 - close->of.text.bytes);
	value->first = copy->of.text.len ? copy : copy->next;
	return true;
}

static void add_item(struct machine *sh, struct array_list *list, size_t *capacity,
		     struct array_item item)
{
	struct array_item *items;

	if (list->n == *capacity) {
		*capacity = *capacity ? *capacity * 2 : 16;
		items = scratch_alloc(sh->scratch, *capacity * sizeof(*items));
		if (list->n)
			memcpy(items, list->items, list->n * sizeof(*items));
		list->items = items;
	}
	list->items[list->n++] = item;
}

bool expand_array(struct machine *sh, const struct shell_word *words, struct array_list *list)
{
	struct shell_word subscript, value;
	size_t capacity = 0, i;

	memset(list, 0, sizeof(*list));
	for (; words; words = words->next) {
		struct array_item item = { { "", 0, NULL }, { "", 0, NULL }, true };
		struct fields fields = { NULL, 0, 0, NULL };

		if ((subscript_length(words) || (words->first && words->first->next)) &&
		    split_subscript(sh, words, &subscript, &value)) {
			if (!expand_one(sh, &subscript, &item.subscript) ||
			    !expand_assigned(sh, &value, &item.value))
				return false;
			add_item(sh, list, &capacity, item);
			continue;
		}
		if (!expand_braced(sh, words, &fields))
			return false;
		if (fields.many)
			list->unknown = fields.many;
		item.has_subscript = false;
		for (i = 0; i < fields.n; i++) {
			item.value = fields.items[i].value;
			add_item(sh, list, &capacity, item);
		}
	}
	return true;
}
