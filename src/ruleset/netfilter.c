/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names and numbers of tables, hooks and verdicts.
 */
#include "ruleset/netfilter.h"

#include <string.h>

#define BIT HOOK_BIT

static const struct {
	const char *name;
	unsigned hooks;
} tables[TABLE_COUNT] = {
	[TABLE_RAW] = { "raw", BIT(HOOK_PREROUTING) | BIT(HOOK_OUTPUT) },
	[TABLE_MANGLE] = { "mangle", HOOKS_ALL },
	[TABLE_NAT] = { "nat", HOOKS_ALL & ~BIT(HOOK_FORWARD) },
	[TABLE_FILTER] = { "filter", BIT(HOOK_INPUT) | BIT(HOOK_FORWARD) | BIT(HOOK_OUTPUT) },
	[TABLE_SECURITY] = { "security", BIT(HOOK_INPUT) | BIT(HOOK_FORWARD) | BIT(HOOK_OUTPUT) },
};

static const char *const hooks[HOOK_COUNT] = {
	[HOOK_PREROUTING] = "PREROUTING",   [HOOK_INPUT] = "INPUT",
	[HOOK_FORWARD] = "FORWARD",	    [HOOK_OUTPUT] = "OUTPUT",
	[HOOK_POSTROUTING] = "POSTROUTING",
};

static const char *const verdicts[] = {
	[VERDICT_ACCEPT] = "ACCEPT",
	[VERDICT_DROP] = "DROP",
	[VERDICT_QUEUE] = "QUEUE",
	[VERDICT_RETURN] = "RETURN",
};

const char *table_name(enum table_id table)
{
	return table < TABLE_COUNT ? tables[table].name : NULL;
}

enum table_id table_find(const char *name)
{
	for (int i = 0; i < TABLE_COUNT; i++)
		if (strcmp(tables[i].name, name) == 0)
			return (enum table_id)i;
	return TABLE_NONE;
}

unsigned table_hooks(enum table_id table)
{
	return table < TABLE_COUNT ? tables[table].hooks : 0;
}

const char *hook_name(enum hook hook)
{
	return hook < HOOK_COUNT ? hooks[hook] : NULL;
}

enum hook hook_find(const char *chain_name)
{
	for (int i = 0; i < HOOK_COUNT; i++)
		if (strcmp(hooks[i], chain_name) == 0)
			return (enum hook)i;
	return HOOK_NONE;
}

enum hook table_builtin(enum table_id table, const char *chain_name)
{
	enum hook hook = hook_find(chain_name);

	if (hook == HOOK_NONE || !(table_hooks(table) & HOOK_BIT(hook)))
		return HOOK_NONE;
	return hook;
}

const char *verdict_name(enum verdict verdict)
{
	return verdict <= VERDICT_RETURN ? verdicts[verdict] : NULL;
}

enum verdict verdict_find(const char *name)
{
	for (int i = VERDICT_ACCEPT; i <= VERDICT_RETURN; i++)
		if (strcmp(verdicts[i], name) == 0)
			return (enum verdict)i;
	return VERDICT_NONE;
}
