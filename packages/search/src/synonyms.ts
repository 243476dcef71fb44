import { termsOfWord } from "./terms.ts";

/** Words that programmers write for each other, the long and the short form above all. One line each, in no order. */
const SYNONYMS = `
string str text
integer int
dictionary dict map hash hashmap mapping
directory dir folder path
delete remove del drop erase
number num numeric
length len size count
array list
float double decimal
boolean bool
function func callable
argument arg parameter param
configuration config settings conf options
variable var
character char
object obj
message msg
database db
table tbl
image img picture
previous prev
maximum max largest
minimum min smallest
average avg mean
standard std
random rand
sum total add
initialize init
connect conn connection
request req
response resp res
value val
index idx position
column col
iterate iterator iter loop
convert to parse cast transform
create make new build generate
find search lookup locate
check is test validate verify
get fetch retrieve
print display show output
save write store dump
load read open
unique distinct duplicate dedupe
join merge concat concatenate combine
split tokenize
replace substitute sub
sort order
copy clone duplicate
exit quit
execute run call invoke
file filename
timestamp datetime time
date datetime day
regex regexp pattern
equal equals eq same compare
lowercase lower
uppercase upper
trim strip
whitespace space blank
url link uri
plot graph chart draw
matrix ndarray array
exception error
environment env
process proc subprocess
command cmd
temporary temp tmp
attribute attr property
instance object
flatten flat
`;

const byTerm = new Map<string, Set<string>>();
for (const line of SYNONYMS.trim().split("\n")) {
  const terms = line.split(" ").flatMap(termsOfWord);
  for (const term of terms) {
    const others = byTerm.get(term) ?? new Set();
    for (const other of terms) if (other !== term) others.add(other);
    byTerm.set(term, others);
  }
}

/** Stemmed terms that may stand for a stemmed term. */
export function synonymsOf(term: string): Iterable<string> {
  return byTerm.get(term) ?? [];
}
