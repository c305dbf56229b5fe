#!/bin/sh
# 复核一次抽查：只用 sha256sum、sort、awk，由 frame.tsv 和 draw.json 第2至5行重算全部结果，与 draw.json 逐行比对。
# Recomputes a draw from frame.tsv and lines 2 to 5 of draw.json; ends with 0 only if draw.json is what comes out.
LC_ALL=C; export LC_ALL; CDPATH="" cd "$(dirname "$0")" && work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad() { echo "不一致 differs: $1" >&2; exit 1; }
[ -r frame.tsv ] && [ -r draw.json ] || bad "frame.tsv, draw.json: missing"
hash() { h=$(printf '%s' "$1" | sha256sum) && h=${h%% *}; }
# strings(line): the JSON strings of a line into S[1..]; q(text): a text as a JSON string
awk_lib='function strings(l, i,c,n,on,t) { for (i = 1; i <= length(l); i++) { c = substr(l, i, 1)
  if (on && c == "\\") t = t substr(l, ++i, 1); else if (c != "\"") { if (on) t = t c }
  else if (on) { S[++n] = t; on = 0 } else { on = 1; t = "" } } return n }
function q(s, i,c,r) { for (i = 1; i <= length(s); i++) { c = substr(s, i, 1); r = r (c ~ /["\\]/ ? "\\" : "") c } return "\"" r "\"" }'
{ read -r a; IFS= read -r l2; IFS= read -r l3; IFS= read -r l4; IFS= read -r l5; IFS= read -r l6; IFS= read -r l7; } < draw.json
[ "$a" = "{" ] || bad "draw.json line 1"; case $l7 in '"lines_sha256":'*) ;; *) bad "draw.json line 2 to 7";; esac; n=1; sums=
for l in "$l2" "$l3" "$l4" "$l5" "$l6"; do n=$((n + 1)); hash "$l"; sums="$sums,\"$h\""
  case $l7 in *"\"$h\""*) ;; *) bad "draw.json line $n or 7";; esac; done
second() { printf '%s\n' "$1" | awk "$awk_lib"'{ strings($0); printf "%s", S[2] }'; }; h=$(sha256sum < frame.tsv); frame=${h%% *}; hash "jsup-seed/1|$(second "$l2")|$frame|$(second "$l3")"; seed=$h
# frame.tsv: four fields, weight 1 to 9, sorted by bytes, and line by line what the units of draw.json stand for
awk -F '\t' 'NF != 4 || $1 == "" || $2 == "" || $3 !~ /^[1-9]$/ || $4 !~ /^(0|[1-9][0-9]*)$/ { print NR; exit }' frame.tsv > "$work/n"
awk "$awk_lib"'NR == FNR { u["{\"uid\":" q($1) ",\"stratum\":" q($2) ",\"weight\":" $3 ",\"wait\":" $4 ",\"t"] = NR; order[NR] = $0; next }
  on && /^\]/ { exit } on { k = substr($0, 1, index($0, "ickets\":[") - 1); if (u[k] != ++i) { print i; exit } } /^"units":\[$/ { on = 1 }
  ' FS='\t' frame.tsv draw.json >> "$work/n"
case $(awk 'index($0, "\"frame_sha256\":\"'"$frame"'\"") { print "same" }' draw.json) in same) ;; *)
  while read -r n; do bad "frame.tsv line $n"; done < "$work/n"; bad "frame.tsv line $(awk 'END { print NR }' frame.tsv) (or draw.json line 8)";; esac
sort -c frame.tsv 2> "$work/e" || bad "frame.tsv: not sorted, $(cat "$work/e")"
# tickets, one line each; then uid, stratum, weight, wait, all tickets, the smallest, sorted by stratum and ticket
while IFS="$(printf '\t')" read -r uid stratum weight wait; do k=0; all=
  while [ "$k" -lt "$weight" ]; do k=$((k + 1)); hash "jsup-draw/1|$seed|$uid|$k"; all="$all,\"$h\""; done
  printf '%s\t%s\t%s\t%s\t%s\n' "$uid" "$stratum" "$weight" "$wait" "${all#,}"; done < frame.tsv > "$work/units"
awk -F '\t' -v OFS='\t' '{ n = split($5, t, ","); m = t[1]; for (i in t) if (t[i] < m) m = t[i]; print $0, m, NR }' "$work/units" |
  sort -t "$(printf '\t')" -k2,2 -k6,6 -k1,1 > "$work/order"
