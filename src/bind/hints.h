/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has to stand before an option that nobody on the line knows.
 */
#ifndef BIND_HINTS_H
#define BIND_HINTS_H

/* "'--dport' needs ... before it", or NULL.  NAME is without the dashes. */
const char *hint_for_option(const char *name);

/* Offers every option name that there is a hint for. */
void hint_each_option(void (*offer)(void *context, const char *name), void *context);

#endif
