/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the handler of a signal may do: write(2) and simple values.
 */
#include "cmd/progress.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define BEGIN_LINE "\r"
#define CLEAR_REST "\033[K"

static struct {
	bool is_on;
	bool output_is_terminal;
	volatile sig_atomic_t is_drawn;
	volatile sig_atomic_t is_held; /* something else is being printed */
	volatile size_t done, total;
} progress;

static void put(const char *text, size_t len)
{
	/* a terminal that is gone is nobody's trouble here */
	if (write(STDERR_FILENO, text, len) < 0)
		return;
}

static size_t add_text(char *line, size_t at, const char *text)
{
	while (*text)
		line[at++] = *text++;
	return at;
}

static size_t add_number(char *line, size_t at, size_t number)
{
	char digits[24];
	size_t n = 0;

	do
		digits[n++] = (char)('0' + number % 10);
	while (number /= 10);
	while (n)
		line[at++] = digits[--n];
	return at;
}

static void draw(int signal)
{
	int error = errno;
	char line[128];
	size_t at;

	(void)signal;
	if (progress.is_held)
		return;
	at = add_text(line, 0, BEGIN_LINE "iptlint: ");
	if (progress.total) {
		at = add_number(line, at, progress.done);
		at = add_text(line, at, " of ");
		at = add_number(line, at, progress.total);
		at = add_text(line, at, progress.total == 1 ? " file" : " files");
	} else {
		at = add_text(line, at, "looking for files");
	}
	at = add_text(line, at, CLEAR_REST);
	progress.is_drawn = true;
	put(line, at);
	errno = error;
}

void progress_begin(void)
{
	const struct itimerval times = { .it_value.tv_sec = 1, .it_interval.tv_usec = 200000 };
	struct sigaction action = { .sa_handler = draw, .sa_flags = SA_RESTART };
	const char *term = getenv("TERM");

	memset(&progress, 0, sizeof(progress));
	if (!isatty(STDERR_FILENO) || !term || strcmp(term, "dumb") == 0)
		return;
	progress.output_is_terminal = isatty(STDOUT_FILENO);
	progress.is_on =
		sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &times, NULL) == 0;
}

void progress_total(size_t files)
{
	progress.total = files;
}

void progress_step(void)
{
	progress.done++;
	progress.is_held = false;
}

void progress_hide(void)
{
	static const char clear[] = BEGIN_LINE CLEAR_REST;

	if (!progress.is_on)
		return;
	progress.is_held = true;
	if (progress.is_drawn)
		put(clear, sizeof(clear) - 1);
	progress.is_drawn = false;
}

void progress_hide_for_output(void)
{
	if (progress.output_is_terminal)
		progress_hide();
}

void progress_end(void)
{
	const struct itimerval never = { 0 };

	if (!progress.is_on)
		return;
	setitimer(ITIMER_REAL, &never, NULL);
	progress_hide();
	progress.is_on = false;
}

void progress_leave(void)
{
	progress.is_on = false;
}
