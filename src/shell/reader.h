/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of reading one script, and what scanner, words and grammar call of each
 * other.  Inside shell/ and grammar/ only.
 *
 * Three layers: the scanner (grammar/shell.l) finds pieces, lexer.c and words.c make
 * tokens and words of them, the grammar (grammar/shell.y) makes commands.  A command
 * substitution calls the grammar again from within a word, on the same scanner.
 */
#ifndef SHELL_READER_H
#define SHELL_READER_H

#include "base/buf.h"
#include "shell/parse.h"

/* ---- input ---- */

/*
 * A text that is scanned: the script, or what is left of a part of it when backslashes
 * (of `...`), tabs (of <<-) or NULs were taken out.  OFFSETS ARE THOSE OF THE TEXT;
 * input_span() makes spans of the source of them.
 */
struct shell_input {
	struct shell_input *outer; /* where the text was taken from; NULL: the source */
	const char *text;	   /* len bytes and then a NUL */
	uint32_t len;
	uint32_t base;	   /* of its first byte, in the outer text */
	uint32_t *dropped; /* bytes were taken out before these offsets; ascending */
	uint32_t n_dropped;
	unsigned depth; /* of outer ones */
	bool is_bash;
	bool is_extglob; /* ?(a|b) is a pattern */

	char *scanned; /* the scanner's own copy */
	void *scanner;
	void *buffer;
	uint32_t start, end; /* of the piece that was found last */
};

/* Each text within a text is a copy: `...` in `...`, here-documents in here-documents. */
#define INPUT_MAX_DEPTH 16

/* What stands at a place depends on where it stands. */
enum shell_mode {
	MODE_TOKEN,	     /* between words */
	MODE_TEST,	     /* the same in [[ ]] */
	MODE_WORD,	     /* in a word, outside of quotes */
	MODE_DOUBLE,	     /* in "..." */
	MODE_BODY,	     /* the text of a here-document */
	MODE_OPERAND,	     /* behind the operator of ${...} */
	MODE_OPERAND_DOUBLE, /* the same within "..." */
	MODE_ARITHMETIC,     /* in $((...)), a subscript, ${x:...} */
	MODE_PARENTHESES,    /* in a pattern ?(...), or in the ( ) of a regular expression */
	MODE_REGEX,	     /* a word behind =~ */
	MODE_DELIMITER,	     /* a word behind << */
};

enum shell_piece {
	PIECE_EOF,
	PIECE_END,	 /* a byte that ends what the mode is for; not taken */
	PIECE_STOP,	 /* one byte that may end it; taken */
	PIECE_TEXT,	 /* bytes that stand for themselves */
	PIECE_NOTHING,	 /* a backslash and a newline */
	PIECE_ESCAPED,	 /* a backslash and another byte */
	PIECE_SINGLE,	 /* '...' */
	PIECE_ANSI,	 /* $'...' */
	PIECE_OPEN,	 /* a ' or $' without its end */
	PIECE_DOUBLE,	 /* " or $" */
	PIECE_NAME,	 /* $x */
	PIECE_BRACE,	 /* ${ */
	PIECE_COMMAND,	 /* $( */
	PIECE_SUM,	 /* $(( */
	PIECE_BRACKET,	 /* $[ */
	PIECE_BACKQUOTE, /* ` */
	PIECE_PROCESS,	 /* <( or >( */
	PIECE_PATTERN,	 /* ?( *( +( @( !( */
	/* between words */
	PIECE_COMMENT,
	PIECE_DIGITS,	/* a number before < or > */
	PIECE_VARIABLE, /* {x} before < or > */
	PIECE_TOKEN,	/* an operator: the token is in its value */
};

struct shell_input *input_new(struct arena *arena, struct shell_input *outer, uint32_t base,
			      const char *text, uint32_t len);
void input_close(struct shell_input *input);

