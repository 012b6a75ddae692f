/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a format prints of records that are made by hand.
 */
#ifndef TESTS_REPORT_BY_HAND_H
#define TESTS_REPORT_BY_HAND_H

#include <stdlib.h>
#include <string.h>

#include "report/report.h"
#include "unit_by_hand.h"

static inline struct diag *add(struct unit *unit, enum level level, const char *rule,
			       struct span span, const char *message)
{
	struct diag *diag = diag_add(&unit->diags, rule, span, "%s", message);

	diag->level = (unsigned char)level;
	return diag;
}

/* The first place of WORD. */
static inline struct span span_of(const struct unit *unit, const char *word)
{
	const char *at = memmem(unit->source->bytes, unit->source->len, word, strlen(word));
	uint32_t start = (uint32_t)(at - unit->source->bytes);

	return (struct span){ start, start + (uint32_t)strlen(word) };
}

/* What FORMAT prints about UNIT alone; to be freed. */
static inline char *render(const struct report_format *format, const struct unit *unit,
			   const struct report_options *options)
{
	char *text = NULL, *summary = NULL;
	size_t len, summary_len;
	FILE *out = open_memstream(&text, &len);
	FILE *end = open_memstream(&summary, &summary_len);
	struct report_totals totals = { 0 };

	if (format->begin)
		format->begin(out);
	format->frame(&(struct report_frame){ out, end }, unit, options);
	fclose(end);
	report_count(&totals, unit, options->show_info);
	fputs(format->closing ? format->closing : "", out);
	if (format->end)
		format->end(out, &totals, options, summary);
	fclose(out);
	free(summary);
	return text;
}

#endif
