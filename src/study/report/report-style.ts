/** The page's style: system fonts, light and dark by the reader's setting, colours that the colour-blind can tell apart (Okabe-Ito). */
export const reportStyle = `
:root{color-scheme:light dark;--page:#f7f6f3;--card:#fff;--ink:#1d1c1a;--muted:#6d6962;--line:#e6e2da;--grid:#eeebe5;--accent:#2f5d8a;
--drift:#0072b2;--reasoning:#d98c00;--tools:#009e73;--verification:#bb5f94;--other:#8a857c;--good:#00845f;--bad:#b8442c;--shade:#f2efe9}
@media (prefers-color-scheme:dark){:root{--page:#151513;--card:#1e1d1b;--ink:#ecebe7;--muted:#a09b91;--line:#35332f;--grid:#2a2926;--accent:#8ab6e0;
--drift:#56a9e4;--reasoning:#e9b03c;--tools:#35c79b;--verification:#e091bd;--other:#8f8a80;--good:#4cc79a;--bad:#e9846e;--shade:#252421}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1080px;margin:0 auto;padding:40px 24px 64px}
header h1{font-size:26px;line-height:1.2;margin:0 0 6px;letter-spacing:-.015em}
header p{margin:0;color:var(--muted);max-width:92ch}
h2{font-size:17px;margin:44px 0 4px;letter-spacing:-.005em}
h2+p{margin:0 0 14px;color:var(--muted);max-width:92ch;font-size:14px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(160px,1fr));gap:12px;margin:28px 0 0}
.tile,.card{background:var(--card);border:1px solid var(--line);border-radius:10px}
.tile{padding:14px 16px 13px}
.tile b{display:block;font-size:27px;font-weight:620;letter-spacing:-.02em;line-height:1.25}
.tile span{display:block;font-size:13px}
.tile small{display:block;color:var(--muted);font-size:12px}
.card{padding:18px 20px;overflow-x:auto}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(400px,1fr));gap:16px}
.pair h2{margin-top:44px}
table{border-collapse:collapse;width:100%;font-size:14px}
th{font-weight:500;color:var(--muted);text-align:left;font-size:12.5px;border-bottom:1px solid var(--line);padding:0 12px 7px 0;white-space:nowrap}
td{padding:7px 12px 7px 0;border-bottom:1px solid var(--grid);vertical-align:top}
tr:last-child td{border-bottom:0}
td.n,th.n{text-align:right;white-space:nowrap}
td.quiet,.quiet{color:var(--muted)}span.quiet{font-size:12.5px}
tr.group td{padding-top:16px;font-weight:600;border-bottom-color:var(--line)}
.yes{color:var(--good);font-weight:600}.no{color:var(--bad);font-weight:600}
.warn{border-left:3px solid var(--reasoning);background:var(--shade);padding:9px 14px;border-radius:0 8px 8px 0;margin:10px 0;font-size:14px}
.key{display:flex;flex-wrap:wrap;gap:6px 18px;font-size:13px;color:var(--muted);margin:2px 0 12px}
.key i{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px}
svg{display:block;width:100%;height:auto;overflow:visible}
svg.wide{min-width:680px}
svg text{fill:var(--ink);font-size:13px}
svg .quiet{fill:var(--muted);font-size:12px}
svg .axis{stroke:var(--line)}svg .grid{stroke:var(--grid)}
svg .zero{stroke:var(--muted);stroke-dasharray:3 3}
footer{margin-top:48px;color:var(--muted);font-size:13px;max-width:75ch}
@media print{body{background:#fff}.card,.tile{break-inside:avoid}}
@media (max-width:560px){main{padding:24px 14px}.pair{grid-template-columns:1fr}}
`;

const categoryColors: Readonly<Record<string, string>> = {
  'Specification Drift': 'var(--drift)',
  'Reasoning Problems': 'var(--reasoning)',
  'Tool Call Failures': 'var(--tools)',
  'Verification Gaps': 'var(--verification)',
};

/** The colour of a category of misbehaviour; own categories share one. */
export function colorOfCategory(category: string): string {
  return categoryColors[category] ?? 'var(--other)';
}
