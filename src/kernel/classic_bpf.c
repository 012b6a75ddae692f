/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program is taken if it knows all instructions, jumps forward and inside of
 * itself, ends with a return, and reads no scratch memory that it did not write.
 */
#include "kernel/classic_bpf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MOST_INSTRUCTIONS 64

static bool is_known_alu(unsigned code)
{
	switch (BPF_OP(code)) {
	case BPF_ADD:
	case BPF_SUB:
	case BPF_MUL:
	case BPF_DIV:
	case BPF_OR:
	case BPF_AND:
	case BPF_LSH:
	case BPF_RSH:
	case BPF_MOD:
	case BPF_XOR:
		return true;
	case BPF_NEG:
		return BPF_SRC(code) == BPF_K;
	}
	return false;
}

static bool is_known(unsigned code)
{
	switch (code) {
	case BPF_LD | BPF_W | BPF_ABS:
	case BPF_LD | BPF_H | BPF_ABS:
	case BPF_LD | BPF_B | BPF_ABS:
	case BPF_LD | BPF_W | BPF_IND:
	case BPF_LD | BPF_H | BPF_IND:
	case BPF_LD | BPF_B | BPF_IND:
	case BPF_LD | BPF_W | BPF_LEN:
	case BPF_LD | BPF_IMM:
	case BPF_LD | BPF_MEM:
	case BPF_LDX | BPF_W | BPF_LEN:
	case BPF_LDX | BPF_B | BPF_MSH:
	case BPF_LDX | BPF_IMM:
	case BPF_LDX | BPF_MEM:
	case BPF_ST:
	case BPF_STX:
	case BPF_MISC | BPF_TAX:
	case BPF_MISC | BPF_TXA:
	case BPF_RET | BPF_K:
	case BPF_RET | BPF_A:
	case BPF_JMP | BPF_JA:
	case BPF_JMP | BPF_JEQ | BPF_K:
	case BPF_JMP | BPF_JEQ | BPF_X:
	case BPF_JMP | BPF_JGE | BPF_K:
	case BPF_JMP | BPF_JGE | BPF_X:
	case BPF_JMP | BPF_JGT | BPF_K:
	case BPF_JMP | BPF_JGT | BPF_X:
	case BPF_JMP | BPF_JSET | BPF_K:
	case BPF_JMP | BPF_JSET | BPF_X:
		return true;
	}
	return code <= 0xff && BPF_CLASS(code) == BPF_ALU && is_known_alu(code);
}

/* Loads above SKF_AD_OFF read what the kernel knows of a packet, one thing every four. */
static bool is_known_offset(uint32_t offset)
{
	const uint32_t extras = (uint32_t)SKF_AD_OFF;

	return offset < extras || (offset - extras < SKF_AD_MAX && (offset - extras) % 4 == 0);
}

static bool is_memory_access(unsigned code)
{
	return code == (BPF_LD | BPF_MEM) || code == (BPF_LDX | BPF_MEM) || code == BPF_ST ||
	       code == BPF_STX;
}

/* What is wrong with the operands of one instruction, LEFT of which follow. */
static const char *operand_complaint(const struct sock_filter *it, uint32_t left)
{
	if (is_memory_access(it->code))
		return it->k >= BPF_MEMWORDS ? "names a memory cell above 15" : NULL;
	switch (it->code) {
	case BPF_ALU | BPF_DIV | BPF_K:
	case BPF_ALU | BPF_MOD | BPF_K:
		return it->k == 0 ? "divides by zero" : NULL;
	case BPF_ALU | BPF_LSH | BPF_K:
	case BPF_ALU | BPF_RSH | BPF_K:
		return it->k >= 32 ? "shifts by more than 31 bits" : NULL;
	case BPF_LD | BPF_W | BPF_ABS:
	case BPF_LD | BPF_H | BPF_ABS:
	case BPF_LD | BPF_B | BPF_ABS:
		return is_known_offset(it->k) ? NULL : "loads from an unknown offset";
	case BPF_JMP | BPF_JA:
		return it->k >= left ? "jumps out of the program" : NULL;
	}
	if (BPF_CLASS(it->code) == BPF_JMP && (it->jt >= left || it->jf >= left))
		return "jumps out of the program";
	return NULL;
}

/* The first instruction that may read a memory cell before it was written; N if none. */
static unsigned first_blind_read(const struct sock_filter *program, unsigned n)
{
	uint16_t written_at[MOST_INSTRUCTIONS];
	uint16_t written = 0;

	for (unsigned i = 0; i < n; i++)
		written_at[i] = UINT16_MAX;
	for (unsigned i = 0; i < n; i++) {
		const struct sock_filter *it = &program[i];

		written &= written_at[i];
		if (it->code == BPF_ST || it->code == BPF_STX) {
			written |= (uint16_t)(1u << it->k);
		} else if (is_memory_access(it->code)) {
			if (!(written & (1u << it->k)))
				return i;
		} else if (it->code == (BPF_JMP | BPF_JA)) {
			written_at[i + 1 + it->k] &= written;
			written = UINT16_MAX;
		} else if (BPF_CLASS(it->code) == BPF_JMP) {
			written_at[i + 1 + it->jt] &= written;
			written_at[i + 1 + it->jf] &= written;
			written = UINT16_MAX;
		}
	}
	return n;
}

const char *classic_bpf_complaint(const struct sock_filter *program, unsigned n, unsigned *at)
{
	*at = 0;
	if (n == 0)
		return "is missing";
	if (n > MOST_INSTRUCTIONS)
		return "is followed by more than 63";
	for (unsigned i = 0; i < n; i++) {
		const char *why = is_known(program[i].code)
					  ? operand_complaint(&program[i], n - i - 1)
					  : "is unknown";

		if (why) {
			*at = i;
			return why;
		}
	}
	*at = n - 1;
	if (program[n - 1].code != (BPF_RET | BPF_K) && program[n - 1].code != (BPF_RET | BPF_A))
		return "is the last and no return";
	*at = first_blind_read(program, n);
	return *at < n ? "reads a memory cell that may not have been written" : NULL;
}
