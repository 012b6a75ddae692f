/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Simple commands and pipelines.
 */
#ifndef SHELL_RUN_SIMPLE_H
#define SHELL_RUN_SIMPLE_H

#include "shell/machine.h"

void run_simple(struct machine *sh, const struct shell_command *command);
void run_pipeline(struct machine *sh, const struct shell_command *command);

#endif
