/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's rule for names of files in /proc; whose names these are is told elsewhere.
 */
#include "kernel/proc_name.h"

#include <stddef.h>
#include <string.h>

const char *proc_name_complaint(const char *name)
{
	if (!*name)
		return "is empty";
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return "is a directory";
	return strchr(name, '/') ? "holds a slash" : NULL;
}
