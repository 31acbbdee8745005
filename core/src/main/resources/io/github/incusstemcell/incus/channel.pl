# Answers questions about the machine that it runs on, one frame each: length, number, letter, body; numbers are big-endian, of 32 bits.
# Told apart by their numbers, answers come in any order. Its end is the end of its stdin, and that of all that it has started.
$^F = 2;
$0 = shift;
open STDERR, '>', '/dev/null';
binmode STDIN;
binmode STDOUT;

# Here, where it stands, a script sees no variables but its own.
sub evaluate { eval "#line 1 \"-e\"\n" . shift }

my ($most, $piece, $unread, %commands) = (1 << 20, 1 << 16, '');
my $locale = $ENV{LC_ALL} || $ENV{LC_MESSAGES} || $ENV{LANG} || 'C';

sub answer {
    my ($number, $letter, $body) = @_;
    my $frame = pack 'NNaa*', 5 + length $body, $number, $letter, $body;
    for (my $sent = 0; $sent < length $frame;) {
        $sent += syswrite(STDOUT, $frame, length($frame) - $sent, $sent) || exit;
    }
}

sub refuse {
    my ($number, $reason) = @_;
    answer $number, 'n', pack 'N', $reason;
}

# As SFTP writes them. Of /proc and /sys only their content is told: the rest is to be as the daemon's file server has it.
sub attributes {
    my @of = @_;
    my %kernel = map { $_ => 1 } (stat '/proc')[0], (stat '/sys')[0];
    return if !@of || $kernel{$of[0]};
    return pack 'NQ>N5', 15, @of[7, 4, 5, 2], 0, $of[9] & 0xffffffff;
}

sub refusal { ('n', pack 'N', $_[0]) }

sub look {
    my @of = @_;
    my $attributes = attributes @of;
    defined $attributes ? ('v', $attributes) : refusal(@of ? 0 : $!);
}

sub readLink {
    my $target = readlink $_[0];
    defined $target ? ('v', $target) : refusal $!;
}

# With the paths of the links in it, which are asked for next.
sub list {
    my $path = shift;
    opendir my $folder, $path or return refusal $!;
    my ($all, @links) = '';
    for my $name (grep { $_ ne '.' && $_ ne '..' } readdir $folder) {
        my $file = $path =~ m{/\z} ? "$path$name" : "$path/$name";
        my @of = lstat $file;
        my $attributes = attributes @of;
        next if !defined $attributes && $!{ENOENT};
        return refusal 0 if !defined $attributes || length $all > $most / 2;
        $all .= pack 'N/a*a*', $name, $attributes;
        push @links, $file if ($of[2] & 0170000) == 0120000;
    }
    ('v', $all, @links);
}

# No file that might have it wait for somebody, as a pipe does, nor one that is to be read piece by piece.
sub content {
    my $path = shift;
    stat $path or return refusal $!;
    return refusal 0 unless -f _ && -s _ <= $most;
    sysopen my $file, $path, 04000 or return refusal $!; # O_NONBLOCK
    my ($all, $read) = ('', 0);
    do {
        $read = sysread $file, $all, $piece, length $all;
        return refusal 0 if !defined $read || length $all > $most;
    } while $read;
    ('v', $all);
}

my %looks = (
    s => sub { look stat $_[0] },
    l => sub { look lstat $_[0] },
    t => \&readLink,
    d => \&list,
    r => \&content,
);

# Adds answers, each behind its question. Contents are for the plain way where there is too much of them.
sub addAnswers {
    my ($all, $path, @letters) = @_;
    for my $letter (@letters) {
        my ($kind, $found, @links) = $looks{$letter}->($path);
        ($kind, $found) = refusal 0 if $letter eq 'r' && length($$all) + length $found > $most * 3 / 2;
        $$all .= pack 'aN/a*aN/a*', $letter, $path, $kind, $found;
        die if length $$all > $most * 7 / 4;
        addAnswers($all, $_, 't') for @links;
    }
}

# Looks at all that a pattern of paths, glob(7), may mean, in the words in which it will be asked for: each folder in which there are names
# to choose from, and what is there. Names that are like the pattern at both ends may be meant; who asks decides.
sub walk {
    my ($all, $content, $folder, $name, @below) = @_;
    if ($name !~ /[*?]|\[.+\]/s) {
        my $path = "$folder/$name";
        return @below ? walk($all, $content, $path, @below) : addAnswers($all, $path, 'l', 't', 's', $content ? 'r' : ());
    }
    my $at = $folder || '/';
    addAnswers $all, $at, 's', 'd';
    return unless @below || $content;
    my ($begin, $end) = ($name =~ /^([^*?[]*)/, $name =~ /([^*?\]]*)\z/);
    opendir my $names, $at or return;
    for my $path (map "$folder/$_", grep { /^\Q$begin\E.*\Q$end\E\z/s && !/^\.\.?\z/ } readdir $names) {
        lstat $path;
        if (@below) {
            walk($all, $content, $path, @below) if -l _ || -d _;
        } elsif (-f _) {
            addAnswers $all, $path, 's', 'r';
        }
    }
}

