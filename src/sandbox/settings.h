/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files inside of a sandbox that a script reads and writes to set the kernel up, and a
 * few that say what the host is like.
 */
#ifndef SANDBOX_SETTINGS_H
#define SANDBOX_SETTINGS_H

#include <stddef.h>

/*
 * Makes /proc/sys a copy of what it was, which can be written: so "echo 1 >
 * /proc/sys/net/..." works, and changes nothing.
 */
void settings_copy(void);

/* Tells what was written, and which of the empty files were read. */
void settings_changed(void (*setting)(void *context, const char *path, const char *value,
				      size_t len),
		      void (*file)(void *context, const char *path), void *context);

#endif
