namespace Filip.Relevance.Report;

/// <summary>The frame that every report shares: one file, light and dark, printable, nothing fetched.</summary>
internal static class Page
{
    private const string Style = """
        :root { color-scheme: light dark; --ground:#fbfbfa; --card:#fff; --ink:#1c2024; --soft:#5c6670; --line:#e0e3e6;
          --good:#0b7a4b; --good-fill:#35a877; --bad:#b3261e; --bad-fill:#dd6a62; --accent:#2456b8; --tint:#eef3fc; }
        @media (prefers-color-scheme: dark) { :root { --ground:#14171a; --card:#1c2024; --ink:#e8eaed; --soft:#a0a9b2; --line:#32383e;
          --good:#5fd6a0; --good-fill:#35a877; --bad:#ff9d94; --bad-fill:#d4584f; --accent:#8ab0ff; --tint:#202a3b; } }
        * { box-sizing: border-box; }
        body { margin:0; background:var(--ground); color:var(--ink); font:16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        main { max-width:1160px; margin:0 auto; padding:32px 20px 64px; }
        h1 { font-size:1.5rem; margin:0 0 4px; line-height:1.25; } h2 { font-size:1.15rem; margin:40px 0 12px; }
        p { margin:0 0 10px; max-width:75ch; } .soft { color:var(--soft); font-size:.9rem; }
        .verdict { background:var(--card); border:1px solid var(--line); border-left:6px solid var(--soft); border-radius:8px; padding:18px 22px; margin:20px 0; }
        .verdict.good { border-left-color:var(--good-fill); } .verdict.bad { border-left-color:var(--bad-fill); }
        .verdict strong { display:block; font-size:1.25rem; line-height:1.35; margin-bottom:6px; }
        .tiles { display:grid; grid-template-columns:repeat(auto-fit, minmax(180px, 1fr)); gap:12px; margin:16px 0; }
        .tile { background:var(--card); border:1px solid var(--line); border-radius:8px; padding:12px 16px; }
        .tile b { display:block; font-size:1.3rem; font-variant-numeric:tabular-nums; } .tile em { font-style:normal; } .tile span { color:var(--soft); font-size:.85rem; }
        .wide + p { margin-top:8px; } .wide { overflow-x:auto; background:var(--card); border:1px solid var(--line); border-radius:8px; }
        table { border-collapse:collapse; width:100%; font-variant-numeric:tabular-nums; font-size:.88rem; }
        th, td { padding:8px 9px; text-align:right; border-top:1px solid var(--line); white-space:nowrap; } thead th { border-top:0; color:var(--soft); font-weight:600; }
        th:first-child, td:first-child, .left { text-align:left; } tbody th { font-weight:600; }
        .good { color:var(--good); } .bad { color:var(--bad); } .verdict.good, .verdict.bad { color:inherit; }
        svg { display:block; width:100%; height:auto; } svg text { fill:var(--soft); font-size:12px; font-family:inherit; }
        .up { fill:var(--good-fill); } .down { fill:var(--bad-fill); } .axis { stroke:var(--soft); stroke-width:1; } .grid { stroke:var(--line); stroke-width:1; }
        .dot { fill:var(--accent); } .whisker { stroke:var(--accent); stroke-width:2; } .front { stroke:var(--accent); stroke-width:1.5; fill:none; stroke-dasharray:5 4; }
        .chart { background:var(--card); border:1px solid var(--line); border-radius:8px; padding:14px; margin:0; }
        .query { background:var(--card); border:1px solid var(--line); border-radius:8px; padding:14px 16px; margin:0 0 12px; break-inside:avoid; }
        .query header { display:flex; flex-wrap:wrap; gap:4px 14px; align-items:baseline; margin-bottom:8px; } .query h3 { font-size:1rem; margin:0; }
        .sides { display:grid; grid-template-columns:repeat(auto-fit, minmax(320px, 1fr)); gap:12px 28px; }
        .side h4 { margin:0 0 6px; font-size:.85rem; color:var(--soft); font-weight:600; overflow-wrap:anywhere; }
        .shots { display:flex; flex-wrap:wrap; gap:8px; list-style:none; margin:0; padding:0; }
        .shot { width:84px; font-size:.68rem; color:var(--soft); text-align:center; line-height:1.3; overflow:hidden; text-overflow:ellipsis; white-space:nowrap; }
        .shot img, .shot .none { display:block; width:84px; height:84px; object-fit:cover; border-radius:6px; border:3px solid transparent; background:var(--line); }
        .shot .none { display:flex; white-space:normal; align-items:center; justify-content:center; padding:4px; }
        .shot.relevant img, .shot.relevant .none { border-color:var(--good-fill); } .shot.partly img, .shot.partly .none { border:3px dashed var(--good-fill); }
        .id { font-size:.8rem; padding:2px 9px; border:2px solid var(--line); border-radius:6px; max-width:100%; overflow-wrap:anywhere; } .id b { color:var(--soft); font-weight:600; } .id.relevant { border-color:var(--good-fill); } .id.partly { border:2px dashed var(--good-fill); }
        .heat { white-space:normal; }
        .heat img { width:132px; height:132px; border-color:var(--line); border-width:1px; } .heat { width:132px; }
        dl { display:grid; grid-template-columns:max-content 1fr; gap:4px 18px; font-size:.85rem; margin:0; } dt { color:var(--soft); } dd { margin:0; overflow-wrap:anywhere; font-family:ui-monospace, "DejaVu Sans Mono", monospace; }
        ul.notes { padding-left:20px; margin:0 0 10px; } .key { display:inline-block; width:14px; height:14px; border:3px solid var(--good-fill); border-radius:4px; vertical-align:-2px; } .key.partly { border-style:dashed; }
        @media print { body { background:#fff; font-size:12px; } main { max-width:none; padding:0; } h2 { break-after:avoid; } * { -webkit-print-color-adjust:exact; print-color-adjust:exact; } .wide { overflow:visible; } }
        """;

    /// <summary>Everything up to the page's own content.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="title">The page's title.</param>
    /// <param name="scripted">Whether the page runs a script that stands in it; one from elsewhere never runs.</param>
    public static void Open(TextWriter writer, string title, bool scripted = false)
    {
        string script = scripted ? "; script-src 'unsafe-inline'" : "";
        writer.Write($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'{script}">
            <title>{Html.Text(title)}</title>
            <style>
            {Style}
            </style>
            </head>
            <body>
            <main>

            """);
    }

    public static void Close(TextWriter writer) => writer.Write("</main>\n</body>\n</html>\n");
}
