import ConcordatDecision
import ConcordatProtocols
import ConcordatTerms
import Foundation

/// What the demo shows in a terminal.
struct DemoPrinter {
    enum Tone: String {
        case plain = "0", strong = "1", faint = "2", red = "31", green = "32", yellow = "33", blue = "34"
    }

    let isColoured: Bool

    func paint(_ text: String, _ tone: Tone) -> String {
        isColoured && tone != .plain ? "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m" : text
    }

    func opening(_ loaded: LoadedProtocol, directory: String) {
        print(paint("Concordat: what each party gets, and why", .strong))
        print(
            "protocol \(loaded.compiled.id) \(loaded.compiled.version), \(loaded.compiled.rules.count) rules, ",
            terminator: "")
        print("\(loaded.guarantees.count) guarantees proven over \(loaded.proof.assignments) assignments")
        print(paint("deployment \(directory)", .faint))
    }

    func scene(_ number: Int, _ title: String) {
        print("\n" + paint("\(number). \(title)", .strong))
    }

    func line(_ text: String, _ tone: Tone = .plain) { print("   " + paint(text, tone)) }

    func claim(_ text: String, holds: Bool) {
        print("   " + paint(holds ? "✓ " : "✗ ", holds ? .green : .red) + text)
    }

    /// Columns, each cut to its width.
    func table(_ rows: [[(String, Tone)]], widths: [Int]) {
        for row in rows {
            let cells = zip(row, widths).map { cell, width in paint(Self.fit(cell.0, width), cell.1) }
            print("   " + cells.joined(separator: " "))
        }
    }

    static func fit(_ text: String, _ width: Int) -> String {
        text.count <= width
            ? text + String(repeating: " ", count: width - text.count) : text.prefix(width - 1) + "…"
    }

    func goOn(at directory: String, stage: DemoStage) {
        let curl = "curl --cacert \(directory)/authority/trust.pem"
        let hub = "--cert \(directory)/parties/rj-hub.chain.crt --key \(directory)/parties/rj-hub.key"
        print(
            """

            \(paint("To go on", .strong))
              concordat serve --config \(directory)/concordat.yaml
              \(curl) \(hub) https://127.0.0.1:\(stage.dataPort)/v1/me
              \(curl) \(hub) "https://127.0.0.1:\(stage.dataPort)/v1/inbox?wait=5"
              \(curl) \(hub) https://127.0.0.1:\(stage.dataPort)/log/checkpoint
            """)
    }

    func end(failures: Int) {
        print(
            "\n"
                + (failures == 0
                    ? paint("Everything was as the protocol says.", .green)
                    : paint("\(failures) things were not as the protocol says.", .red)))
    }
}