/* The next piece; INPUT->start and ->end tell where it is.  *TOKEN: of PIECE_TOKEN. */
enum shell_piece input_next(struct shell_input *input, enum shell_mode mode, int *token);

/* Goes on at OFFSET. */
void input_seek(struct shell_input *input, uint32_t offset);

/* The bytes of the source that [START, END) of the text was made of. */
struct span input_span(const struct shell_input *input, uint32_t start, uint32_t end);
/* Of the piece that was found last. */
struct span input_piece_span(const struct shell_input *input);

/* ---- reading ---- */

/* Something that has to be closed. */
struct shell_opener {
	struct span span;
	const char *name;    /* of a keyword; NULL: MISSING is the whole message */
	const char *missing; /* the keyword that is awaited */
};

/* The token before, as far as words depend on it. */
enum shell_test_state {
	TEST_NONE,    /* not in [[ ]] */
	TEST_TERM,    /* a word, an operator for one word, "!", "(" */
	TEST_MIDDLE,  /* behind a word: an operator for two words, or the end */
	TEST_OPERAND, /* behind an operator */
	TEST_PATTERN, /* behind == = != */
	TEST_REGEX,   /* behind =~ */
	TEST_DONE,    /* the end, && || ) */
};

struct shell_list {
	struct shell_command *first, *last;
};

struct shell_words {
	struct shell_word *first, *last;
};

struct shell_redirections {
	struct shell_redirection *first, *last;
};

struct shell_heredoc;

/* One call of the grammar. */
struct shell_frame {
	struct shell_frame *outer;
	struct shell_input *input;
	struct shell_list body;
	struct shell_heredoc *heredocs; /* whose text begins behind the next newline */
	struct shell_heredoc **last_heredoc;
	int first_token; /* START_...; 0: it was given */
	int last;	 /* the token before */
	struct span last_span;
	enum shell_test_state test;
	bool is_nested; /* $( ) and the like: ends with a ')' */
};

struct shell_simple;

struct shell_reader {
	struct arena *arena;
	const struct source *source;
	struct diags *diags;
	struct shell_frame *frame;
	bool is_bash;
	bool is_crlf;	      /* the first line ends in CR LF */
	bool failed;	      /* an error was reported ... */
	struct diag *error;   /* ... this one */
	unsigned n_deferring; /* texts within texts that are being read */
	unsigned n_deferred;  /* errors in them */

	struct shell_opener openers[SHELL_MAX_DEPTH];
	unsigned n_openers;

	struct shell_simple *spare; /* to be used again */

	struct shell_comment *comments;
	size_t n_comments, max_comments;
	uint32_t comment_end; /* of the last one */
};

/* What a command without a name yet consists of. */
struct shell_simple {
	struct shell_simple *next; /* of those that are not in use */
	struct shell_command *command;
	struct shell_assignment *last_assignment;
	struct shell_words words;
	struct shell_redirections redirections;
	bool declares; /* its words may be a=( ) */
};

struct shell_items {
	struct shell_case_item *first, *last;
};

union shell_value_of_token {
	struct shell_word *word;
	struct shell_words words;
	struct shell_command *command;
	struct shell_list list;
	struct shell_simple *simple;
	struct shell_redirection *redirection;
	struct shell_redirections redirections;
	struct shell_case_item *item;
	struct shell_items items;
	struct shell_test *test;
	const char *text;
	int number;
};

/* Runs the grammar over INPUT from where it stands; NULL in *BODY: nothing to do. */
bool reader_run(struct shell_reader *reader, struct shell_input *input, bool is_nested,
		struct shell_command **body);

struct shell_builder;

/* Begins to read INPUT, a text within a text; false: an error was reported. */
bool reader_enter(struct shell_reader *reader, struct shell_input *input);

/* ---- openers (complain.c) ---- */

/* False when there are too many. */
bool reader_open(struct shell_reader *reader, struct span span, const char *name,
		 const char *missing);
