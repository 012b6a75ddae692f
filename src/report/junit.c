/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files as test cases in the XML of JUnit: one with findings has failed.
 *
 * The suite has no counts, for they would have to come first; those who read this count
 * themselves.  The end of a test case begins the line of the next one, as the comma does
 * in JSON: what was printed up to the end of a line can be closed at any time.
 */
#include "lint/lint.h"
#include "report/report.h"
#include "report/xml_text.h"

static void begin(FILE *out)
{
	fputs_unlocked("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		       "<testsuites>\n"
		       "<testsuite name=\"iptlint\">\n",
		       out);
}

/* The message alone for lists of failures; the text is what people look at then. */
static void print(FILE *out, const struct source *source, const struct diag *diag)
{
	struct position at = source_position(source, diag->span.start);

	fputs_unlocked("<failure", out);
	xml_attribute(out, "type", diag->rule);
	xml_attribute(out, "message", diag->message);
	putc_unlocked('>', out);
	xml_text(out, source->name);
	fprintf(out, ":%u:%u: %s: ", at.line, at.column, level_name((enum level)diag->level));
	xml_text(out, diag->message);
	if (diag_extra(diag)->hint) {
		fputs_unlocked("; ", out);
		xml_text(out, diag_extra(diag)->hint);
	}
	fprintf(out, " [%s]</failure>\n", diag->rule);
}

/* A script is a test case of each family, and those are told apart by both names. */
static void frame(const struct report_frame *out, const struct unit *unit,
		  const struct report_options *options)
{
	const struct diag *diag = unit->diags.first;
	size_t n = 0;

	fputs_unlocked("<testcase", out->records);
	xml_attribute(out->records, "name", unit->source->name);
	xml_attribute(out->records, "classname",
		      unit->family == FAMILY_IPV6 ? "iptlint.ipv6" : "iptlint.ipv4");
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
	fputs_unlocked("</testsuite>\n</testsuites>\n", out);
}

const struct report_format report_junit = {
	.name = "junit",
	.summary = "XML of JUnit: a file is a test case",
	.begin = begin,
	.frame = frame,
	.separator = "</testcase>\n",
	.closing = "</testcase>\n",
	.end = end,
};