awk -F '\t' '!s[$2]++ { print $2 }' "$work/order" | while IFS= read -r s; do hash "jsup-draw/1|$seed|@stratum/$s|1"; echo "$h"; done > "$work/lots"
{ printf '%s\n' "{" "$l2" "$l3" "$l4" "$l5" "$l6" "\"lines_sha256\":[${sums#,}]," "\"frame_sha256\":\"$frame\"," "\"seed\":\"$seed\","
L5=$l5 awk -F '\t' -v l4="$l4" -v lots="$work/lots" "$awk_lib"'
{ u[NR] = "{\"uid\":" q($1) ",\"stratum\":" q($2) ",\"weight\":" $3 ",\"wait\":" $4; if ($2 != s) { N[++H] = 0; name[H] = s = $2; from[H] = NR }
  N[H]++; uid[NR] = $1; at[NR] = H; wait[NR] = $4; low[NR] = $6; f[$7] = u[NR] ",\"tickets\":[" $5 "]}" }
END { split(l4, x, /[:,]/); p = x[2]; d = x[4]; K = x[6] + 0; r = (NR * p) % d; m = size = (NR * p - r) / d + (r > 0)
  for (h = 1; h <= H; h++) { getline lot[h] < lots; M += N[h] }
  do { small = 0; for (h = 1; h <= H; h++) if (!a[h] && m * N[h] < M) b[h] = 1
    for (h = 1; h <= H; h++) if (b[h]) { a[h] = 1; b[h] = 0; m--; gone += N[h]; small = 1 } M -= gone; gone = 0 } while (small)
  left = m; for (h = 1; h <= H; h++) if (!a[h]) { rem[h] = (m * N[h]) % M; a[h] = (m * N[h] - rem[h]) / M; left -= a[h] } else rem[h] = -1
  for (; left > 0; left--) { g = 0; for (h = 1; h <= H; h++) if (rem[h] >= 0 && (!g || rem[h] > rem[g] || rem[h] == rem[g] && lot[h] < lot[g])) g = h
    a[g]++; rem[g] = -1 }
  for (h = 1; h <= H; h++) { T += a[h]; c = must = 0
    for (j = 1; j <= K; j++) { for (i = from[h]; i < from[h] + N[h]; i++) if ((K - wait[i] > 1 ? K - wait[i] : 1) == j) { due[j, ++cj] = i }
      c += cj; for (i = 1; i <= cj; i++) byd[++z] = due[j, i]; cj = 0; if (c - a[h] * (j - 1) > must) must = c - a[h] * (j - 1); if (c > a[h] * j) exit 3 }
    for (i = 1; i <= must; i++) { seq[h, ++y] = byd[i]; forced[byd[i]] = 1 } z = 0
    for (i = from[h]; i < from[h] + N[h]; i++) if (!forced[i]) seq[h, ++y] = i
    y = 0; F[h] = must; for (i = 1; i <= a[h]; i++) tk[++t] = seq[h, i]; nxt[h] = a[h] + 1 }
  print "\"frame_size\":" NR ",\n\"sample_size\":" T ",\n\"strata\":["
  for (h = 1; h <= H; h++) print "{\"stratum\":" q(name[h]) ",\"units\":" N[h] ",\"quota\":" a[h] ",\"forced\":" F[h] "}" (h < H ? "," : "")
  print "],\n\"units\":["; for (i = 1; i <= NR; i++) print f[i] (i < NR ? "," : ""); print "],\n\"taken\":["
  for (i = 1; i <= T; i++) print u[tk[i]] ",\"ticket\":" low[tk[i]] ",\"forced\":" (forced[tk[i]] ? "true" : "false") "}" (i < T ? "," : "")
  print "],\n\"substitutions\":["; R = strings(ENVIRON["L5"]); for (i = 1; i <= NR; i++) of[uid[i]] = at[i]
  for (i = 2; i <= R; i++) { h = of[S[i]]; k = seq[h, nxt[h]++]; print "{\"replaced\":" q(S[i]) "," substr(u[k], 2) ",\"ticket\":" low[k] ",\"forced\":false}" (i < R ? "," : "") }
  print "]\n}" }' "$work/order"; } > "$work/draw.json" || bad "the coverage on line 4 of draw.json cannot be kept"
h=$(sha256sum < draw.json); g=$(sha256sum < "$work/draw.json"); [ "$h" = "$g" ] || bad "draw.json line $(
  awk 'NR == FNR { l[NR] = $0; n = NR; next } l[FNR] != $0 || FNR > n { print FNR; x = 1; exit } END { if (!x) print FNR + 1 }' "$work/draw.json" draw.json)"
echo "一致 verified: $(second "$l2"), frame $frame, seed $seed"
