/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line for each diagnostic, as compilers print them and editors read them.
 */
#include "report/line.h"
#include "report/report.h"

static void frame(const struct report_frame *out, const struct unit *unit,
		  const struct report_options *options)
{
	size_t shown = 0;

	for (const struct diag *diag = unit->diags.first; diag; diag = diag->next) {
		if (!line_is_shown(diag, options->show_info))
			continue;
		if (options->max_problems && shown++ == options->max_problems)
			break;
		line_print(out->records, unit->source, diag);
		putc_unlocked('\n', out->records);
	}
}

const struct report_format report_gcc = {
	.name = "gcc",
	.summary = "one line for each finding, for editors",
	.frame = frame,
};
