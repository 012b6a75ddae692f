/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grammar of shell scripts: POSIX.1-2017, chapter 2.10, and what bash adds.
 *
 * A reserved word is a word where no command may begin: "any_word" has them all.
 * What only bash knows comes from the lexer as other tokens in a script for sh, so there is
 * one grammar for both.  Actions only hand over what was read (shell/reader.h).
 */
%require "3.8"
%define api.pure full
%define api.prefix {shell_grammar_}
%define api.location.type {struct span}
%define api.value.type {union shell_value_of_token}
%param {struct shell_reader *reader}

%code requires {
#include "shell/reader.h"
}

%code {
#include "shell/check.h"
#include "shell/lexer.h"

#define YYLLOC_DEFAULT(current, rhs, n) \
	do { \
		if (n) { \
			(current).start = YYRHSLOC(rhs, 1).start; \
			(current).end = YYRHSLOC(rhs, n).end; \
		} else { \
			(current).start = (current).end = YYRHSLOC(rhs, 0).end; \
		} \
	} while (0)

/* An error was reported. */
#define CHECK(condition) \
	do { \
		if (!(condition)) \
			YYABORT; \
	} while (0)

static void shell_grammar_error(SHELL_GRAMMAR_LTYPE *location, struct shell_reader *reader, const char *message);
}

%token START_SCRIPT START_NESTED END
%token <number> NUMBER
%token <text> VARIABLE UNARY BINARY
%token <word> WORD ASSIGNMENT SUM
%token NEWLINE AMPERSAND SEMICOLON SEMICOLONS SEMICOLON_AMPERSAND SEMICOLONS_AMPERSAND
%token BAR BAR_AMPERSAND AND_IF OR_IF LPAREN RPAREN STRANGE
%token LESS GREATER CLOBBER APPEND LESS_GREATER LESS_AMPERSAND GREATER_AMPERSAND BOTH APPEND_BOTH
%token HEREDOC HEREDOC_TABS HERESTRING
%token <word> IF THEN ELIF ELSE FI FOR IN DO DONE WHILE UNTIL CASE ESAC LBRACE RBRACE BANG
%token <word> FUNCTION SELECT LTEST RTEST TIME TIME_OPTION

/* What may go on goes on: "echo then" is no end of "if echo". */
%precedence LOW
%precedence THEN ELIF ELSE FI DO DONE ESAC RBRACE

%type <word> any_word no_esac no_assignment plain_word variable function_name function_word
%type <words> words pattern
%type <number> bangs redirection_token item_end separator
%type <command> and_or pipeline command compound loop_body do_group for
%type <command> if while case function otherwise test
%type <list> list commands compound_list term pipe elifs
%type <simple> simple
%type <redirection> redirection plain_redirection
%type <redirections> redirections
%type <item> item last_item
%type <items> items
%type <test> condition conjunction negation

%%

start:
	START_SCRIPT lines END
|	START_SCRIPT lines list END	{ tree_append_all(&reader->frame->body, $3); }
|	START_NESTED linebreak RPAREN	{ YYACCEPT; }
|	START_NESTED compound_list RPAREN	{ reader->frame->body = $2; YYACCEPT; }
;

/* A shell runs a line before it reads the next one. */
lines:
	%empty
|	lines NEWLINE
|	lines list NEWLINE
	{
		tree_append_all(&reader->frame->body, $2);
		simple_set_options(reader, $2.first);
	}
;

list:
	commands
|	commands SEMICOLON
|	commands AMPERSAND		{ $$ = $1; tree_background(reader, &$$, @2); }
;

commands:
	and_or				{ $$ = (struct shell_list){ $1, $1 }; }
|	commands SEMICOLON and_or	{ $$ = $1; tree_append(&$$, $3); }
|	commands AMPERSAND and_or
	{
		$$ = $1;
		tree_background(reader, &$$, @2);
		tree_append(&$$, $3);
	}
;

compound_list:
	linebreak term			{ $$ = $2; }
|	linebreak term separator
	{
		$$ = $2;
		if ($3)
			tree_background(reader, &$$, @3);
	}
;

term:
	and_or				{ $$ = (struct shell_list){ $1, $1 }; }
|	term separator and_or
	{
		$$ = $1;
		if ($2)
			tree_background(reader, &$$, @2);
		tree_append(&$$, $3);
	}
;

separator:
	AMPERSAND linebreak		{ $$ = 1; @$ = @1; }
|	SEMICOLON linebreak		{ $$ = 0; }
|	newlines			{ $$ = 0; }
;

linebreak:
	%empty
|	newlines
;

newlines:
	NEWLINE
|	newlines NEWLINE
;

and_or:
	pipeline
