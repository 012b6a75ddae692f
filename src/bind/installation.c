/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which libxtables is installed, and which extensions.
 *
 * The library does not tell its release.  What it exports does: a function
 * that a release brought is looked up by name.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "bind/library.h"
#include "config.h"
#include "ruleset/quirk.h"

/* The first release that exports a function; newest first. */
static const struct {
	const char *symbol;
	unsigned release;
	const char *words;
} marks[] = {
	{ "xtables_strtoul_base", RELEASE(1, 8, 11), "1.8.11 or later" },
	{ NULL, RELEASE(1, 8, 9), "1.8.9 or 1.8.10" },
};

static size_t release_mark(void)
{
	size_t i = 0;

	while (marks[i].symbol && !dlsym(RTLD_DEFAULT, marks[i].symbol))
		i++;
	return i;
}

unsigned library_release(void)
{
	return marks[release_mark()].release;
}

/* libxtables takes another directory from the environment, and so does this. */
static const char *extension_directory(void)
{
	const char *directory = getenv("XTABLES_LIBDIR");

	return directory ? directory : XTABLES_LIBDIR;
}

/* "libxt_tcp.so" -> "tcp"; NULL if it is no extension for FAMILY (0: for any). */
static const char *extension_name(const char *file, enum family family, char *name, size_t size)
{
	static const struct {
		const char *prefix;
		enum family family;
	} prefixes[] = {
		{ "libxt_", FAMILY_UNSPEC },
		{ "libipt_", FAMILY_IPV4 },
		{ "libip6t_", FAMILY_IPV6 },
	};
	size_t len = strlen(file);

	if (len < 4 || strcmp(file + len - 3, ".so") != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		size_t skip = strlen(prefixes[i].prefix);

		if (strncmp(file, prefixes[i].prefix, skip) != 0)
			continue;
		if (family && prefixes[i].family && prefixes[i].family != family)
			continue;
		if (len - skip - 3 >= size)
			continue;
		memcpy(name, file + skip, len - skip - 3);
		name[len - skip - 3] = '\0';
		return name;
	}
	return NULL;
}

void library_each_name(enum family family, void (*offer)(void *context, const char *name),
		       void *context)
{
	DIR *directory = opendir(extension_directory());
	struct dirent *file;
	char name[64];

	if (!directory)
		return;
	while ((file = readdir(directory)))
		if (extension_name(file->d_name, family, name, sizeof(name)))
			offer(context, name);
	closedir(directory);
}

static void count_name(void *context, const char *name)
{
	(void)name;
	++*(size_t *)context;
}

const char *library_empty_directory(enum family family)
{
	size_t n = 0;

	library_each_name(family, count_name, &n);
	return n ? NULL : extension_directory();
}

void library_describe(struct xtables_version *version)
{
	static char path[PATH_MAX];
	void *symbol = dlsym(RTLD_DEFAULT, "xtables_find_match");
	Dl_info info;

	version->release = marks[release_mark()].words;
	version->library = "not found";
	if (symbol && dladdr(symbol, &info) && info.dli_fname)
		version->library = realpath(info.dli_fname, path) ? path : info.dli_fname;
	version->directory = extension_directory();
	version->n_extensions = 0;
	library_each_name(FAMILY_UNSPEC, count_name, &version->n_extensions);
}
