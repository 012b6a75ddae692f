/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SARIF 2.1.0 (OASIS), as code scanning of GitHub reads it: one run, with all lint rules
 * before the first result.
 *
 * A result is a line of its own, as a record of JSON is.  What GitHub takes of a run is
 * limited (25,000 results, of which it shows 5,000); nothing is cut here for that, since
 * GitHub says so itself, and others have no limits.
 */
#include <string.h>

#include "base/buf.h"
#include "config.h"
#include "lint/lint.h"
#include "report/json_text.h"
#include "report/line_hash.h"
#include "report/report.h"
#include "report/sarif_rules.h"

#define MAX_LINKS 10 /* in a message; all places are in relatedLocations */

struct printer {
	FILE *out;
	const struct source *source;
	const struct report_options *options;
	struct buf place; /* "artifactLocation":{...} */
	struct buf record;
	struct line_hasher *hasher;
	const char *comma;
};

/* ---- places ---- */

/* What RFC 3986 calls unreserved, and the slash. */
static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-._~/", c));
}

/* GitHub takes a file for one of the repository if its path is relative to the root. */
static void add_place(struct buf *out, const char *path)
{
	bool is_absolute = *path == '/', is_stdin = strcmp(path, "-") == 0;

	buf_add_string(out, is_absolute ? "\"artifactLocation\":{\"uri\":\"file://"
					: "\"artifactLocation\":{\"uri\":\"");
	for (; *path; path++) {
		if (is_plain(*path))
			buf_add_char(out, *path);
		else
			buf_printf(out, "%%%02X", (unsigned char)*path);
	}
	buf_add_string(out, is_absolute || is_stdin ? "\"}" : "\",\"uriBaseId\":\"%SRCROOT%\"}");
}

/* Columns are code points, which columnKind says. */
static void add_region(struct buf *out, const char *key, const struct source *source,
		       struct span span)
{
	struct position start = source_position(source, span.start);
	struct position end = source_position(source, span.end);

	buf_add_string(out, key);
	json_add_number_member(out, "{\"startLine\":", start.line);
	json_add_number_member(out, ",\"startColumn\":", start.column);
	json_add_number_member(out, ",\"endLine\":", end.line);
	json_add_number_member(out, ",\"endColumn\":", end.column);
	buf_add_char(out, '}');
}

static void add_location(struct printer *printer, struct span span)
{
	buf_add_string(&printer->record, "\"physicalLocation\":{");
	buf_add_string(&printer->record, buf_string(&printer->place));
	add_region(&printer->record, ",\"region\":", printer->source, span);
	buf_add_char(&printer->record, '}');
}

static void add_related(struct printer *printer, const struct related *list)
{
	struct buf *out = &printer->record;
	uint32_t id = 1;

	buf_add_string(out, ",\"relatedLocations\":[");
	for (; list; list = list->next, id++) {
		json_add_number_member(out, id > 1 ? ",{\"id\":" : "{\"id\":", id);
		buf_add_char(out, ',');
		add_location(printer, list->span);
		json_add_member(out, ",\"message\":{\"text\":", list->message);
		buf_add_string(out, "}}");
	}
	buf_add_char(out, ']');
}

/* ---- messages ---- */

static void add_sentence(struct buf *out, const char *text)
{
	size_t len = strlen(text);

	buf_add(out, text, len);
	if (len && !strchr(".?!", text[len - 1]))
		buf_add_char(out, '.');
}

/* GitHub shows a related place only where the message has a link to it. */
static void add_links(struct buf *out, const struct source *source, const struct related *list)
{
	for (int id = 1; list && id <= MAX_LINKS; list = list->next, id++)
		buf_printf(out, "%s[line %u](%d)", id > 1 ? ", " : " See ",
			   source_line(source, list->span.start), id);
	buf_add_char(out, '.');
}

/* The first sentence is what lists of findings show. */
static void add_message(struct printer *printer, const struct diag *diag)
{
	struct buf text = BUF_INIT;

	add_sentence(&text, diag->message);
	if (diag_extra(diag)->hint) {
		buf_add_string(&text, " Help: ");
		add_sentence(&text, diag_extra(diag)->hint);
	}
	if (diag->related)
		add_links(&text, printer->source, diag->related);
	json_add_member(&printer->record, ",\"message\":{\"text\":", buf_string(&text));
	buf_add_char(&printer->record, '}');
	buf_free(&text);
}

/* ---- fixes and suppressions ---- */

