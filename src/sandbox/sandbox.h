/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a script for real, by its own shell, where it can reach nothing: in a sandbox
 * made with bubblewrap, with a recorder in the place of the programs that ask or change
 * the system.  Each of their calls comes to a handler, which says what the program
 * would have answered.
 *
 * Knows nothing of rules, and of the shell language only how bash says where it is.
 * Prints nothing.
 */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"

/* What a script may use; all of them hold whoever starts it.  0: the default. */
struct sandbox_limits {
	unsigned wall_seconds;
	unsigned cpu_seconds; /* of all processes together */
	size_t memory;	      /* bytes, private, of all processes together */
	size_t files;	      /* bytes, written to files, together */
	size_t output;	      /* bytes, standard output and standard error together */
	unsigned processes;   /* at a time */
};

/* Which of them ended the script. */
enum sandbox_limit {
	SANDBOX_LIMIT_NONE,
	SANDBOX_LIMIT_WALL,
	SANDBOX_LIMIT_CPU,
	SANDBOX_LIMIT_MEMORY,
	SANDBOX_LIMIT_FILES,
	SANDBOX_LIMIT_OUTPUT,
	SANDBOX_LIMIT_PROCESSES,
	SANDBOX_LIMIT_INPUT, /* of one call: what a program was given to read */
};

/* "time", "CPU time", "memory" ...: for messages. */
const char *sandbox_limit_name(enum sandbox_limit limit);

/* What programs that nobody simulates answer: the content of FILE. */
struct sandbox_file_answer {
	const char *program; /* "ip", or "ip addr": the program and its first word */
	const char *file;
};

struct sandbox_options {
	const char *program; /* the file of iptlint itself, which is the recorder */
	const char *script;
	const char *shell;	 /* "sh" or "bash" */
	const char *shell_flags; /* "-e": what its "#!" line gives the shell; NULL: nothing */
	const char *const *arguments;
	size_t n_arguments;
	const char *const *definitions; /* NAME=VALUE, for the environment */
	size_t n_definitions;
	const struct sandbox_file_answer *answers;
	size_t n_answers;
	struct sandbox_limits limits;
	const char *home;  /* the caller's: its files stay outside; NULL: not known */
	const char *bwrap; /* NULL: where packages install it */
};

/* A place in the script. */
struct sandbox_place {
	unsigned line; /* in the script; 0: not known */
	/* Where the command stands in another file, LINE is that of the command that led
	 * there; NULL: it stands in the script. */
	const char *other_file;
	unsigned other_line;
};

struct sandbox_call {
	const char *const *words; /* words[0] is the program as called, with its path */
	size_t n_words;
	const char *name; /* of the program, without a path */
	const char *cwd;
	/* What it was given to read; NULL: nothing, or it does not read. */
	const char *input;
	size_t input_len;
	int input_errno; /* why the file that a word names could not be read; 0: it was */
	/* A pipe or a file gets what it prints: not the script's own output, nor a log. */
	bool output_is_read;
	struct sandbox_place place; /* as far as it is known: see struct sandbox_outcome */
};

struct sandbox_answer {
	/*
	 * The handler knows what the program would do.  If not, the answer comes from
	 * the options, or is nothing with status 0.
	 */
	bool is_known;
	int status; /* 0..255 */
	struct buf out;
	struct buf err;
};

struct sandbox_handler {
	void *context;
	/* Called for one program at a time, in the order of the calls. */
	void (*call)(void *context, const struct sandbox_call *call, struct sandbox_answer *answer);
};

/* A program whose output was read, and that was answered with nothing; none of those that only
 * do something, such as modprobe. */
struct sandbox_unanswered {
	const char *what; /* "hostname", "ip addr": never more of its words */
	struct sandbox_place place;
	size_t count; /* how often, at this place */
};

/* A setting of the kernel that the script wrote. */
struct sandbox_setting {
	const char *path; /* "/proc/sys/net/ipv4/ip_forward" */
	const char *value;
	size_t len;
};

struct sandbox_outcome {
	/* Why the script could not be run; NULL: it was.  A way out may follow in HINT. */
	const char *error;
	const char *hint;
	int status; /* of the script, 0..255; 128 + signal where one ended it */
	int signal; /* that ended the script; 0: none */
	enum sandbox_limit limit;
	/* What it printed: the first 64 KiB of each, with a NUL behind. */
	const char *out;
	size_t out_len;
	const char *err;
	size_t err_len;
	/*
	 * Of each call, in the order in which the handler got them.  bash tells them during
	 * the run; for sh, or where the script turns that off ("set +x"), they come from a second
	 * run, by bash, for the calls that both make.
	 */
	const struct sandbox_place *places;
	size_t n_places;
	const struct sandbox_unanswered *unanswered;
	size_t n_unanswered;
	const struct sandbox_setting *settings;
	size_t n_settings;
	/* Files and folders that say what a host is like, that the script looked into, and that
	 * were empty: /etc/resolv.conf, /sys/class/net ... */
	const char *const *empty_files;
	size_t n_empty_files;
	/* The script's folder is too large: the script saw only a part of it. */
	bool folder_is_cut;
};

/*
 * The script and what lies beside it (regular files, folders, links) are copies inside, at the
 * same place but for system folders; of a home, /etc, /tmp and the like there is only the
 * script.  It starts in its folder.  What it writes goes away with the sandbox.
 *
 * Runs the script to its end, or to a limit.  Nothing of it is left then.  False: it was
 * not run, and the outcome has an error.  The outcome lives in ARENA.
 *
 * A script may run twice, for the lines of its calls; the second run has the answers of the
 * first, and no handler.
 */
bool sandbox_run(struct arena *arena, const struct sandbox_options *options,
		 const struct sandbox_handler *handler, struct sandbox_outcome *outcome);

/*
 * For main(): this process was started inside of a sandbox, as its first process or as the
 * recorder; *STATUS is what to exit with.
 */
bool sandbox_is_inside(int argc, char **argv, int *status);

#endif