|	and_or AND_IF linebreak pipeline	{ $$ = tree_pair(reader, SHELL_AND, $1, $4, @$); }
|	and_or OR_IF linebreak pipeline		{ $$ = tree_pair(reader, SHELL_OR, $1, $4, @$); }
;

pipeline:
	pipe				{ $$ = tree_pipeline(reader, $1, @$); }
|	bangs pipe
	{
		$$ = tree_not(reader, tree_pipeline(reader, $2, @2), $1, @$);
	}
|	bangs %prec LOW
	{
		CHECK(check_negation(reader));
		$$ = tree_not(reader, tree_new(reader, SHELL_SIMPLE, @$), $1, @$);
	}
;

/* "time" is not in the tree: it changes nothing. */
bangs:
	BANG				{ $$ = 1; }
|	TIME				{ $$ = 0; }
|	TIME TIME_OPTION		{ $$ = 0; }
|	bangs BANG			{ $$ = $1 + 1; CHECK(check_bang(reader, @2)); }
|	bangs TIME			{ $$ = $1; }
|	bangs TIME TIME_OPTION		{ $$ = $1; }
;

pipe:
	command				{ $$ = (struct shell_list){ $1, $1 }; }
|	pipe BAR linebreak command	{ $$ = $1; tree_append(&$$, $4); }
|	pipe BAR_AMPERSAND linebreak command
	{
		$$ = $1;
		tree_join_errors(reader, &$$, @2);
		tree_append(&$$, $4);
	}
;

command:
	simple %prec LOW		{ $$ = simple_end(reader, $1, @$); }
|	compound
|	compound redirections		{ $$ = $1; tree_add_redirections($$, $2); $$->span = @$; }
|	function
;

simple:
	WORD		{ $$ = simple_new(reader, @$); CHECK(simple_word(reader, $$, $1)); }
|	ASSIGNMENT	{ $$ = simple_new(reader, @$); simple_assignment(reader, $$, $1); }
|	redirection	{ $$ = simple_new(reader, @$); simple_redirection($$, $1); }
|	simple ASSIGNMENT
	{
		$$ = $1;
		if ($$->words.first)
			CHECK(simple_word(reader, $$, $2));
		else
			simple_assignment(reader, $$, $2);
	}
|	simple no_assignment	{ $$ = $1; CHECK(simple_word(reader, $$, $2)); }
|	simple redirection	{ $$ = $1; simple_redirection($$, $2); }
;

any_word:
	no_esac
|	ESAC
;

no_esac:
	plain_word
|	ASSIGNMENT
;

no_assignment:
	plain_word
|	ESAC
;

plain_word:
	WORD
|	IF
|	THEN
|	ELIF
|	ELSE
|	FI
|	FOR
|	IN
|	DO
|	DONE
|	WHILE
|	UNTIL
|	CASE
|	LBRACE
|	RBRACE
|	BANG
|	FUNCTION
|	SELECT
|	LTEST
|	TIME
|	TIME_OPTION
;

words:
	%empty		{ $$ = (struct shell_words){ 0 }; }
|	words any_word	{ $$ = $1; words_add(&$$, $2); }
;

redirections:
	redirection
	{
		$$ = (struct shell_redirections){ $1, $1 };
	}
|	redirections redirection
	{
		$$ = $1;
		$$.last->next = $2;
		$$.last = $2;
	}
;

redirection:
	plain_redirection
|	NUMBER plain_redirection
	{
		$$ = $2;
		$$->fd = $1;
		$$->span = @$;
	}
|	VARIABLE plain_redirection
	{
		$$ = $2;
		$$->variable = $1;
		$$->span = @$;
	}
;

plain_redirection:
	redirection_token any_word	{ $$ = tree_redirection(reader, $1, $2, @$); }
;

redirection_token:
	LESS			{ $$ = LESS; }
|	GREATER			{ $$ = GREATER; }
|	CLOBBER			{ $$ = CLOBBER; }
|	APPEND			{ $$ = APPEND; }
|	LESS_GREATER		{ $$ = LESS_GREATER; }
|	LESS_AMPERSAND		{ $$ = LESS_AMPERSAND; }
|	GREATER_AMPERSAND	{ $$ = GREATER_AMPERSAND; }
|	BOTH			{ $$ = BOTH; }
|	APPEND_BOTH		{ $$ = APPEND_BOTH; }
|	HEREDOC			{ $$ = HEREDOC; }
|	HEREDOC_TABS		{ $$ = HEREDOC_TABS; }
|	HERESTRING		{ $$ = HERESTRING; }
;

/* ---- compound commands ---- */

compound:
	group_open compound_list RBRACE
	{
		$$ = tree_body(reader, SHELL_GROUP, $2, @$);
		reader_close(reader);
	}
