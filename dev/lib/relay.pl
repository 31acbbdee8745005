# perl relay.pl PORT NAMESPACE HOST HOST_PORT: listens on loopback here, and hands each connection on in another network namespace.
# Sockets stay in the namespace they were made in: the one that listens is made here, those that connect behind nsenter.
use strict;
use Socket;

my ($port, $namespace, $host, $host_port, $listener) = @ARGV;

if (!defined $listener) {
    $^F = 255; # Let exec pass the socket on.
    socket(my $server, PF_INET, SOCK_STREAM, 0) or die "$!\n";
    setsockopt($server, SOL_SOCKET, SO_REUSEADDR, 1);
    bind($server, sockaddr_in($port, INADDR_LOOPBACK)) or die "port $port: $!\n";
    listen($server, 50) or die "$!\n";
    exec 'nsenter', "--net=$namespace", '--', $^X, $0, @ARGV, fileno $server or die "nsenter: $!\n";
}

sub copy {
    my ($from, $to) = @_;
    while (sysread $from, my $part, 65536) {
        for (my $done = 0; $done < length $part;) {
            $done += syswrite($to, $part, length($part) - $done, $done) || return;
        }
    }
    shutdown $to, 1;
}

$SIG{CHLD} = 'IGNORE';
$SIG{PIPE} = 'IGNORE';
open my $server, '+<&=', $listener or die "$!\n";
while (accept my $client, $server) {
    if (fork) { close $client; next }
    close $server;
    socket(my $there, PF_INET, SOCK_STREAM, 0) or die "$!\n";
    connect($there, sockaddr_in($host_port, inet_aton($host))) or die "$host: $!\n";
    if (fork) { copy($client, $there) } else { copy($there, $client) }
    exit;
}
