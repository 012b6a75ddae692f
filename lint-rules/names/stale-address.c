/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports addresses that "iptlint compile --resolve" has put in the place of a name, and that no
 * longer belong to it.  Only with check --resolve: nothing else looks up names.
 *
 *     # iptlint: resolved www.example.com = 192.0.2.9, 192.0.2.80
 */
#include <arpa/inet.h>
#include <string.h>

#include "bind/resolver.h"
#include "lint/rules.h"

#define MARKER "# iptlint: resolved "

/* A line of that form. */
struct line {
	const struct unit *unit;
	struct diags *diags;
	const char *at;
	const char *end;
	const char *name;
	struct span name_span;
	const union address *now; /* the addresses of the name */
	size_t n;
	bool *seen;
};

static bool is_between(char c)
{
	return c == ' ' || c == '\t' || c == ',' || c == '\r';
}

/* The next word in front of a blank or comma; false at the end of the line. */
static bool next_word(struct line *line, struct span *span)
{
	const char *bytes = line->unit->source->bytes;
	const char *start;

	while (line->at < line->end && is_between(*line->at))
		line->at++;
	start = line->at;
	while (line->at < line->end && !is_between(*line->at))
		line->at++;
	*span = (struct span){ (uint32_t)(start - bytes), (uint32_t)(line->at - bytes) };
	return line->at > start;
}

static size_t find(const struct line *line, const union address *address)
{
	size_t size = line->unit->family == FAMILY_IPV6 ? sizeof(address->v6) : sizeof(address->v4);
	size_t i = 0;

	while (i < line->n && memcmp(&line->now[i], address, size) != 0)
		i++;
	return i;
}

static void check_address(struct line *line, struct span span)
{
	int family = line->unit->family == FAMILY_IPV6 ? AF_INET6 : AF_INET;
	union address address;
	char text[INET6_ADDRSTRLEN];
	struct diag *diag;
	size_t found;

	if (span.end - span.start >= sizeof(text))
		return;
	memcpy(text, line->unit->source->bytes + span.start, span.end - span.start);
	text[span.end - span.start] = '\0';
	if (inet_pton(family, text, &address) != 1)
		return;
	found = find(line, &address);
	if (found < line->n) {
		line->seen[found] = true;
		return;
	}
	diag = diag_add(line->diags, "stale-address", span, "%s is no longer an address of '%s'",
			text, line->name);
	diag_hint(line->diags, diag, "compile the file again with --resolve");
}

/* Addresses that the name has got since then. */
static void report_new(struct line *line)
{
	int family = line->unit->family == FAMILY_IPV6 ? AF_INET6 : AF_INET;
	char text[INET6_ADDRSTRLEN];

	for (size_t i = 0; i < line->n; i++) {
		struct diag *diag;

		if (line->seen[i])
			continue;
		inet_ntop(family, &line->now[i], text, sizeof(text));
		diag = diag_add(line->diags, "stale-address", line->name_span,
				"'%s' has another address now: %s", line->name, text);
		diag_hint(line->diags, diag, "compile the file again with --resolve");
	}
}

static void check_line(struct line *line)
{
	struct arena *arena = line->unit->arena;
	const struct resolver *resolver = line->unit->options.resolver;
	const char *bytes = line->unit->source->bytes;
	union address *addresses = NULL;
	struct span span;

	if (!next_word(line, &line->name_span))
		return;
	line->name = arena_strndup(arena, bytes + line->name_span.start,
				   line->name_span.end - line->name_span.start);
	if (!next_word(line, &span) || span.end - span.start != 1 || bytes[span.start] != '=')
		return;
	line->n = resolver->find(resolver->context, arena, line->name, line->unit->family,
				 &addresses);
	line->now = addresses;
	if (!line->n) {
		diag_add(line->diags, "stale-address", line->name_span,
			 "host name '%s' has no IPv%d address any more", line->name,
			 (int)line->unit->family);
		return;
	}
	line->seen = arena_alloc(arena, line->n * sizeof(*line->seen));
	memset(line->seen, 0, line->n * sizeof(*line->seen));
	while (next_word(line, &span))
		check_address(line, span);
	report_new(line);
}

static void check_comments(const struct unit *unit, struct diags *diags, struct span span)
{
	const char *at = unit->source->bytes + span.start;
	const char *end = unit->source->bytes + span.end;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		struct line line = { .unit = unit, .diags = diags };
		size_t len = strlen(MARKER);

		line.end = newline ? newline : end;
		if ((size_t)(line.end - at) > len && !memcmp(at, MARKER, len)) {
			line.at = at + len;
			check_line(&line);
		}
		at = line.end + 1;
	}
}

static void check(const struct unit *unit, struct diags *diags)
{
	if (!unit->options.resolver || unit->is_script)
		return;
	for (const struct statement *each = unit->statements; each; each = each->next)
		if (each->kind == STATEMENT_COMMENT)
			check_comments(unit, diags, each->span);
}

const struct lint_rule lint_stale_address = {
	.name = "stale-address",
	.group = "names",
	.summary = "an address that no longer belongs to its name (check --resolve)",
	.level = LEVEL_WARNING,
	.check = check,
};
