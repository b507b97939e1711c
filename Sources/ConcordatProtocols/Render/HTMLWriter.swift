/// A document as one HTML file that needs nothing beside it: no script, no font, no picture. It prints on A4.
///
/// Written as XML too, so that any parser reads it.
package struct HTMLWriter {
    private var html = HTMLText()
    private var number = 0

    /// The whole document, ending in one newline.
    package static func text(_ document: RenderedDocument) -> String {
        var writer = HTMLWriter()
        writer.head(document)
        writer.contents(document)
        var isOpen = false
        for block in document.blocks {
            if case .section = block {
                if isOpen { writer.html.markup("</section>\n") }
                isOpen = true
            }
            writer.write(block)
        }
        if isOpen { writer.html.markup("</section>\n") }
        writer.html.markup("</main>\n</body>\n</html>\n")
        return writer.html.text
    }

    private mutating func head(_ document: RenderedDocument) {
        html.markup(
            "<!DOCTYPE html>\n<html lang=\"en-GB\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        )
        html.markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
        html.markup(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
        )
        html.element("<title>", document.title, "</title>\n")
        html.markup("<style>\n")
        html.markup(Self.style)
        html.markup("</style>\n</head>\n<body>\n<header>\n")
        html.element("<h1>", document.title, "</h1>\n")
        for subtitle in document.subtitles { html.element("<p>", subtitle, "</p>\n") }
        html.markup("</header>\n")
    }

    private mutating func contents(_ document: RenderedDocument) {
        html.markup("<nav aria-label=\"Contents\">\n<h2>Contents</h2>\n<ol>\n")
        for (place, title) in document.sections.enumerated() {
            html.markup("<li><a href=\"#s")
            html.escaped(String(place + 1))
            html.element("\">", title, "</a></li>\n")
        }
        html.markup("</ol>\n</nav>\n<main>\n")
    }

    private mutating func write(_ block: RenderedDocument.Block) {
        switch block {
        case .section(let title):
            number += 1
            html.markup("<section id=\"s")
            html.escaped(String(number))
            html.element("\">\n<h2>", "\(number). \(title)", "</h2>\n")
        case .heading(let title): html.element("<h3>", title, "</h3>\n")
        case .paragraph(let text): html.element("<p>", text, "</p>\n")
        case .list(let items):
            html.markup("<ul>\n")
            for item in items { html.element("<li>", item, "</li>\n") }
            html.markup("</ul>\n")
        case .clause(let number, let title, let text):
            html.element("<div class=\"clause\">\n<p class=\"name\"><b>", number, "</b> ")
            html.element("", title, "</p>\n")
            html.element("<p>", text, "</p>\n</div>\n")
        case .facts(let facts):
            html.markup("<dl>\n")
            for fact in facts {
                html.element("<dt>", fact.name, "</dt>")
                html.element("<dd>", fact.text, "</dd>\n")
            }
            html.markup("</dl>\n")
        case .table(let header, let rows): table(header, rows)
        case .signatures(let lines): for line in lines { signature(line) }
        }
    }

    private mutating func table(_ header: [String], _ rows: [[String]]) {
        html.markup("<table>\n<thead><tr>")
        for cell in header { html.element("<th scope=\"col\">", cell, "</th>") }
        html.markup("</tr></thead>\n<tbody>\n")
        for row in rows {
            html.markup("<tr>")
            for cell in row { html.element("<td>", cell, "</td>") }
            html.markup("</tr>\n")
        }
        html.markup("</tbody>\n</table>\n")
    }

    private mutating func signature(_ line: RenderedDocument.SignatureLine) {
        html.element("<div class=\"signature\">\n<h3>", line.party, "</h3>\n")
        html.element("<p>", line.signatory, "</p>\n<p class=\"line\">Signed</p>\n<p class=\"line\">Date</p>\n")
        html.element(
            "<p>", line.officer,
            "</p>\n<p>Advice: &#9744; supports &#160; &#9744; supports with conditions &#160; &#9744; opposes</p>\n")
        html.markup("<p class=\"line\">Signed</p>\n<p class=\"line\">Date</p>\n")
        if !line.status.isEmpty { html.element("<p class=\"status\">", line.status, "</p>\n") }
        html.markup("</div>\n")
    }

    private static let style: StaticString = """
        :root { color-scheme: light; }
        body { font: 16px/1.5 Georgia, "Times New Roman", serif; color: #111; background: #fff; margin: 0 auto; max-width: 60rem; padding: 2rem; }
        h1, h2, h3, th, dt, .name { font-family: "Helvetica Neue", Arial, sans-serif; line-height: 1.25; }
        h1 { font-size: 1.9rem; }
        h2 { font-size: 1.35rem; margin-top: 2.5rem; border-bottom: 2px solid #111; padding-bottom: .25rem; }
        h3 { font-size: 1.05rem; margin-bottom: .25rem; }
        a { color: #003a70; }
        table { border-collapse: collapse; width: 100%; font-size: .85rem; margin: 1rem 0; }
        th, td { border: 1px solid #888; padding: .3rem .45rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
        th { background: #eee; }
        dl { display: grid; grid-template-columns: 14rem 1fr; gap: .2rem 1rem; margin: .5rem 0 1.25rem; }
        dt { font-weight: bold; font-size: .85rem; }
        dd { margin: 0; }
        .clause { border-left: 4px solid #888; padding-left: 1rem; margin: 1.1rem 0; }
        .clause p { margin: .2rem 0; }
        .name { font-size: .95rem; }
        .signature { border: 1px solid #888; padding: 0 1rem 1rem; margin: 1.25rem 0; }
        .line { border-bottom: 1px solid #111; max-width: 30rem; padding-top: 1.75rem; font-size: .85rem; }
        .status { font-weight: bold; }
        @media print {
          @page { size: A4; margin: 20mm 18mm; }
          body { font-size: 10.5pt; max-width: none; padding: 0; }
          a { color: inherit; text-decoration: none; }
          nav { break-after: page; }
          h2, h3, .name { break-after: avoid; }
          tr, .clause, .signature, dl { break-inside: avoid; }
          thead { display: table-header-group; }
          section:last-of-type { break-before: page; }
        }

        """
}
