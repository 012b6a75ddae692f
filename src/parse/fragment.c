/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks for one comment, before anything is read: how lines are read depends on it.
 */
#include "parse/fragment.h"

#include <ctype.h>
#include <string.h>

#define MARKER "iptlint:"
#define WORD   "noflush"

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \t");
}

/* Does a comment with the marker at AT begin a line, and go on with the word? */
static bool is_declaration(const struct source *source, const char *at)
{
	const char *before = at, *word = skip_blanks(at + strlen(MARKER));

	while (before > source->bytes && strchr(" \t", before[-1]))
		before--;
	if (before == source->bytes || *--before != '#')
		return false;
	if (before > source->bytes && before[-1] != '\n')
		return false;
	if (strncmp(word, WORD, strlen(WORD)) != 0)
		return false;
	word += strlen(WORD);
	return !isalnum((unsigned char)*word) && *word != '-';
}

bool fragment_declared(const struct source *source)
{
	const char *at = source->bytes, *end = source->bytes + source->len;

	while ((at = memmem(at, (size_t)(end - at), MARKER, strlen(MARKER)))) {
		if (is_declaration(source, at))
			return true;
		at += strlen(MARKER);
	}
	return false;
}
