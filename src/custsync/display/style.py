"""The one style of all displays: light and dark, in JupyterLab, VS Code and plain pages. It loads nothing."""

from string import Template
from typing import Final

KINDS: Final = {
    "create": "#1a7f37",
    "update": "#0a69da",
    "link": "#7c4fd0",
    "merge": "#a0397a",
    "recover": "#0b7a83",
    "review": "#9a5b00",
    "refused": "#cf222e",
    "out": "#59636e",
    "same": "#818b98",
}
"""The colour of each kind of decision."""

_LIGHT: Final = (
    "--ink:#1f2328;--soft:#59636e;--line:#d9dde2;--wash:#f5f6f8;--paper:#fff;--warn:#9a5b00;--bad:#cf222e;"
    "color-scheme:light;"
)
_DARK: Final = (
    "--ink:#e6e6e6;--soft:#a3a3a3;--line:#404040;--wash:#262626;--paper:#1a1a1a;--warn:#e3a857;--bad:#ff7b72;"
    "color-scheme:dark;"
)
_COLOURS: Final = "".join(f".custsync .{kind}{{--kind:{colour}}}" for kind, colour in KINDS.items())
_FILTERS: Final = ",".join(
    f".custsync:has(.filter .{kind} input:not(:checked)) details.{kind}" for kind in KINDS
)
_SHEET: Final = """<style>
.custsync{$light
font:14px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);border:1px solid var(--line);
border-radius:8px;overflow:hidden;max-width:72rem;text-align:left;container-type:inline-size}
@media (prefers-color-scheme:dark){.custsync{$dark}}
[data-jp-theme-light=true] .custsync,.vscode-light .custsync{$light}
[data-jp-theme-light=false] .custsync,.vscode-dark .custsync{$dark}
.custsync header{padding:.7em 1em}.custsync header span{color:var(--soft);margin-left:.5em}
.custsync .shares{display:flex;gap:2px;height:6px}.custsync .shares i{background:var(--kind)}
$colours
$filters{display:none}
.custsync .filter{display:flex;flex-wrap:wrap;gap:.3em 1.2em;
padding:.6em 1em;border-top:1px solid var(--line)}
.custsync .filter label{display:flex;align-items:center;gap:.4em;cursor:pointer}
.custsync .filter input{accent-color:var(--kind);margin:0}
.custsync details{border-top:1px solid var(--line)}
.custsync summary{display:grid;grid-template-columns:1em 6em minmax(14em,22em) 1fr;gap:.8em;
align-items:baseline;padding:.4em 1em;cursor:pointer;list-style:none}
.custsync summary::-webkit-details-marker{display:none}
.custsync summary::before{content:"▸";color:var(--soft)}
.custsync summary span{overflow-wrap:anywhere}.custsync td:has(.bar){width:22em}
@container (max-width:46em){.custsync summary{grid-template-columns:1em 6em 1fr}
.custsync summary span{grid-column:2/-1}.custsync td:has(.bar){width:auto}
}
.custsync details[open]>summary::before{content:"▾"}
.custsync summary:hover{background:var(--wash)}
.custsync .page>summary{display:block;color:var(--soft)}.custsync .page>summary::before{margin-right:.8em}
.custsync .kind{color:#fff;background:var(--kind);border-radius:4px;padding:.05em .5em;font-size:12px;
text-align:center;white-space:nowrap}
.custsync code{color:inherit;background:none;font-size:13px;overflow-wrap:anywhere;padding:0}
.custsync code i{color:var(--soft);font-style:normal}
.custsync em{font-style:normal;font-weight:600}
.custsync small{white-space:nowrap}
.custsync small,.custsync .more,.custsync .issue i{color:var(--soft);font-style:normal}
.custsync .why{padding:.6em 1em .8em 2.8em;background:var(--wash)}
.custsync .why p,.custsync>.issue{margin:0;padding:.25em 0}
.custsync>p,.custsync>.issue,.custsync .more{margin:0;padding:.5em 1em;border-top:1px solid var(--line)}
.custsync .error{color:var(--bad)}.custsync .warning{color:var(--warn)}
.custsync .note{color:var(--soft)}
.custsync table{border-collapse:collapse;margin:0;font-size:13px;color:inherit;background:none}
.custsync .scroll{overflow-x:auto}.custsync>.scroll{border-top:1px solid var(--line)}
.custsync>.scroll table{width:100%}.custsync td:has(.bar){min-width:8em}
.custsync .pairs td,.custsync .pairs th{min-width:10em}
.custsync .pairs td:last-child{width:99%}
.custsync .why table{margin:.2em 0 .5em}
.custsync caption{caption-side:top;text-align:left;padding:.6em 1em .1em;font-weight:600;color:inherit}
.custsync .why caption{padding:.4em 0 .1em}
.custsync tr,.custsync tbody tr:nth-child(odd){background:none}
.custsync th,.custsync td{text-align:left;vertical-align:top;padding:.25em 1em;border:0;max-width:none;
white-space:normal;overflow-wrap:break-word}
.custsync th{color:var(--soft);font-weight:400}
.custsync .why th,.custsync .why td{padding:.15em 1.2em .15em 0}
.custsync .bar{display:block;height:.8em;min-width:2px;background:#0a69da;border-radius:2px}
.custsync .tree{margin:0;padding:.2em 1em .2em calc(1em + var(--level)*1.6em)}
.custsync .moved{color:var(--warn)}
.custsync .graph{display:block;max-width:none;padding:.4em 1em}
.custsync .graph text{fill:currentColor;font-size:13px}.custsync .graph .soft{fill:var(--soft)}
.custsync .graph rect{fill:var(--wash);stroke:var(--soft)}
.custsync .graph path{fill:none;stroke:var(--soft);stroke-width:2}
.custsync .graph .evidence{stroke-dasharray:6 4}
.custsync .graph path.against,.custsync .graph .against rect{stroke:var(--bad);stroke-width:2}
.custsync .graph path.against{stroke-dasharray:2 4}
</style>"""

STYLE: Final = Template(_SHEET).substitute(light=_LIGHT, dark=_DARK, colours=_COLOURS, filters=_FILTERS)
