/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON by jansson, a line at a time: what is wrong with one has a line and a column.
 */
#include "report/baseline.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/utf8.h"

static int compare_keys(const struct baseline_entry *a, const struct baseline_entry *b)
{
	int order = strcmp(a->file, b->file);

	if (!order)
		order = strcmp(a->rule, b->rule);
	if (!order)
		order = (a->fingerprint > b->fingerprint) - (a->fingerprint < b->fingerprint);
	return order;
}

static int compare_entries(const void *left, const void *right)
{
	const struct baseline_entry *a = left, *b = right;
	int order = compare_keys(a, b);

	return order ? order : (a->line > b->line) - (a->line < b->line);
}

/* Sorts, and leaves one entry of each key. */
static void settle(struct baseline *baseline)
{
	size_t kept = 0;

	qsort(baseline->list, baseline->count, sizeof(*baseline->list), compare_entries);
	for (size_t i = 0; i < baseline->count; i++)
		if (kept == 0 || compare_keys(&baseline->list[kept - 1], &baseline->list[i]) != 0)
			baseline->list[kept++] = baseline->list[i];
	baseline->count = kept;
}

/* ---- reading ---- */

/* A copy of the member NAME; NULL if there is no such string. */
static const char *member(struct arena *arena, const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? arena_strdup(arena, value) : NULL;
}

static bool read_fingerprint(const char *text, uint64_t *fingerprint)
{
	if (strlen(text) != FINGERPRINT_TEXT - 1 ||
	    strspn(text, "0123456789abcdef") != FINGERPRINT_TEXT - 1)
		return false;
	*fingerprint = strtoull(text, NULL, 16);
	return true;
}

/* NULL, or what is wrong with it. */
static const char *read_object(struct arena *arena, const json_t *object,
			       struct baseline_entry *entry)
{
	const char *fingerprint;

	if (!json_is_object(object))
		return "this is no JSON object";
	entry->rule = member(arena, object, "rule");
	entry->file = member(arena, object, "file");
	entry->text = member(arena, object, "text");
	fingerprint = member(arena, object, "fingerprint");
	if (!entry->rule)
		return "\"rule\" is missing, or no string";
	if (!entry->file)
		return "\"file\" is missing, or no string";
	if (!fingerprint)
		return "\"fingerprint\" is missing, or no string";
	if (!read_fingerprint(fingerprint, &entry->fingerprint))
		return "\"fingerprint\" has to be 16 hexadecimal digits";
	if (!entry->text)
		entry->text = "";
	return NULL;
}

static bool read_line(struct arena *arena, const char *text, size_t len, uint32_t line,
		      struct baseline_entry *entry, struct baseline_error *error)
{
	json_error_t wrong;
	json_t *object = json_loadb(text, len, JSON_REJECT_DUPLICATES, &wrong);

	entry->line = line;
	error->at = (struct position){ line, 1 };
	if (object) {
		error->why = read_object(arena, object, entry);
		json_decref(object);
		return !error->why;
	}
	if (wrong.column > 0)
		error->at.column = (uint32_t)wrong.column;
	error->why = arena_printf(arena, "this is no line of a baseline: %s", wrong.text);
	return false;
}

bool baseline_read(struct arena *arena, const struct source *source, struct baseline *baseline,
		   struct baseline_error *error)
{
	baseline->list = arena_alloc(arena, source->n_lines * sizeof(*baseline->list));
	baseline->count = 0;
	for (uint32_t line = 1; line <= source->n_lines; line++) {
		struct span span = source_line_span(source, line);
		const char *text = source->bytes + span.start;
		size_t len = span.end - span.start;

		if (strspn(text, " \t\r") >= len)
			continue;
		if (!read_line(arena, text, len, line, &baseline->list[baseline->count], error))
			return false;
		baseline->count++;
	}
	settle(baseline);
	return true;
}

/* ---- looking up ---- */

size_t baseline_find(const struct baseline *baseline, const char *file, const char *rule,
		     uint64_t fingerprint)
{
	const struct baseline_entry wanted = { rule, file, fingerprint, NULL, 0 };
	size_t low = 0, high = baseline->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_keys(&baseline->list[middle], &wanted);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return baseline->count;
}

struct baseline baseline_join(struct arena *arena, const struct baseline *a,
			      const struct baseline *b)
{
	struct baseline joined = { NULL, a->count + b->count };

	joined.list = arena_alloc(arena, (joined.count + 1) * sizeof(*joined.list));
	for (size_t i = 0; i < joined.count; i++) {
		joined.list[i] = i < a->count ? a->list[i] : b->list[i - a->count];
		joined.list[i].line = (uint32_t)i; /* A's are before B's */
	}
	settle(&joined);
	return joined;
}

/* ---- printing ---- */

const char *baseline_clean(struct arena *arena, const char *text)
{
	struct buf clean = BUF_INIT;
	const char *kept;

	for (size_t len = strlen(text); len;) {
		size_t sequence = utf8_sequence(text, len);
		size_t step = sequence ? sequence : 1;

		buf_add(&clean, sequence ? text : "\xef\xbf\xbd", sequence ? sequence : 3);
		text += step;
		len -= step;
	}
	kept = arena_strndup(arena, buf_string(&clean), clean.len);
	buf_free(&clean);
	return kept;
}

void baseline_print(FILE *out, const struct baseline_entry *entry)
{
	char fingerprint[FINGERPRINT_TEXT];
	json_t *object;
	char *line;

	fingerprint_text(entry->fingerprint, fingerprint);
	object = json_pack("{s:s, s:s, s:s, s:s}", "rule", entry->rule, "file", entry->file,
			   "fingerprint", fingerprint, "text", entry->text);
	line = object ? json_dumps(object, JSON_COMPACT) : NULL;
	if (!line)
		die_out_of_memory();
	fprintf(out, "%s\n", line);
	free(line);
	json_decref(object);
}
