/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON, version 1: {"version", "diagnostics", "files", "summary"}, and "statistics" if asked for.
 *
 * Each record is a line of its own, and the comma between two records begins the
 * second one's line: what was printed up to the end of a line can be closed at any
 * time.
 */
#include <string.h>

#include "base/buf.h"
#include "lint/lint.h"
#include "report/json_text.h"
#include "report/report.h"
#include "report/statistics.h"

#define MAX_REASONS 20 /* in "because" */

static void add_position(struct buf *out, const char *key, const struct source *source,
			 uint32_t offset)
{
	struct position at = source_position(source, offset);

	buf_add_string(out, key);
	json_add_number_member(out, "{\"line\":", at.line);
	json_add_number_member(out, ",\"column\":", at.column);
	buf_add_char(out, '}');
}

/* ---- records ---- */

static void add_related(struct buf *out, const struct source *source, const struct related *list)
{
	const char *comma = "";

	buf_add_string(out, ",\"related\":[");
	for (; list; list = list->next, comma = ",") {
		buf_add_string(out, comma);
		json_add_member(out, "{\"file\":", source->name);
		json_add_number_member(out, ",\"line\":", source_line(source, list->span.start));
		json_add_member(out, ",\"message\":", list->message);
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

/* The words NAME=VALUE as members. */
static void add_witness(struct buf *out, const char *words)
{
	const char *comma = "";

	buf_add_string(out, ",\"witness\":{");
	while (*words) {
		size_t name = strcspn(words, "="), len = strcspn(words, " ");

		buf_printf(out, "%s\"%.*s\":\"%.*s\"", comma, (int)name, words,
			   (int)(len - name - 1), words + name + 1);
		words += len + strspn(words + len, " ");
		comma = ",";
	}
	buf_add_char(out, '}');
}

static void add_fix(struct buf *out, const struct source *source, const struct diag *diag)
{
	const char *comma = "";

	buf_add_string(out, diag_extra(diag)->fix_is_safe ? ",\"fix\":{\"safe\":true,\"edits\":["
							  : ",\"fix\":{\"safe\":false,\"edits\":[");
	for (const struct edit *edit = diag_extra(diag)->fix; edit;
	     edit = edit->next, comma = ",") {
		buf_add_string(out, comma);
		add_position(out, "{\"start\":", source, edit->span.start);
		add_position(out, ",\"end\":", source, edit->span.end);
		json_add_member(out, ",\"text\":", edit->text);
		buf_add_char(out, '}');
	}
	buf_add_string(out, "]}");
}

static void add_record(struct buf *out, const struct source *source, const struct diag *diag)
{
	json_add_member(out, "{\"rule\":", diag->rule);
	json_add_member(out, ",\"level\":", level_name((enum level)diag->level));
	json_add_member(out, ",\"message\":", diag->message);
	json_add_member(out, ",\"file\":", source->name);
	add_position(out, ",\"start\":", source, diag->span.start);
	add_position(out, ",\"end\":", source, diag->span.end);
	json_add_member(out, ",\"hint\":", diag_extra(diag)->hint);
	json_add_member(out, ",\"table\":", diag->table);
	json_add_member(out, ",\"chain\":", diag->chain);
	if (diag->related)
		add_related(out, source, diag->related);
	if (diag_extra(diag)->witness)
		add_witness(out, diag_extra(diag)->witness);
	if (diag_extra(diag)->fix)
		add_fix(out, source, diag);
	json_add_member(out, ",\"suppressed\":", diag_extra(diag)->suppressed);
	buf_add_string(out, "}\n");
}

static void print_records(FILE *out, const struct source *source, const struct diags *diags,
			  const char **comma)
{
	struct buf record = BUF_INIT;

	for (const struct diag *diag = diags->first; diag; diag = diag->next) {
		buf_clear(&record);
		buf_add_string(&record, *comma);
		add_record(&record, source, diag);
		fwrite_unlocked(record.data, 1, record.len, out);
		*comma = ",";
	}
	buf_free(&record);
}

/* ---- files ---- */

static void add_loads(struct buf *out, const char *key, const struct unit *unit,
		      enum backend backend)
{
	static const char *const answers[] = {
		[LOADS_NO] = "false",
		[LOADS_YES] = "true",
		[LOADS_UNDECIDED] = "null",
	};

	buf_add_string(out, key);
	buf_add_string(out, answers[unit_loads(unit, backend)]);
}

/* Why the answer is not a plain yes: the first reasons. */
static size_t add_reasons(struct buf *out, const struct diags *diags, size_t n)
{
	for (const struct diag *diag = diags->first; diag && n < MAX_REASONS; diag = diag->next)
		if (diag->refuses || diag->undecided)
			json_add_member(out, n++ ? "," : "", diag->message);
	return n;
}

static void add_because(struct buf *out, const struct unit *unit)
{
	size_t n = add_reasons(out, &unit->diags, 0);

	n = add_reasons(out, &unit->silenced, n);
	if (add_reasons(out, &unit->set_aside, n) == 0)
		json_add_string(out, "findings of lint rules that are switched off");
}

static void print_file(FILE *out, const struct unit *unit, unsigned backends)
{
	struct buf line = BUF_INIT;

	json_add_member(&line, "{\"file\":", unit->source->name);
	buf_add_string(&line, unit->family == FAMILY_IPV6 ? ",\"family\":6,\"loads\":{"
							  : ",\"family\":4,\"loads\":{");
	if (backends & BACKEND_LEGACY)
		add_loads(&line, "\"legacy\":", unit, BACKEND_LEGACY);
	if (backends & BACKEND_NFT)
		add_loads(&line, backends & BACKEND_LEGACY ? ",\"nft\":" : "\"nft\":", unit,
			  BACKEND_NFT);
	buf_add_char(&line, '}');
	if (unit->refused_by || unit->undecided_by) {
		buf_add_string(&line, ",\"because\":[");
		add_because(&line, unit);
		buf_add_char(&line, ']');
	}
	buf_add_string(&line, "}\n");
	fwrite_unlocked(line.data, 1, line.len, out);
	buf_free(&line);
}

static void begin(FILE *out)
{
	fputs_unlocked("{\"version\":1,\"diagnostics\":[\n", out);
}

static void frame(const struct report_frame *out, const struct unit *unit,
		  const struct report_options *options)
{
	const char *comma = "";

	print_records(out->records, unit->source, &unit->diags, &comma);
	print_records(out->records, unit->source, &unit->silenced, &comma);
	print_file(out->summary, unit, options->backends);
}

/* The last member. */
static void print_statistics(FILE *out, const struct report_totals *totals)
{
	struct statistic list[REPORT_MAX_RULES];
	size_t n = statistics_list(totals, list);

	fputs_unlocked("\"statistics\":[\n", out);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s{\"rule\":\"%s\",\"level\":\"%s\",\"count\":%zu}\n", i ? "," : "",
			list[i].rule->name, level_name(list[i].level), list[i].count);
	fputs_unlocked("]}\n", out);
}

static void end(FILE *out, const struct report_totals *totals, const struct report_options *options,
		const char *summaries)
{
	fprintf(out,
		"],\n\"files\":[\n%s],\n"
		"\"summary\":{\"files\":%zu,\"errors\":%zu,\"warnings\":%zu,\"infos\":%zu",
		summaries, totals->files, totals->errors, totals->warnings, totals->infos);
	if (totals->baselined)
		fprintf(out, ",\"baselined\":%zu", totals->baselined);
	fputs_unlocked(options->statistics ? "},\n" : "}}\n", out);
	if (options->statistics)
		print_statistics(out, totals);
}

const struct report_format report_json = {
	.name = "json",
	.summary = "everything, for programs",
	.lists_infos = true,
	.has_statistics = true,
	.begin = begin,
	.frame = frame,
	.separator = ",",
	.end = end,
};
