#!/usr/bin/perl
# A second, independent implementation of the draw, written from DRAW.md alone.
#   perl second.pl DIR
# reads DIR/frame.tsv and the inputs in DIR/draw.json (lines 2 to 6), and prints the whole draw.json as it should be.
# Exits 1 with a sentence on stderr when there is no such draw. All text is bytes (raw UTF-8) throughout.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use Math::BigInt;

sub refuse { print STDERR "second.pl: @_\n"; exit 1 }

sub slurp {
    open my $file, '<:raw', $_[0] or refuse("$_[0] cannot be read: $!.");
    return join '', <$file>;
}

# A uid, a stratum, a public value: not empty, no '|', no control character (U+0080..9F too), no blank at either end.
sub is_plain { return $_[0] =~ /\A[^|]+\z/ && $_[0] !~ /[\x00-\x1f\x7f]|\xc2[\x80-\x9f]|\A | \z/ }

sub quote { my ($s) = @_; $s =~ s/(["\\])/\\$1/g; return qq("$s") }
sub unquote { my ($s) = @_; $s =~ s/\\(["\\])/$1/g; return $s }

@ARGV == 1 or refuse('usage: perl second.pl DIR');
my ($dir) = @ARGV;

# ---- the inputs: lines 2 to 6 of draw.json
my @head = (split /\n/, slurp("$dir/draw.json"), -1)[1 .. 5];
defined $head[4] or refuse('draw.json has fewer than six lines.');
my ($string, $integer) = (qr/(?:[^"\\]|\\["\\])*/, qr/0|[1-9][0-9]*/);
my ($draw_id) = map { unquote($_) } $head[0] =~ /\A"draw_id":"($string)",\z/ or refuse('Line 2 of draw.json is not a draw id.');
my ($public_value) = map { unquote($_) } $head[1] =~ /\A"public_value":"($string)",\z/
    or refuse('Line 3 of draw.json is not a public value.');
is_plain($draw_id) && is_plain($public_value) or refuse('The draw id or the public value holds a forbidden character.');
my ($p, $q, $coverage) = $head[2] =~ /\A"share_numerator":($integer),"share_denominator":($integer),"coverage":($integer),\z/
    or refuse('Line 4 of draw.json is not a share and a coverage.');
$q ne '0' && length $coverage <= 15 or refuse('The denominator of the share is 0, or the coverage is too large.');
my ($list) = $head[3] =~ /\A"replaced":\[((?:"$string"(?:,"$string")*)?)\],\z/
    or refuse('Line 5 of draw.json is not the list of the replaced units.');
my @replaced = map { unquote($_) } $list =~ /"($string)"/g;

# ---- the frame
my $frame = slurp("$dir/frame.tsv");
$frame eq '' || $frame =~ /\n\z/ or refuse('The last line of the frame does not end with a line feed.');
my ($before, @units, %unit, %members) = ('');
for my $line (split /\n/, substr($frame, 0, -1), -1) {
    my $at = 'Line ' . (@units + 1) . ' of the frame';
    my @fields = split /\t/, $line, -1;
    @fields == 4 or refuse("$at does not have four fields.");
    my ($uid, $stratum, $weight, $wait) = @fields;
    is_plain($uid) && is_plain($stratum) or refuse("$at has an empty uid or stratum or a forbidden character.");
    $weight =~ /\A[1-9]\z/ or refuse("$at has a weight that is not from 1 to 9.");
    $wait =~ /\A(?:$integer)\z/ or refuse("$at has a wait that is not a non-negative integer.");
    !$unit{$uid} or refuse("$at repeats the uid $uid.");
    $before lt $line or refuse("$at is not in the order of the bytes.");
    $before = $line;
    push @units, $unit{$uid} = { uid => $uid, stratum => $stratum, weight => $weight, wait => $wait, forced => 'false' };
    push @{ $members{$stratum} }, $unit{$uid};
}
@units or refuse('The frame is empty, no unit is left for a place.');

# ---- seed and tickets
my $frame_sha256 = sha256_hex($frame);
my $seed = sha256_hex("jsup-seed/1|$draw_id|$frame_sha256|$public_value");
sub ticket { my ($uid, $k) = @_; return sha256_hex("jsup-draw/1|$seed|$uid|$k") }

for my $unit (@units) {
    $unit->{tickets} = [ map { ticket($unit->{uid}, $_) } 1 .. $unit->{weight} ];
    ($unit->{ticket}) = sort @{ $unit->{tickets} };
}
sub by_ticket { return $_[0]{ticket} cmp $_[1]{ticket} || $_[0]{uid} cmp $_[1]{uid} }

# ---- size and quotas: n = max(1, ceil(N * p / q)), as (N * p + q - 1) div q
my $n = Math::BigInt->new($p)->bmul(scalar @units)->badd($q)->bsub(1)->bdiv($q);
$n->bcmp(scalar @units) <= 0 or refuse('The share is over one, no unit is left for a place.');
$n = $n->is_zero ? 1 : $n->numify;

my @strata = sort keys %members;
my %size = map { $_ => scalar @{ $members{$_} } } @strata;
my (%quota, %rest, %tie);
my ($places, $left, @open) = ($n, scalar @units, @strata);
while (my @small = grep { $places * $size{$_} < $left } @open) {    # all with places * size / left < 1
    $quota{$_} = 1 for @small;
    $places -= @small;
    $left -= $size{$_} for @small;
    @open = grep { !$quota{$_} } @open;
}
my $over = $places;
for (@open) {
    $rest{$_}  = $places * $size{$_} % $left;
    $quota{$_} = ($places * $size{$_} - $rest{$_}) / $left;
    $tie{$_}   = ticket("\@stratum/$_", 1);
    $over -= $quota{$_};
}
my @by_rest = sort { $rest{$b} <=> $rest{$a} || $tie{$a} cmp $tie{$b} || $a cmp $b } @open;
$quota{$_}++ for @by_rest[0 .. $over - 1];

# ---- coverage and the sequence of each stratum
my (%forced, %sequence, $broken);
my $enough = 1;                                # the smallest coverage that every stratum could keep
for my $h (@strata) {
    my ($quota, $forced, $count) = ($quota{$h}, 0, 0);
    my @rows = sort { by_ticket($a, $b) } @{ $members{$h} };
    if ($coverage > 0) {
        $_->{deadline} = $coverage > $_->{wait} ? $coverage - $_->{wait} : 1 for @rows;
        @rows = sort { $a->{deadline} <=> $b->{deadline} || by_ticket($a, $b) } @rows;
        # |{deadline <= j}| grows only where j is a deadline, so these are the only j to look at.
        for my $j (map { $_->{deadline} } @rows) {
            my $must = ++$count - $quota * ($j - 1);
            $forced = $must if $forced < $must;
            $broken = $h if !defined $broken && $must > $quota;
        }
        # The i-th longest wait w asks for i <= quota * max(1, K - w): i <= quota, or K >= w + ceil(i / quota).
        my $i = 0;
        for my $w (sort { $b <=> $a } map { $_->{wait} } @rows) {
            my $least = $w + int(($i++ + $quota) / $quota);
            $enough = $least if $i > $quota && $enough < $least;
        }
    }
    $forced{$h} = $forced;
    my @first = splice @rows, 0, $forced;
    $_->{forced} = 'true' for @first;
    $sequence{$h} = [ @first, sort { by_ticket($a, $b) } @rows ];
}
refuse("Stratum $broken cannot keep a coverage of $coverage draws; the smallest coverage that would do is $enough.")
    if defined $broken;

# ---- taken, and substitutions
my @taken = map { @{ $sequence{$_} }[0 .. $quota{$_} - 1] } @strata;
my %holds = map { $_->{uid} => 1 } @taken;
my (%gone, @substitutions);
for my $uid (@replaced) {
    delete $holds{$uid} or refuse("The unit $uid holds no place, so it cannot be replaced.");
    $gone{$uid} = 1;
    my $stratum = $unit{$uid}{stratum};
    my ($next) = grep { !$holds{ $_->{uid} } && !$gone{ $_->{uid} } } @{ $sequence{$stratum} };
    $next or refuse("No unit of stratum $stratum is left for the place of $uid.");
    $holds{ $next->{uid} } = 1;
    push @substitutions, [ $uid, $next ];
}

# ---- draw.json
sub facts { my ($u) = @_; return qq("uid":${\quote($u->{uid})},"stratum":${\quote($u->{stratum})},"weight":$u->{weight},"wait":$u->{wait}) }
sub place { my ($u, $forced) = @_; return facts($u) . qq(,"ticket":"$u->{ticket}","forced":$forced}) }
sub block { my ($name, @lines) = @_; return qq("$name":[\n) . join(",\n", @lines) . (@lines ? "\n" : '') . ']' }

binmode STDOUT;
print join("\n", '{', @head), "\n",
    '"lines_sha256":[', join(',', map { quote(sha256_hex($_)) } @head), "],\n",
    join(",\n",
        qq("frame_sha256":"$frame_sha256"), qq("seed":"$seed"),
        '"frame_size":' . @units, qq("sample_size":) . @taken,
        block('strata', map { qq({"stratum":${\quote($_)},"units":$size{$_},"quota":$quota{$_},"forced":$forced{$_}}) } @strata),
        block('units', map { '{' . facts($_) . ',"tickets":[' . join(',', map { quote($_) } @{ $_->{tickets} }) . ']}' } @units),
        block('taken', map { '{' . place($_, $_->{forced}) } @taken),
        block('substitutions', map { '{"replaced":' . quote($_->[0]) . ',' . place($_->[1], 'false') } @substitutions)),
    "\n}\n";
close STDOUT or refuse("The draw could not be written: $!.");
