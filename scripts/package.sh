#!/usr/bin/env bash
# `npm run package [DIRECTORY]`: an npm tarball with its dependencies in it, and a Debian package. Default: packages/
set -euo pipefail
cd "$(dirname "$0")/.."

out=$(realpath -m "${1:-packages}")
version=$(node -p 'require("./package.json").version')
# Files are as old as the commit, so that the same commit gives the same package.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022

node scripts/write-man-pages.mjs
# What npm would publish, with the dependencies that the lock file names, and without what only a clone needs.
npm pack --silent --ignore-scripts --pack-destination "$work" >/dev/null
tar -C "$work" -xzf "$work"/brc-sync-*.tgz
rm "$work"/brc-sync-*.tgz
cp package-lock.json "$work/package/"
npm --prefix "$work/package" ci --omit=dev --ignore-scripts --prefer-offline --no-audit --no-fund --silent
rm -r "$work/package/package-lock.json" "$work/package/node_modules/.package-lock.json" "$work/package/node_modules/.bin"
if [ -n "$(find "$work/package" -name '*.node' -print -quit)" ]; then
  echo "A dependency has native code: the package would not run everywhere." >&2
  exit 1
fi
node - "$work/package/package.json" <<'JS'
const { readFileSync, readdirSync, writeFileSync } = require('node:fs');
const [, , path] = process.argv;
const { devDependencies, scripts, ...rest } = JSON.parse(readFileSync(path, 'utf8'));
const man = readdirSync(path.replace('package.json', 'man')).map((page) => `man/${page}`);
writeFileSync(path, `${JSON.stringify({ ...rest, man, bundleDependencies: Object.keys(rest.dependencies) }, null, 2)}\n`);
JS
mkdir -p "$out"
(cd "$work/package" && npm pack --silent --ignore-scripts --pack-destination "$out" >/dev/null)
echo "$out/brc-sync-$version.tgz"

if ! command -v dpkg-deb >/dev/null; then
  echo "Debian package left out: there is no dpkg-deb" >&2
  exit 0
fi
root=$work/root
place() { install -D -m "${3:-644}" "$1" "$root/$2"; }
mkdir -p "$root/usr/lib" "$root/usr/bin" "$root/usr/share/man/man1" "$root/etc/brc-sync" "$root/DEBIAN"
cp -R "$work/package" "$root/usr/lib/brc-sync"
chmod -R u=rwX,go=rX "$root"
mv "$root/usr/lib/brc-sync/man/"* "$root/usr/share/man/man1/"
rmdir "$root/usr/lib/brc-sync/man"
gzip -9n "$root/usr/share/man/man1/"*
chmod 755 "$root/usr/lib/brc-sync/bin/run.js"
ln -s ../lib/brc-sync/bin/run.js "$root/usr/bin/brc-sync"

for unit in packaging/systemd/*; do place "$unit" "lib/systemd/system/$(basename "$unit")"; done
place packaging/debian/default etc/default/brc-sync
completion() { node bin/run.js completion "$1" >"$work/completion" && place "$work/completion" "$2"; }
completion bash usr/share/bash-completion/completions/brc-sync
completion zsh usr/share/zsh/vendor-completions/_brc-sync
completion fish usr/share/fish/vendor_completions.d/brc-sync.fish

doc=usr/share/doc/brc-sync
compressed() { gzip -9nc >"$work/compressed" && place "$work/compressed" "$doc/$1"; }
compressed CHANGELOG.md.gz <CHANGELOG.md
compressed README.md.gz <README.md
maintainer=$(sed -n 's/^Maintainer: //p' packaging/debian/control)
printf 'brc-sync (%s) stable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- %s  %s\n' "$version" "$maintainer" "$(date -uRd "@$SOURCE_DATE_EPOCH")" |
  compressed changelog.gz
license=$(sed -e 's/^$/./' -e 's/^/ /' LICENSE) awk '{ if ($0 == "@LICENSE@") print ENVIRON["license"]; else print }' packaging/debian/copyright >"$work/copyright"
place "$work/copyright" $doc/copyright
ln -s ../../../lib/brc-sync/examples "$root/$doc/examples"

size=$(du -sk --exclude=DEBIAN "$root" | cut -f1)
sed -e "s/@VERSION@/$version/" -e "s/@SIZE@/$size/" packaging/debian/control >"$root/DEBIAN/control"
echo /etc/default/brc-sync >"$root/DEBIAN/conffiles"
for script in postinst prerm postrm; do place packaging/debian/$script DEBIAN/$script 755; done
(cd "$root" && find usr lib -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
dpkg-deb --root-owner-group -Zxz --build "$root" "$out/brc-sync_${version}_all.deb" >/dev/null
echo "$out/brc-sync_${version}_all.deb"
