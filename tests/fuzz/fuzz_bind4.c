/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as an IPv4 rules file, from the scanner to the text. */
#include "fuzz_bind.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	fuzz_bind(FAMILY_IPV4, bytes, len);
	return 0;
}
