#!/bin/sh
# Registers a draft for your organisation and prints the record. What you leave out is "not stated".
#   sh register_initiative.sh our-row-17
# The word after the command is yours. With the same word the same draft is answered again, never a second one.
set -eu
: "${GOLDENTHREAD_URL:?Set GOLDENTHREAD_URL to the address of the service, for example http://localhost:8000}"
: "${GOLDENTHREAD_TOKEN:?Set GOLDENTHREAD_TOKEN to a token with the scope write}"
key="${1:?Say which of your records this is, for example our-row-17}"

curl --silent --show-error --fail-with-body "$GOLDENTHREAD_URL/api/v1/initiatives/" \
  --header "Authorization: Bearer $GOLDENTHREAD_TOKEN" \
  --header "Idempotency-Key: $key" \
  --header "Content-Type: application/json" \
  --data-binary @- <<'RECORD'
{
  "title": "Warm rooms in village halls",
  "summary": "Halls open on cold days, with advice on heating and benefits.",
  "stage": "proposed",
  "start": "2027-01-11",
  "money": 12500
}
RECORD
echo
