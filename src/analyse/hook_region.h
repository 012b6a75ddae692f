/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packets that the kernel sends into a built-in chain.
 */
#ifndef ANALYSE_HOOK_REGION_H
#define ANALYSE_HOOK_REGION_H

#include "analyse/space.h"

/* Of that table; lives in KEEP. */
const struct region *hook_region(struct scratch *keep, const struct space *space,
				 enum table_id table, enum hook hook);

#endif
