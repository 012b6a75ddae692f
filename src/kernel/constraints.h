/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where an extension may stand: the table of facts, and the way to look into it.
 * An extension without a row may stand everywhere.
 */
#ifndef KERNEL_CONSTRAINTS_H
#define KERNEL_CONSTRAINTS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/subject.h"
#include "ruleset/netfilter.h"

#define TABLE_BIT(table) (1u << (table))
#define TABLES_ALL	 ((1u << TABLE_COUNT) - 1)

enum constraint_kind {
	CONSTRAINT_MATCH,
	CONSTRAINT_TARGET
};

struct constraint {
	const char *name;     /* what the kernel calls it */
	uint8_t kind;	      /* enum constraint_kind */
	uint8_t family;	      /* enum family; UNSPEC: both */
	uint8_t revision;     /* of the structure that the functions below read */
	uint8_t tables;	      /* set of TABLE_BIT(); 0: all */
	uint8_t hooks;	      /* set of HOOK_BIT(); 0: all */
	uint8_t protocols[2]; /* one of them has to be asked for, not inverted; 0: none needed */
	bool legacy_only;     /* nft has its own expression for it and does not check the table */

	/* The kernel module that it needs and that common kernels are built without. */
	const char *module;

	/* Hooks that depend on its options; *WHICH gets the option that limits them. */
	unsigned (*hooks_of)(const struct subject *subject, const char **which);

	/* Does nft use an expression of its own for it, which takes "! -p"? */
	bool (*is_native)(const struct subject *subject);

	/* Limits of its values; reports what it finds. */
	void (*check)(const struct subject *subject);
};

/* Is the rule for PROTOCOL and no other? */
bool rule_is_for(const struct rule *rule, unsigned protocol);

/* The row for an extension, NULL if the kernel sets it no limits. */
const struct constraint *constraint_find(enum constraint_kind kind, enum family family,
					 const char *name);

/* ---- match_values.c and target_values.c: functions of the table that read a structure ---- */

unsigned hooks_of_addrtype(const struct subject *subject, const char **which);
unsigned hooks_of_devgroup(const struct subject *subject, const char **which);
unsigned hooks_of_physdev(const struct subject *subject, const char **which);
unsigned hooks_of_policy(const struct subject *subject, const char **which);
unsigned hooks_of_set_target(const struct subject *subject, const char **which);
unsigned hooks_of_tcpmss_target(const struct subject *subject, const char **which);

bool is_native_tcp(const struct subject *subject);
bool is_native_udp(const struct subject *subject);

void check_addrtype(const struct subject *subject);
void check_bpf(const struct subject *subject);
void check_cgroup(const struct subject *subject);
void check_connlabel(const struct subject *subject);
void check_ecn(const struct subject *subject);
void check_hashlimit(const struct subject *subject);
void check_limit(const struct subject *subject);
void check_nfacct(const struct subject *subject);
void check_owner(const struct subject *subject);
void check_recent(const struct subject *subject);
void check_string(const struct subject *subject);

void check_ct_target(const struct subject *subject);
void check_ecn_target(const struct subject *subject);
void check_hmark_target(const struct subject *subject);
void check_idletimer_target(const struct subject *subject);
void check_nfqueue_target(const struct subject *subject);
void check_npt_target(const struct subject *subject);
void check_reject_target(const struct subject *subject);
void check_secmark_target(const struct subject *subject);
void check_set_target(const struct subject *subject);
void check_tcpmss_target(const struct subject *subject);
void check_tee_target(const struct subject *subject);

#endif
