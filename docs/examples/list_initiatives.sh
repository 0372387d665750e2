#!/bin/sh
# Prints the public initiatives as JSON, up to 100 on a line. Filters are those in the address of the list's page:
#   sh list_initiatives.sh "stage=active&words=homes"
set -eu
: "${GOLDENTHREAD_URL:?Set GOLDENTHREAD_URL to the address of the service, for example http://localhost:8000}"

address="$GOLDENTHREAD_URL/api/v1/initiatives/?limit=100${1:+&$1}"
while [ -n "$address" ]; do
  page=$(curl --silent --show-error --fail-with-body "$address") || { printf '%s\n' "$page" >&2; exit 1; }
  printf '%s\n' "$page"
  # The address of the next page, or nothing after the last one.
  address=$(printf '%s' "$page" | sed -n 's/.*"next": *"\([^"]*\)".*/\1/p')
done