static void add_fix(struct printer *printer, const struct diag *diag)
{
	struct buf *out = &printer->record;
	const char *comma = "";

	buf_add_string(out, diag_extra(diag)->fix_is_safe
				    ? ",\"fixes\":[{\"description\":{\"text\":"
				      "\"What iptlint check --fix does.\"},"
				    : ",\"fixes\":[{\"description\":{\"text\":"
				      "\"What iptlint check --unsafe-fixes does.\"},");
	buf_add_string(out, "\"artifactChanges\":[{");
	buf_add_string(out, buf_string(&printer->place));
	buf_add_string(out, ",\"replacements\":[");
	for (const struct edit *edit = diag_extra(diag)->fix; edit;
	     edit = edit->next, comma = ",") {
		buf_add_string(out, comma);
		add_region(out, "{\"deletedRegion\":", printer->source, edit->span);
		json_add_member(out, ",\"insertedContent\":{\"text\":", edit->text);
		buf_add_string(out, "}}");
	}
	buf_add_string(out, "]}]}]");
}

/* All results of a run have the list, or none has: one that nobody silenced has an empty one. */
static void add_suppressions(struct buf *out, const char *reason)
{
	buf_add_string(out, ",\"suppressions\":[");
	if (reason) {
		buf_add_string(out, "{\"kind\":\"inSource\"");
		json_add_member(out, ",\"justification\":", *reason ? reason : NULL);
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

/* ---- results ---- */

static uint32_t rule_index(const char *name)
{
	uint32_t i = 0;

	while (strcmp(lint_rules[i]->name, name) != 0)
		i++;
	return i;
}

static void print_result(struct printer *printer, const struct diag *diag)
{
	struct buf *out = &printer->record;
	char hash[LINE_HASH_TEXT];

	buf_clear(out);
	buf_add_string(out, printer->comma);
	json_add_member(out, "{\"ruleId\":", diag->rule);
	json_add_number_member(out, ",\"ruleIndex\":", rule_index(diag->rule));
	json_add_member(out, ",\"level\":", sarif_level((enum level)diag->level));
	add_message(printer, diag);
	buf_add_string(out, ",\"locations\":[{");
	add_location(printer, diag->span);
	line_hash(printer->hasher, source_line(printer->source, diag->span.start), hash);
	json_add_member(out, "}],\"partialFingerprints\":{\"primaryLocationLineHash\":", hash);
	buf_add_char(out, '}');
	if (diag->related)
		add_related(printer, diag->related);
	if (diag_extra(diag)->fix)
		add_fix(printer, diag);
	add_suppressions(out, diag_extra(diag)->suppressed);
	if (diag_extra(diag)->witness) {
		json_add_member(out, ",\"properties\":{\"packet\":", diag_extra(diag)->witness);
		buf_add_char(out, '}');
	}
	buf_add_string(out, "}\n");
	fwrite_unlocked(out->data, 1, out->len, printer->out);
	printer->comma = ",";
}

/* Both lists are in the order of the lines, and each begins with the first one. */
static void print_results(struct printer *printer, const struct diags *diags)
{
	const struct diag *diag = diags->first;
	size_t n = 0;

	printer->hasher = line_hasher_new(printer->source->bytes, printer->source->len);
	while ((diag = report_shown(diag, printer->options, &n))) {
		print_result(printer, diag);
		diag = diag->next;
	}
	line_hasher_free(printer->hasher);
}

static void frame(const struct report_frame *out, const struct unit *unit,
		  const struct report_options *options)
{
	struct printer printer = {
		.out = out->records,
		.source = unit->source,
		.options = options,
		.comma = "",
	};

	add_place(&printer.place, options->path);
	print_results(&printer, &unit->diags);
	print_results(&printer, &unit->silenced);
	buf_free(&printer.place);
	buf_free(&printer.record);
}

/* ---- around them ---- */

static void begin(FILE *out)
{
	struct buf text = BUF_INIT;

	buf_add_string(&text, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\","
			      "\"version\":\"2.1.0\",\"runs\":[{\n"
			      "\"tool\":{\"driver\":{\"name\":\"iptlint\"");
	json_add_member(&text, ",\"semanticVersion\":", PACKAGE_VERSION);
	json_add_member(&text, ",\"informationUri\":", *PACKAGE_URL ? PACKAGE_URL : NULL);
	buf_add_string(&text, ",\"rules\":");
	sarif_add_rules(&text);
	buf_add_string(&text, "}},\n"
			      "\"automationDetails\":{\"id\":\"iptlint/\"},\n"
			      "\"columnKind\":\"unicodeCodePoints\",\n"
			      "\"originalUriBaseIds\":{\"%SRCROOT%\":{\"description\":{\"text\":"
			      "\"The root of the work tree.\"}}},\n"
			      "\"results\":[\n");
	fwrite_unlocked(text.data, 1, text.len, out);
	buf_free(&text);
}

static void end(FILE *out, const struct report_totals *totals, const struct report_options *options,
		const char *summaries)
{
	(void)totals;
	(void)options;
	(void)summaries;
	fputs_unlocked("]}]}\n", out);
}

const struct report_format report_sarif = {
	.name = "sarif",
	.summary = "SARIF 2.1.0, for code scanning",
	.begin = begin,
	.frame = frame,
	.separator = ",",
	.end = end,
};
