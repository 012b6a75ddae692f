/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diagnostics made visible: one file for each format, one interface for all.
 *
 * A report is streamed: what is said about a unit ("frame") is printed when the
 * unit is known, and nothing of it is kept but the totals.  A frame does not know
 * of the frames around it, so that it can be rendered in another process.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "pipeline/unit.h"

/* For the table at the end of a long report. */
#define REPORT_MAX_RULES 128

struct report_totals {
	size_t files;
	size_t errors;
	size_t warnings;
	size_t infos;
	size_t baselined; /* of the baseline, and in none of these */
	/* By the index in lint_rules, without infos that are not shown: how many, and the highest
	 * level of these. */
	size_t by_rule[REPORT_MAX_RULES];
	unsigned char level_of[REPORT_MAX_RULES]; /* enum level */
};

struct report_options {
	bool colour;
	bool show_info;
	bool statistics;     /* how often each lint rule was found is asked for */
	size_t max_problems; /* for each file; 0: all */
	unsigned backends;   /* enum backend */
	const char *path;    /* of the file, from the root of its work tree on; NULL at the end */
};

/*
 * The two streams of a frame; a format without use for the second leaves it empty.  A
 * frame ends with a newline, and may end after any other one if its process dies.
 */
struct report_frame {
	FILE *records;
	FILE *summary; /* what is printed once all records of all files are */
};

struct report_format {
	const char *name;
	const char *summary;
	bool lists_infos;    /* whether they are asked for or not */
	bool has_statistics; /* it shows them where they are asked for */
	void (*begin)(FILE *out);
	void (*frame)(const struct report_frame *frame, const struct unit *unit,
		      const struct report_options *options);
	const char *separator; /* before the line that begins a second frame, or NULL */
	const char *closing;   /* behind the last frame, if there was one, or NULL */
	/* SUMMARIES are those of all frames, with the separator between them. */
	void (*end)(FILE *out, const struct report_totals *totals,
		    const struct report_options *options, const char *summaries);
};

extern const struct report_format report_full;
extern const struct report_format report_gcc;
extern const struct report_format report_github;
extern const struct report_format report_json;
extern const struct report_format report_sarif;
extern const struct report_format report_gitlab;
extern const struct report_format report_checkstyle;
extern const struct report_format report_junit;

/* All formats, ended by NULL, in the order of --help. */
extern const struct report_format *const report_formats[];

const struct report_format *report_find(const char *name);

/*
 * The finding at or behind DIAG that is to be shown, for formats that show what the options
 * ask for; NULL at the end, or after max_problems.  N counts them and begins as 0.
 */
const struct diag *report_shown(const struct diag *diag, const struct report_options *options,
				size_t *n);

/* Adds what is said about UNIT. */
void report_count(struct report_totals *totals, const struct unit *unit, bool all);
void report_add(struct report_totals *totals, const struct report_totals *more);

#endif