|	subshell_open compound_list RPAREN
	{
		$$ = tree_body(reader, SHELL_SUBSHELL, $2, @$);
		reader_close(reader);
	}
|	if
|	while
|	for
|	case
|	SUM
	{
		$$ = tree_new(reader, SHELL_CALCULATE, @$);
		$$->of.arithmetic = $1;
	}
|	test
;

group_open:
	LBRACE		{ CHECK(reader_open(reader, @1, "{", "}")); }
;

subshell_open:
	LPAREN		{ CHECK(reader_open(reader, @1, "(", ")")); }
;

if:
	if_open compound_list then compound_list elifs otherwise FI
	{
		$$ = tree_if(reader, $2, $4, @$);
		tree_otherwise($$, $5, $6);
		reader_close(reader);
	}
;

if_open:
	IF		{ CHECK(reader_open(reader, @1, "if", "then")); }
;

then:
	THEN		{ reader_await(reader, "fi"); }
;

elifs:
	%empty		{ $$ = (struct shell_list){ 0 }; }
|	elifs elif compound_list then compound_list
	{
		$$ = $1;
		tree_append(&$$, tree_if(reader, $3, $5, (struct span){ @2.start, @5.end }));
	}
;

elif:
	ELIF		{ reader_await(reader, "then"); }
;

otherwise:
	%empty			{ $$ = NULL; }
|	ELSE compound_list	{ $$ = tree_list(reader, $2); }
;

while:
	while_open compound_list do_group
	{
		$$ = tree_loop(reader, SHELL_WHILE, $2, $3, @$);
		reader_close(reader);
	}
|	until_open compound_list do_group
	{
		$$ = tree_loop(reader, SHELL_UNTIL, $2, $3, @$);
		reader_close(reader);
	}
;

while_open:
	WHILE		{ CHECK(reader_open(reader, @1, "while", "do")); }
;

until_open:
	UNTIL		{ CHECK(reader_open(reader, @1, "until", "do")); }
;

do_group:
	do compound_list DONE	{ $$ = tree_list(reader, $2); }
;

do:
	DO		{ reader_await(reader, "done"); }
;

/* bash: { } in the place of do and done. */
loop_body:
	do_group
|	body_open compound_list RBRACE	{ $$ = tree_list(reader, $2); }
;

body_open:
	LBRACE		{ CHECK(check_loop_body(reader, @1)); reader_await(reader, "}"); }
;

for:
	for_open variable linebreak do_group
	{
		$$ = tree_each(reader, SHELL_FOR, $2, (struct shell_words){ 0 }, false, $4,
			       @$);
		reader_close(reader);
	}
|	for_open variable linebreak SEMICOLON linebreak loop_body
	{
		CHECK(check_semicolon(reader, @3, @4));
		$$ = tree_each(reader, SHELL_FOR, $2, (struct shell_words){ 0 }, false, $6,
			       @$);
		reader_close(reader);
	}
|	for_open variable linebreak IN words end_of_words loop_body
	{
		$$ = tree_each(reader, SHELL_FOR, $2, $5, true, $7, @$);
		reader_close(reader);
	}
|	for_open SUM end_of_sum loop_body
	{
		CHECK($$ = tree_count(reader, $2, @$));
		$$->of.count.body = $4;
		reader_close(reader);
	}
|	select_open variable linebreak do_group
	{
		$$ = tree_each(reader, SHELL_SELECT, $2, (struct shell_words){ 0 }, false,
			       $4, @$);
		reader_close(reader);
	}
|	select_open variable linebreak SEMICOLON linebreak loop_body
	{
		$$ = tree_each(reader, SHELL_SELECT, $2, (struct shell_words){ 0 }, false,
			       $6, @$);
		reader_close(reader);
	}
|	select_open variable linebreak IN words end_of_words loop_body
	{
		$$ = tree_each(reader, SHELL_SELECT, $2, $5, true, $7, @$);
		reader_close(reader);
	}
;

for_open:
	FOR		{ CHECK(reader_open(reader, @1, "for", "do")); }
;

select_open:
	SELECT		{ CHECK(reader_open(reader, @1, "select", "do")); }
;

variable:
	any_word	{ CHECK(check_variable(reader, $1)); $$ = $1; }
;

end_of_words:
	SEMICOLON linebreak
|	newlines
;

end_of_sum:
	linebreak
|	SEMICOLON linebreak
;

case:
	case_open any_word linebreak in items ESAC
	{
		$$ = tree_case(reader, $2, $5, @$);
		reader_close(reader);
	}
