#!/bin/sh
set -eu
sh "$(dirname "$0")/almanac.sh" | grep -q "coldest day: [0-9]"
echo "the almanac knows the coldest day"
