/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Workflow commands of GitHub Actions, which become annotations.  They are matched with the
 * paths of the repository, from whichever folder of it the program was called.  Source:
 * "Workflow commands for GitHub Actions" in its documentation.
 */
#include "report/line.h"
#include "report/report.h"

static bool is_escaped(unsigned char c, bool is_property)
{
	return c == '%' || c < ' ' || c == 0x7f || (is_property && (c == ':' || c == ','));
}

/* '%', CR and LF are escaped everywhere, ':' and ',' in properties too. */
static void escape(FILE *out, const char *text, bool is_property)
{
	while (*text) {
		const char *plain = text;

		while (*text && !is_escaped((unsigned char)*text, is_property))
			text++;
		fwrite_unlocked(plain, 1, (size_t)(text - plain), out);
		if (*text)
			fprintf(out, "%%%02X", (unsigned char)*text++);
	}
}

static void print(FILE *out, const struct source *source, const struct diag *diag, const char *path)
{
	struct position start = source_position(source, diag->span.start);
	struct position end = source_position(source, diag->span.end);

	fprintf(out, "::%s file=", diag->level == LEVEL_INFO ? "notice" : line_level(diag));
	escape(out, path, true);
	fprintf(out, ",line=%u,endLine=%u", start.line, end.line);
	/* Columns are only taken where both ends are on one line. */
	if (start.line == end.line)
		fprintf(out, ",col=%u,endColumn=%u", start.column, end.column);
	fprintf(out, ",title=iptlint (%s)::", diag->rule);
	/* The log of a job shows nothing but the message. */
	escape(out, path, false);
	fprintf(out, ":%u:%u: %s: ", start.line, start.column, diag->rule);
	escape(out, diag->message, false);
	if (diag_extra(diag)->hint) {
		fputs_unlocked("; ", out);
		escape(out, diag_extra(diag)->hint, false);
	}
	putc_unlocked('\n', out);
}

/* The worst ones first: GitHub shows only the first annotations of a step. */
static void frame(const struct report_frame *out, const struct unit *unit,
		  const struct report_options *options)
{
	size_t shown = 0;

	for (int level = LEVEL_ERROR; level >= LEVEL_INFO; level--) {
		for (const struct diag *diag = unit->diags.first; diag; diag = diag->next) {
			if (diag->level != level || !line_is_shown(diag, options->show_info))
				continue;
			if (options->max_problems && shown++ == options->max_problems)
				return;
			print(out->records, unit->source, diag, options->path);
		}
	}
}

const struct report_format report_github = {
	.name = "github",
	.summary = "annotations for GitHub Actions",
	.frame = frame,
};
