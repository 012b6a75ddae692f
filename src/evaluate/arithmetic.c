/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads and calculates an expression in one pass, by precedence.  What is not chosen
 * (the right side of &&, a branch of ?:) is read with "skip" set and assigns nothing.
 * Knows nothing of commands and fields.
 */
#include "evaluate/arithmetic.h"

#include <ctype.h>
#include <string.h>

#define MAX_NESTING 256

struct calculator {
	struct machine *sh;
	struct span span;
	const char *p, *end;
	const char *why;
	unsigned nesting;
	unsigned skip;
	const struct shell_origin *maybe; /* it is not known whether this is calculated */
};

/* What an operand was, so that it can be assigned to. */
struct operand {
	struct number number;
	const char *name;
	size_t name_len;
	const char *subscript; /* NULL: none */
	size_t subscript_len;
};

static const struct number zero;

static struct number comma(struct calculator *c);
static struct number assignment(struct calculator *c);

static struct number fail(struct calculator *c, const char *why)
{
	if (!c->why)
		c->why = why;
	c->p = c->end;
	return zero;
}

static void skip_blanks(struct calculator *c)
{
	while (c->p < c->end && (isspace((unsigned char)*c->p) ||
				 (*c->p == '\\' && c->p + 1 < c->end && c->p[1] == '\n')))
		c->p++;
}

static bool take(struct calculator *c, const char *operator)
{
	size_t len = strlen(operator);

	skip_blanks(c);
	if ((size_t)(c->end - c->p) < len || memcmp(c->p, operator, len) != 0)
		return false;
	c->p += len;
	return true;
}

static int digit_of(char ch, int base)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	if (ch >= 'a' && ch <= 'z')
		return ch - 'a' + 10;
	if (ch >= 'A' && ch <= 'Z')
		return base <= 36 ? ch - 'A' + 10 : ch - 'A' + 36;
	if (ch == '@')
		return 62;
	return ch == '_' ? 63 : 64;
}

static struct number read_number(struct calculator *c)
{
	struct number number = { 0, NULL };
	const char *start = c->p;
	int base = 10, digit;

	if (*c->p == '0' && c->p + 1 < c->end && (c->p[1] == 'x' || c->p[1] == 'X')) {
		base = 16;
		c->p += 2;
	} else if (*c->p == '0') {
		base = 8;
	}
	for (; c->p < c->end; c->p++) {
		if (*c->p == '#' && base == 10 && c->sh->bash && c->p > start) {
			if (number.value < 2 || number.value > 64)
				return fail(c, "invalid arithmetic base");
			base = (int)number.value;
			number.value = 0;
			continue;
		}
		if (!isalnum((unsigned char)*c->p) && *c->p != '_' && *c->p != '@')
			break;
		digit = digit_of(*c->p, base);
		if (digit >= base)
			return fail(c, "value too great for base");
		number.value = (int64_t)((uint64_t)number.value * (unsigned)base + (unsigned)digit);
	}
	return number;
}

/* The number that a variable's text stands for: bash reads it as an expression. */
static struct number number_of(struct calculator *c, struct shell_value text)
{
	struct calculator inner = *c;
	struct number number;

	if (text.unknown)
		return (struct number){ 0, text.unknown };
	inner.p = text.bytes;
	inner.end = text.bytes + text.len;
	inner.nesting++;
	skip_blanks(&inner);
	if (inner.p == inner.end)
		return zero;
	if (!c->sh->bash && !isdigit((unsigned char)*inner.p) && !strchr("+-", *inner.p))
		return fail(c, "illegal number");
	if (inner.nesting > MAX_NESTING)
		return fail(c, "expression recursion level exceeded");
	if (!machine_enter(c->sh, c->span))
		return fail(c, "too deep");
	number = comma(&inner);
	machine_leave(c->sh);
	skip_blanks(&inner);
	if (inner.p != inner.end || inner.why)
		return fail(c, inner.why ? inner.why : "syntax error in expression");
	return number;
}

static struct shell_value variable_text(struct calculator *c, const struct operand *o)
{
	struct shell_value value;
	struct shell_value subscript = { o->subscript, o->subscript_len, NULL };
	bool set;

