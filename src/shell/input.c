/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The texts that are scanned, and where their bytes are in the source.  Knows
 * nothing of the language.
 */
#include "shell/reader.h"

struct shell_input *input_new(struct arena *arena, struct shell_input *outer, uint32_t base,
			      const char *text, uint32_t len)
{
	struct shell_input *input = arena_new_object(arena, struct shell_input);

	input->outer = outer;
	input->base = base;
	input->text = text;
	input->len = len;
	if (outer) {
		input->depth = outer->depth + 1;
		input->is_bash = outer->is_bash;
		input->is_extglob = outer->is_extglob;
	}
	return input;
}

/* How many of the bytes that were taken out stood before the byte at OFFSET. */
static uint32_t count_dropped(const struct shell_input *input, uint32_t offset)
{
	uint32_t low = 0;
	uint32_t high = input->n_dropped;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (input->dropped[middle] <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint32_t source_offset(const struct shell_input *input, uint32_t offset)
{
	for (; input; input = input->outer) {
		if (input->n_dropped)
			offset += count_dropped(input, offset);
		offset += input->base;
	}
	return offset;
}

struct span input_span(const struct shell_input *input, uint32_t start, uint32_t end)
{
	struct span span;

	span.start = source_offset(input, start);
	span.end = end > start ? source_offset(input, end - 1) + 1 : span.start;
	return span;
}

struct span input_piece_span(const struct shell_input *input)
{
	return input_span(input, input->start, input->end);
}
