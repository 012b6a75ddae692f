/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions of the C library that extensions would use to leave this
 * process.  Exported from the program: see "hidden" in Makefile.am.
 */
#include "bind/interpose.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/netfilter.h>
#include <netdb.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/alloc.h"
#include "bind/iana.h"
#include "bind/ipset.h"
#include "bind/names.h"
#include "ruleset/protocol.h"

#define EXPORTED      __attribute__((visibility("default")))
#define OPTION_IP_SET 83 /* SO_IP_SET of linux/netfilter/ipset/ip_set.h */

static struct interposed *active;

void interpose_begin(struct interposed *session)
{
	active = session;
}

void interpose_end(void)
{
	active = NULL;
}

/* The function of that name that would have been called without us. */
static void *next(const char *name)
{
	void *function = dlsym(RTLD_NEXT, name);

	if (!function)
		abort();
	return function;
}

bool interpose_is_host_name(const char *text)
{
	const char *label = text;

	for (const char *c = text; *c; c++) {
		if (*c == '.')
			label = c + 1;
		else if (!isalnum((unsigned char)*c) && *c != '_' && (*c != '-' || c == label))
			return false;
	}
	if (!*text || *text == '.')
		return false;
	/* A last label without letters (or 0x...) is meant to be an address: RFC 3696, 2. */
	if (label[0] == '0' && (label[1] == 'x' || label[1] == 'X'))
		return false;
	for (const char *c = label; *c; c++)
		if (isalpha((unsigned char)*c))
			return true;
	return false;
}

/* One allocation holds both, so that freeaddrinfo() is free(). */
struct answer {
	struct addrinfo info;
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address;
};

static void answer_fill(struct answer *answer, int family, const struct addrinfo *hints)
{
	answer->info.ai_family = family;
	answer->info.ai_socktype = hints ? hints->ai_socktype : 0;
	answer->info.ai_addr = &answer->address.any;
	answer->info.ai_addrlen =
		family == AF_INET ? sizeof(answer->address.v4) : sizeof(answer->address.v6);
	answer->address.any.sa_family = (sa_family_t)family;
}

static struct answer *answer_new(int family, const struct addrinfo *hints)
{
	struct answer *answer = alloc_zeroed(sizeof(*answer));

	answer_fill(answer, family, hints);
	return answer;
}

/* Several answers in one allocation. */
static struct answer *answer_list(const struct addrinfo *hints, int family,
				  const union address *addresses, size_t n)
{
	struct answer *list = alloc_zeroed(n * sizeof(*list));

	for (size_t i = 0; i < n; i++) {
		struct answer *each = &list[i];

		answer_fill(each, family, hints);
		if (family == AF_INET)
			each->address.v4.sin_addr = addresses[i].v4;
		else
			each->address.v6.sin6_addr = addresses[i].v6;
		each->info.ai_next = i + 1 < n ? &list[i + 1].info : NULL;
	}
	return list;
}

/* Asks who was set to be asked, as if no extension was being called; NULL: no answer. */
static struct answer *resolve(const char *node, const struct addrinfo *hints)
{
	struct interposed *session = active;
	const union address *addresses;
	int family = session->nfproto == NFPROTO_IPV6 ? AF_INET6 : AF_INET;
	size_t n;

	if (!session->resolve)
		return NULL;
	active = NULL;
	n = session->resolve(session->context, node, &addresses);
	active = session;
	return n ? answer_list(hints, family, addresses, n) : NULL;
}

/* The C library takes any number here and keeps its low 16 bits. */
static bool numeric_port(const char *service, uint16_t *port)
{
	char *end;
	unsigned long number = strtoul(service, &end, 10);

	if (end == service || *end)
		return false;
	if (number > UINT16_MAX)
		active->port_cut = true;
	*port = (uint16_t)number;
	return true;
}

/* The port of a service.  The host's file decides, as it does at load; where there is none,
 * what IANA has assigned. */
static bool find_service(const char *name, const char *protocol, uint16_t *port)
{
	uint16_t assigned;
	bool known = iana_port(name, protocol, &assigned);

	if (!names_port(name, protocol, port)) {
		if (names_has_services() || !known)
			return false;
		*port = assigned;
	} else if (!known || assigned != *port) {
		snprintf(active->odd_service, sizeof(active->odd_service), "%s", name);
	}
	active->names++;
	return true;
}

