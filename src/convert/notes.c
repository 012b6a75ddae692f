/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs that change a host and not its packet filter: all that is known of them.
 */
#include "convert/notes.h"

#include <string.h>

#include "base/word.h"

#define SYSCTL_FOLDER "/proc/sys/"

static const struct program_facts programs[] = {
	{ "arp", "/usr/sbin/arp", true, true },
	{ "arptables", "/usr/sbin/arptables", false, true },
	{ "brctl", "/usr/sbin/brctl", true, true },
	{ "chkconfig", "/usr/sbin/chkconfig", false, true },
	{ "chmod", "/usr/bin/chmod", false, false },
	{ "chown", "/usr/bin/chown", false, false },
	{ "clear", "/usr/bin/clear", false, false },
	{ "conntrack", "/usr/sbin/conntrack", true, true },
	{ "date", "/usr/bin/date", true, false },
	{ "depmod", "/usr/sbin/depmod", false, false },
	{ "ebtables", "/usr/sbin/ebtables", false, true },
	{ "ethtool", "/usr/sbin/ethtool", true, true },
	{ "fail2ban-client", "/usr/bin/fail2ban-client", true, true },
	{ "hostname", "/usr/bin/hostname", true, false },
	{ "ifconfig", "/usr/sbin/ifconfig", true, true },
	{ "insmod", "/usr/sbin/insmod", false, true },
	{ "invoke-rc.d", "/usr/sbin/invoke-rc.d", false, true },
	{ "ip", "/usr/sbin/ip", true, true },
	{ "logger", "/usr/bin/logger", false, false },
	{ "lsmod", "/usr/sbin/lsmod", true, false },
	{ "mkdir", "/usr/bin/mkdir", false, false },
	{ "modprobe", "/usr/sbin/modprobe", false, true },
	{ "netfilter-persistent", "/usr/sbin/netfilter-persistent", false, true },
	{ "rc-service", "/usr/sbin/rc-service", false, true },
	{ "rm", "/usr/bin/rm", false, false },
	{ "rmmod", "/usr/sbin/rmmod", false, true },
	{ "route", "/usr/sbin/route", true, true },
	{ "service", "/usr/sbin/service", false, true },
	{ "sleep", "/usr/bin/sleep", false, false },
	{ "stty", "/usr/bin/stty", true, false },
	{ "sync", "/usr/bin/sync", false, false },
	{ "sysctl", "/usr/sbin/sysctl", true, true },
	{ "systemctl", "/usr/bin/systemctl", true, true },
	{ "tc", "/usr/sbin/tc", true, true },
	{ "tee", "/usr/bin/tee", false, false },
	{ "touch", "/usr/bin/touch", false, false },
	{ "tput", "/usr/bin/tput", true, false },
	{ "uname", "/usr/bin/uname", true, false },
	{ "update-rc.d", "/usr/sbin/update-rc.d", false, true },
};

const struct program_facts *program_facts(const char *name)
{
	name = base_name(name);
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
		if (!strcmp(programs[i].name, name))
			return &programs[i];
	return NULL;
}

/* ---- the list ---- */

static void add(struct notes *notes, enum note_kind kind, const char *text)
{
	for (size_t i = notes->n; i-- > 0;)
		if (notes->list[i].kind == kind && !strcmp(notes->list[i].text, text))
			return;
	if (notes->n == notes->capacity) {
		struct note *larger;

		notes->capacity = notes->capacity ? 2 * notes->capacity : 16;
		larger = arena_alloc(notes->arena, notes->capacity * sizeof(*larger));
		if (notes->n)
			memcpy(larger, notes->list, notes->n * sizeof(*larger));
		notes->list = larger;
	}
	notes->list[notes->n++] = (struct note){ kind, arena_strdup(notes->arena, text) };
}

/* "net/ipv4/ip_forward" and "1\n": "net.ipv4.ip_forward = 1".  sysctl.d(5) takes the path with
 * slashes too, which names of interfaces with dots need. */
static void add_setting(struct notes *notes, const char *path, const char *value, size_t len)
{
	char *name = arena_strdup(notes->arena, path);

	while (len && strchr(" \t\n", value[len - 1]))
		len--;
	if (!strchr(name, '.'))
		for (char *c = name; *c; c++)
			if (*c == '/')
				*c = '.';
	add(notes, NOTE_SETTING, arena_printf(notes->arena, "%s = %.*s", name, (int)len, value));
}

static void add_settings(struct notes *notes, const char *const *words, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const char *equals = strchr(words[i], '=');

		if (*words[i] == '-' || !equals)
			continue;
		add_setting(notes,
			    arena_strndup(notes->arena, words[i], (size_t)(equals - words[i])),
			    equals + 1, strlen(equals + 1));
	}
}

/* The module that is loaded: the first word that is no option, and behind -a all of them. */
static void add_modules(struct notes *notes, const char *const *words, size_t n)
{
	bool all = false;

	for (size_t i = 1; i < n; i++) {
		if (!strcmp(words[i], "-r") || !strcmp(words[i], "--remove"))
			return;
		if (!strcmp(words[i], "-a") || !strcmp(words[i], "--all"))
			all = true;
	}
	for (size_t i = 1; i < n; i++) {
		if (*words[i] == '-')
			continue;
		add(notes, NOTE_MODULE, base_name(words[i]));
		if (!all)
			return;
	}
}

static void add_set(struct notes *notes, const char *const *words, size_t n)
{
	const char *text = "ipset";

	for (size_t i = 1; i < n; i++)
		text = arena_printf(notes->arena, "%s %s", text, words[i]);
	add(notes, NOTE_SET, text);
}

void notes_add_call(struct notes *notes, const char *const *words, size_t n_words)
{
	const struct program_facts *facts = program_facts(words[0]);
	const char *name = base_name(words[0]);

	if (!strcmp(name, "ipset"))
		add_set(notes, words, n_words);
	else if (!strcmp(name, "sysctl"))
		add_settings(notes, words, n_words);
	else if (!strcmp(name, "modprobe") || !strcmp(name, "insmod"))
		add_modules(notes, words, n_words);
	else if (facts && facts->changes)
		add(notes, NOTE_PROGRAM, name);
	else if (!strncmp(words[0], "/etc/", strlen("/etc/"))) /* a start script */
		add(notes, NOTE_PROGRAM, words[0]);
}

void notes_add_file(struct notes *notes, const char *path, const char *text)
{
	size_t len = strlen(SYSCTL_FOLDER);

	if (!strncmp(path, "/dev/", strlen("/dev/")))
		return;
	if (!strncmp(path, SYSCTL_FOLDER, len) && text)
		add_setting(notes, path + len, text, strlen(text));
	else
		add(notes, NOTE_FILE, *path ? path : "a file whose name is not known");
}
