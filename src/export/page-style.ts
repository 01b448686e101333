/** The page's style: system fonts, light and dark by the reader's setting, colours that the colour-blind can tell apart. */
export const pageStyle = `
:root{color-scheme:light dark;--page:#f7f6f3;--card:#fff;--ink:#1d1c1a;--muted:#6d6962;--line:#e6e2da;--accent:#2f5d8a;--good:#00845f;--bad:#b8442c;--wink:#bb5f94;--shade:#f2efe9}
@media (prefers-color-scheme:dark){:root{--page:#151513;--card:#1e1d1b;--ink:#ecebe7;--muted:#a09b91;--line:#35332f;--accent:#8ab6e0;--good:#4cc79a;--bad:#e9846e;--wink:#e091bd;--shade:#252421}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:860px;margin:0 auto;padding:40px 24px 64px}
h1{font-size:24px;line-height:1.25;margin:0 0 6px;letter-spacing:-.01em}
h2{font-size:17px;margin:0 0 4px}
header p,footer,.completion p,.path{color:var(--muted);font-size:13px}
pre,code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
.note,.completion{background:var(--card);border:1px solid var(--line);border-left:3px solid var(--accent);border-radius:8px;padding:12px 16px;margin:22px 0 14px}
.note b{display:block;font-size:12px;color:var(--muted);font-weight:600;margin-bottom:4px}
.note pre{font:inherit}
.note img{display:block;max-width:100%;margin-top:10px;border-radius:6px}
.note.observer{border-left-color:var(--wink)}
.note.harness{border-left-color:var(--line);color:var(--muted);padding:8px 16px;font-size:13px}
.step{position:relative;margin:14px 0}
.number{position:absolute;left:-44px;width:34px;text-align:right;color:var(--muted);font-size:12px;text-decoration:none;line-height:1.9}
.answer>:first-child{margin-top:0}.answer>:last-child{margin-bottom:0}
.answer pre{background:var(--shade);border-radius:6px;padding:10px 12px;white-space:pre;overflow-x:auto}
.answer code{background:var(--shade);border-radius:4px;padding:1px 4px}.answer pre code{padding:0}
.answer table,.completion table{border-collapse:collapse;font-size:14px}
.answer th,.answer td,.completion td{border-bottom:1px solid var(--line);padding:5px 12px 5px 0;text-align:left;vertical-align:top}
a{color:var(--accent)}
details{margin:6px 0}
summary{cursor:pointer;color:var(--muted);overflow-wrap:anywhere}
summary b{color:var(--ink);font-weight:600}summary i{color:var(--bad);font-style:normal}
.call pre,.reasoning pre{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:10px 12px;margin-top:6px;max-height:480px;overflow:auto}
.call pre.input{color:var(--muted)}
.reasoning pre{color:var(--muted)}
.path{margin:6px 0 0}
.diff .add,.path .add{color:var(--good)}.diff .remove,.path .remove{color:var(--bad)}
.completion{border-left-color:var(--good)}.completion p{margin:0 0 8px}
.completion .against td:last-child{color:var(--bad)}.completion .none td:last-child{color:var(--muted)}
footer{margin-top:40px}
@media (max-width:960px){.number{position:static;display:block;text-align:left}}
@media print{body{background:#fff}.call pre{max-height:none}}
`;
