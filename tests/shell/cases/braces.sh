#### list
probe {a,b} x{1,2}y {a,b}{c,d}
#### nested bash
probe a{b,c{d,e}}f
#### range bash
probe {1..5} {5..1} {a..e} {1..10..3} {01..03} x{1..2}
#### none
probe {a} {} a{ } {a b,c}
#### quoted
probe "{a,b}" '{a,b}' \{a,b\} {"a,b",c}
#### variable bash
x=1
probe {$x,2} ${x}{a,b} {$x..3}
#### ports bash
for p in {22,80,443}; do probe $p; done
#### empty bash
probe {,a} a{,b}
#### not_in_assignment bash
x={a,b}
probe $x
#### single bash
probe {1..1} {a..a} {x}
#### letters_mixed bash
probe {a..3} {1..a} {1.5..3}
#### negative bash
probe {-2..2} {3..-1..2}
