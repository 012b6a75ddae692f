/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names for opaque matches that are short enough to type.
 */
#include <string.h>

#include "trace/trace.h"

bool assumption_read(struct assumption *assumption, struct arena *arena, const char *text,
		     const char **why)
{
	char *copy = arena_strdup(arena, text);
	char *answer = strrchr(copy, '='), *value = strchr(copy, ':');

	if (!answer || (strcmp(answer, "=yes") && strcmp(answer, "=no"))) {
		*why = arena_printf(arena, "'%s' is not of the form MATCH:WORD=yes or MATCH=no",
				    text);
		return false;
	}
	assumption->answer = !strcmp(answer, "=yes");
	*answer = '\0';
	if (value)
		*value++ = '\0';
	assumption->kind = copy;
	assumption->value = value ? value : "";
	return true;
}

/* The next word of the options of a match that is no option itself; NULL: none is left. */
static const char *next_value(const char **at, size_t *len)
{
	const char *text = *at;

	for (;;) {
		text += strspn(text, " \"");
		if (!*text)
			return NULL;
		*len = strcspn(text, " \"");
		*at = text + *len;
		if (strncmp(text, "--", 2) && strncmp(text, "! ", 2))
			return text;
		text = *at;
	}
}

static const char *options_of(const struct match *match)
{
	const char *options = strstr(match->text, match->name);

	return options ? options + strlen(match->name) : match->text;
}

const char *assumption_name(struct arena *arena, const struct match *match)
{
	const char *at = options_of(match);
	size_t len;
	const char *value = next_value(&at, &len);

	if (!value)
		return match->name;
	return arena_printf(arena, "%s:%.*s", match->name, (int)len, value);
}

bool assumption_fits(const struct assumption *assumption, const struct match *match)
{
	const char *at = options_of(match), *value;
	size_t len;

	if (strcmp(assumption->kind, match->name) && strcmp(assumption->kind, match->real_name))
		return false;
	if (!*assumption->value)
		return true;
	while ((value = next_value(&at, &len))) {
		if (len == strlen(assumption->value) && !strncmp(value, assumption->value, len))
			return true;
	}
	return false;
}