static int answer_service(const char *service, const struct addrinfo *hints,
			  struct addrinfo **result)
{
	struct answer *answer;
	uint16_t port;

	if (!numeric_port(service, &port)) {
		if (!find_service(service, NULL, &port))
			return EAI_SERVICE;
	}
	answer = answer_new(AF_INET, hints);
	answer->address.v4.sin_port = htons(port);
	*result = &answer->info;
	return 0;
}

static int answer_node(const char *node, const struct addrinfo *hints, struct addrinfo **result)
{
	int family = hints ? hints->ai_family : AF_UNSPEC;
	struct answer *answer;
	struct in_addr v4;
	struct in6_addr v6;

	if (family != AF_INET6 && !strpbrk(node, " \t\r\n\v\f") && inet_aton(node, &v4)) {
		answer = answer_new(AF_INET, hints);
		answer->address.v4.sin_addr = v4;
	} else if (family != AF_INET && inet_pton(AF_INET6, node, &v6) == 1) {
		answer = answer_new(AF_INET6, hints);
		answer->address.v6.sin6_addr = v6;
	} else {
		answer = interpose_is_host_name(node) ? resolve(node, hints) : NULL;
		if (!answer && interpose_is_host_name(node) && !*active->unresolved_host)
			snprintf(active->unresolved_host, sizeof(active->unresolved_host), "%s",
				 node);
		if (!answer)
			return EAI_NONAME;
	}
	*result = &answer->info;
	return 0;
}

EXPORTED int getaddrinfo(const char *restrict node, const char *restrict service,
			 const struct addrinfo *restrict hints, struct addrinfo **restrict result)
{
	if (!active) {
		int (*real)(const char *, const char *, const struct addrinfo *,
			    struct addrinfo **) = next("getaddrinfo");

		return real(node, service, hints, result);
	}
	if (node)
		return answer_node(node, hints, result);
	return service ? answer_service(service, hints, result) : EAI_NONAME;
}

EXPORTED void freeaddrinfo(struct addrinfo *list)
{
	if (!active) {
		void (*real)(struct addrinfo *) = next("freeaddrinfo");

		real(list);
		return;
	}
	free(list);
}

EXPORTED struct netent *getnetbyname(const char *name)
{
	if (!active) {
		struct netent *(*real)(const char *) = next("getnetbyname");

		return real(name);
	}
	return NULL; /* getaddrinfo() is asked next, and notes the name */
}

EXPORTED struct servent *getservbyname(const char *name, const char *protocol)
{
	static struct servent entry;
	static char *no_alias;
	uint16_t port;

	if (!active) {
		struct servent *(*real)(const char *, const char *) = next("getservbyname");

		return real(name, protocol);
	}
	if (!find_service(name, protocol, &port))
		return NULL;
	entry.s_name = (char *)(uintptr_t)name;
	entry.s_aliases = &no_alias;
	entry.s_port = htons(port);
	entry.s_proto = (char *)(uintptr_t)protocol;
	return &entry;
}

static struct protoent *answer_protocol(const char *name, int number)
{
	static struct protoent entry;
	static char *no_alias;

	if (!name || number < 0)
		return NULL;
	entry.p_name = (char *)(uintptr_t)name;
	entry.p_aliases = &no_alias;
	entry.p_proto = number;
	return &entry;
}

EXPORTED struct protoent *getprotobyname(const char *name)
{
	if (!active) {
		struct protoent *(*real)(const char *) = next("getprotobyname");

		return real(name);
	}
	return answer_protocol(name, protocol_number(name));
}

EXPORTED struct protoent *getprotobynumber(int number)
{
	if (!active) {
		struct protoent *(*real)(int) = next("getprotobynumber");

		return real(number);
	}
	return answer_protocol(protocol_name((uint16_t)number, true), number);
}

/* "1-" and "4294967295" are wrong numbers, not accounts of another host. */
static void note_unknown_account(const char *name, bool group)
{
	if (!isalpha((unsigned char)*name) && *name != '_')
		return;
	snprintf(active->unknown_account, sizeof(active->unknown_account), "%s", name);
	active->unknown_is_group = group;
}

