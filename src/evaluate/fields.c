/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Field splitting, pathname expansion and quote removal: what is left of an expanded
 * word is cut into fields.  Knows nothing of where the bytes came from.
 */
#include <string.h>

#include "evaluate/expand.h"

void fields_add(struct machine *sh, struct fields *fields, struct field field)
{
	struct field *items;

	if (fields->n == fields->capacity) {
		fields->capacity = fields->capacity ? fields->capacity * 2 : 8;
		items = scratch_alloc(sh->scratch, fields->capacity * sizeof(*items));
		if (fields->n)
			memcpy(items, fields->items, fields->n * sizeof(*items));
		fields->items = items;
	}
	fields->items[fields->n++] = field;
	if (field.many && !fields->many)
		fields->many = field.value.unknown;
}

/* Bytes that separate fields. */
struct separators {
	bool is[256];
	bool white[256];
};

static void read_separators(struct machine *sh, struct separators *s,
			    const struct shell_origin **unknown)
{
	bool set;
	size_t i;
	struct shell_value ifs = variable_value(sh, "IFS", 3, &set);

	memset(s, 0, sizeof(*s));
	*unknown = ifs.unknown;
	if (!set)
		ifs = value_of(" \t\n");
	for (i = 0; i < ifs.len; i++) {
		unsigned char c = (unsigned char)ifs.bytes[i];

		s->is[c] = true;
		s->white[c] = c == ' ' || c == '\t' || c == '\n';
	}
}

struct cutter {
	struct expansion *x;
	struct fields *fields;
	size_t start; /* of the field, in the row */
	bool have;
	bool after_white; /* the last field ended at white space: one other separator may follow */
};

static bool is_magic_byte(const struct cutter *c, size_t i, size_t end)
{
	const char *bytes = c->x->bytes.data;
	size_t j;

	if (c->x->marks.data[i] & (MARK_QUOTED | MARK_BREAK | MARK_QUOTES | MARK_UNKNOWN))
		return false;
	if (bytes[i] == '*' || bytes[i] == '?')
		return true;
	if (bytes[i] != '[')
		return false;
	for (j = i + 1; j < end; j++) {
		if (bytes[j] == ']' && j > i + 1 &&
		    !(c->x->marks.data[j] & (MARK_QUOTED | MARK_QUOTES | MARK_BREAK)))
			return true;
	}
	return false;
}

/* The field from start to END as bytes; with ESCAPE, quoted ones get a backslash. */
static char *copy_field(struct cutter *c, size_t end, bool escape, size_t *len)
{
	struct expansion *x = c->x;
	char *bytes = scratch_alloc(x->sh->scratch, (end - c->start) * 2 + 1), *to = bytes;
	size_t i;

	for (i = c->start; i < end; i++) {
		unsigned mark = (unsigned char)x->marks.data[i];
		char byte = x->bytes.data[i];

		if (mark & (MARK_BREAK | MARK_QUOTES) || (mark & MARK_UNKNOWN && !byte))
			continue;
		if (escape && mark & MARK_QUOTED && byte && strchr("*?[]\\", byte))
			*to++ = '\\';
		*to++ = byte;
	}
	*to = '\0';
	*len = (size_t)(to - bytes);
	return bytes;
}

/* The names that the pattern PATTERN stands for; false: it stands for itself. */
static bool add_names(struct cutter *c, const char *pattern, struct field field)
{
	struct machine *sh = c->x->sh;
	struct arena *arena = arena_new();
	struct shell_origin origin = { .span = field.span, .pattern = pattern };
	const char *full = path_of(sh, pattern, strlen(pattern));
	size_t skip = full && *pattern != '/' && strlen(full) > strlen(pattern)
			      ? strlen(full) - strlen(pattern)
			      : 0;
	const char **names = NULL;
	size_t n = 0, i;
	enum shell_file_answer answer = SHELL_FILE_UNKNOWN;

	if (full && sh->host->glob)
		answer = sh->host->glob(sh->host->context, arena, full, &names, &n);
	if (answer == SHELL_FILE_UNKNOWN) {
		char *what = scratch_alloc(sh->scratch, strlen(pattern) + 32);

		strcat(strcat(strcpy(what, "which files match '"), pattern), "'");
		origin.what = what;
		origin.span = machine_span(sh, field.span);
		field.value = value_unknown(origin_keep(sh, &origin));
		field.shape = pattern;
		field.many = true;
		fields_add(sh, c->fields, field);
	}
	for (i = 0; answer == SHELL_FILE_YES && i < n; i++) {
		size_t cut = strlen(names[i]) > skip ? skip : 0;

		field.value = scratch_value(sh, value_of(names[i] + cut));
		fields_add(sh, c->fields, field);
	}
	arena_free(arena);
	return answer != SHELL_FILE_NO || sh->set.options & OPTION_NULLGLOB;
}

static void finish_field(struct cutter *c, size_t end)
{
	struct expansion *x = c->x;
	struct field field = { { "", 0, NULL }, "", x->span, false };
	bool unknown = false, many = false, magic = false;
	size_t i, len;

	for (i = c->start; i < end; i++) {
		unsigned mark = (unsigned char)x->marks.data[i];

		unknown |= (mark & MARK_UNKNOWN) != 0;
		many |= mark & MARK_UNKNOWN && !(mark & MARK_QUOTED);
		magic |= is_magic_byte(c, i, end);
	}
	c->have = false;
	field.value.bytes = copy_field(c, end, false, &len);
	if (unknown) {
		field.shape = x->unknown->pattern ? field.value.bytes : "";
		field.value = value_unknown(x->unknown);
		field.many = many;
	} else if (magic && !(x->sh->set.options & OPTION_NOGLOB)) {
		size_t pattern_len;

		if (add_names(c, copy_field(c, end, true, &pattern_len), field))
			return;
	}
	if (!unknown)
		field.value.len = len;
	fields_add(x->sh, c->fields, field);
}

/* A separator at I. */
static void at_separator(struct cutter *c, size_t i, bool white)
{
	if (white) {
		if (c->have) {
			finish_field(c, i);
			c->after_white = true;
		}
	} else if (c->have || !c->after_white) {
		finish_field(c, i);
		c->after_white = false;
	} else {
		c->after_white = false;
	}
	c->start = i + 1;
}

bool expansion_split(struct expansion *x, struct fields *fields)
{
	struct cutter c = { x, fields, 0, false, false };
	const struct shell_origin *unknown;
	struct separators separators;
	size_t i;

	read_separators(x->sh, &separators, &unknown);
	if (unknown && !x->unknown) {
		x->unknown = unknown;
		expansion_mark(x, MARK_UNKNOWN);
	}
	for (i = 0; i < x->bytes.len; i++) {
		unsigned mark = (unsigned char)x->marks.data[i];
		unsigned char byte = (unsigned char)x->bytes.data[i];

		if (mark & MARK_BREAK) {
			if (c.have)
				finish_field(&c, i);
			c.after_white = false;
			c.start = i + 1;
		} else if (mark & MARK_SPLIT && separators.is[byte]) {
			at_separator(&c, i, separators.white[byte]);
		} else {
			c.have = true;
			c.after_white = false;
		}
	}
	if (c.have)
		finish_field(&c, x->bytes.len);
	return machine_runs(x->sh);
}
