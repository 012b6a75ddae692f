/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/word.h"

#include <string.h>

const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool is_number(const char *word)
{
	return *word && word[strspn(word, "0123456789")] == '\0';
}
