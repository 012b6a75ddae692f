/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names that the kernel makes files of (in /proc or /sys).
 */
#ifndef KERNEL_PROC_NAME_H
#define KERNEL_PROC_NAME_H

/* Why NAME cannot be the name of a file: the rest of a sentence; NULL if it can. */
const char *proc_name_complaint(const char *name);

#endif
