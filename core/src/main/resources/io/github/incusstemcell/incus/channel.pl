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

sub look {
    my ($number, @of) = @_;
    my $attributes = attributes @of;
    defined $attributes ? answer($number, 'v', $attributes) : refuse($number, @of ? 0 : $!);
}

sub readLink {
    my ($number, $path) = @_;
    my $target = readlink $path;
    defined $target ? answer($number, 'v', $target) : refuse($number, $!);
}

sub list {
    my ($number, $path) = @_;
    opendir my $folder, $path or return refuse $number, $!;
    my $all = '';
    for my $name (grep { $_ ne '.' && $_ ne '..' } readdir $folder) {
        my $attributes = attributes lstat "$path/$name";
        next if !defined $attributes && $!{ENOENT};
        return refuse $number, 0 if !defined $attributes || length $all > $most / 2;
        $all .= pack 'N/a*a*', $name, $attributes;
    }
    answer $number, 'v', $all;
}

# No file that might have it wait for somebody, as a pipe does, nor one that is to be read piece by piece.
sub content {
    my ($number, $path) = @_;
    stat $path or return refuse $number, $!;
    return refuse $number, 0 unless -f _ && -s _ <= $most;
    sysopen my $file, $path, 04000 or return refuse $number, $!; # O_NONBLOCK
    my ($all, $read) = ('', 0);
    do {
        $read = sysread $file, $all, $piece, length $all;
        return refuse $number, 0 if !defined $read || length $all > $most;
    } while $read;
    answer $number, 'v', $all;
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
    s => sub { look $_[0], stat $_[1] },
    l => sub { look $_[0], lstat $_[1] },
    t => \&readLink,
    d => \&list,
    r => \&content,
    x => sub { start @_, \&execute },
    f => \&depending,
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
