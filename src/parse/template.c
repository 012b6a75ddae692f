/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks for the marks of Jinja, ERB and shell substitution.
 */
#include "parse/template.h"

#include <string.h>

static const char *const marks[] = { "{{", "{%", "<%", "${" };

/* The first mark in LINE outside of quotes, as a span; start == end if none. */
static struct span find_mark(const struct source *source, struct span line)
{
	const char *bytes = source->bytes;
	bool quoted = false;

	for (uint32_t i = line.start; i + 1 < line.end; i++) {
		if (quoted && bytes[i] == '\\') {
			i++;
			continue;
		}
		if (bytes[i] == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		for (size_t m = 0; m < sizeof(marks) / sizeof(*marks); m++)
			if (memcmp(bytes + i, marks[m], 2) == 0)
				return (struct span){ i, i + 2 };
	}
	return (struct span){ 0, 0 };
}

/* Does any mark begin with C at a place where it goes on? */
static bool may_have(const struct source *source, char c, const char *seconds)
{
	const char *end = source->bytes + source->len;
	const char *at = source->bytes;

	while ((at = memchr(at, c, (size_t)(end - at)))) {
		at++;
		if (*at && strchr(seconds, *at))
			return true;
	}
	return false;
}

/* A quick look at the whole: most files have no mark. */
static bool may_have_mark(const struct source *source)
{
	return may_have(source, '{', "{%") || may_have(source, '<', "%") ||
	       may_have(source, '$', "{");
}

bool template_check(const struct source *source, struct diags *diags)
{
	if (source->len == 0 || !may_have_mark(source))
		return false;
	for (uint32_t line = 1; line <= source->n_lines; line++) {
		struct span span = source_line_span(source, line);
		struct diag *diag;

		if (span.end == span.start || source->bytes[span.start] == '#')
			continue;
		span = find_mark(source, span);
		if (span.end == span.start)
			continue;
		diag = diag_refuse(diags, "template-text", BACKEND_BOTH, span,
				   "this is a template, not a rules file");
		diag_hint(diags, diag,
			  "check what it makes: ... | iptlint check --stdin-filename rules.v4 -");
		return true;
	}
	return false;
}
