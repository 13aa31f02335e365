#!/usr/bin/env bash
# Renews assets/: the prebuilt files of GraphiQL and React with their licences,
# compressed once, so that the program serves them as they lie here.
# Change a version below, run this, and look at the page.
set -euo pipefail

graphiql=4.1.2
react=18.3.1

cd "$(dirname "$0")/assets"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# unpack NAME VERSION FOLDER
unpack() {
  mkdir "$work/$3"
  (cd "$work/$3" && npm pack --silent "$1@$2" >/dev/null && tar -xzf ./*.tgz --strip-components=1)
}
unpack graphiql "$graphiql" graphiql
unpack react "$react" react
unpack react-dom "$react" react-dom

# keep SOURCE NAME: without a time stamp, so that the same file gives the same
# bytes, and without the name of a source map that is not served.
keep() { sed '/^\/\/# sourceMappingURL=/d' "$work/$1" | gzip -9 -n >"$2.gz"; }
keep graphiql/graphiql.min.js graphiql.js
keep graphiql/graphiql.min.css graphiql.css
keep react/umd/react.production.min.js react.js
keep react-dom/umd/react-dom.production.min.js react-dom.js

cp "$work/graphiql/LICENSE" graphiql.LICENSE
cp "$work/react/LICENSE" react.LICENSE
chmod 0644 ./*
