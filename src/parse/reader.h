/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the grammar calls: the state of reading one source, and an action for each
 * kind of line.  Inside parse/ and grammar/ only.
 */
#ifndef PARSE_READER_H
#define PARSE_READER_H

#include "parse/parse.h"

/* The buffer in which iptables-restore reads a line, with the NUL at its end. */
#define READER_LINE_BUFFER 10240

/* The longest word: its buffer holds 1,024 bytes. */
#define READER_MAX_WORD 1023

struct reader {
	struct arena *arena;
	struct intern *names;
	const struct source *source;
	struct diags *diags;
	const struct parse_handler *handler; /* NULL: only words are wanted */

	uint32_t fed;	     /* bytes given to the scanner */
	uint32_t fed_end;    /* where to stop */
	uint32_t line_fed;   /* of them in the current line */
	uint32_t offset;     /* of the next byte that the scanner looks at */
	bool has_nul;	     /* somewhere in what is fed */
	bool has_open_quote; /* some word has no end */
	bool is_cut;	     /* the line being fed had a NUL: blanks follow */

	bool in_section; /* a *table line is in force */
	struct span section;
	const char *section_name;
	bool was_committed; /* some section was */

	/* The line being read. */
	uint32_t line_start;
	struct word *words; /* PARSE_MAX_WORDS + 1 */
	size_t n_words;	    /* those above the limit are counted, not kept */
	char *text;	    /* what the words point to */
	size_t text_len;
	bool line_failed; /* an error was reported that makes the words worthless */
	bool line_cut;	  /* a NUL was in it */
	bool line_crlf;	  /* it ended in CR LF, and the CR was taken off */

	struct statement *pending; /* blank, comment or broken lines, to be joined with more */
	uint32_t crlf_first;	   /* offset of the first CR that matters ... */
	uint32_t n_crlf;	   /* ... and how many there are */
	uint32_t n_broken;	   /* lines that are not of the language */
	bool is_enough;		   /* the handler wants no more commands ... */
	uint32_t n_unread;	   /* ... of which there were so many */
	struct span last_broken;
};

/* ---- for the scanner ---- */

/* Before the first call of the scanner: what is fed lies in [start, end). */
void reader_feed(struct reader *reader, uint32_t start, uint32_t end);

/* Copies up to MAX bytes to BUFFER, at most one line's end after 10,239 bytes. */
size_t reader_fill(struct reader *reader, char *buffer, size_t max);

void reader_begin_line(struct reader *reader);

/* LOCATION is that of the line's end; a line that was cut has none in the source. */
void reader_end_line(struct reader *reader, struct span *location);

/* A word without quotes, and the blanks behind it; false if it was the CR of a line's end.
 * SPAN becomes that of the word. */
bool reader_plain(struct reader *reader, const char *text, size_t len, struct word *word,
		  struct span *span);
/* A word that ends with a quote. */
void reader_quoted(struct reader *reader, const char *text, size_t len, struct word *word,
		   struct span *span);
/* A quote without an end; the newline that ends the line may be part of it. */
void reader_open_quote(struct reader *reader, const char *text, size_t len, bool takes_newline,
		       struct word *word, struct span *span);

void *reader_resize(void *memory, size_t size);
void reader_release(void *memory);
_Noreturn void reader_fail(const char *message);

/* ---- for the grammar ---- */

void reader_add_word(struct reader *reader, const struct word *word);

void reader_blank(struct reader *reader, struct span span);
void reader_crlf_line(struct reader *reader, struct span span);
void reader_comment(struct reader *reader, struct span span);
void reader_stray(struct reader *reader, struct span span);
void reader_blanks(struct reader *reader);
void reader_table(struct reader *reader, const struct word *name, struct span star);
void reader_no_table(struct reader *reader, struct span star);
void reader_chain(struct reader *reader, const struct word *name, const struct word *policy,
		  const struct word *counters);
void reader_no_policy(struct reader *reader, const struct word *name);
void reader_no_chain(struct reader *reader, struct span colon);
void reader_commit(struct reader *reader, struct span span);
void reader_command(struct reader *reader, const struct span *counters);

/* At the end of the source. */
void reader_finish(struct reader *reader);

#endif
