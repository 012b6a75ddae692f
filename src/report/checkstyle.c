/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The XML of Checkstyle 4.3, which many programs that collect findings read.
 *
 * The end of a file's element begins the line of the next file, as the comma does in
 * JSON: what was printed up to the end of a line can be closed at any time.
 */
#include "lint/lint.h"
#include "report/report.h"
#include "report/xml_text.h"

static void begin(FILE *out)
{
	fputs_unlocked("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		       "<checkstyle version=\"4.3\">\n",
		       out);
}

static void print(FILE *out, const struct source *source, const struct diag *diag)
{
	struct position at = source_position(source, diag->span.start);

	fputs_unlocked("<error", out);
	xml_number(out, "line", at.line);
	xml_number(out, "column", at.column);
	xml_attribute(out, "severity", level_name((enum level)diag->level));
	fputs_unlocked(" message=\"", out);
	xml_text(out, diag->message);
	if (diag_extra(diag)->hint) {
		fputs_unlocked("; ", out);
		xml_text(out, diag_extra(diag)->hint);
	}
	fprintf(out, "\" source=\"iptlint.%s\"/>\n", diag->rule);
}

/* A file without findings is listed too: it was checked. */
static void frame(const struct report_frame *out, const struct unit *unit,
		  const struct report_options *options)
{
	const struct diag *diag = unit->diags.first;
	size_t n = 0;

	fputs_unlocked("<file", out->records);
	xml_attribute(out->records, "name", unit->source->name);
	fputs_unlocked(">\n", out->records);
	while ((diag = report_shown(diag, options, &n))) {
		print(out->records, unit->source, diag);
		diag = diag->next;
	}
}

static void end(FILE *out, const struct report_totals *totals, const struct report_options *options,
		const char *summaries)
{
	(void)totals;
	(void)options;
	(void)summaries;
	fputs_unlocked("</checkstyle>\n", out);
}

const struct report_format report_checkstyle = {
	.name = "checkstyle",
	.summary = "XML of Checkstyle, for programs that collect findings",
	.begin = begin,
	.frame = frame,
	.separator = "</file>\n",
	.closing = "</file>\n",
	.end = end,
};
