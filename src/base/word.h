/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a word is, by its bytes alone.
 */
#ifndef BASE_WORD_H
#define BASE_WORD_H

#include <stdbool.h>

/* What stands behind the last slash of a path: "" where that is its end. */
const char *base_name(const char *path);

/* Digits alone, and one at least; however large. */
bool is_number(const char *word);

#endif
