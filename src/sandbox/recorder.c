/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The recorder: a program of the system, as a script inside of a sandbox meets it.  It
 * asks the process outside what to answer, prints that and ends.  Knows what programs
 * read, and nothing of what they do.
 */
#include "sandbox/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/word.h"
#include "sandbox/names.h"
#include "sandbox/wire.h"

#define MAX_ANCESTORS 24
#define CANNOT_ASK    125

struct input {
	bool is_read;
	int error; /* of a file that is read instead of standard input */
	struct buf bytes;
};

/* ---- what the program reads ---- */

/* The options of iptables-restore; -w takes a number as its own word, too. */
static const char *restore_file(int argc, char **argv)
{
	static const struct option options[] = {
		{ "counters", no_argument, NULL, 'c' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "version", no_argument, NULL, 'V' },
		{ "test", no_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ "noflush", no_argument, NULL, 'n' },
		{ "modprobe", required_argument, NULL, 'M' },
		{ "table", required_argument, NULL, 'T' },
		{ "wait", optional_argument, NULL, 'w' },
		{ "wait-interval", optional_argument, NULL, 'W' },
		{ "ipv4", no_argument, NULL, '4' },
		{ "ipv6", no_argument, NULL, '6' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "bcvVthnwWM:T:46", options, NULL)) != -1)
		if ((option == 'w' || option == 'W') && !optarg && optind < argc &&
		    argv[optind][0] != '-')
			optind++;
	return optind < argc ? argv[optind] : "-";
}

/* "-" where it reads standard input, NULL where it reads nothing. */
static const char *ipset_file(int argc, char **argv)
{
	const char *file = "-";
	bool restores = false;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "restore") == 0 || strcmp(argv[i], "-R") == 0 ||
		    strcmp(argv[i], "--restore") == 0 || strcmp(argv[i], "-") == 0)
			restores = true;
		else if ((strcmp(argv[i], "-f") == 0 || strcmp(argv[i], "-file") == 0 ||
			  strcmp(argv[i], "--file") == 0) &&
			 i + 1 < argc)
			file = argv[++i];
	}
	return restores ? file : NULL;
}

static const char *nft_file(int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], "-f") == 0 || strcmp(argv[i], "--file") == 0)
			return argv[i + 1];
	return NULL;
}

static const char *logger_file(int argc, char **argv)
{
	opterr = 0;
	while (getopt(argc, argv, "+ceist:p:f:n:P:Tdu:") != -1)
		;
	return optind < argc ? NULL : "-";
}

static const char *file_of(int argc, char **argv)
{
	switch (sandbox_input_of(base_name(argv[0]))) {
	case SANDBOX_INPUT_RESTORE:
		return restore_file(argc, argv);
	case SANDBOX_INPUT_IPSET:
		return ipset_file(argc, argv);
	case SANDBOX_INPUT_NFT:
		return nft_file(argc, argv);
	case SANDBOX_INPUT_LOGGER:
		return logger_file(argc, argv);
	case SANDBOX_INPUT_NONE:
		break;
	}
	return NULL;
}

/* One byte too many tells the other side that there is more. */
static void read_all(int fd, struct buf *bytes)
{
	char some[65536];
	ssize_t n;

	while (bytes->len <= INSIDE_MAX_READ) {
		n = read(fd, some, sizeof(some));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		buf_add(bytes, some, (size_t)n);
	}
}

static void read_input(struct input *input, int argc, char **argv)
{
	/* getopt() moves the words. */
	char **words = calloc((size_t)argc + 1, sizeof(*words));
	const char *file;
	int fd;

	if (!words)
		return;
	memcpy(words, argv, (size_t)argc * sizeof(*words));
	file = file_of(argc, words);
	free(words);
	if (!file)
		return;
	input->is_read = true;
	if (strcmp(file, "-") == 0) {
		read_all(STDIN_FILENO, &input->bytes);
		return;
	}
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		input->error = errno;
		return;
	}
	read_all(fd, &input->bytes);
	close(fd);
}

/* ---- the question ---- */

static long parent_of(long pid)
{
	char path[64];
	char stat[512];
	const char *end;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, stat, sizeof(stat) - 1);
	close(fd);
	if (n <= 0)
		return 0;
	stat[n] = '\0';
	/* The name of the program, in parentheses, may hold anything. */
	end = strrchr(stat, ')');
	return end && end[1] && end[2] && end[3] ? strtol(end + 3, NULL, 10) : 0;
}

/* Of this process and its ancestors, so that the line of the script is found under "xargs". */
static void add_processes(struct buf *message)
{
	struct buf text = BUF_INIT;
	long pid = getpid();

	for (int i = 0; i < MAX_ANCESTORS && pid > 1; i++) {
		buf_printf(&text, "%ld ", pid);
		pid = i ? parent_of(pid) : getppid();
	}
	wire_string(message, buf_string(&text), text.len);
	buf_free(&text);
}

/*
 * What a script has put aside to be read by people: it is added to, has its errors as well, or the
 * name of a log.
 */
