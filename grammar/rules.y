/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grammar of rules files as iptables-restore reads them: a file is a list of
 * lines, and whatever is wrong with a line ends with it.
 *
 * Actions only hand over what was read (parse/reader.h).
 */
%require "3.8"
%define api.pure full
%define api.prefix {rules_}
%define api.location.type {struct span}
%define api.value.type {struct word}
%param {void *scanner}
%parse-param {struct reader *reader}

%code requires {
#include "parse/reader.h"
}

%code {
#define YYLLOC_DEFAULT(current, rhs, n) \
	do { \
		if (n) { \
			(current).start = YYRHSLOC(rhs, 1).start; \
			(current).end = YYRHSLOC(rhs, n).end; \
		} else { \
			(current).start = (current).end = YYRHSLOC(rhs, 0).end; \
		} \
	} while (0)

int rules_lex(RULES_STYPE *value, RULES_LTYPE *location, void *scanner);
static void rules_error(RULES_LTYPE *location, void *scanner, struct reader *reader,
			const char *message);
}

%token
	LINE_END
	EMPTY_LINE	"an empty line"
	CRLF_LINE
	COMMENT		"a comment"
	STRAY		"text outside of a table"
	STAR		"'*'"
	COLON		"':'"
	COMMIT
	COUNTERS	"counters"
	NAME		"a name"
	WORD		"a word"

%%

file:
	%empty
|	file line
;

line:
	EMPTY_LINE		{ reader_blank(reader, @1); }
|	CRLF_LINE		{ reader_crlf_line(reader, @1); }
|	COMMENT LINE_END	{ reader_comment(reader, @1); }
|	STRAY words LINE_END	{ reader_stray(reader, @1); }
|	table
|	chain
|	COMMIT words LINE_END	{ reader_commit(reader, @1); }
|	COUNTERS words LINE_END	{ reader_command(reader, &@1); }
|	command LINE_END	{ reader_command(reader, NULL); }
|	LINE_END		{ reader_blanks(reader); }
;

table:
	STAR NAME names LINE_END	{ reader_table(reader, &$2, @1); }
|	STAR error LINE_END		{ reader_no_table(reader, @1); yyerrok; }
;

chain:
	COLON NAME NAME LINE_END	{ reader_chain(reader, &$2, &$3, NULL); }
|	COLON NAME NAME NAME names LINE_END	{ reader_chain(reader, &$2, &$3, &$4); }
|	COLON NAME error LINE_END	{ reader_no_policy(reader, &$2); yyerrok; }
|	COLON error LINE_END		{ reader_no_chain(reader, @1); yyerrok; }
;

command:
	WORD		{ reader_add_word(reader, &$1); }
|	command WORD	{ reader_add_word(reader, &$2); }
;

words:
	%empty
|	words WORD	{ reader_add_word(reader, &$2); }
;

names:
	%empty
|	names NAME
;

%%

/* What is wrong is said by the rules with "error", in words that fit. */
static void rules_error(RULES_LTYPE *location, void *scanner, struct reader *reader,
			const char *message)
{
	(void)location;
	(void)scanner;
	(void)reader;
	(void)message;
}
