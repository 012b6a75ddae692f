/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Workflow commands of GitHub Actions, which become annotations.  Source: "Workflow
 * commands for GitHub Actions" in its documentation.
 */
#include <string.h>

#include "report/line.h"
#include "report/report.h"

/* '%', CR and LF are escaped everywhere, ':' and ',' in properties too. */
static void escape(FILE *out, const char *text, bool is_property)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '%' || c < ' ' || c == 0x7f || (is_property && (c == ':' || c == ',')))
			fprintf(out, "%%%02X", c);
		else
			fputc(c, out);
	}
}

static const char *command(const struct diag *diag)
{
	return diag->level == LEVEL_INFO ? "notice" : line_level(diag);
}

static void print(FILE *out, const struct source *source, const struct diag *diag)
{
	struct position start = source_position(source, diag->span.start);
	struct position end = source_position(source, diag->span.end);

	fprintf(out, "::%s file=", command(diag));
	escape(out, source->name, true);
	fprintf(out, ",line=%u,endLine=%u", start.line, end.line);
	/* Columns are only taken where both ends are on one line. */
	if (start.line == end.line)
		fprintf(out, ",col=%u,endColumn=%u", start.column, end.column);
	fprintf(out, ",title=%s::", diag->rule);
	escape(out, diag->message, false);
	if (diag->hint) {
		fputs("; ", out);
		escape(out, diag->hint, false);
	}
	fputc('\n', out);
}

static void frame(const struct report_frame *out, const struct unit *unit,
		  const struct report_options *options)
{
	size_t shown = 0;

	for (const struct diag *diag = unit->diags.first; diag; diag = diag->next) {
		if (!line_is_shown(diag, options->show_info))
			continue;
		if (options->max_problems && shown++ == options->max_problems)
			break;
		print(out->records, unit->source, diag);
	}
}

const struct report_format report_github = {
	.name = "github",
	.summary = "annotations for GitHub Actions",
	.frame = frame,
};
