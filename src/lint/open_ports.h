/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * To which ports of this host can anybody open a connection, and to which can nobody from
 * outside?  One answer for each of the ranges that the rules of INPUT tell apart.
 *
 * It is the same question for both families, so that the files of a pair can be compared: see
 * sibling.h.
 */
#ifndef LINT_OPEN_PORTS_H
#define LINT_OPEN_PORTS_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/unit.h"

enum port_answer {
	PORT_PERHAPS, /* anything between the two, and what is not known */
	PORT_OPEN,    /* proved: there are packets from outside that all tables accept */
	PORT_CLOSED,  /* proved: INPUT accepts none, wherever they come in and whatever their
		       * destination */
};

struct port_range {
	uint16_t low, high;
	uint8_t protocol; /* tcp or udp */
	uint8_t answer;	  /* enum port_answer */
	uint32_t line;	  /* PORT_OPEN: of the rule that accepts; 0: the policy does */
};

#define PORT_RANGES_MAX 640

struct open_ports {
	bool is_known; /* false: no filter table, too many rules, not all of them are known ... */
	uint32_t n;
	struct port_range ranges[PORT_RANGES_MAX]; /* all ports of tcp, then of udp, in order */
};

void open_ports_find(struct open_ports *ports, const struct unit *unit);

/* Is the answer PORT_CLOSED for any port?  Far quicker. */
bool some_port_is_closed(const struct unit *unit);

#endif
