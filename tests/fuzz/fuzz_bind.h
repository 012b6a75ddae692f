/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What fuzz_bind4 and fuzz_bind6 have in common: a file through all stages from the
 * bytes to the text, for one family.  libxtables allows one family in a process.
 */
#ifndef FUZZ_FUZZ_BIND_H
#define FUZZ_FUZZ_BIND_H

#include <stddef.h>
#include <stdint.h>

#include "ruleset/netfilter.h"

/* Stops the program where a property does not hold. */
void fuzz_bind(enum family family, const uint8_t *bytes, size_t len);

#endif
