/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For people: the line of the gcc format, then the words in question in their line,
 * then the way out.
 */
#include <string.h>

#include "base/utf8.h"
#include "report/line.h"
#include "report/report.h"
#include "report/statistics.h"
#include "report/tally.h"

#define MAX_PER_CHAIN 50  /* findings of one rule in one chain */
#define MAX_EXCERPT   120 /* code points of a line that are shown */
#define LEAD	      40  /* ... of them before the words in question */
#define TABLE_ABOVE   20  /* findings; more get a table by rule */

struct printer {
	FILE *out;
	const struct source *source;
	const struct report_options *options;
};

static const char *paint(const struct printer *printer, const char *code)
{
	return printer->options->colour ? code : "";
}

#define BOLD   "\033[1m"
#define RED    "\033[1;31m"
#define YELLOW "\033[1;33m"
#define BLUE   "\033[1;34m"
#define PLAIN  "\033[0m"

static const char *level_colour(const struct diag *diag)
{
	switch (diag->level) {
	case LEVEL_ERROR:
		return RED;
	case LEVEL_WARNING:
		return YELLOW;
	}
	return BLUE;
}

static void print_headline(const struct printer *printer, const struct diag *diag)
{
	struct position start = source_position(printer->source, diag->span.start);
	FILE *out = printer->out;

	if (!printer->options->colour) {
		line_print(out, printer->source, diag);
		putc_unlocked('\n', out);
		return;
	}
	fputs_unlocked(BOLD, out);
	line_text(out, printer->source->name, strlen(printer->source->name));
	fprintf(out, ":%u:%u: %s%s:%s ", start.line, start.column, level_colour(diag),
		line_level(diag), PLAIN BOLD);
	line_text(out, diag->message, strlen(diag->message));
	fprintf(out, "%s [%s]\n", PLAIN, diag->rule);
}

/* ---- excerpts ---- */

/* The code point behind AT; a byte that is not UTF-8 counts as one. */
static uint32_t next_point(const char *bytes, uint32_t at, uint32_t end)
{
	size_t len = utf8_sequence(bytes + at, end - at);

	return at + (len ? (uint32_t)len : 1);
}

/* The code point before AT. */
static uint32_t previous_point(const char *bytes, uint32_t at, uint32_t start)
{
	for (uint32_t len = 2; len <= 4 && at - start >= len; len++)
		if (utf8_sequence(bytes + at - len, len) == len)
			return at - len;
	return at - 1;
}

/* Moves AT by up to N code points towards END; returns how many. */
static size_t forward(const char *bytes, uint32_t *at, uint32_t end, size_t n)
{
	size_t moved = 0;

	for (; *at < end && moved < n; moved++)
		*at = next_point(bytes, *at, end);
	return moved;
}

static void backward(const char *bytes, uint32_t *at, uint32_t start, size_t n)
{
	while (*at > start && n--)
		*at = previous_point(bytes, *at, start);
}

/* Every code point takes one column, so that the marks below stand right. */
static void print_excerpt_bytes(FILE *out, const char *bytes, uint32_t at, uint32_t end)
{
	while (at < end) {
		uint32_t next = next_point(bytes, at, end);
		size_t len = next - at;

		if (bytes[at] == '\t')
			putc_unlocked(' ', out);
		else if (utf8_sequence(bytes + at, len) && utf8_is_visible(bytes + at, len))
			fwrite_unlocked(bytes + at, 1, len, out);
		else
			putc_unlocked('?', out);
		at = next;
	}
}

static size_t count_points(const char *bytes, uint32_t start, uint32_t end)
{
	return forward(bytes, &start, end, SIZE_MAX);
}

static int digits(uint32_t number)
{
	int n = 1;

	while (number /= 10)
		n++;
	return n;
}

