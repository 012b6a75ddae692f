#### basic
probe $((1+2)) $((2*3+4)) $((2+3*4)) $(( (2+3)*4 )) $((7/2)) $((7%3)) $((-7/2)) $((-7%3))
#### variables
x=5
probe $((x+1)) $(($x+1)) $((y+1)) $((x*x))
#### comparison
probe $((1<2)) $((2<=1)) $((1==1)) $((1!=1)) $((3>2)) $((3>=4))
#### logic
probe $((1&&0)) $((1||0)) $((!1)) $((!0)) $((1?2:3)) $((0?2:3))
#### bits
probe $((5&3)) $((5|3)) $((5^3)) $((~5)) $((1<<4)) $((256>>2))
#### assign
x=1
: $((x += 4))
probe $x $((x -= 2)) $((x *= 3)) $((x /= 2)) $((x %= 3)) $((x = 7)) $x
: $((x <<= 1)) $((x |= 1)) $((x &= 12)) $((x ^= 5))
probe $x
#### increment bash
x=1
probe $((x++)) $x $((++x)) $((x--)) $((--x)) $x
#### bases
probe $((0x1f)) $((010)) $((0))
#### bases_bash bash
probe $((2#101)) $((16#ff)) $((36#z)) $((2**10)) $((1,2))
#### division_by_zero
probe a
probe $((1/0)); probe b
probe c
#### division_by_zero_function
f() { probe in; probe $((1/0)); probe never; }
f; probe b
probe c
#### bad_octal
probe a
probe $((08)); probe b
probe c
#### not_a_number
x=abc
probe $((x)); probe a
probe b
#### expression_in_variable bash
x='1+2'
y=x
probe $((x*2)) $((y))
#### double_parentheses bash
((1)) && probe yes
((0)) || probe no
((x=3, y=4))
probe $x $y $?
((x > 2)) && probe greater
((1/0))
probe $?
#### let bash
let x=1+2 y=x*2
probe $x $y $?
let z=0
probe $?
let 'x += 1'
probe $x
#### c_for bash
for ((i=0; i<3; i++)); do probe $i; done
for ((;;)); do probe once; break; done
for ((i=0, j=5; i<j; i++, j--)); do probe $i $j; done
#### overflow
probe $((9223372036854775807 + 1))
#### empty
probe $(( ))
#### short_circuit
x=1
: $((0 && (x = 5)))
: $((1 || (x = 6)))
probe $x
#### nested
x=3
probe $(( $((x+1)) * 2 )) $((${x}0 + 1))
#### in_loop
i=0
while [ $i -lt 3 ]; do
	probe $i
	i=$((i+1))
done
#### array_element bash
a=(1 2 3)
i=1
probe $((a[i] + a[2])) $((a[0]++)) ${a[0]}
((a[i] = 9))
probe ${a[@]}
#### whitespace
probe $((
  1 +
  2
))
#### legacy_brackets bash
probe $[1+2]
#### unset_is_zero
unset q
probe $((q)) $((q+5))
