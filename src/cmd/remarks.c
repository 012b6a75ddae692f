/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Remarks are records like those of check, and printed by the same reporter.
 */
#include "cmd/remarks.h"

#include "report/report.h"

void remarks_print(FILE *out, const struct unit *unit, struct diags *remarks)
{
	const struct report_options options = { .backends = unit->options.tools.backends };
	const struct report_frame frame = { out, out };
	struct unit shown = *unit;

	diags_sort(remarks);
	shown.diags = *remarks;
	report_full.frame(&frame, &shown, &options);
}
