#!/bin/sh
# No two machines may share host keys, so the image has none. debconf's database may be locked by somebody else.
rm -f /etc/ssh/ssh_host*key*

reconfigure() {
    for attempt in 1 2 3 4 5; do
        ! dpkg-reconfigure --frontend=noninteractive --priority=critical "$1" || return 0
        echo "attempt $attempt to reconfigure $1 failed"
    done
    return 1
}

reconfigure openssh-server
reconfigure sysstat
