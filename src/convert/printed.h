/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What iptables -S prints is a list of commands without the name of the program and of
 * the table.
 */
#ifndef CONVERT_PRINTED_H
#define CONVERT_PRINTED_H

#include <stdbool.h>

#include "convert/journal.h"

/* The table that the chains and targets speak for; TABLE_NONE: more than one may be meant. */
enum table_id printed_table(struct arena *arena, const struct source *source);

/* Adds a call for each line. */
void printed_read(struct journal *journal, enum table_id table, enum family family);

#endif
