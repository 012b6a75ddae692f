/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of a script that is being evaluated, as the files of this folder share it.
 * What each of them offers stands under its name.
 */
#ifndef EVALUATE_MACHINE_H
#define EVALUATE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/scratch.h"
#include "evaluate/eval.h"
#include "evaluate/streams.h"
#include "evaluate/variables.h"

#define N_DESCRIPTORS 20

/* A word of each, in the order of how far they go. */
enum flow {
	FLOW_NONE,
	FLOW_CONTINUE,
	FLOW_BREAK,
	FLOW_RETURN,
	FLOW_DISCARD, /* bash: an error that ends the command line that it happened in */
	FLOW_EXIT,
	FLOW_ABORT, /* a limit: nothing goes on, whatever is around it */
};

enum option {
	OPTION_ERREXIT = 1,
	OPTION_NOUNSET = 2,
	OPTION_PIPEFAIL = 4,
	OPTION_NOGLOB = 8,
	OPTION_NOEXEC = 16,
	OPTION_XTRACE = 32,
	OPTION_ALLEXPORT = 64,
	OPTION_VERBOSE = 128,
	OPTION_NOCLOBBER = 256,
	OPTION_NULLGLOB = 512,
	OPTION_EXTGLOB = 1024,
	OPTION_NOCASEMATCH = 2048,
	OPTION_LASTPIPE = 4096,
	OPTION_ALIASES = 8192,
};

/* Positional parameters; never changed after they were made. */
struct parameters {
	struct text **values;
	size_t n;
	const struct shell_origin *unknown; /* how many there are is not known */
	unsigned references;
	bool missing; /* they are the arguments of the script, and there are none */
};

/* What is small enough to be copied where a subshell begins. */
struct settings {
	struct parameters *parameters;
	size_t shifted;	     /* so many of them are gone */
	struct text *folder; /* what "cd" went to; NULL: nowhere yet */
	struct shell_status status;
	unsigned options; /* enum option */
	int option_place; /* of getopts, inside a word */
};

struct saved {
	struct variable *variable;
	struct content before;
};

/* A function that runs: the local variables, with what they hid. */
struct scope {
	struct scope *outer;
	const char *name;
	struct saved *locals;
	size_t n_locals, capacity;
	unsigned options;
	bool local_options; /* bash: "local -" */
};

/*
 * A way that was left on an unknown condition, while the other one goes on: from
 * there on, calls with an effect may not happen.
 */
struct pending {
	const struct shell_origin *origin;
	struct span span; /* of the condition */
	size_t n_changes; /* variables that changed since are not known at the end */
	unsigned target;  /* which loop, function or subshell it left */
	unsigned levels;  /* as of "break 2" */
	unsigned char flow;
	bool reported;
};

struct machine {
	struct arena *arena;
	struct scratch *scratch;
	const struct shell_script *script;
	const struct shell_options *options;
	const struct shell_host *host;
	struct diags *diags;
	struct shell_outcome *outcome;
	bool bash;

	struct variables vars;
	struct settings set;
	struct streams streams;
	struct stream *fds[N_DESCRIPTORS];
	struct scope *scope; /* NULL: outside of functions */
	struct place place;

	struct span here;	/* of the command, or the loop, that runs */
	struct span outer_loop; /* that runs; where serial_loops is not 0 */
	enum flow flow;
	unsigned levels; /* of FLOW_BREAK and FLOW_CONTINUE */
	unsigned tested; /* the status is looked at: -e does not count */
	unsigned loops;	 /* around the command, in this function */
	unsigned functions, sources, subshells, nested_texts;
	unsigned serial_loops; /* all loops that run, of all functions */
	unsigned round, last_round;
	unsigned last_process;		 /* <( ) that were made */
	struct shell_status substituted; /* of the last command substitution */
	bool has_substituted;
	bool in_trap;	 /* of ERR */
	bool background; /* a "command &" was there: $! is set */

