/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree of a shell script: what the author wrote, before anything is expanded.
 *
 * Made by shell_parse(), read by the evaluator, changed by nobody.  All of it lives
 * in one arena.  Terms are those of POSIX.1-2017, chapter 2 ("Shell Command
 * Language"), and of bash(1) where POSIX has none.
 */
#ifndef SHELL_SYNTAX_H
#define SHELL_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/source.h"

struct shell_command;
struct shell_word;

/* ---- words ---- */

enum shell_part_kind {
	SHELL_TEXT,	  /* as it stands; "quoted" says whether it is more than text */
	SHELL_PARAMETER,  /* $x ${x...} */
	SHELL_COMMAND,	  /* $(...) and `...` */
	SHELL_ARITHMETIC, /* $((...)) and $[...] */
	SHELL_PROCESS,	  /* <(...) and >(...): bash */
	SHELL_ARRAY,	  /* ( ... ) as the value of an assignment; also in a word a=(...) behind
			     declare, local, export ..., after the SHELL_TEXT "a=" */
};

/* What ${NAME op ...} does; the operand is "argument". */
enum shell_operation {
	SHELL_PLAIN,	       /* ${x} */
	SHELL_LENGTH,	       /* ${#x} */
	SHELL_DEFAULT,	       /* ${x-d} */
	SHELL_ASSIGN,	       /* ${x=d} */
	SHELL_ERROR,	       /* ${x?message} */
	SHELL_ALTERNATIVE,     /* ${x+d} */
	SHELL_CUT_PREFIX,      /* ${x#p} */
	SHELL_CUT_LONG_PREFIX, /* ${x##p} */
	SHELL_CUT_SUFFIX,      /* ${x%p} */
	SHELL_CUT_LONG_SUFFIX, /* ${x%%p} */
	SHELL_SUBSTRING,       /* ${x:offset:length}: "argument" and "second", bash */
	SHELL_REPLACE,	       /* ${x/p/s}: bash */
	SHELL_REPLACE_ALL,     /* ${x//p/s} */
	SHELL_REPLACE_PREFIX,  /* ${x/#p/s} */
	SHELL_REPLACE_SUFFIX,  /* ${x/%p/s} */
	SHELL_UPPER_FIRST,     /* ${x^}: bash */
	SHELL_UPPER,	       /* ${x^^} */
	SHELL_LOWER_FIRST,     /* ${x,} */
	SHELL_LOWER,	       /* ${x,,} */
	SHELL_NAMES,	       /* ${!prefix*} ${!prefix@}: bash */
	SHELL_KEYS,	       /* ${!array[@]} ${!array[*]}: bash */
	SHELL_BAD,	       /* ${...} that no shell understands: fails when it is expanded */
};

struct shell_parameter {
	const char *name;	      /* "x", "1", "10", "@", "*", "#", "?", "$", "!", "-" */
	struct shell_word *subscript; /* ${x[subscript]}: "@" and "*" too; NULL: none */
	struct shell_word *argument;  /* NULL where the operation has none */
	struct shell_word *second;    /* of SHELL_SUBSTRING and the SHELL_REPLACEs, or NULL */
	uint8_t operation;	      /* enum shell_operation */
	bool colon;		      /* ${x:-d}: empty counts as unset */
	bool indirect;		      /* ${!x}: bash */
};

struct shell_part {
	struct shell_part *next;
	union {
		struct {
			const char *bytes; /* may hold no NUL */
			uint32_t len;
		} text;
		struct shell_parameter *parameter;
		struct shell_command *command; /* SHELL_COMMAND, SHELL_PROCESS; NULL: empty */
		struct shell_word *arithmetic; /* its parts are expanded, then it is calculated */
		struct shell_word *array;      /* the elements, linked by next */
	} of;
	struct span span;
	uint8_t kind; /* enum shell_part_kind */
	/* In double quotes, in single quotes, or behind a backslash: not split into
	 * fields, no pattern, no tilde, no brace expansion. */
	bool quoted;
	bool output; /* SHELL_PROCESS: >( ) */
};

/*
 * "" is a word with one quoted empty SHELL_TEXT.  An unquoted '~' at the start, unquoted
 * * ? [ and unquoted braces are in SHELL_TEXT; what they do is the evaluator's business.
 */
struct shell_word {
	struct shell_word *next; /* of a list of words */
	struct shell_part *first;
	struct span span;
};

struct shell_assignment {
	struct shell_assignment *next;
	const char *name;
	struct shell_word *subscript; /* a[i]=x, or NULL */
	struct shell_word *value;     /* never NULL; without a part: empty */
	struct span span;
	bool append; /* a+=x */
};

/* ---- redirections ---- */

enum shell_redirection_kind {
	SHELL_READ,	    /* < */
	SHELL_WRITE,	    /* > and >| */
	SHELL_APPEND,	    /* >> */
	SHELL_READ_WRITE,   /* <> */
	SHELL_DUPLICATE_IN, /* <& */
	SHELL_DUPLICATE,    /* >& */
	SHELL_WRITE_BOTH,   /* &>, &>> (append), >& before a plain name: bash; 1 and 2 */
	SHELL_HEREDOC,	    /* << and <<-: "word" is the text, tabs taken off, quoted if its
			       delimiter was */
	SHELL_HERESTRING,   /* <<< : bash */
};

struct shell_redirection {
	struct shell_redirection *next;
	struct shell_word *word;
	struct span span;
	const char *variable; /* {x}>f: the name; bash puts the number of a new fd there; or NULL */
	int fd;		      /* as written, else 0 or 1 as the kind has it */
	uint8_t kind;
	bool append; /* &>> */
};

/* ---- [[ ... ]] ---- */

enum shell_test_kind {
	SHELL_TEST_WORD,   /* [[ x ]]: not empty */
	SHELL_TEST_UNARY,  /* -f x */
	SHELL_TEST_BINARY, /* a = b, a -eq b, a =~ b ... */
	SHELL_TEST_NOT,
	SHELL_TEST_AND,
	SHELL_TEST_OR,
};

struct shell_test {
	const char *operator; /* "-f", "==", "=~", "<" ...; NULL where the kind has none */
	struct shell_word *left, *right;
	struct shell_test *first, *second; /* the first one may go on without bound */
	struct span span;
	uint8_t kind;
};

/* ---- commands ---- */

enum shell_command_kind {
	SHELL_SIMPLE,
	SHELL_PIPELINE,	  /* two or more commands, linked by next */
	SHELL_NOT,	  /* ! command */
	SHELL_AND,	  /* && */
	SHELL_OR,	  /* || */
	SHELL_SEQUENCE,	  /* commands one after the other, linked by next */
	SHELL_BACKGROUND, /* command & */
	SHELL_GROUP,	  /* { ...; } */
	SHELL_SUBSHELL,	  /* ( ... ) */
	SHELL_IF,
	SHELL_WHILE,
	SHELL_UNTIL,
	SHELL_FOR,	      /* for x [in words]; do */
	SHELL_FOR_ARITHMETIC, /* for ((a; b; c)): bash */
	SHELL_CASE,
	SHELL_FUNCTION,	 /* the definition */
	SHELL_CALCULATE, /* ((...)): bash */
	SHELL_CONDITION, /* [[ ... ]]: bash */
	SHELL_SELECT,	 /* select x in words: bash */
};

struct shell_case_item {
	struct shell_case_item *next;
	struct shell_word *patterns;
	struct shell_command *body; /* NULL: empty */
	uint8_t end;		    /* ';' for ;;  '&' for ;&  '+' for ;;& */
};

struct shell_command {
	struct shell_command *next;
	struct shell_redirection *redirections; /* in the order written; of any kind */
	struct span span;
	uint8_t kind; /* enum shell_command_kind */
	union {
		struct {
			struct shell_assignment *assignments;
			struct shell_word *words; /* NULL: only assignments */
		} simple;
		struct shell_command *list; /* PIPELINE, SEQUENCE: the first of them */
		struct {
			struct shell_command *left, *right;
		} pair;			    /* AND, OR; the left one is again one, and so on:
						not bounded, so walk it without recursion */
		struct shell_command *body; /* NOT, BACKGROUND, GROUP, SUBSHELL */
		struct {
			struct shell_command *condition, *then;
			/* else, or an elif as SHELL_IF, and so on (not bounded); or NULL */
			struct shell_command *otherwise;
		} branch;
		struct {
			struct shell_command *condition, *body;
		} loop; /* WHILE, UNTIL */
		struct {
			const char *name;
			struct shell_word *words;
			struct shell_command *body;
			bool has_words; /* without "in": "$@" */
		} each;			/* FOR, SELECT */
		struct {
			struct shell_word *start, *test, *step; /* each may be NULL */
			struct shell_command *body;
		} count; /* FOR_ARITHMETIC */
		struct {
			struct shell_word *word;
			struct shell_case_item *items;
		} choice;
		struct {
			const char *name;
			struct shell_command *body;
		} function;
		struct shell_word *arithmetic; /* CALCULATE */
		struct shell_test *test;       /* CONDITION */
	} of;
};

/* ---- scripts ---- */

enum shell_dialect {
	SHELL_SH,   /* as dash 0.5.12 */
	SHELL_BASH, /* as bash 5.2 */
};

/* One or more lines with nothing but blanks and a comment. */
struct shell_comment {
	struct span span; /* of one line: from its '#' to its end */
	uint32_t line;	  /* 1-based */
};

struct shell_script {
	const struct source *source;
	enum shell_dialect dialect;
	struct shell_command *body;	      /* NULL: nothing to do, or nothing was readable */
	const struct shell_comment *comments; /* in order */
	size_t n_comments;
	bool broken; /* an error was reported: the shell would read up to there, and stop */
};

#endif
