/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Simple commands and pipelines.
 */
#ifndef EVALUATE_SIMPLE_H
#define EVALUATE_SIMPLE_H

#include "evaluate/machine.h"

void run_simple(struct machine *sh, const struct shell_command *command);
void run_pipeline(struct machine *sh, const struct shell_command *command);

#endif
