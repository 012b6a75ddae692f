/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON, version 1: {"version", "diagnostics", "files", "summary"}.  The envelope is
 * printed here and each record by jansson, so that there is never a tree of all.
 */
#include <jansson.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "lint/lint.h"
#include "report/report.h"

/* Length of the UTF-8 sequence at TEXT (RFC 3629), 0 if it is none. */
static size_t sequence(const unsigned char *text)
{
	static const struct {
		unsigned char low, high; /* of the first byte */
		unsigned char second_low, second_high;
		size_t len;
	} rows[] = {
		{ 0x01, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (text[0] < rows[i].low || text[0] > rows[i].high)
			continue;
		if (rows[i].len == 1)
			return 1;
		if (text[1] < rows[i].second_low || text[1] > rows[i].second_high)
			return 0;
		for (size_t n = 2; n < rows[i].len; n++)
			if ((text[n] & 0xc0) != 0x80)
				return 0;
		return rows[i].len;
	}
	return 0;
}

/* A string of bytes that need not be UTF-8: what is not becomes U+FFFD. */
static json_t *string(const char *text)
{
	json_t *value = json_string(text);
	struct buf clean = BUF_INIT;

	if (value)
		return value;
	while (*text) {
		size_t len = sequence((const unsigned char *)text);

		if (len)
			buf_add(&clean, text, len);
		else
			buf_add_string(&clean, "\xef\xbf\xbd");
		text += len ? len : 1;
	}
	value = json_string(buf_string(&clean));
	buf_free(&clean);
	if (!value)
		die_out_of_memory();
	return value;
}

static json_t *position(const struct source *source, uint32_t offset)
{
	struct position at = source_position(source, offset);

	return json_pack("{s:i, s:i}", "line", (int)at.line, "column", (int)at.column);
}

static json_t *related(const struct source *source, const struct related *list)
{
	json_t *array = json_array();

	for (; list; list = list->next)
		json_array_append_new(array,
				      json_pack("{s:o, s:i, s:o}", "file", string(source->name),
						"line", (int)source_line(source, list->span.start),
						"message", string(list->message)));
	return array;
}

static json_t *fix(const struct source *source, const struct diag *diag)
{
	json_t *edits = json_array();

	for (const struct edit *edit = diag->fix; edit; edit = edit->next)
		json_array_append_new(edits, json_pack("{s:o, s:o, s:o}", "start",
						       position(source, edit->span.start), "end",
						       position(source, edit->span.end), "text",
						       string(edit->text)));
	return json_pack("{s:b, s:o}", "safe", (int)diag->fix_is_safe, "edits", edits);
}

static json_t *record(const struct source *source, const struct diag *diag)
{
	json_t *object =
		json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "rule", diag->rule, "level",
			  level_name((enum level)diag->level), "message", string(diag->message),
			  "file", string(source->name), "start", position(source, diag->span.start),
			  "end", position(source, diag->span.end));

	if (diag->hint)
		json_object_set_new(object, "hint", string(diag->hint));
	if (diag->table)
		json_object_set_new(object, "table", string(diag->table));
	if (diag->chain)
		json_object_set_new(object, "chain", string(diag->chain));
	if (diag->related)
		json_object_set_new(object, "related", related(source, diag->related));
	if (diag->fix)
		json_object_set_new(object, "fix", fix(source, diag));
	return object;
}

static void dump(FILE *out, json_t *object)
{
	if (!object || json_dumpf(object, out, JSON_COMPACT) != 0)
		die_out_of_memory();
	json_decref(object);
}

static void print_records(FILE *out, const struct source *source, const struct diags *diags,
			  const char *suppressed, const char **comma)
{
	for (const struct diag *diag = diags->first; diag; diag = diag->next) {
		json_t *object = record(source, diag);

		if (suppressed)
			json_object_set_new(object, "suppressed", string(suppressed));
		fputs(*comma, out);
		dump(out, object);
		*comma = ",\n";
	}
}

static json_t *loads(const struct unit *unit, enum backend backend)
{
	switch (unit_loads(unit, backend)) {
	case LOADS_YES:
		return json_true();
	case LOADS_NO:
		return json_false();
	case LOADS_UNDECIDED:
		break;
	}
	return json_null();
}

/* Why a back end's answer is not a plain yes: the first reasons. */
static json_t *because(const struct unit *unit)
{
	enum {
		MAX_REASONS = 20
	};
	json_t *array = json_array();

	for (const struct diag *diag = unit->diags.first;
	     diag && json_array_size(array) < MAX_REASONS; diag = diag->next)
		if (diag->refuses || diag->undecided)
			json_array_append_new(array, string(diag->message));
	return array;
}

static void print_summary(FILE *out, const struct unit *unit, const struct report_options *options)
{
	json_t *answers = json_object();
	json_t *object;

	if (options->backends & BACKEND_LEGACY)
		json_object_set_new(answers, "legacy", loads(unit, BACKEND_LEGACY));
	if (options->backends & BACKEND_NFT)
		json_object_set_new(answers, "nft", loads(unit, BACKEND_NFT));
	object = json_pack("{s:o, s:i, s:o}", "file", string(unit->source->name), "family",
			   (int)unit->family, "loads", answers);
	if (unit->refused_by || unit->undecided_by)
		json_object_set_new(object, "because", because(unit));
	dump(out, object);
}

static void begin(FILE *out)
{
	fputs("{\"version\":1,\"diagnostics\":[\n", out);
}

static void frame(const struct report_frame *out, const struct unit *unit,
		  const struct report_options *options)
{
	const char *comma = "";

	print_records(out->records, unit->source, &unit->diags, NULL, &comma);
	print_records(out->records, unit->source, &unit->silenced, "by a comment in the file",
		      &comma);
	print_summary(out->summary, unit, options);
}

static void end(FILE *out, const struct report_totals *totals, const struct report_options *options,
		const char *summaries)
{
	(void)options;
	fprintf(out,
		"\n],\n\"files\":[\n%s\n],\n"
		"\"summary\":{\"files\":%zu,\"errors\":%zu,\"warnings\":%zu,\"infos\":%zu}}\n",
		summaries, totals->files, totals->errors, totals->warnings, totals->infos);
}

const struct report_format report_json = {
	.name = "json",
	.summary = "everything, for programs",
	.always_all = true,
	.begin = begin,
	.frame = frame,
	.separator = ",\n",
	.end = end,
};
