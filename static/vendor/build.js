// Makes the bundles in this folder from the locked packages, and writes manifest.json about every vendored file.
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');
const lock = read('package-lock.json').packages;
const versionOf = (name) => lock[`node_modules/${name}`].version;

for (const name of ['codemirror', 'dagre']) {
  await build({ entryPoints: [`${name}.entry.js`], outfile: `${name}.js`, bundle: true, format: 'esm', minify: true, target: 'es2022', legalComments: 'none' });
}
copyFileSync('node_modules/htmx.org/dist/htmx.min.js', 'htmx.js');
const FONTS = { inter: 'Inter', 'jetbrains-mono': 'JetBrains Mono' };
for (const font of Object.keys(FONTS)) {
  const from = `node_modules/@fontsource-variable/${font}`;
  copyFileSync(`${from}/files/${font}-latin-wght-normal.woff2`, `fonts/${font}-latin-wght-normal.woff2`);
  copyFileSync(`${from}/LICENSE`, `licences/${font}.txt`);
}

// One licence text for a bundle of packages by several authors: each package's own, under its name.
const packages = Object.keys(lock).map((path) => path.replace('node_modules/', '')).filter((name) => name && !lock[`node_modules/${name}`].dev).sort();
const bundled = packages.filter((name) => !/^(htmx|@fontsource|@dagrejs)/.test(name));
const graphs = packages.filter((name) => name.startsWith('@dagrejs/'));
const licenceOf = (name) => readFileSync(`node_modules/${name}/LICENSE`, 'utf8').trim();
const licencesOf = (names) => names.map((name) => `${name} ${versionOf(name)}\n\n${licenceOf(name)}\n`).join('\n----\n\n');
writeFileSync('licences/codemirror.txt', licencesOf(bundled));
writeFileSync('licences/dagre.txt', licencesOf(graphs));
writeFileSync('licences/htmx.txt', `${licenceOf('htmx.org')}\n`);

const row = (name, version, licence, file, licenceFile, madeBy) => ({ name, version, licence, file, sha256: sha256(file), licence_file: licenceFile, made_by: madeBy });
const rows = [
  row('CodeMirror', bundled.filter((name) => name.startsWith('@codemirror/')).map((name) => `${name.slice(12)} ${versionOf(name)}`).join(', '), 'MIT',
    'codemirror.js', 'licences/codemirror.txt', 'npm ci && npm run build'),
  row('dagre', graphs.map((name) => `${name.slice(9)} ${versionOf(name)}`).join(', '), 'MIT', 'dagre.js', 'licences/dagre.txt', 'npm ci && npm run build'),
  row('htmx', versionOf('htmx.org'), '0BSD', 'htmx.js', 'licences/htmx.txt', 'npm ci && npm run build'),
  ...Object.entries(FONTS).map(([font, name]) => row(name, `${versionOf(`@fontsource-variable/${font}`)}, variable, latin`, 'OFL-1.1',
    `fonts/${font}-latin-wght-normal.woff2`, `licences/${font}.txt`, 'npm ci && npm run build')),
];
writeFileSync('manifest.json', `${JSON.stringify(rows, null, 2)}\n`);
