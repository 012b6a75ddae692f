/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of services and protocols that mean the same everywhere, whatever the files
 * of a host say.
 */
#ifndef BIND_IANA_H
#define BIND_IANA_H

#include <stdbool.h>
#include <stdint.h>

/* The port that NAME is assigned for PROTOCOL; NULL, or one that is neither tcp nor udp: for
 * any. */
bool iana_port(const char *name, const char *protocol, uint16_t *port);

/* NAME in lower case. */
bool iana_has_protocol(const char *name);

/* Offers the name of every service, for "did you mean". */
void iana_each_service(void (*offer)(void *context, const char *name), void *context);

#endif
