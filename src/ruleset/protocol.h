/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names and numbers of IP protocols as iptables knows them: a fixed table, then
 * /etc/protocols, read straight from the file (once).
 */
#ifndef RULESET_PROTOCOL_H
#define RULESET_PROTOCOL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The name that is printed for a protocol, or NULL for one that is printed as a
 * number.  /etc/protocols is asked only if USE_FILE (see QUIRK_PROTOCOL_FROM_FILE).
 */
const char *protocol_name(uint16_t number, bool use_file);

/*
 * The protocol of that name, or -1.  iptables makes the word lower case before it
 * looks; so does this.  Names in /etc/protocols with upper case letters are never
 * found, as with iptables.  A number is no name here.
 */
int protocol_number(const char *name);

/* Is NAME (any case) in the fixed table, so that it means the same on every host? */
bool protocol_is_fixed(const char *name);

#endif
