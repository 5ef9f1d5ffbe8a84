// Fetches the two typefaces from npm at pinned versions and writes what the pages need: two faces as woff2 with their
// licences, and the display face's outlines for posters. Run by `make vendor`; its results are committed.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const assets = join(here, "..", "assets");
const work = mkdtempSync(join(tmpdir(), "maguey-vendor-"));

const faces = [
  { package: "@fontsource/big-shoulders-display", file: "big-shoulders-display-latin-900-normal.woff2", as: "big-shoulders-display-900.woff2" },
  { package: "@fontsource/hanken-grotesk", file: "hanken-grotesk-latin-400-normal.woff2", as: "hanken-grotesk-400.woff2" },
  { package: "@fontsource/hanken-grotesk", file: "hanken-grotesk-latin-600-normal.woff2", as: "hanken-grotesk-600.woff2" },
];

// Every letter a title can be set in: capitals with the accents of Western Europe, figures, punctuation.
const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒẞ0123456789 .,:;·!¡?¿&+-–—/'’\"“”«»()#%*@€×"];

async function outlines(face) {
  const load = (name, path) => import(pathToFileURL(join(work, "node_modules", name, path)));
  const wawoff = (await load("wawoff2", "index.js")).default;
  const opentype = (await load("opentype.js", "dist/opentype.mjs"));
  const bytes = await wawoff.decompress(readFileSync(face));
  const font = (opentype.default ?? opentype).parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const lines = [`# character, advance and outline of Big Shoulders Display 900 (SIL OFL 1.1), in thousandths of the size; written by vendor.mjs`];
  for (const letter of letters) {
    const glyph = font.charToGlyph(letter);
    if (glyph.index === 0) continue;
    const path = glyph.getPath(0, 0, 1000).toPathData(0);
    lines.push(`${letter}\t${Math.round((glyph.advanceWidth * 1000) / font.unitsPerEm)}\t${path}`);
  }
  return `${lines.join("\n")}\n`;
}

try {
  copyFileSync(join(here, "package.json"), join(work, "package.json"));
  copyFileSync(join(here, "package-lock.json"), join(work, "package-lock.json"));
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: work, stdio: "inherit" });
  for (const face of faces) {
    copyFileSync(join(work, "node_modules", face.package, "files", face.file), join(assets, face.as));
    copyFileSync(join(work, "node_modules", face.package, "LICENSE"), join(assets, `${face.package.split("/")[1]}.LICENSE.txt`));
  }
  const display = join(work, "node_modules", faces[0].package, "files", faces[0].file);
  writeFileSync(join(here, "..", "src", "poster", "display_face.tsv"), await outlines(display));
} finally {
  rmSync(work, { recursive: true, force: true });
}
