/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text under its heading is set in, examples further still, as in a man page.
 */
#include "report/markdown.h"

#include <stdbool.h>
#include <string.h>

#define TEXT_INDENT "    "
#define CODE_INDENT "        "

/* What stood between backticks stands between quotes. */
static void print_text(FILE *out, const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		fputc(line[i] == '`' ? '\'' : line[i], out);
}

static size_t heading_level(const char *line, size_t len)
{
	size_t level = 0;

	while (level < len && line[level] == '#')
		level++;
	return level > 0 && level < len && line[level] == ' ' ? level : 0;
}

static void print_line(FILE *out, const char *line, size_t len, bool in_code)
{
	size_t level = in_code ? 0 : heading_level(line, len);

	if (level) {
		print_text(out, line + level + 1, len - level - 1);
	} else if (in_code && len) {
		fputs(CODE_INDENT, out);
		fwrite(line, 1, len, out);
	} else if (len) {
		fputs(TEXT_INDENT, out);
		print_text(out, line, len);
	}
	fputc('\n', out);
}

/* Fences are not printed, nor the blank lines behind headings. */
void markdown_print(FILE *out, const char *text)
{
	bool in_code = false;
	bool after_heading = false;

	while (*text) {
		size_t len = strcspn(text, "\n");

		if (strncmp(text, "```", 3) == 0) {
			in_code = !in_code;
		} else if (len || !after_heading) {
			print_line(out, text, len, in_code);
			after_heading = !in_code && heading_level(text, len);
		}
		text += len;
		text += *text == '\n';
	}
}

/* Behind the line "## HEADING"; NULL if there is none. */
static const char *find_section(const char *text, const char *heading)
{
	size_t len = strlen(heading);

	while ((text = strstr(text, "\n## "))) {
		text += strlen("\n## ");
		if (strncmp(text, heading, len) == 0 && text[len] == '\n')
			return text + len + 1;
	}
	return NULL;
}

void markdown_add_section(struct buf *out, const char *text, const char *heading)
{
	const char *between = "";

	text = find_section(text, heading);
	while (text && *text && strncmp(text, "## ", 3) != 0) {
		size_t len = strcspn(text, "\n");

		if (len) {
			buf_add_string(out, between);
			for (size_t i = 0; i < len; i++)
				buf_add_char(out, text[i] == '`' ? '\'' : text[i]);
		}
		between = !out->len ? "" : len ? " " : "\n\n";
		text += len;
		text += *text == '\n';
	}
}
