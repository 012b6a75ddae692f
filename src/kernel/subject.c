/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Turns a refusal into a diagnostic.  Knows nothing of what is refused and why.
 */
#include "kernel/subject.h"

#include <stdarg.h>

#include "kernel/constraints.h"

const char *subject_name(const struct subject *subject)
{
	if (subject->match)
		return subject->match->name;
	return subject->target ? subject->target->name : "";
}

const char *subject_phrase(const struct subject *subject)
{
	return arena_printf(subject->diags->arena, "%s '%s'", subject->match ? "match" : "target",
			    subject_name(subject));
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

struct diag *subject_refuse(const struct subject *subject, const char *lint_rule, unsigned backends,
			    const char *format, ...)
{
	struct diag *diag;
	const char *message;
	va_list args;

	backends &= subject->backends;
	if (!backends)
		return NULL;
	va_start(args, format);
	message = arena_vprintf(subject->diags->arena, format, args);
	va_end(args);
	if (subject->table->committed)
		diag = diag_refuse(subject->diags, lint_rule, backends, subject_span(subject), "%s",
				   message);
	else
		diag = diag_add(subject->diags, lint_rule, subject_span(subject), "%s", message);
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
	diag_hint(subject->diags, diag, "%s", arena_vprintf(subject->diags->arena, format, args));
	va_end(args);
}