static bool is_log(const struct stat *out)
{
	struct stat err;
	char path[PATH_MAX];
	ssize_t len;

	if (!S_ISREG(out->st_mode))
		return false;
	if (fcntl(STDOUT_FILENO, F_GETFL) & O_APPEND)
		return true;
	if (fstat(STDERR_FILENO, &err) == 0 && err.st_dev == out->st_dev &&
	    err.st_ino == out->st_ino)
		return true;
	len = readlink("/proc/self/fd/1", path, sizeof(path) - 1);
	if (len <= 0)
		return false;
	path[len] = '\0';
	return strncmp(path, "/var/log/", 9) == 0 ||
	       (len > 4 && strcmp(path + len - 4, ".log") == 0);
}

/* The other side knows which pipe is the script's own output. */
static void add_output(struct buf *message)
{
	struct buf text = BUF_INIT;
	struct stat stat;

	if (fstat(STDOUT_FILENO, &stat) == 0)
		buf_printf(&text, "%ju %ju %d", (uintmax_t)stat.st_dev, (uintmax_t)stat.st_ino,
			   S_ISCHR(stat.st_mode) || is_log(&stat) ? 0 : 1);
	else
		buf_printf(&text, "0 0 0");
	wire_string(message, buf_string(&text), text.len);
	buf_free(&text);
}

static void make_question(struct buf *message, const struct input *input, int argc, char **argv)
{
	char cwd[PATH_MAX];
	char number[32];

	wire_start(message);
	add_processes(message);
	if (!getcwd(cwd, sizeof(cwd)))
		cwd[0] = '\0';
	wire_string(message, cwd, strlen(cwd));
	add_output(message);
	snprintf(number, sizeof(number), "%d %d", input->is_read ? 1 : 0, input->error);
	wire_string(message, number, strlen(number));
	wire_string(message, input->bytes.data, input->bytes.len);
	for (int i = 0; i < argc; i++)
		wire_string(message, argv[i], strlen(argv[i]));
	wire_end(message);
}

static int connect_outside(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + sizeof(INSIDE_SOCKET));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	/* Abstract: a NUL, then the name without one. */
	memcpy(address.sun_path + 1, INSIDE_SOCKET, sizeof(INSIDE_SOCKET) - 1);
	if (fd < 0)
		return -1;
	while (connect(fd, (struct sockaddr *)&address, len) < 0) {
		if (errno == EINTR)
			continue;
		close(fd);
		return -1;
	}
	return fd;
}

static bool receive(int fd, struct buf *message)
{
	char some[65536];
	ssize_t n;

	while (message->len < sizeof(uint32_t) ||
	       message->len < wire_length(message->data, message->len)) {
		n = recv(fd, some, sizeof(some), 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		buf_add(message, some, (size_t)n);
	}
	return true;
}

static int ask(int argc, char **argv)
{
	struct input input = { 0 };
	struct buf message = BUF_INIT;
	struct wire_reader reader;
	const char *status;
	const char *out;
	const char *err;
	size_t len;
	size_t out_len;
	size_t err_len;
	int fd;

	read_input(&input, argc, argv);
	make_question(&message, &input, argc, argv);
	fd = connect_outside();
	if (fd < 0 || !wire_write(fd, message.data, message.len))
		return CANNOT_ASK;
	buf_clear(&message);
	if (!receive(fd, &message))
		return CANNOT_ASK;
	wire_reader_init(&reader, message.data, message.len);
	status = wire_next(&reader, &len);
	out = wire_next(&reader, &out_len);
	err = wire_next(&reader, &err_len);
	if (!status || !out || !err)
		return CANNOT_ASK;
	wire_write(STDERR_FILENO, err, err_len);
	wire_write(STDOUT_FILENO, out, out_len);
	return atoi(status);
}

/* ---- sudo ---- */

static bool takes_value(const char *option)
{
	static const char *const options[] = { "-u",	  "-g",	    "-h",	"-p",
					       "-C",	  "-r",	    "-t",	"-T",
					       "-U",	  "-D",	    "-R",	"--user",
					       "--group", "--host", "--prompt", "--chdir" };

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (strcmp(option, options[i]) == 0)
			return true;
	return false;
}

static int run_words(int argc, char **argv)
{
	int i = 1;

	while (i < argc && argv[i][0] == '-') {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		i += takes_value(argv[i]) ? 2 : 1;
	}
	while (i < argc && strchr(argv[i], '=') && argv[i][0] != '/')
		putenv(argv[i++]);
	if (i >= argc)
		return 0;
	execvp(argv[i], argv + i);
	fprintf(stderr, "%s: %s: command not found\n", base_name(argv[0]), argv[i]);
	return 1;
}

int recorder_main(int argc, char **argv)
{
	/* As the interpreter of a file that stands for a program, "#!" of Linux puts its
	 * path in the place of the name. */
	if (argc > 1 && strcmp(argv[0], INSIDE_PROGRAM) == 0) {
		argc--;
		argv++;
	}
	if (argc < 1)
		return CANNOT_ASK;
	if (sandbox_name_runs_words(base_name(argv[0])))
		return run_words(argc, argv);
	return ask(argc, argv);
}