static void print_excerpt(const struct printer *printer, struct span span, const char *mark_colour)
{
	const char *bytes = printer->source->bytes;
	uint32_t number = source_line(printer->source, span.start);
	struct span line = source_line_span(printer->source, number);
	int width = digits(number);
	uint32_t from, to, mark_end;
	FILE *out = printer->out;
	size_t marks;

	if (span.start > line.end)
		span.start = line.end;
	mark_end = span.end < line.end ? span.end : line.end;
	from = line.start;
	/* A code point has at most four bytes: a long line is not counted through. */
	if (span.start - line.start > 4 * MAX_EXCERPT ||
	    count_points(bytes, line.start, span.start) > MAX_EXCERPT - LEAD) {
		from = span.start;
		backward(bytes, &from, line.start, LEAD);
	}
	to = from;
	forward(bytes, &to, line.end, MAX_EXCERPT);
	if (mark_end > to)
		mark_end = to;
	fprintf(out, "%*s |\n%u | %s", width, "", number, from > line.start ? "..." : "");
	print_excerpt_bytes(out, bytes, from, to);
	fprintf(out, "%s\n%*s | %s%*s%s^", to < line.end ? "..." : "", width, "",
		from > line.start ? "   " : "", (int)count_points(bytes, from, span.start), "",
		paint(printer, mark_colour));
	marks = mark_end > span.start ? count_points(bytes, span.start, mark_end) : 1;
	for (size_t i = 1; i < marks; i++)
		putc_unlocked('~', out);
	fprintf(out, "%s\n", paint(printer, PLAIN));
}

static void print_related(const struct printer *printer, const struct related *related)
{
	struct position at;
	FILE *out = printer->out;

	for (; related; related = related->next) {
		at = source_position(printer->source, related->span.start);
		line_text(out, printer->source->name, strlen(printer->source->name));
		fprintf(out, ":%u:%u: note: ", at.line, at.column);
		line_text(out, related->message, strlen(related->message));
		putc_unlocked('\n', out);
		print_excerpt(printer, related->span, BLUE);
	}
}

static void print_diag(const struct printer *printer, const struct diag *diag)
{
	int width = digits(source_line(printer->source, diag->span.start));
	FILE *out = printer->out;

	print_headline(printer, diag);
	print_excerpt(printer, diag->span, level_colour(diag));
	if (diag_extra(diag)->hint) {
		fprintf(out, "%*s = help: ", width, "");
		line_text(out, diag_extra(diag)->hint, strlen(diag_extra(diag)->hint));
		putc_unlocked('\n', out);
	}
	if (diag_extra(diag)->witness)
		fprintf(out, "%*s = packet: %s\n", width, "", diag_extra(diag)->witness);
	print_related(printer, diag->related);
	putc_unlocked('\n', out);
}

/* ---- the limit for one rule in one chain ---- */

static void print_rest(const struct printer *printer, const struct tallies *tallies)
{
	for (size_t i = 0; i < tallies->count; i++) {
		const struct tally *tally = &tallies->list[i];

		if (tally->count <= MAX_PER_CHAIN)
			continue;
		line_text(printer->out, printer->source->name, strlen(printer->source->name));
		fprintf(printer->out, ": and %zu more [%s]", tally->count - MAX_PER_CHAIN,
			tally->rule);
		if (tally->chain) {
			fputs_unlocked(" in chain ", printer->out);
			line_text(printer->out, tally->chain, strlen(tally->chain));
		}
		fputs_unlocked("\n\n", printer->out);
	}
}

/* What --max-problems has cut off. */
static void print_cut(const struct printer *printer, size_t n)
{
	if (n == 0)
		return;
	line_text(printer->out, printer->source->name, strlen(printer->source->name));
	fprintf(printer->out, ": and %zu more\n\n", n);
}

static void frame(const struct report_frame *out, const struct unit *unit,
		  const struct report_options *options)
{
	struct printer printer = { out->records, unit->source, options };
	struct tallies tallies = TALLIES_INIT;
	size_t max = options->max_problems ? options->max_problems : SIZE_MAX;
	size_t shown = 0;

	for (const struct diag *diag = unit->diags.first; diag; diag = diag->next) {
		if (!line_is_shown(diag, options->show_info))
			continue;
		if (shown++ < max && tally_add(&tallies, diag) <= MAX_PER_CHAIN)
			print_diag(&printer, diag);
	}
	print_rest(&printer, &tallies);
	print_cut(&printer, shown > max ? shown - max : 0);
	tallies_free(&tallies);
}

static void end(FILE *out, const struct report_totals *totals, const struct report_options *options,
		const char *summaries)
{
	size_t shown = totals->errors + totals->warnings;

	(void)summaries;
	if (options->show_info)
		shown += totals->infos;
	if (shown > TABLE_ABOVE || options->statistics)
		statistics_print(out, totals);
	if (shown > TABLE_ABOVE)
		fprintf(out, "\nadopt with: --write-baseline FILE\n");
}

const struct report_format report_full = {
	.name = "full",
	.summary = "findings with their lines, for people",
	.has_statistics = true,
	.frame = frame,
	.end = end,
};
