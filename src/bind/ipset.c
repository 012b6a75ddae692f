/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A set's number is the order in which the names came up in this process, so
 * that two rules with the same set hold the same number, as in the kernel.
 */
#include "bind/ipset.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <linux/netfilter/ipset/ip_set.h>

#include "base/alloc.h"

static struct {
	char (*list)[IPSET_MAXNAMELEN];
	size_t count;
	size_t capacity;
} names;

static struct {
	bool (*has_set)(const void *context, const char *name, enum family *family);
	const void *context;
} limit;

void ipset_limit(bool (*has_set)(const void *context, const char *name, enum family *family),
		 const void *context)
{
	limit.has_set = has_set;
	limit.context = context;
}

/* Is the set there?  Gives *NFPROTO its family. */
static bool is_there(const char *name, int *nfproto)
{
	enum family family;

	if (!limit.has_set)
		return true;
	if (!limit.has_set(limit.context, name, &family))
		return false;
	if (family == FAMILY_UNSPEC)
		return true; /* fits every rule */
	*nfproto = family == FAMILY_IPV6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	return true;
}

static bool set_number(const char *name, ip_set_id_t *number)
{
	size_t i;

	for (i = 0; i < names.count; i++)
		if (strncmp(names.list[i], name, IPSET_MAXNAMELEN) == 0)
			break;
	if (i >= IPSET_INVALID_ID)
		return false;
	if (i == names.count) {
		if (names.count == names.capacity) {
			names.capacity = names.capacity ? 2 * names.capacity : 16;
			names.list = alloc_resize(names.list, names.capacity * sizeof(*names.list));
		}
		memset(names.list[i], 0, IPSET_MAXNAMELEN);
		snprintf(names.list[i], IPSET_MAXNAMELEN, "%s", name);
		names.count++;
	}
	*number = (ip_set_id_t)i;
	return true;
}

static int answer_name(union ip_set_name_index *set)
{
	ip_set_id_t number = set->index;

	if (number >= names.count) {
		errno = ENOENT;
		return -1;
	}
	memcpy(set->name, names.list[number], IPSET_MAXNAMELEN);
	return 0;
}

static int answer_number(union ip_set_name_index *set)
{
	ip_set_id_t number;

	int nfproto = 0;

	set->name[IPSET_MAXNAMELEN - 1] = '\0';
	if (!is_there(set->name, &nfproto)) {
		set->index = IPSET_INVALID_ID;
		return 0;
	}
	if (!set_number(set->name, &number)) {
		errno = ENOSPC;
		return -1;
	}
	set->index = number;
	return 0;
}

int ipset_answer(void *data, size_t size, int nfproto)
{
	struct ip_set_req_version *version = data;
	struct ip_set_req_get_set *get = data;
	struct ip_set_req_get_set_family *family = data;

	if (size >= sizeof(*version) && version->op == IP_SET_OP_VERSION) {
		version->version = IPSET_PROTOCOL;
		return 0;
	}
	if (size >= sizeof(*family) && family->op == IP_SET_OP_GET_FNAME) {
		family->set.name[IPSET_MAXNAMELEN - 1] = '\0';
		is_there(family->set.name, &nfproto);
		family->family = (unsigned)nfproto;
		return answer_number(&family->set);
	}
	if (size >= sizeof(*get) && get->op == IP_SET_OP_GET_BYNAME)
		return answer_number(&get->set);
	if (size >= sizeof(*get) && get->op == IP_SET_OP_GET_BYINDEX)
		return answer_name(&get->set);
	errno = EBADMSG;
	return -1;
}
