/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that are not rules yet, but templates that some program turns into rules.
 */
#ifndef PARSE_TEMPLATE_H
#define PARSE_TEMPLATE_H

#include <stdbool.h>

#include "source/diag.h"
#include "source/source.h"

/* Does SOURCE hold template text outside of quotes and comments?  Reports it once. */
bool template_check(const struct source *source, struct diags *diags);

#endif