	if (o->subscript) {
		subscript = scratch_value(c->sh, subscript);
		variable_element(c->sh, o->name, o->name_len, c->span, subscript, &value, &set);
		return value;
	}
	value = variable_value(c->sh, o->name, o->name_len, &set);
	if (!set && c->sh->set.options & OPTION_NOUNSET && !c->skip) {
		fail(c, "unbound variable");
		c->why = "unbound variable";
	}
	return value;
}

static void store(struct calculator *c, const struct operand *o, struct number number)
{
	char digits[32];
	struct shell_value value, subscript;
	const char *name = scratch_copy(c->sh, o->name, o->name_len);
	size_t len = 0;
	uint64_t rest = number.value < 0 ? -(uint64_t)number.value : (uint64_t)number.value;

	if (c->skip || c->why)
		return;
	if (c->maybe)
		number.unknown = c->maybe;
	digits[sizeof(digits) - 1] = '\0';
	do
		digits[sizeof(digits) - 2 - len++] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (number.value < 0)
		digits[sizeof(digits) - 2 - len++] = '-';
	value = (struct shell_value){ digits + sizeof(digits) - 1 - len, len, number.unknown };
	subscript = (struct shell_value){ NULL, o->subscript_len, NULL };
	if (o->subscript) {
		subscript.bytes = scratch_copy(c->sh, o->subscript, o->subscript_len);
		variable_assign_element(c->sh, c->span, name, subscript, value, false);
	} else {
		variable_assign(c->sh, c->span, name, value);
	}
	if (!machine_runs(c->sh))
		fail(c, "readonly variable");
}

static void read_subscript(struct calculator *c, struct operand *o)
{
	size_t depth = 1;

	if (!c->sh->bash || c->p == c->end || *c->p != '[')
		return;
	o->subscript = ++c->p;
	for (; c->p < c->end; c->p++) {
		depth += *c->p == '[';
		if (*c->p == ']' && !--depth)
			break;
	}
	o->subscript_len = (size_t)(c->p - o->subscript);
	if (c->p == c->end)
		fail(c, "bad array subscript");
	else
		c->p++;
}

static void read_name(struct calculator *c, struct operand *o)
{
	o->name = c->p;
	while (c->p < c->end && (isalnum((unsigned char)*c->p) || *c->p == '_'))
		c->p++;
	o->name_len = (size_t)(c->p - o->name);
	read_subscript(c, o);
}

static struct number load(struct calculator *c, const struct operand *o)
{
	if (c->skip || c->why)
		return zero;
	return number_of(c, variable_text(c, o));
}

static struct number add(struct number a, int64_t b)
{
	a.value = (int64_t)((uint64_t)a.value + (uint64_t)b);
	return a;
}

/* A name, with ++ and -- behind it. */
static struct operand read_variable(struct calculator *c)
{
	struct operand o = { zero, NULL, 0, NULL, 0 };

	read_name(c, &o);
	skip_blanks(c);
	/* what follows "=" is not to read the old value: it may be no number */
	if (c->p < c->end && *c->p == '=' && (c->p + 1 == c->end || c->p[1] != '='))
		return o;
	o.number = load(c, &o);
	if (c->sh->bash && take(c, "++")) {
		store(c, &o, add(o.number, 1));
		o.name = NULL;
	} else if (c->sh->bash && take(c, "--")) {
		store(c, &o, add(o.number, -1));
		o.name = NULL;
	}
	return o;
}

static struct operand primary(struct calculator *c)
{
	struct operand o = { zero, NULL, 0, NULL, 0 };

	skip_blanks(c);
	if (c->p == c->end) {
		fail(c, "operand expected");
	} else if (take(c, "(")) {
		o.number = comma(c);
		if (!take(c, ")"))
			fail(c, "missing ')'");
	} else if (isdigit((unsigned char)*c->p)) {
		o.number = read_number(c);
	} else if (isalpha((unsigned char)*c->p) || *c->p == '_') {
		o = read_variable(c);
	} else {
		fail(c, "operand expected");
	}
	return o;
}

/* ++x and --x */
static struct operand before_name(struct calculator *c, int64_t by)
{
	struct operand o = { zero, NULL, 0, NULL, 0 };

