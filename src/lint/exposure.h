/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Services that are not for everybody, and whether a packet of theirs comes through all
 * tables.
 */
#ifndef LINT_EXPOSURE_H
#define LINT_EXPOSURE_H

#include "pipeline/unit.h"

struct service {
	const char *name;
	uint8_t protocol;
	uint16_t port;
	bool is_public; /* mostly meant for everybody */
};

struct services {
	const struct service *list;
	size_t n;
};

/* Those that are known, and the administrator's own ports; lives in UNIT's arena. */
struct services services_for(const struct unit *unit);

/* NULL: it is not on the list. */
const struct service *service_find(const struct services *services, unsigned protocol,
				   unsigned port);

/* How many rules there are limits how many packets are followed. */
struct exposure {
	const struct unit *unit;
	struct services services;
	unsigned left; /* packets that may be followed yet */
};

void exposure_begin(struct exposure *exposure, const struct unit *unit);

enum comes {
	COMES_NOT,
	COMES_PERHAPS, /* it depends on matches that are not known */
	COMES_SURELY,
};

/* Does the packet of SAMPLE (sample.h) come to this host, accepted by all tables, with the port
 * that it was sent to? */
enum comes exposure_input(struct exposure *exposure, const char *sample);

/*
 * Does it come to another host by way of a DNAT, leaving by the interface OUT?  *SERVICE is then
 * what it comes to, NULL: none of the list.
 */
enum comes exposure_forward(struct exposure *exposure, const char *sample, const char *out,
			    const struct service **service);

#endif
