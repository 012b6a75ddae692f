/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of a unit that several lint rules look for, found in one pass over all of them:
 * those that translate, that look into packets, that keep lists.
 *
 * Knows names of extensions; nothing of what is to be said about them.
 */
#ifndef LINT_INTEREST_H
#define LINT_INTEREST_H

#include <stdbool.h>
#include <stdint.h>

#include "analyse/reach.h"
#include "pipeline/unit.h"

enum interest_kind {
	INTEREST_CONTENT = 1 << 0, /* -m string, -m u32, -m length */
	INTEREST_RECENT = 1 << 1,
	INTEREST_NAT = 1 << 2,	   /* DNAT, REDIRECT, MASQUERADE */
	INTEREST_NOTRACK = 1 << 3, /* NOTRACK, CT --notrack */
	INTEREST_MARK = 1 << 4,	   /* MARK, CONNMARK */
	INTEREST_STATE = 1 << 5,   /* the first -m state of a table */
	INTEREST_UNBOUND = 1 << 6, /* the line could not be read */
};

struct interest {
	enum table_id table;
	const struct chain *chain;
	const struct rule *rule;
	uint32_t position; /* in the chain, from 0 */
	unsigned kinds;	   /* set of enum interest_kind */
	bool is_dead;	   /* for interest_is_dead(), which has to look first */
};

struct interests;

/* Lives in ARENA; the rules are looked at when somebody first asks. */
struct interests *interests_new(struct arena *arena);

/* Those of UNIT in the order of tables, chains and rules; what other programs fill is left
 * out, and so are tables of which nothing certain can be said. */
const struct interest *interests_of(const struct unit *unit, uint32_t *n);

/* The first from *AT on that has one of KINDS, and *AT behind it; NULL: there is none. */
const struct interest *interests_next(const struct unit *unit, uint32_t *at, unsigned kinds);

/* How many rules are of that -m state. */
uint32_t interests_states(const struct unit *unit);

/* Is it one of those that reach_of() says are dead, or in a chain that is cut off? */
bool interest_is_dead(const struct unit *unit, const struct interest *interest);

/* Where packets meet it; NULL: its chain is not reached. */
const struct chain_flow *interest_flow(const struct unit *unit, const struct interest *interest);

/* A new record at the line of the rule. */
struct diag *interest_diag(struct diags *diags, const char *name, const struct interest *interest,
			   enum level level, const char *message);

#endif
