#!/usr/bin/perl
# serve PORT FILE: answers every request with what is in the file.
use strict;
use warnings;
use IO::Socket::INET;

my ($port, $file) = @ARGV;
open(my $in, '<', $file) or die "$file: $!";
my $text = do { local $/; <$in> };
my $server = IO::Socket::INET->new(LocalPort => $port, Listen => 5, ReuseAddr => 1) or die "port $port: $!";
$| = 1;
print "@WORD@ on port $port\n";
while (my $client = $server->accept()) {
    while (my $line = <$client>) { last if $line =~ /^\r?\n$/ }
    print $client "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ", length($text), "\r\n\r\n", $text;
    close($client);
}
