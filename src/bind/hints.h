/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has to stand before an option that nobody on the line knows.
 */
#ifndef BIND_HINTS_H
#define BIND_HINTS_H

#include <stdbool.h>

/* What has to stand before the option, in words, or NULL.  NAME is without the dashes;
 * *PROTOCOL: is it a -p? */
const char *hint_for_option(const char *name, bool *protocol);

/* Offers every option name that there is a hint for. */
void hint_each_option(void (*offer)(void *context, const char *name), void *context);

#endif
