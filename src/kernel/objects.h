/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Things that rules make in the kernel and share by name: rate estimators (RATEEST
 * makes one, the match rateest asks for it), idle timers, tables of hashlimit.  Whether a
 * rule is taken depends on the rules that were added before it.
 */
#ifndef KERNEL_OBJECTS_H
#define KERNEL_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/intern.h"
#include "kernel/subject.h"

struct object_use;

struct object_uses {
	struct object_use *all;
	size_t n;
	size_t capacity;
	struct intern *names;
};

/* Does an extension of that kernel name make or need such a thing? */
bool object_is_used_by(const char *kernel_name, bool is_target);

/* Remembers a use; POSITION is that of the rule in its chain. */
void object_add(struct object_uses *uses, const struct subject *subject, size_t position);

/* Reports what the kernel of each back end refuses, and forgets all uses. */
void object_check(struct object_uses *uses);

#endif
