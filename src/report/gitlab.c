/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report of GitLab's Code Quality: a JSON array of issues.  Source: "Code Quality" in
 * its documentation.
 *
 * GitLab compares the reports of two branches by the fingerprints, and shows what is new; a
 * line that has moved is not.
 */
#include "base/buf.h"
#include "report/fingerprint.h"
#include "report/json_text.h"
#include "report/report.h"

/* What keeps the file from loading stands above all else. */
static const char *severity(const struct diag *diag)
{
	switch (diag->level) {
	case LEVEL_ERROR:
		return diag->refuses ? "critical" : "major";
	case LEVEL_WARNING:
		return "minor";
	}
	return "info";
}

static void add_issue(struct buf *out, const struct source *source, const struct diag *diag,
		      const char *fingerprint, const char *path)
{
	struct buf text = BUF_INIT;

	buf_add_string(&text, diag->message);
	if (diag_extra(diag)->hint)
		buf_printf(&text, "; %s", diag_extra(diag)->hint);
	json_add_member(out, "{\"description\":", buf_string(&text));
	json_add_member(out, ",\"check_name\":", diag->rule);
	json_add_member(out, ",\"fingerprint\":", fingerprint);
	json_add_member(out, ",\"severity\":", severity(diag));
	json_add_member(out, ",\"location\":{\"path\":", path);
	json_add_number_member(out,
			       ",\"lines\":{\"begin\":", source_line(source, diag->span.start));
	buf_add_string(out, "}}}\n");
	buf_free(&text);
}

static void frame(const struct report_frame *out, const struct unit *unit,
		  const struct report_options *options)
{
	struct fingerprints *fingerprints = fingerprints_new(unit->arena, unit, options->path);
	const struct diag *diag = unit->diags.first;
	struct buf issue = BUF_INIT;
	const char *comma = "";
	size_t n = 0;

	while ((diag = report_shown(diag, options, &n))) {
		char fingerprint[FINGERPRINT_TEXT];

		fingerprint_text(fingerprint_get(fingerprints, diag), fingerprint);
		buf_clear(&issue);
		buf_add_string(&issue, comma);
		add_issue(&issue, unit->source, diag, fingerprint, options->path);
		fwrite_unlocked(issue.data, 1, issue.len, out->records);
		comma = ",";
		diag = diag->next;
	}
	buf_free(&issue);
	fingerprints_free(fingerprints);
}

static void begin(FILE *out)
{
	fputs_unlocked("[\n", out);
}

static void end(FILE *out, const struct report_totals *totals, const struct report_options *options,
		const char *summaries)
{
	(void)totals;
	(void)options;
	(void)summaries;
	fputs_unlocked("]\n", out);
}

const struct report_format report_gitlab = {
	.name = "gitlab",
	.summary = "Code Quality of GitLab",
	.begin = begin,
	.frame = frame,
	.separator = ",",
	.end = end,
};
