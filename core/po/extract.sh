#!/bin/sh
# The messages of core and plugins as a template of the catalogue, on stdout.
# usage: extract.sh [ROOT]
#
# Messages are the formats of functions with __attribute__((format(printf, ...))) that look them up
# with dgettext() or kh_tr(); literals in kh_tr("...") and KH_N_("..."); `.help` and `.summary` of plugins;
# and what is handed to the `helpers`, which pass a text on to kh_tr().
# update.sh brings zh_CN.po up to date with them.
set -eu
cd "${1:-$(dirname "$0")/../..}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tree"
git ls-files -co --exclude-standard 'core/*.[ch]' 'plugins/*.[ch]' | LC_ALL=C sort >"$work/files"

helpers="KH_N_:1 kh_tr:1 dgettext:2 KH_BUILD_FIELD:5 kh_build_refuse:3 kh_guard_enter:3
 kh_intake_enter:3 kh_parser_fail_near:2 kh_progress_begin:2 fail:3 kh_scan_report:4 broken:3 check_keys:3 fail_here:3
 need_table:3 read_values:3 refuse:3 refuse_kind:4 refuse_value:3 set_limit:3
 kh_test_report:6"

# What the C library says about failures of the system (see kh_tr_errno, kh_signal_name).
cat >"$work/tree/system.c" <<'C'
kh_tr("No such file or directory"); kh_tr("Permission denied"); kh_tr("Operation not permitted");
kh_tr("File exists"); kh_tr("Is a directory"); kh_tr("Not a directory"); kh_tr("File too large");
kh_tr("Directory not empty"); kh_tr("No space left on device"); kh_tr("Read-only file system");
kh_tr("Disk quota exceeded"); kh_tr("Input/output error"); kh_tr("Too many open files");
kh_tr("File name too long"); kh_tr("Cannot allocate memory"); kh_tr("Invalid argument");
kh_tr("Resource temporarily unavailable"); kh_tr("Connection refused");
kh_tr("Connection timed out"); kh_tr("Too many levels of symbolic links");
kh_tr("Killed"); kh_tr("Segmentation fault"); kh_tr("Aborted"); kh_tr("Bus error");
kh_tr("Floating point exception"); kh_tr("Illegal instruction"); kh_tr("Bad system call");
kh_tr("CPU time limit exceeded"); kh_tr("File size limit exceeded"); kh_tr("Terminated");
C

# Copies of the sources for xgettext, which knows a function by its name alone and takes the first
# literal of an argument: a file's own functions get names that say where the format stands, the
# second half of `a ? "..." : "..."` and the tables of plugins are marked.
HELPERS=$helpers perl -e '
    my ($work) = @ARGV;
    my %words = map { $_ => 1 } split " ", $ENV{HELPERS};
    my $literal = qr/(?:"(?:[^"\\]|\\.)*"\s*)+/;
    open my $list, "<", "$work/files" or die;
    chomp(my @paths = <$list>);
    my @texts;
    undef $/;
    for my $path (@paths) {
        open my $in, "<", $path or next;
        push @texts, [$path, <$in>];
    }
    my $all = join "", map { $_->[1] } grep { $_->[0] =~ m{^core/} } @texts;
    my $looks_up = sub { # does the function look its format up?
        my ($name, $sources) = @_;
        $sources =~ /\b$name\((?:[^(){};]|\([^()]*\))*\)\s*\{(.*?)^\}/ms or return 0;
        return $1 =~ /dgettext|kh_vfail|kh_tr\(format\)/;
    };
    for (@texts) {
        my ($path, $text) = @$_;
        my %own;
        while ($text =~ /format\(printf,\s*(\d+),\s*\d+\)[^()]*\)\)[\w\s*]*?\b(\w+)\s*\(/g) {
            my ($at, $name) = ($1, $2);
            if ($path =~ /\.h$/) {
                $words{"$name:$at"} = 2 if $looks_up->($name, $all);
            } elsif ($looks_up->($name, $text)) {
                $own{$name} = $at;
            }
        }
        for my $name (keys %own) {
            $text =~ s/\b$name\s*\(/own_$own{$name}(/g;
            $words{"own_$own{$name}:$own{$name}"} = 2;
        }
        $text =~ s/(\.(?:help|summary)\s*=\s*)($literal)/$1KH_N_($2)/g;
        $_ = $text;
    }
    my $names = join "|", map { /(\w+):/ } sort keys %words;
    my $nested;
    $nested = qr/\((?:[^()"\x27]|"(?:[^"\\]|\\.)*"|\x27(?:[^\x27\\]|\\.)*\x27|(??{$nested}))*\)/;
    for my $i (0 .. $#texts) {
        $texts[$i] =~ s{\b($names)\s*($nested)}{
            my ($name, $rest) = ($1, $2);
            $rest =~ s/(\s:\s*)("(?:[^"\\]|\\.)* (?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*)/$1KH_N_($2)/g;
            "$name$rest"
        }ge;
        $texts[$i] =~ s/([\s(,])""(?=\s*[,)])/$1NULL/g;
        open my $out, ">", sprintf("%s/tree/%04d.c", $work, $i) or die;
        print $out $texts[$i];
    }
    open my $out, ">", "$work/words" or die;
    for my $word (sort keys %words) {
        print $out "--keyword=$word\n";
        print $out "--flag=$word:c-format\n" if $words{$word} == 2;
    }
' "$work"
# shellcheck disable=SC2046 # one option a word
xgettext --keyword $(cat "$work/words") --language=C --from-code=UTF-8 --no-location \
    --sort-output --output="$work/pot" "$work"/tree/*.c
# Without what has no words: "%s:%d: %s"; nothing in the header ages.
printf 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
perl -00 -ne '
    my $words = join "", /^msgid "(.*)"$/m, /^"(.*)"$/mg;
    $words =~ s/%[-+ #0-9.*]*(?:ll|[lzj])?[a-zA-Z%]|\\.//g;
    print if $. > 1 && $words =~ /[A-Za-z]{2}/;
' "$work/pot"
