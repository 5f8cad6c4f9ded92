#!/usr/bin/env bash
# Apache as a resource server that asks our introspection endpoint: npm run interop:apache. Needs Debian's packages
# apache2, libapache2-mod-auth-openidc and libapache2-mod-oauth2.
set -euo pipefail
cd "$(dirname "$0")/../.."
for module in mod_auth_openidc mod_oauth2; do
  if [ ! -e "/usr/lib/apache2/modules/$module.so" ]; then
    echo "$module is missing: apt-get install apache2 libapache2-mod-auth-openidc libapache2-mod-oauth2" >&2
    exit 1
  fi
done
exec node test/interop/apache.ts
