/// A document for people, before it is Markdown or HTML: plain text in blocks. Escaping is the writers' part alone.
package struct RenderedDocument: Sendable, Equatable {
    package enum Block: Sendable, Equatable {
        /// A numbered section; the number is given by the writer's order.
        case section(String)
        /// A heading inside a section.
        case heading(String)
        case paragraph(String)
        case list([String])
        /// A rule, guarantee or other clause with its number, its title and what it says.
        case clause(number: String, title: String, text: String)
        /// What something is, in two columns without a header.
        case facts([Fact])
        case table(header: [String], rows: [[String]])
        /// Lines to sign on.
        case signatures([SignatureLine])
    }

    package struct Fact: Sendable, Equatable {
        package let name: String
        package let text: String
    }

    /// One controller's place on the sign-off page.
    package struct SignatureLine: Sendable, Equatable {
        package let party: String
        package let signatory: String
        package let officer: String
        /// What is known of its signature and of its officer's advice; empty when nothing was given.
        package let status: String
    }

    package var title = ""
    /// Under the title: version, days, digest.
    package var subtitles: [String] = []
    package var blocks: [Block] = []

    /// An empty document.
    package init() {}

    /// The titles of the sections, in order.
    package var sections: [String] {
        blocks.compactMap { if case .section(let title) = $0 { title } else { nil } }
    }
}
