// Builds web/static/vendor from the exact versions of package-lock.json: `npm ci && node build.mjs`.
// The result is committed with SHA256SUMS; whoever builds it again gets the same bytes.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, 'node_modules');
const vendor = join(here, '..', 'static', 'vendor');

rmSync(vendor, { recursive: true, force: true });
mkdirSync(join(vendor, 'licences'), { recursive: true });

// bpmn-js: the navigated viewer and the modeler, one script each.
async function script(name, entry) {
  const bundle = await build({
    entryPoints: [join(here, entry)],
    bundle: true,
    minify: true,
    format: 'iife',
    target: ['es2020'],
    legalComments: 'none',
    charset: 'utf8',
    write: false,
    metafile: true,
    absWorkingDir: here,
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  writeFileSync(join(vendor, name), bundle.outputFiles[0].contents);
  return Object.keys(bundle.metafile.inputs);
}

const inputs = [...(await script('bpmn-viewer.js', 'diagram-entry.js')), ...(await script('bpmn-modeler.js', 'modeler-entry.js'))];

async function style(name, sources, change = (text) => text) {
  const joined = sources.map((source) => readFileSync(join(modules, source), 'utf8').replace(/\/\*# sourceMappingURL.*?\*\//g, '')).join('\n');
  const { code } = await transform(change(joined), { loader: 'css', minify: true, legalComments: 'inline', charset: 'utf8' });
  writeFileSync(join(vendor, name), code);
}

await style('bpmn-viewer.css', ['bpmn-js/dist/assets/diagram-js.css', 'bpmn-js/dist/assets/bpmn-js.css']);
// The modeler's signs are letters of a font; the policy takes fonts from our own host only, so it is a file.
const fontOfSigns = /src:\s*url\('\.\.\/font\/bpmn\.eot[\s\S]*?;\s*src:[\s\S]*?;/;
await style('bpmn-modeler.css', ['bpmn-js/dist/assets/bpmn-font/css/bpmn.css', 'diagram-js-minimap/assets/diagram-js-minimap.css'], (text) => {
  if (!fontOfSigns.test(text)) throw new Error('bpmn.css: its font is named otherwise now');
  return text.replace(fontOfSigns, 'src: url("fonts/bpmn.woff2") format("woff2");');
});
// Bootstrap: reset, grid and utilities. Components are our own (web/static/css), so none of its scripts is needed.
await style('bootstrap.css', [
  'bootstrap/dist/css/bootstrap-reboot.css',
  'bootstrap/dist/css/bootstrap-grid.css',
  'bootstrap/dist/css/bootstrap-utilities.css',
]);

// Swagger UI: the page of /api/docs.
for (const file of ['swagger-ui-bundle.js', 'swagger-ui.css']) {
  const text = readFileSync(join(modules, 'swagger-ui-dist', file), 'utf8').replace(/\n?(\/\/# sourceMappingURL=.*|\/\*# sourceMappingURL=.*?\*\/)/g, '');
  writeFileSync(join(vendor, file), text);
}

// Be Vietnam Pro: the letters of the screens, the same on every machine (system fonts stand behind it).
const weights = [400, 600, 700];
const subsets = {
  vietnamese: 'U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,U+0300-0301,U+0303-0304,U+0308-0309,U+0323,U+0329,U+1EA0-1EF9,U+20AB',
  latin: 'U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD',
};
mkdirSync(join(vendor, 'fonts'));
const faces = [];
const fonts = ['fonts/bpmn.woff2'];
copyFileSync(join(modules, 'bpmn-js/dist/assets/bpmn-font/font/bpmn.woff2'), join(vendor, 'fonts', 'bpmn.woff2'));
for (const weight of weights) {
  for (const [subset, range] of Object.entries(subsets)) {
    const file = `be-vietnam-pro-${subset}-${weight}-normal.woff2`;
    copyFileSync(join(modules, '@fontsource/be-vietnam-pro/files', file), join(vendor, 'fonts', file));
    fonts.push(`fonts/${file}`);
    faces.push(
      `@font-face{font-family:"Be Vietnam Pro";font-style:normal;font-display:swap;font-weight:${weight};` +
        `src:url(fonts/${file}) format("woff2");unicode-range:${range}}`,
    );
  }
}
writeFileSync(join(vendor, 'fonts.css'), faces.join('\n') + '\n');

// The licence of every package whose code stands in what was built.
const packages = new Set(['bootstrap', '@fontsource/be-vietnam-pro', 'swagger-ui-dist']);
for (const input of inputs) {
  const match = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  if (match) packages.add(match[1]);
}
const listed = [];
for (const name of [...packages].sort()) {
  const folder = join(modules, name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name}: no licence text`);
  copyFileSync(join(folder, file), join(vendor, 'licences', `${name.replace('/', '__')}.txt`));
  listed.push(`${name} ${version} ${license}`);
}
// Swagger UI's bundle carries other people's code; their notices are one file of its package.
copyFileSync(join(modules, 'swagger-ui-dist', 'NOTICE'), join(vendor, 'licences', 'swagger-ui-dist.NOTICE.txt'));
copyFileSync(
  join(modules, 'swagger-ui-dist', 'swagger-ui-bundle.js.LICENSE.txt'),
  join(vendor, 'licences', 'swagger-ui-dist.bundle.txt'),
);
writeFileSync(join(vendor, 'licences', 'PACKAGES'), listed.join('\n') + '\n');

const built = ['bootstrap.css', 'bpmn-modeler.css', 'bpmn-modeler.js', 'bpmn-viewer.css', 'bpmn-viewer.js', 'fonts.css', ...fonts.sort(), 'swagger-ui-bundle.js', 'swagger-ui.css'];
const sums = built.map((name) => `${createHash('sha256').update(readFileSync(join(vendor, name))).digest('hex')}  ${name}`);
writeFileSync(join(vendor, 'SHA256SUMS'), sums.join('\n') + '\n');
console.log(sums.join('\n'));
