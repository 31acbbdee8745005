use IO::Socket::INET;
$| = 1;
my $socket = IO::Socket::INET->new(LocalPort => 8080, Listen => 5, ReuseAddr => 1) or die $!;
print "listening on 8080\n";
while (my $client = $socket->accept) {
    while (<$client>) { last if /^\r?\n$/ }
    print $client "HTTP/1.0 200 OK\r\n\r\nhello\n";
    close $client;
}