|	case_open any_word linebreak in items last_item ESAC
	{
		tree_append_item(&$5, $6);
		$$ = tree_case(reader, $2, $5, @$);
		reader_close(reader);
	}
;

case_open:
	CASE		{ CHECK(reader_open(reader, @1, "case", "in")); }
;

in:
	IN linebreak	{ reader_await(reader, "esac"); }
;

items:
	%empty			{ $$ = (struct shell_items){ 0 }; }
|	items item linebreak	{ $$ = $1; tree_append_item(&$$, $2); }
;

item:
	pattern RPAREN linebreak item_end
	{
		$$ = tree_item(reader, $1, (struct shell_list){ 0 }, $4);
	}
|	pattern RPAREN compound_list item_end
	{
		$$ = tree_item(reader, $1, $3, $4);
	}
;

last_item:
	pattern RPAREN linebreak
	{
		$$ = tree_item(reader, $1, (struct shell_list){ 0 }, SEMICOLONS);
	}
|	pattern RPAREN compound_list
	{
		$$ = tree_item(reader, $1, $3, SEMICOLONS);
	}
;

item_end:
	SEMICOLONS		{ $$ = SEMICOLONS; }
|	SEMICOLON_AMPERSAND	{ $$ = SEMICOLON_AMPERSAND; }
|	SEMICOLONS_AMPERSAND	{ $$ = SEMICOLONS_AMPERSAND; }
;

pattern:
	no_esac			{ $$ = (struct shell_words){ $1, $1 }; }
|	LPAREN any_word		{ $$ = (struct shell_words){ $2, $2 }; }
|	pattern BAR any_word	{ $$ = $1; words_add(&$$, $3); }
;

/* ---- functions ---- */

function:
	function_name command		{ CHECK($$ = tree_function(reader, $1, $2, @$)); }
|	function_word command		{ CHECK($$ = tree_function(reader, $1, $2, @$)); }
|	function_word newlines command	{ CHECK($$ = tree_function(reader, $1, $3, @$)); }
|	function_word LPAREN RPAREN linebreak command
	{
		CHECK($$ = tree_function(reader, $1, $5, @$));
	}
;

function_name:
	WORD LPAREN RPAREN linebreak
	{
		CHECK(check_function(reader, $1));
		CHECK(reader_open(reader, @1, NULL, "this function has no body"));
	}
;

function_word:
	FUNCTION any_word
	{
		CHECK(reader_open(reader, @1, NULL, "this function has no body"));
		$$ = $2;
	}
;

/* ---- [[ ]] ---- */

test:
	test_open condition RTEST
	{
		$$ = tree_new(reader, SHELL_CONDITION, @$);
		$$->of.test = $2;
		reader_close(reader);
	}
|	test_open RTEST
	{
		$$ = tree_new(reader, SHELL_CONDITION, @$);
		$$->of.test = tree_test(reader, SHELL_TEST_WORD, @$);
		$$->of.test->left = tree_empty_word(reader, @$);
		reader_close(reader);
	}
;

test_open:
	LTEST
	{
		CHECK(reader_open(reader, @1, "[[", "]]"));
		reader->frame->test = TEST_TERM;
	}
;

condition:
	conjunction
|	condition OR_IF conjunction
	{
		$$ = tree_test(reader, SHELL_TEST_OR, @$);
		$$->first = $1;
		$$->second = $3;
	}
;

conjunction:
	negation
|	conjunction AND_IF negation
	{
		$$ = tree_test(reader, SHELL_TEST_AND, @$);
		$$->first = $1;
		$$->second = $3;
	}
;

negation:
	WORD
	{
		$$ = tree_test(reader, SHELL_TEST_WORD, @$);
		$$->left = $1;
	}
|	UNARY WORD
	{
		$$ = tree_test(reader, SHELL_TEST_UNARY, @$);
		$$->operator = $1;
		$$->left = $2;
	}
|	WORD BINARY WORD
	{
		$$ = tree_test(reader, SHELL_TEST_BINARY, @$);
		$$->operator = $2;
		$$->left = $1;
		$$->right = $3;
	}
|	not negation
	{
		$$ = tree_test(reader, SHELL_TEST_NOT, @$);
		$$->first = $2;
		reader_close(reader);
	}
|	condition_open condition RPAREN
	{
		$$ = $2;
		reader_close(reader);
	}
;

not:
	BANG	{ CHECK(reader_open(reader, @1, NULL, "nothing follows this '!'")); }
;

condition_open:
	LPAREN	{ CHECK(reader_open(reader, @1, "(", ")")); }
;

%%

static void shell_grammar_error(SHELL_GRAMMAR_LTYPE *location, struct shell_reader *reader, const char *message)
{
	(void)message;
	reader_stop_at_token(reader, *location);
}
