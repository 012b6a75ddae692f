/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's check of a classic BPF program (Documentation/networking/filter.rst).
 */
#ifndef KERNEL_CLASSIC_BPF_H
#define KERNEL_CLASSIC_BPF_H

#include <linux/filter.h>

/*
 * What the kernel refuses the program of N instructions for: the rest of a sentence
 * whose subject is instruction *AT; NULL if it takes the program.  N is at most 64.
 */
const char *classic_bpf_complaint(const struct sock_filter *program, unsigned n, unsigned *at);

#endif
