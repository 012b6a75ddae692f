/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line for each diagnostic, as compilers print them and editors read them.
 */
#include "report/line.h"
#include "report/report.h"

static void frame(const struct report_frame *out, const struct unit *unit,
		  const struct report_options *options)
{
	const struct diag *diag = unit->diags.first;
	size_t n = 0;

	while ((diag = report_shown(diag, options, &n))) {
		line_print(out->records, unit->source, diag);
		putc_unlocked('\n', out->records);
		diag = diag->next;
	}
}

const struct report_format report_gcc = {
	.name = "gcc",
	.summary = "one line for each finding, for editors",
	.frame = frame,
};