# Answers several questions, each as it would be alone; and what was not asked, too, where that comes next.
sub files {
    my ($number, $body) = @_;
    my @asked = unpack '(aN/a*)*', $body;
    my $all = '';
    eval {
        while (my ($letter, $path) = splice @asked, 0, 2) {
            $looks{$letter}
                ? addAnswers \$all, $path, $letter
                : walk \$all, $letter eq 'c', '', split m{/}, substr($path, 1), -1;
        }
        answer $number, 'v', $all;
        1;
    } or refuse $number, 0;
}

sub start {
    my ($number, $body, $does) = @_;
    my ($count, @words) = unpack 'N(N/a*)*', $body;
    my @argv = splice @words, 0, $count;
    pipe my $out, my $stdout and pipe my $err, my $stderr or return refuse $number, $!;
    my $pid = fork;
    return refuse $number, $! unless defined $pid;
    # Both sides set it, so that it is set whichever is first.
    setpgrp $pid, $pid;
    if (!$pid) {
        open STDIN, '<', '/dev/null';
        open STDERR, '>&', $stderr;
        open STDOUT, '>&', $stdout;
        %ENV = (%ENV, @words);
        $does->(@argv);
    }
    $commands{$number} = { pid => $pid, o => $out, e => $err };
}

sub execute {
    exec { $_[0] } @_;
    exit 127;
}

# In this process, or rather in a copy of it, as to start a perl takes longer than most scripts. What fails is left to a perl of its own.
sub script {
    my ($number, $body) = @_;
    return refuse $number, 0 if $locale !~ /^C(\.|$)/;
    # So that it is there for the next one, too.
    my $script = (unpack 'N(N/a*)3', $body)[3];
    eval "require $_" for $script =~ /^use (\w+)/mg;
    start $number, $body, sub {
        @ARGV = @_[4 .. $#_];
        %commands = ();
        evaluate $script;
        exit($@ eq '' ? 0 : 126);
    };
}

# The folder itself is among them.
sub within {
    my ($path) = @_;
    opendir my $folder, $path or return $path;
    return map "$path/$_", grep { $_ ne '..' } readdir $folder;
}

# How files are, with those in folders, and when the last of them was changed, which nobody can set.
sub condition {
    my ($condition, $newest) = ('', 0);
    for my $file (map within($_), @_) {
        my @of = stat $file;
        $condition .= "$file @of[0, 1, 7, 9, 10]\n";
        $newest = $of[10] if @of && $of[10] > $newest;
    }
    return ($condition, $newest);
}

# A command of whose outcome only files decide, its program among them: it is known as long as these are as they were.
my %known;

sub depending {
    my ($number, $body) = @_;
    my @files = unpack 'N/(N/a*)a*', $body;
    my $command = pop @files;
    my $program = unpack 'x4N/a*', $command;
    push @files, map "$_/$program", split /:/, $ENV{PATH};
    my ($condition) = condition @files;
    if ($known{$body} && $known{$body}{condition} eq $condition) {
        answer $number, 'o', $known{$body}{o};
        return answer $number, 'x', pack 'N', 0;
    }
    my $begin = time;
    start $number, $command, \&execute;
    $commands{$number}{question} = { body => $body, files => \@files, condition => $condition, begin => $begin } if $commands{$number};
}

# But what was changed in the second before could be so once more, and look the same.
sub remember {
    my ($question) = @_;
    my ($condition, $newest) = condition @{ $question->{files} };
    return if $condition ne $question->{condition} || $newest >= $question->{begin} - 1;
    %known = () if keys %known > 15;
    $known{ $question->{body} } = $question;
}

sub pass {
    my ($number, $letter) = @_;
    my $command = $commands{$number};
    my $question = $command->{question};
    if (sysread $command->{$letter}, my $data, $piece) {
        $question->{$letter} .= $data if $question && length $question->{$letter} < $most / 2;
        return answer $number, $letter, $data;
    }
    delete $command->{$letter};
    return if $command->{o} || $command->{e};
    delete $commands{$number};
    waitpid $command->{pid}, 0;
    my $status = $?;
    remember $question if $question && !$status && $question->{e} eq '' && length $question->{o} < $most / 2;
    answer $number, 'x', pack 'N', $status;
}

my %does = (
    f => \&files,
    x => sub { start @_, \&execute },
    d => \&depending,
    e => \&script,
    k => sub { kill 'KILL', -$commands{$_[0]}{pid} if $commands{$_[0]} },
    p => sub { answer $_[0], 'v', '' },
);

syswrite STDOUT, "channel\n";
while (1) {
    my ($ready, %sources) = ('');
    vec($ready, 0, 1) = 1;
    for my $number (keys %commands) {
        for my $letter (grep { $commands{$number}{$_} } 'o', 'e') {
            my $source = fileno $commands{$number}{$letter};
            vec($ready, $source, 1) = 1;
            $sources{$source} = [$number, $letter];
        }
    }
    select $ready, undef, undef, undef;
    vec($ready, $_, 1) and pass @{ $sources{$_} } for keys %sources;
    next unless vec $ready, 0, 1;
    sysread STDIN, $unread, $piece, length $unread or last;
    while (length $unread >= 4 and length $unread >= 4 + (my $length = unpack 'N', $unread)) {
        my ($number, $letter, $body) = unpack 'x4Naa*', substr $unread, 0, 4 + $length, '';
        $does{$letter}->($number, $body);
    }
}
kill 'KILL', -$_->{pid} for values %commands;
