/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two things that iptlint is inside of a sandbox; see sandbox_is_inside().
 */
#ifndef SANDBOX_RECORDER_H
#define SANDBOX_RECORDER_H

/* A program of the system: asks the process outside, prints, returns the status. */
int recorder_main(int argc, char **argv);

/* The first process: starts the script's shell and watches over what it uses. */
int first_process_main(int argc, char **argv);

#endif