void reader_await(struct shell_reader *reader, const char *missing);
void reader_close(struct shell_reader *reader);

/* The error that ends the reading; related is what is open. */
void reader_stop(struct shell_reader *reader, struct span span, const char *message,
		 const char *hint);
/* The same where the text ends. */
void reader_stop_at_end(struct shell_reader *reader);
/* The same for a token that does not fit. */
void reader_stop_at_token(struct shell_reader *reader, struct span span);

/*
 * bash reads `...` and here-documents only when it expands them: an error in them, found while
 * more than N_OPENERS were open, is a warning, and what is expanded is bad.  False: it stays an
 * error.
 */
bool reader_defer(struct shell_reader *reader, unsigned n_openers, struct shell_builder *builder,
		  struct span span, bool quoted);

/* ---- words (words.c, parameter.c, substitution.c) ---- */

struct shell_builder {
	struct shell_part *first, *last;
	/* text that is not a part yet */
	const char *bytes;
	uint32_t len;
	struct buf buf; /* holds the bytes where they are not together in the text */
	struct span span;
	bool has_text;
	bool quoted;
};

void builder_text(struct shell_reader *reader, struct shell_builder *builder, const char *bytes,
		  uint32_t len, struct span span, bool quoted);
struct shell_part *builder_part(struct shell_reader *reader, struct shell_builder *builder,
				enum shell_part_kind kind, struct span span, bool quoted);
/* Ends it; NULL parts: nothing was in it. */
struct shell_word *builder_word(struct shell_reader *reader, struct shell_builder *builder,
				struct span span);
void builder_free(struct shell_builder *builder);

/*
 * Pieces up to one that ends the mode, which is returned: PIECE_END, PIECE_STOP, or PIECE_EOF
 * (nothing is said about it).  False: an error was reported.  STOPS are the bytes at
 * which a PIECE_STOP ends it outside of parentheses.
 */
bool words_read(struct shell_reader *reader, struct shell_builder *builder, enum shell_mode mode,
		bool quoted, const char *stops, enum shell_piece *end);

/* A whole word of a mode; NULL: an error was reported. */
struct shell_word *words_read_word(struct shell_reader *reader, enum shell_mode mode);

/* Text up to a stop that must be there; OPENER says what is open. */
struct shell_word *words_read_until(struct shell_reader *reader, enum shell_mode mode, bool quoted,
				    const char *stops);

/* Behind "${". */
bool words_parameter(struct shell_reader *reader, struct shell_builder *builder,
		     enum shell_mode mode, bool quoted);

/* Behind "$((", "$[": */
bool words_sum(struct shell_reader *reader, struct shell_builder *builder, bool quoted);
bool words_bracket(struct shell_reader *reader, struct shell_builder *builder, bool quoted);
/* Behind "$(", "<(" and ">(". */
bool words_command(struct shell_reader *reader, struct shell_builder *builder,
		   enum shell_part_kind kind, bool quoted);
/* Behind "`". */
bool words_backquote(struct shell_reader *reader, struct shell_builder *builder, bool quoted);
/* Behind "a=" and its "(". */
bool words_array(struct shell_reader *reader, struct shell_builder *builder);
/* Behind "((": its text up to "))". */
struct shell_word *words_calculation(struct shell_reader *reader, struct span opener);

/* Does the "((" whose text begins at OFFSET end with "))"? */
bool words_is_sum(const struct shell_input *input, uint32_t offset);

/* Of a plain word without quotes; NULL: it is not plain. */
const struct shell_part *word_plain(const struct shell_word *word);
bool word_is(const struct shell_word *word, const char *text);
/* Length of the NAME at the start of the bytes; 0: none. */
uint32_t name_length(const char *bytes, uint32_t len);

/* ---- here-documents (heredoc.c) ---- */

