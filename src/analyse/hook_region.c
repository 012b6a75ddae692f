/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which interfaces a packet has at a hook, and in nat its state.
 */
#include "analyse/hook_region.h"

const struct region *hook_region(struct scratch *keep, const struct space *space,
				 enum table_id table, enum hook hook)
{
	const struct set *all = space_domain(space, VAR_IN);
	const struct set *absent = set_range(keep, INTERFACE_ABSENT, INTERFACE_ABSENT);
	const struct set *some = set_range(keep, INTERFACE_ABSENT + 1, set_high(all));
	const struct set *in = some, *out = some;
	const struct region *region = &region_all;

	if (hook == HOOK_PREROUTING || hook == HOOK_INPUT)
		out = absent;
	if (hook == HOOK_OUTPUT)
		in = absent;
	if (hook != HOOK_POSTROUTING) /* any name or none */
		region = region_with(keep, region, VAR_IN, 0, in);
	region = region_with(keep, region, VAR_OUT, 0, out);
	if (table == TABLE_NAT) {
		/* the first packet of a connection, and of one that a helper expects */
		const struct range states[] = {
			{ CT_NEW, CT_NEW + (CT_SNAT | CT_DNAT) },
			{ CT_RELATED, CT_RELATED + (CT_SNAT | CT_DNAT) },
		};

		region = region_with(keep, region, VAR_STATE, 0, set_of(keep, states, 2));
	}
	return region;
}
