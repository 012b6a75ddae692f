/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options that do not belong to a rule: for which family a line is, -h and -V, and
 * those that only the command line of iptables takes: -t -w -W.
 */
#include <stdlib.h>
#include <string.h>

#include "base/word.h"
#include "bind/reading.h"

/* The word that getopt_long() took the option from, and its value if it has one. */
struct span option_span(const struct reading *reading)
{
	return reading_span(reading, reading->start, reading->start + 1);
}

struct span value_span(const struct reading *reading)
{
	return reading_span(reading, optind - 1, optind);
}

/* Is there a word next that is no option? */
bool has_word(const struct reading *reading)
{
	return optind < reading->argc && reading->argv[optind][0] != '-' &&
	       reading->argv[optind][0] != '!';
}

/* Options that take no '!' before them. */
bool refuse_invert(struct reading *reading)
{
	if (!reading->invert)
		return false;
	complain(reading, "syntax-error", reading_span(reading, reading->invert_at, optind),
		 "'!' cannot stand before '%s'", reading->argv[reading->start]);
	return true;
}

void read_family(struct reading *reading, enum family family)
{
	if (reading->family == family)
		return;
	if (reading->scope->line) {
		complain(reading, "invalid-value", option_span(reading),
			 "this is the program for IPv%d, and '%s' asks for IPv%d",
			 (int)reading->family, reading->argv[reading->start], (int)family);
		return;
	}
	reading->command->kind = COMMAND_SKIPPED;
	remark(reading, "family-line-skipped", option_span(reading),
	       "this line is for IPv%d and is skipped in a file for IPv%d", (int)family,
	       (int)reading->family);
	reading->stop = true;
}

/* -t -w -W of a command line. */
static void read_command_option(struct reading *reading, int value)
{
	const char *seconds = optarg;

	if (value == 't') {
		if (!refuse_invert(reading))
			reading->scope->line->table = arena_strdup(reading->scope->arena, optarg);
		return;
	}
	if (!seconds && has_word(reading))
		seconds = reading->argv[optind++];
	if (value == 'w')
		reading->waits = true;
	else
		reading->wait_interval_at = reading->start;
	if (seconds && !is_number(seconds))
		complain(reading, "invalid-value", value_span(reading),
			 "'%s' is no number of seconds to wait", seconds);
}

/* What has no business in a rules file. */
bool read_foreign_option(struct reading *reading, int value)
{
	struct diag *diag;

	switch (value) {
	case 'h':
	case 'V':
		reading->stop = true;
		if (reading->failed)
			return true; /* it ends before, with an error */
		reading->command->kind = COMMAND_STOP;
		reading->command->lists = (char)value;
		if (reading->scope->line)
			return true;
		diag = remark(reading, "partial-load", option_span(reading),
			      "the restore program prints a text and ends here, with success");
		diag->level = LEVEL_ERROR;
		diag_hint(reading->scope->diags, diag,
			  "delete the line: nothing of this table, nor of what follows, is loaded");
		return true;
	case 't':
		if (reading->scope->line) {
			read_command_option(reading, value);
			return true;
		}
		diag = complain(reading, "syntax-error", option_span(reading),
				"'-t' cannot stand in a rules file");
		diag_hint(
			reading->scope->diags, diag,
			strcmp(reading->argv[reading->start], "-tcp")
				? "the line '*TABLE' above names the table"
				: "'-tcp' is read as '-t cp': write '-p tcp', or '-m tcp' behind it");
		return true;
	case 'w':
	case 'W':
		if (reading->scope->line) {
			read_command_option(reading, value);
			return true;
		}
		complain(reading, "syntax-error", option_span(reading),
			 "'-%c' is an option of the command iptables, not of a rules file", value);
		return true;
	}
	return false;
}

/* At the end of a command line. */
void check_waiting(struct reading *reading)
{
	int at = reading->wait_interval_at;

	if (at && !reading->waits)
		complain(reading, "syntax-error", reading_span(reading, at, at + 1),
			 "'-W' is of use with '-w' only");
}