EXPORTED struct passwd *getpwnam(const char *name)
{
	struct passwd *found;

	if (!active) {
		struct passwd *(*real)(const char *) = next("getpwnam");

		return real(name);
	}
	found = names_user(name);
	if (found)
		active->names++;
	else
		note_unknown_account(name, false);
	return found;
}

EXPORTED struct group *getgrnam(const char *name)
{
	struct group *found;

	if (!active) {
		struct group *(*real)(const char *) = next("getgrnam");

		return real(name);
	}
	found = names_group(name);
	if (found)
		active->names++;
	else
		note_unknown_account(name, true);
	return found;
}

/* ---- from numbers to names: what -L prints without -n ---- */

EXPORTED struct passwd *getpwuid(uid_t id)
{
	if (!active) {
		struct passwd *(*real)(uid_t) = next("getpwuid");

		return real(id);
	}
	return names_user_of(id);
}

EXPORTED struct group *getgrgid(gid_t id)
{
	if (!active) {
		struct group *(*real)(gid_t) = next("getgrgid");

		return real(id);
	}
	return names_group_of(id);
}

EXPORTED struct servent *getservbyport(int port, const char *protocol)
{
	static struct servent entry;
	static char *no_alias;
	const char *name;

	if (!active) {
		struct servent *(*real)(int, const char *) = next("getservbyport");

		return real(port, protocol);
	}
	name = protocol ? names_service(ntohs((uint16_t)port), protocol) : NULL;
	if (!name)
		return NULL;
	entry.s_name = (char *)(uintptr_t)name;
	entry.s_aliases = &no_alias;
	entry.s_port = port;
	entry.s_proto = (char *)(uintptr_t)protocol;
	return &entry;
}

EXPORTED int getnameinfo(const struct sockaddr *restrict address, socklen_t length,
			 char *restrict node, socklen_t node_size, char *restrict service,
			 socklen_t service_size, int flags)
{
	int (*real)(const struct sockaddr *, socklen_t, char *, socklen_t, char *, socklen_t, int);

	if (active)
		return EAI_NONAME; /* addresses stay numbers */
	real = next("getnameinfo");
	return real(address, length, node, node_size, service, service_size, flags);
}

EXPORTED struct hostent *gethostbyaddr(const void *address, socklen_t length, int type)
{
	struct hostent *(*real)(const void *, socklen_t, int);

	if (active)
		return NULL;
	real = next("gethostbyaddr");
	return real(address, length, type);
}

EXPORTED struct netent *getnetbyaddr(uint32_t net, int type)
{
	struct netent *(*real)(uint32_t, int);

	if (active)
		return NULL;
	real = next("getnetbyaddr");
	return real(net, type);
}

/* ---- the world ---- */

EXPORTED int socket(int domain, int type, int protocol)
{
	if (!active) {
		int (*real)(int, int, int) = next("socket");

		return real(domain, type, protocol);
	}
	/* The set extensions ask the kernel over a raw socket; getsockopt() answers. */
	if ((type & 0xf) == SOCK_RAW)
		return open("/dev/null", O_RDWR | O_CLOEXEC);
	errno = EACCES;
	return -1;
}

EXPORTED int getsockopt(int fd, int level, int option, void *restrict data,
			socklen_t *restrict size)
{
	if (!active) {
		int (*real)(int, int, int, void *, socklen_t *) = next("getsockopt");

		return real(fd, level, option, data, size);
	}
	if (level == SOL_IP && option == OPTION_IP_SET)
		return ipset_answer(data, *size, active->nfproto);
	errno = ENOPROTOOPT;
	return -1;
}

EXPORTED long syscall(long number, ...)
{
	long (*real)(long, ...);
	long argument[6];
	va_list list;

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		argument[i] = va_arg(list, long);
	va_end(list);
	/* bpf --object-pinned opens the object; the text needs only its path.  The
	 * extension keeps the descriptor, so all share one. */
	if (active && number == SYS_bpf) {
		static int object = -1;

		if (object < 0)
			object = open("/dev/null", O_RDONLY | O_CLOEXEC);
		return object;
	}
	real = next("syscall");
	return real(number, argument[0], argument[1], argument[2], argument[3], argument[4],
		    argument[5]);
}

EXPORTED void exit(int status)
{
	void (*real)(int) __attribute__((noreturn));

	if (active)
		active->left(status);
	real = next("exit");
	real(status);
}
