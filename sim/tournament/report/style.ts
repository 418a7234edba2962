import { COLOURS } from '../../page/svg.ts';

/** Of each line that is spoken of: a pattern of dashes too, so that the colour is never the only sign. */
const DASHES = ['none', '7 3', '2 2.5', '9 3 2 3', '5 2 1.5 2 1.5 2', '12 4', '4 4'];

const FOCUS_STYLE = DASHES.map(
  (dashes, i) =>
    `.l${i}{stroke:${COLOURS[i]};stroke-dasharray:${dashes}}.f${i}{fill:${COLOURS[i]};background:${COLOURS[i]};color:${COLOURS[i]}}`,
).join('\n');

export const STYLE = `
main{max-width:80rem}.scroll{position:relative}
nav{font-size:.85rem;line-height:1.9}nav a{margin-right:.9rem;white-space:nowrap}
a{color:inherit;text-underline-offset:.15em;text-decoration-color:var(--soft)}
:focus-visible{outline:2px solid #0072b2;outline-offset:2px}
.multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(22rem,100%),1fr));gap:0 1.5rem}
.fronts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(26rem,100%),1fr));gap:0 1.5rem}
figure{margin:.7rem 0}h2+p,h3+p{margin-top:.2rem}h3{margin-top:1.6rem;font-size:1rem}
.all{fill:none;stroke:var(--soft);stroke-width:.7;opacity:.38}
.l{fill:none;stroke-width:1.7}.lead{stroke-width:1;opacity:.75}
.i0,.i1,.i2,.i3{stroke:var(--ink);stroke-width:1.5}.i1{stroke-dasharray:5 3}.i2{stroke-dasharray:1.5 2.5}.i3{stroke-dasharray:8 3 1.5 3}
.mark{stroke:var(--soft);stroke-dasharray:2 3}.front{fill:none;stroke:var(--ink);stroke-width:1.2;stroke-dasharray:4 3}
.whisker{stroke:var(--soft)}.dot{fill:var(--soft);fill-opacity:.75;stroke:var(--page);stroke-width:.8}
.dot[class*=' f']{fill-opacity:1}
svg text.name{fill:var(--ink);font-size:9.5px;paint-order:stroke;stroke:var(--page);stroke-width:2.5px}.bar{fill:var(--soft);opacity:.55}.bar[class*=' f']{opacity:1}.least{stroke:var(--ink);stroke-width:1.5}
${FOCUS_STYLE}
.swatch{display:inline-block;width:.65rem;height:.65rem;border-radius:50%;margin-right:.4rem}
th[scope=row]{font-weight:500;text-align:left}th.text,td.text{text-align:left}
td:first-child{padding-left:0}.ranked th[scope=row]{padding-left:.55rem}.ranked td:first-child{text-align:left}.gap td,.failed td{color:var(--soft)}.gap td{text-align:left;padding-left:2rem}
svg.interval{width:9.4rem;height:.9rem;display:inline-block;vertical-align:middle}svg.interval line{stroke:var(--soft);stroke-width:1.6}
.matrix td,.matrix th{padding:.18rem .4rem}.matrix th:first-child{padding-left:0}.matrix td[style]{text-align:center;border-color:transparent}.matrix thead a{writing-mode:vertical-rl;transform:rotate(180deg);white-space:nowrap}.matrix{font-size:.8rem}
details.words td{white-space:normal;min-width:7rem}details.words td:first-child{white-space:nowrap}
details{margin:.4rem 0}summary{cursor:pointer;color:var(--soft);font-size:.85rem}
.keys{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;padding:0;margin:.6rem 0;list-style:none;font-size:.85rem}
.keys svg{display:inline-block;width:2.4rem;height:.7rem;margin-right:.4rem;vertical-align:middle}
.warning{border-left:3px solid var(--bad);padding-left:.7rem}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
pre{overflow-x:auto;background:color-mix(in srgb,var(--soft) 12%,transparent);padding:.7rem;border-radius:4px;font-size:.85rem}
@media(max-width:600px){main{padding:1.5rem .9rem 3rem}th,td{padding:.3rem .35rem}.swatch{margin-right:.25rem}}
@media print{
@page{margin:1cm}body{font-size:13px}main{max-width:none}.scroll{overflow:visible}table,.matrix{font-size:.58rem}th,td,.matrix th,.matrix td{padding:.1rem .16rem}thead th{font-size:.5rem}h1{font-size:1.3rem}
svg.interval{width:3.4rem}.swatch{width:.45rem;height:.45rem;margin-right:.2rem}th[scope=row],details td,.ranked td:nth-child(3),.ranked td:nth-child(5){white-space:normal}details .scroll table{font-size:.46rem}details .scroll th{font-size:.42rem}
nav,details:not([open]){display:none}h2,h3{break-after:avoid}tr{break-inside:avoid}
.multiples,.fronts{grid-template-columns:1fr 1fr}pre{white-space:pre-wrap;overflow-wrap:anywhere}*{print-color-adjust:exact}
}
`;