/* Remembers one whose delimiter was read; returns the word that will hold its text. */
struct shell_word *heredoc_add(struct shell_reader *reader, const struct shell_word *delimiter,
			       bool strips_tabs);
/* Behind a newline, or at the end: reads those that wait. */
bool heredoc_read(struct shell_reader *reader);
/* At the end of a call of the grammar. */
void heredoc_leave(struct shell_reader *reader);

/* ---- the grammar's side (tree.c, simple.c) ---- */

struct shell_command *tree_new(struct shell_reader *reader, enum shell_command_kind kind,
			       struct span span);
void tree_append(struct shell_list *list, struct shell_command *command);
void tree_append_all(struct shell_list *list, struct shell_list more);
struct shell_command *tree_list(struct shell_reader *reader, struct shell_list list);
/* For '&' behind the last command of the list. */
void tree_background(struct shell_reader *reader, struct shell_list *list, struct span end);
struct shell_command *tree_pair(struct shell_reader *reader, enum shell_command_kind kind,
				struct shell_command *left, struct shell_command *right,
				struct span span);
/* For "|&" behind the last command of the list. */
void tree_join_errors(struct shell_reader *reader, struct shell_list *list, struct span bar);
struct shell_command *tree_pipeline(struct shell_reader *reader, struct shell_list list,
				    struct span span);
struct shell_command *tree_not(struct shell_reader *reader, struct shell_command *command,
			       int count, struct span span);
struct shell_command *tree_body(struct shell_reader *reader, enum shell_command_kind kind,
				struct shell_list list, struct span span);
struct shell_command *tree_if(struct shell_reader *reader, struct shell_list condition,
			      struct shell_list then, struct span span);
void tree_otherwise(struct shell_command *command, struct shell_list elifs,
		    struct shell_command *otherwise);
struct shell_command *tree_loop(struct shell_reader *reader, enum shell_command_kind kind,
				struct shell_list condition, struct shell_command *body,
				struct span span);
struct shell_command *tree_each(struct shell_reader *reader, enum shell_command_kind kind,
				struct shell_word *name, struct shell_words words, bool has_words,
				struct shell_command *body, struct span span);
/* NULL: there are not three expressions. */
struct shell_command *tree_count(struct shell_reader *reader, struct shell_word *expressions,
				 struct span span);
struct shell_case_item *tree_item(struct shell_reader *reader, struct shell_words patterns,
				  struct shell_list body, int end);
void tree_append_item(struct shell_items *items, struct shell_case_item *item);
struct shell_command *tree_case(struct shell_reader *reader, struct shell_word *word,
				struct shell_items items, struct span span);
/* NULL: the body is none. */
struct shell_command *tree_function(struct shell_reader *reader, struct shell_word *name,
				    struct shell_command *body, struct span span);
struct shell_word *tree_empty_word(struct shell_reader *reader, struct span span);
struct shell_test *tree_test(struct shell_reader *reader, enum shell_test_kind kind,
			     struct span span);
void tree_add_redirections(struct shell_command *command, struct shell_redirections redirections);
struct shell_redirection *tree_redirection(struct shell_reader *reader, int token,
					   struct shell_word *word, struct span span);

struct shell_simple *simple_new(struct shell_reader *reader, struct span span);
void simple_assignment(struct shell_reader *reader, struct shell_simple *simple,
		       struct shell_word *word);
bool simple_word(struct shell_reader *reader, struct shell_simple *simple, struct shell_word *word);
void simple_redirection(struct shell_simple *simple, struct shell_redirection *redirection);
struct shell_command *simple_end(struct shell_reader *reader, struct shell_simple *simple,
				 struct span span);
/* A line was read, and is run before the next one: "shopt -s extglob". */
void simple_set_options(struct shell_reader *reader, const struct shell_command *command);

static inline void words_add(struct shell_words *words, struct shell_word *word)
{
	if (words->last)
		words->last->next = word;
	else
		words->first = word;
	words->last = word;
}

#endif
