/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports strings that are looked for where all but the handshake is encrypted.
 */
#include <string.h>

#include "lint/content.h"
#include "lint/rules.h"

/* Only characters of names of hosts, as a client writes them into its first message. */
static bool may_be_host_name(const struct content *content)
{
	for (const char *c = content->pattern; *c; c++) {
		bool is_upper = *c >= 'A' && *c <= 'Z';

		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-._", *c) &&
		    !(is_upper && content->icase))
			return false;
	}
	return true;
}

/* Before TLS 1.3 a server sends its certificate, with names of all kinds, in clear text. */
static bool may_be_in_certificate(const struct content *content)
{
	return content->all_tls_in && !strpbrk(content->pattern, "/<>{}=\"");
}

/* What a client offers to speak inside stands in clear text in its first message. */
static bool may_be_protocol(const struct content *content)
{
	return strstr("http/1.1", content->pattern) || strstr("h2", content->pattern);
}

static void report(void *context, const struct content *content)
{
	struct diags *diags = context;
	enum level level = LEVEL_WARNING;
	const char *message;
	struct diag *diag;

	if (!content->is_string || !content->pattern || content->at->table == TABLE_NAT ||
	    content->all_syn)
		return;
	if (content->all_quic) {
		message = "this string match sees ciphertext: what is sent over udp port 443 is "
			  "QUIC, which encrypts the first packet, too";
	} else if (!content->all_tls_in && !content->all_tls_out) {
		return;
	} else if (may_be_in_certificate(content)) {
		level = LEVEL_INFO;
		message = "this string match can find a name in the handshake of TLS, nothing "
			  "behind it: that is ciphertext";
	} else if (may_be_host_name(content) || may_be_protocol(content)) {
		level = LEVEL_INFO;
		message = "this string match can find the name of the server (SNI) in the first "
			  "message of TLS, not a URL or what is sent: that is ciphertext";
	} else {
		message = "this string match sees ciphertext: on this port TLS begins with the "
			  "connection";
	}
	diag = interest_diag(diags, "string-match-on-tls-port", content->at, level, message);
	diag_need_extra(diags->arena, diag)->witness = content->sample;
	diag_hint(diags, diag, "filter by address, or in the program that ends the encryption");
}

static void check(const struct unit *unit, struct diags *diags)
{
	content_each(unit, report, diags);
}

const struct lint_rule lint_string_match_on_tls_port = {
	.name = "string-match-on-tls-port",
	.group = "state",
	.summary = "a string is looked for on a port where all is encrypted",
	.level = LEVEL_WARNING,
	.check = check,
};
