/** Of the report: light and dark, a phone's width and a screen's. Colours of text stand out by 4.5 to 1 at least. */
export const STYLE = `
:root{color-scheme:light dark;--back:#fff;--soft:#f4f5f7;--line:#dfe2e8;--faint:#eef0f3;--text:#1b1f27;--dim:#5a6270;--good:#0b6b3a;--warn:#8a4b00;--warn-back:#fff6e5;
--c0:#7a8400;--c1:#2f8a2f;--c2:#0b8577;--c3:#0277b6;--c4:#4f46e5;--c5:#8b2fe0;--c6:#b31fc4;--c7:#be123c}
@media (prefers-color-scheme:dark){:root{--back:#13161c;--soft:#1c2028;--line:#39404d;--faint:#252a34;--text:#e6e9ef;--dim:#a0a8b6;--good:#5fd39a;--warn:#f3bf6b;--warn-back:#2b2416;
--c0:#d0d94a;--c1:#76d069;--c2:#2dd4bf;--c3:#4cbcf5;--c4:#8f97fb;--c5:#c08afc;--c6:#e879f9;--c7:#fb7185}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:960px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 4px}
h2{font-size:1.12rem;margin:38px 0 10px}
h3{font-size:1rem;margin:22px 0 4px}
p{margin:8px 0}
.dim,figcaption{color:var(--dim)}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.9em}
.subject{overflow-wrap:anywhere}
.caveat{background:var(--warn-back);color:var(--warn);border-radius:8px;padding:10px 14px;margin:12px 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;margin:16px 0;padding:0;list-style:none}
.tiles li{background:var(--soft);border-radius:10px;padding:12px 14px}
.tiles b{display:block;font-size:1.4rem;line-height:1.2;font-variant-numeric:tabular-nums}
.tiles span{color:var(--dim);font-size:.86rem}
pre{background:var(--soft);border-radius:10px;padding:14px 16px;white-space:pre-wrap;overflow-wrap:anywhere;margin:12px 0;line-height:1.6}
pre .dim{font-size:.93em}
figure{margin:14px 0 0}
figcaption{font-size:.9rem;margin-top:6px}
svg{display:block;width:100%;height:auto}
svg text{fill:var(--dim);font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}
svg .axis{fill:var(--text)}
.grid line{stroke:var(--line);stroke-width:1}.grid line.minor{stroke:var(--faint)}
.curve{fill:none;stroke-width:1.6;stroke-linejoin:round;opacity:.85}.spot{stroke:var(--back);stroke-width:1}.cross{fill:none;stroke-width:2}
.chosen{fill:none;stroke:var(--text);stroke-width:2}
${Array.from({ length: 8 }, (_, i) => `.curve.c${i},.cross.c${i}{stroke:var(--c${i})}.spot.c${i}{fill:var(--c${i})}.key.c${i}{background:var(--c${i})}`).join('\n')}
.narrow{display:none}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:18px}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;list-style:none;margin:10px 0 2px;padding:0;font-size:.9rem;color:var(--dim)}
.legend li{display:flex;align-items:center;gap:6px}
.key{width:12px;height:12px;border-radius:50%;display:inline-block}
.key.ring{border:2px solid var(--text)}.key.x{border-radius:0;width:auto;height:auto;color:var(--text);font-weight:600}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.92rem}
caption{text-align:left;color:var(--dim);padding:0 0 6px}
th,td{padding:5px 9px;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
th{color:var(--dim);font-weight:600}
td.note{text-align:left;white-space:normal;min-width:13rem;color:var(--warn)}
th:last-child{text-align:left}
tr.best td{font-weight:600}tr.best td:first-child::before{content:"★ ";color:var(--good)}
@media (max-width:640px){main{padding:18px 14px 40px}h1{font-size:1.25rem}.wide{display:none}.narrow{display:block}.pair{grid-template-columns:1fr}.tiles{grid-template-columns:1fr 1fr}.tiles b{font-size:1.15rem}pre{font-size:.86em;padding:12px}th,td{padding:5px 7px}}
@media print{body{background:#fff}.scroll{overflow:visible}}
`.trim();
