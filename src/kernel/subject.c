/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Turns a refusal into a diagnostic.  Knows nothing of what is refused and why.
 */
#include "kernel/subject.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kernel/constraints.h"

const char *subject_name(const struct subject *subject)
{
	if (subject->match)
		return subject->match->name;
	return subject->target ? subject->target->name : "";
}

struct words subject_phrase(const struct subject *subject)
{
	struct words words;

	snprintf(words.text, sizeof(words.text), "%s '%s'", subject->match ? "match" : "target",
		 subject_name(subject));
	return words;
}

struct span subject_span(const struct subject *subject)
{
	return subject->match ? subject->match->span : subject->rule->target_span;
}

bool subject_data(const struct subject *subject, void *out, size_t size)
{
	const struct match *match = subject->match;
	const struct target *target = subject->target;

	if (match)
		return !match->undecided && match->revision == subject->constraint->revision &&
		       match_data(match, out, size);
	return target && !target->undecided && target->revision == subject->constraint->revision &&
	       target_data(target, out, size);
}

/* The text in the arena of the diagnostics; *LAST itself, if it is the same. */
static const char *say(const struct subject *subject, const char **last, const char *format,
		       va_list args)
{
	char text[1024];

	vsnprintf(text, sizeof(text), format, args);
	if (!*last || strcmp(*last, text) != 0)
		*last = arena_strdup(subject->diags->arena, text);
	return *last;
}

struct diag *subject_refuse(const struct subject *subject, const char *lint_rule, unsigned backends,
			    const char *format, ...)
{
	struct diag *diag;
	va_list args;

	backends &= subject->backends;
	if (!backends)
		return NULL;
	if (subject->table->committed)
		diag = diag_refuse(subject->diags, lint_rule, backends, subject_span(subject), "%s",
				   "");
	else
		diag = diag_add(subject->diags, lint_rule, subject_span(subject), "%s", "");
	va_start(args, format);
	diag->message = say(subject, &subject->last->message, format, args);
	va_end(args);
	diag->table = table_name(subject->table->id);
	diag->chain = subject->chain->name;
	return diag;
}

void subject_hint(const struct subject *subject, struct diag *diag, const char *format, ...)
{
	va_list args;

	if (!diag)
		return;
	va_start(args, format);
	diag_need_extra(subject->diags->arena, diag)->hint =
		say(subject, &subject->last->hint, format, args);
	va_end(args);
}
