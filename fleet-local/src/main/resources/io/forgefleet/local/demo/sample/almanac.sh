#!/bin/sh
# Prints what a weather station saw.
cd "$(dirname "$0")" || exit 1
echo "The coldest day: $(head -n 1 sorted.csv)"
