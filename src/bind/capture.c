/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fully buffered stream whose buffer is ours.
 */
#include "bind/capture.h"

#include <stdio_ext.h>

#include "base/alloc.h"

void capture_open(struct capture *capture)
{
	/* Without a write function the bytes of a full buffer go nowhere. */
	capture->file = fopencookie(NULL, "w", (cookie_io_functions_t){ 0 });
	if (!capture->file)
		die_out_of_memory();
	setvbuf(capture->file, capture->text, _IOFBF, sizeof(capture->text) - 1);
}

size_t capture_length(const struct capture *capture)
{
	return __fpending(capture->file);
}

const char *capture_text(struct capture *capture)
{
	capture->text[capture_length(capture)] = '\0';
	return capture->text;
}

void capture_clear(struct capture *capture)
{
	__fpurge(capture->file);
}
