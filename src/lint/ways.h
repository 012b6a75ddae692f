/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a way through the chains (analyse/seek.h) asks of a packet beside what is proved: is it
 * for everybody, or for somebody whom one of its rules names?
 */
#ifndef LINT_WAYS_H
#define LINT_WAYS_H

#include <stdbool.h>

#include "analyse/seek.h"

/* Does some rule of the way take the packets of a host by its name? */
bool way_names_host(const struct way *way);

/* Does some rule of it ask for the interface that packets come in by? */
bool way_names_interface(const struct way *way);

/* Does it hang on matches that are not understood, or on something else that comes by chance,
 * but for rates? */
bool way_is_narrowed(const struct seek *seek, const struct way *way);

#endif