	skip_blanks(c);
	if (c->p == c->end || !(isalpha((unsigned char)*c->p) || *c->p == '_')) {
		/* two signs after each other */
		o = primary(c);
		return o;
	}
	read_name(c, &o);
	o.number = add(load(c, &o), by);
	store(c, &o, o.number);
	o.name = NULL;
	return o;
}

static struct operand unary(struct calculator *c)
{
	struct operand o = { zero, NULL, 0, NULL, 0 };
	char sign;

	skip_blanks(c);
	if (c->p == c->end || !strchr("+-!~", *c->p))
		return primary(c);
	if (c->sh->bash && take(c, "++"))
		return before_name(c, 1);
	if (c->sh->bash && take(c, "--"))
		return before_name(c, -1);
	sign = *c->p++;
	if (++c->nesting > MAX_NESTING)
		fail(c, "expression recursion level exceeded");
	else
		o = unary(c);
	c->nesting--;
	o.name = NULL;
	if (sign == '-')
		o.number.value = (int64_t) - (uint64_t)o.number.value;
	else if (sign == '!')
		o.number.value = !o.number.value;
	else if (sign == '~')
		o.number.value = ~o.number.value;
	return o;
}

/* The operators that take two, the longest of each start first. */
static const struct binary {
	const char *text;
	int precedence;
	char code;
} binaries[] = {
	{ "**", 12, 'p' }, { "*", 11, '*' }, { "/", 11, '/' }, { "%", 11, '%' }, { "+", 10, '+' },
	{ "-", 10, '-' },  { "<<", 9, 'l' }, { ">>", 9, 'r' }, { "<=", 8, 'L' }, { ">=", 8, 'G' },
	{ "<", 8, '<' },   { ">", 8, '>' },  { "==", 7, '=' }, { "!=", 7, '!' }, { "&&", 3, 'a' },
	{ "||", 2, 'o' },  { "&", 6, '&' },  { "^", 5, '^' },  { "|", 4, '|' },
};

/* The operator that stands next, if it is not one that assigns. */
static const struct binary *next_binary(struct calculator *c)
{
	size_t i, len;

	skip_blanks(c);
	for (i = 0; i < sizeof(binaries) / sizeof(*binaries); i++) {
		len = strlen(binaries[i].text);
		if ((size_t)(c->end - c->p) < len || memcmp(c->p, binaries[i].text, len) != 0)
			continue;
		if (binaries[i].code == 'p' && !c->sh->bash)
			continue;
		if (c->p + len < c->end && c->p[len] == '=' &&
		    strchr("*/%+-lr&^|", binaries[i].code))
			return NULL;
		return &binaries[i];
	}
	return NULL;
}

static int64_t power(int64_t base, int64_t exponent)
{
	uint64_t result = 1, factor = (uint64_t)base;

	for (; exponent > 0; exponent >>= 1) {
		if (exponent & 1)
			result *= factor;
		factor *= factor;
	}
	return (int64_t)result;
}

static int64_t divide(struct calculator *c, char code, int64_t a, int64_t b)
{
	if (!b) {
		if (!c->skip)
			fail(c, "division by zero");
		return 0;
	}
	if (b == -1)
		return code == '/' ? (int64_t) - (uint64_t)a : 0;
	return code == '/' ? a / b : a % b;
}

static int64_t combine(struct calculator *c, char code, int64_t a, int64_t b)
{
	switch (code) {
	case 'p':
		if (b < 0)
			fail(c, "exponent less than 0");
		return power(a, b);
	case '*':
		return (int64_t)((uint64_t)a * (uint64_t)b);
	case '/':
	case '%':
		return divide(c, code, a, b);
	case '+':
		return (int64_t)((uint64_t)a + (uint64_t)b);
	case '-':
		return (int64_t)((uint64_t)a - (uint64_t)b);
	case 'l':
		return (int64_t)((uint64_t)a << (b & 63));
	case 'r':
		return a >> (b & 63);
	case 'L':
		return a <= b;
	case 'G':
		return a >= b;
	case '<':
		return a < b;
	case '>':
		return a > b;
	case '=':
		return a == b;
	case '!':
		return a != b;
	case '&':
		return a & b;
	case '^':
		return a ^ b;
	case '|':
		return a | b;
	case 'a':
		return a && b;
	default:
		return a || b;
	}
}