	struct pending *pendings;
	size_t n_pendings, pendings_capacity;
	unsigned ways;		  /* that are followed, inside of each other */
	unsigned selves;	  /* runs of the script around this one, as of "$0 start" */
	size_t effects;		  /* calls with an effect */
	unsigned unclear_effects; /* calls with an effect that were given what is not known */

	size_t steps, max_steps, max_bytes;
	unsigned depth, max_depth;
	const char *stack; /* where the C stack began */

	struct shell_missed *missed;
	size_t n_missed, missed_capacity;
	bool passes_arguments; /* the call that is made has "$@" or "$1" among its words */
	unsigned looked;       /* commands, in one search for calls */
	bool wants_argument;   /* a condition looked at an argument that is not there */

	struct map origins;  /* by place: see origin_at() */
	struct map reported; /* by place */
	struct map trees;    /* of eval and sourced files, by text */
	struct intern *texts;
};

/* ---- machine.c: limits and messages ---- */

/* Counts a step; false: a limit is hit, and all ends. */
bool machine_step(struct machine *sh);
/* False: too deep, and all ends.  machine_leave() belongs to a true one. */
bool machine_enter(struct machine *sh, struct span span);
void machine_leave(struct machine *sh);
bool machine_limit(struct machine *sh, struct span span, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static inline bool machine_runs(const struct machine *sh)
{
	return sh->flow == FLOW_NONE;
}

/* SPAN of the text that is being run, as one of the script. */
struct span machine_span(const struct machine *sh, struct span span);
/* What a host is told of the place at SPAN, of the text that is being run; no words yet. */
struct shell_call machine_call(const struct machine *sh, struct span span);

/* One for each place and text, however often it is asked for. */
const struct shell_origin *origin_at(struct machine *sh, struct span span, const char *way_out,
				     const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The same as a copy of one that may go away. */
const struct shell_origin *origin_keep(struct machine *sh, const struct shell_origin *origin);
/* The same of a variable that may not be there. */
const struct shell_origin *origin_may_lack(struct machine *sh, const struct shell_origin *origin);

/* Takes back each "unsupported-shell" behind the first N records. */
void diags_cut(struct machine *sh, size_t n);
/* "unsupported-shell" at SPAN; ORIGIN, where there is one, is named as a second place. */
void report_unsupported(struct machine *sh, struct span span, const struct shell_origin *origin,
			const char *format, ...) __attribute__((format(printf, 4, 5)));
/* A call at EFFECT depends on the condition at SPAN. */
void report_effect(struct machine *sh, struct span span, const struct shell_origin *origin,
		   struct span effect);
void report_absent(struct machine *sh, struct span span, const char *path);

/*
 * An error that the shell would print; returns the status of the command.  FATAL says
 * what happens then.
 */
enum fatal {
	FATAL_NOT,
	FATAL_SH,      /* dash ends, bash goes on */
	FATAL_DISCARD, /* dash ends, bash gives up the command line */
	FATAL_BOTH,
};
int shell_error(struct machine *sh, struct span span, enum fatal fatal, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

void set_status(struct machine *sh, int code);
void set_unknown_status(struct machine *sh, const struct shell_origin *origin);

/* Room in the scratch memory, with a NUL behind. */
char *scratch_copy(struct machine *sh, const char *bytes, size_t len);
struct shell_value scratch_value(struct machine *sh, struct shell_value value);

/* ---- assign.c: variables as the language has them ---- */

/*
 * Where an assignment to NAME would go, through "declare -n"; NULL: nowhere yet.  It is a
 * reference itself where that leads no further: see variable_lost().
 */
struct variable *variable_look_up(struct machine *sh, const char *name, size_t len);
/* The same, made if it is not there. */
struct variable *variable_look_up_new(struct machine *sh, const char *name);
/* NAME itself, if "declare -n" made it a reference, with or without a target; or NULL. */
struct variable *variable_reference(struct machine *sh, const char *name, size_t len);
/*
 * A reference that is not followed: to an element, in a circle, or one that nobody knows.
 * What it stands for is not known, nor what an assignment would change.  NULL: it is none.
 */
const struct shell_origin *variable_lost(struct machine *sh, const struct variable *variable);
/* The same where it is to be changed: true, and that was reported. */
bool report_lost(struct machine *sh, struct span span, const struct variable *variable);
/* "declare -n NAME=TARGET"; NULL: what NAME holds is the target. */
void variable_refer(struct machine *sh, const char *name, const struct shell_value *target);
struct shell_value variable_value(struct machine *sh, const char *name, size_t len, bool *set);
/*
 * ${NAME[SUBSCRIPT]}; *SET: it is there, where a value that is not known may be without.
 * False: the subscript is wrong, and that was reported.
 */
bool variable_element(struct machine *sh, const char *name, size_t len, struct span span,
		      struct shell_value subscript, struct shell_value *value, bool *set);
/* False: it may not be; the error was reported. */
bool variable_assign(struct machine *sh, struct span span, const char *name,
		     struct shell_value value);
bool variable_assign_element(struct machine *sh, struct span span, const char *name,
			     struct shell_value subscript, struct shell_value value, bool append);
/* Like an assignment statement. */
bool assign(struct machine *sh, const struct shell_assignment *assignment);
bool variable_unset(struct machine *sh, struct span span, const char *name, bool function_too);
void variable_flag(struct machine *sh, const char *name, unsigned set, unsigned clear);
/* Hides the variable until the function returns. */
void variable_local(struct machine *sh, const char *name);
bool is_name(const char *bytes, size_t len);
void variables_begin(struct machine *sh);

/* The letters of a word such as "-eu", from the start. */
void options_begin(struct machine *sh, const char *flags);
/* The enum option of "set -o NAME", 0 where nothing depends on it; false: there is none. */
bool option_named(const struct machine *sh, const char *name, unsigned *option);
void parameters_drop(struct parameters *parameters);
void parameters_set(struct machine *sh, const struct shell_value *values, size_t n,
		    const struct shell_origin *unknown);

/* The parameters of the caller; parameters_restore() belongs to each parameters_save(). */
struct saved_parameters {
	struct parameters *parameters;
	size_t shifted;
};

struct saved_parameters parameters_save(struct machine *sh);
void parameters_restore(struct machine *sh, struct saved_parameters saved);

/* The value of an array with that subscript, as a number or key. */
bool subscript_of(struct machine *sh, const struct variable *variable, struct span span,
		  struct shell_value subscript, long *index, struct text **key,
		  const struct shell_origin **unknown);

/* ---- scope.c: functions, subshells, ways ---- */

struct snapshot {
	struct settings set;
	struct variables_mark mark;
	struct stream *fds[N_DESCRIPTORS];
	size_t n_locals;
	unsigned loops, tested;
};

/* A copy, with references of its own to what it points at; and their end. */
struct settings settings_keep(struct settings set);
void settings_drop(struct settings *set);

void snapshot_take(struct machine *sh, struct snapshot *snapshot);
/* Back to it; it stays. */
void snapshot_restore(struct machine *sh, const struct snapshot *snapshot);
void snapshot_release(struct machine *sh, struct snapshot *snapshot);

void scope_push(struct machine *sh, struct scope *scope, const char *name);
void scope_pop(struct machine *sh);

/* Runs COMMAND as ( ... ) does. */
void run_subshell(struct machine *sh, const struct shell_command *command);
/* $( ... ): what it writes, without the newlines at the end, in scratch memory. */
struct shell_value run_substitution(struct machine *sh, const struct shell_command *command);
void descriptor_set(struct machine *sh, int fd, struct stream *stream);
void stream_release(struct machine *sh, struct stream *stream);

/* ---- ways.c: conditions that are not known ---- */

/* One of two ways to go on. */
typedef void way(struct machine *sh, const void *what);

/*
 * Follows both ways from here.  YES is run last, so what the host noted there is kept
 * if both come out equal.
 */
void both_ways(struct machine *sh, const struct shell_origin *origin, struct span span, way *yes,
	       way *no, const void *what);
/* Rounds of a loop whose number is not known. */
void unknown_rounds(struct machine *sh, const struct shell_origin *origin, struct span span,
		    way *round, const void *what);
/* A loop may have been left before; NULL: no. */
const struct pending *pending_of_loop(const struct machine *sh);
/* Ends what left the loop, function or subshell that ends here. */
void pending_end(struct machine *sh, enum flow flow, unsigned target);
/* A call has had an effect. */
void note_effect(struct machine *sh, struct span span);
bool is_true(const struct machine *sh);

/* ---- eval.c ---- */

void run_command(struct machine *sh, const struct shell_command *command);
/* A list in which a failing command does not count for -e. */
void run_tested(struct machine *sh, const struct shell_command *command);
void call_function(struct machine *sh, const struct variable *function,
		   const struct shell_value *words, size_t n, const struct shell_origin *many,
		   struct span span);
/* "return" goes no further: the function, or the file that is read, ends here. */
void end_return(struct machine *sh);
/* A text in the place of a command. */
void run_text(struct machine *sh, struct span span, const char *name, const char *bytes, size_t len,
	      bool syntax_is_fatal);
void run_traps(struct machine *sh);
void run_loop(struct machine *sh, const struct shell_command *command);

/* ---- script.c ---- */

/* The script again, by itself: "$0 stop".  WORDS are its arguments. */
void run_self(struct machine *sh, struct span span, const struct shell_value *words, size_t n,
	      const struct shell_origin *many);

/* ---- missed.c: what an argument would have led to ---- */

bool word_wants_argument(struct machine *sh, const struct shell_word *word);
void missed_items(struct machine *sh, const struct shell_command *command);
void missed_branch(struct machine *sh, const struct shell_command *condition,
		   const struct shell_command *branch);
void missed_finish(struct machine *sh);
/* Are there calls of programs that could be iptables, in COMMAND or what it calls? */
bool holds_calls(struct machine *sh, const struct shell_command *command);

/* ---- absent.c: optional files ---- */

/*
 * CONDITION asked for a file and nobody can say; BRANCH would read it.  It is then
 * taken as absent, and that is reported.
 */
bool takes_as_absent(struct machine *sh, const struct shell_command *condition,
		     const struct shell_command *branch, bool when_true);
/* The same where the file would stand beside the script, and does not: on the host it may. */
void note_absent(struct machine *sh, const struct shell_command *condition,
		 const struct shell_command *branch, bool when_true);

/* ---- redirect.c ---- */

struct redirected {
	struct stream *before[N_DESCRIPTORS];
	unsigned changed; /* a bit for each */
};

/* False: one failed, the status is set and the old ones are back. */
bool redirect(struct machine *sh, const struct shell_redirection *redirections,
	      struct redirected *old, bool special);
void redirect_end(struct machine *sh, struct redirected *old);
/* "exec > file" */
void redirect_stay(struct machine *sh, struct redirected *old);

/* ---- files.c ---- */

/* A path as the host and the script's own files have it, in scratch memory; NULL: nobody
 * knows where it is. */
const char *path_of(struct machine *sh, const char *bytes, size_t len);
/* What a file holds; in scratch memory. */
enum shell_file_answer file_read(struct machine *sh, const char *path, struct shell_value *text);
enum shell_file_answer file_test(struct machine *sh, char operation, const char *path);
/* PATH is a pattern, or "", where it is not EXACT. */
void file_write(struct machine *sh, struct span span, const char *path, bool exact,
		struct shell_value text, bool append);
/* Known here, but never told the host. */
void file_keep(struct machine *sh, const char *path, struct shell_value text);
void file_remove(struct machine *sh, const char *path);
/* "cd": false: there is no such folder, or nobody knows (*UNKNOWN). */
bool folder_change(struct machine *sh, struct span span, struct shell_value path,
		   const struct shell_origin **unknown);

#endif
