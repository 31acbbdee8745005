#!/bin/sh
# No two machines may share host keys, so the image has none.
set -e
rm -f /etc/ssh/ssh_host*key*
ssh-keygen -A -v
dpkg-reconfigure --frontend=noninteractive sysstat