static struct number calculate(struct calculator *c, char code, struct number a, struct number b)
{
	if (a.unknown || b.unknown)
		return (struct number){ 0, a.unknown ? a.unknown : b.unknown };
	return (struct number){ combine(c, code, a.value, b.value), NULL };
}

static struct operand climb(struct calculator *c, int least)
{
	struct operand left = unary(c), right;
	const struct shell_origin *maybe = c->maybe;
	const struct binary *binary;
	bool decided;

	while (!c->why && (binary = next_binary(c)) && binary->precedence >= least) {
		c->p += strlen(binary->text);
		decided = !left.number.unknown && ((binary->code == 'a' && !left.number.value) ||
						   (binary->code == 'o' && left.number.value));
		c->skip += decided;
		if (left.number.unknown && strchr("ao", binary->code))
			c->maybe = left.number.unknown;
		if (++c->nesting > MAX_NESTING) {
			fail(c, "expression recursion level exceeded");
			return left;
		}
		/* ** groups to the right */
		right = climb(c, binary->precedence + (binary->code != 'p'));
		c->nesting--;
		c->skip -= decided;
		c->maybe = maybe;
		if (decided)
			left.number.value = binary->code == 'o';
		else
			left.number = calculate(c, binary->code, left.number, right.number);
		left.name = NULL;
	}
	return left;
}

static struct number conditional(struct calculator *c, struct number condition)
{
	const struct shell_origin *maybe = c->maybe;
	struct number yes, no;
	bool known = !condition.unknown;

	if (!known)
		c->maybe = condition.unknown;
	c->skip += known && !condition.value;
	yes = comma(c);
	c->skip -= known && !condition.value;
	if (!take(c, ":"))
		return fail(c, "':' expected for conditional expression");
	c->skip += known && condition.value;
	no = assignment(c);
	c->skip -= known && condition.value;
	c->maybe = maybe;
	if (!known)
		return condition;
	return condition.value ? yes : no;
}

/* The code of an operator that assigns: '=' for a plain one, 0 for none. */
static char take_assignment(struct calculator *c)
{
	static const char operators[][4] = { "*=",  "/=",  "%=", "+=", "-=",
					     "<<=", ">>=", "&=", "^=", "|=" };
	static const char codes[] = "*/%+-lr&^|";
	size_t i;

	skip_blanks(c);
	if (c->p < c->end && *c->p == '=' && (c->p + 1 == c->end || c->p[1] != '=')) {
		c->p++;
		return '=';
	}
	for (i = 0; i < sizeof(codes) - 1; i++) {
		if (take(c, operators[i]))
			return codes[i];
	}
	return 0;
}

static struct number assignment(struct calculator *c)
{
	struct operand left;
	struct number value;
	char code;

	if (++c->nesting > MAX_NESTING)
		return fail(c, "expression recursion level exceeded");
	left = climb(c, 0);
	value = left.number;
	code = c->why ? 0 : take_assignment(c);
	if (code && !left.name) {
		value = fail(c, "attempted assignment to non-variable");
	} else if (code) {
		value = assignment(c);
		if (code != '=')
			value = calculate(c, code, left.number, value);
		store(c, &left, value);
	} else if (!c->why && take(c, "?")) {
		value = conditional(c, value);
	}
	c->nesting--;
	return value;
}

static struct number comma(struct calculator *c)
{
	struct number value = assignment(c);

	while (c->sh->bash && !c->why && take(c, ","))
		value = assignment(c);
	return value;
}

bool arithmetic(struct machine *sh, struct span span, const char *text, size_t len,
		struct number *number, const char **why)
{
	struct calculator c = { sh, span, text, text + len, NULL, 0, 0, NULL };

	*number = zero;
	skip_blanks(&c);
	/* nothing is 0, but not for dash */
	if (c.p == c.end && !sh->bash)
		fail(&c, "operand expected");
	if (c.p < c.end) {
		*number = comma(&c);
		skip_blanks(&c);
		if (c.p < c.end)
			fail(&c, "syntax error in expression");
	}
	*why = c.why;
	return !c.why;
}
