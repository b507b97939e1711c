import ArgumentParser
import Foundation

/// What the parts of a message's way cost, one after another in one thread, beside copying and hashing the same bytes.
@main struct PartsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-parts",
        abstract: "Time and allocations of reading, judging, cutting and the leaf, for one message.")

    @Option(help: "The protocol directory.") var `protocol` = "protocols/rj-west-midlands"
    @Option(help: "The message, a structured event; `{{sequence}}` in it becomes digits.") var message: String
    @Option(help: "The party that gets the copy.") var recipient = "rj-hub"
    @Option(help: "How long each part is measured, in milliseconds.") var milliseconds = 400

    func validate() throws {
        guard (10...60_000).contains(milliseconds) else { throw ValidationError("--milliseconds must be 10 to 60000") }
    }

    func run() throws {
        guard let data = FileManager.default.contents(atPath: message), let text = String(data: data, encoding: .utf8)
        else {
            throw ValidationError("`\(message)` cannot be read as text")
        }
        let body = Array(text.replacingOccurrences(of: "{{sequence}}", with: "000000000000").utf8)
        let way = try MessageWay(protocolDirectory: `protocol`, body: body, recipient: recipient)
        print(
            "one message of \(body.count) bytes: \(way.present) fields, \(way.dropped) dropped, \(way.transformed) transformed"
        )
        let meter = Meter(share: .milliseconds(milliseconds))
        let base = meter.measure("copy + SHA-256 of the body") { way.copyAndHash() }
        var rows = [base]
        rows.append(meter.measure("envelope") { way.envelope() })
        rows.append(meter.measure("pass 1: read, check, facts") { way.read() })
        rows.append(meter.measure("judge") { way.judge() })
        rows.append(meter.measure("pass 2: cut") { way.cut() })
        rows.append(meter.measure("leaf: encode and hash") { way.leaf() })
        print("part                           ns/message    x copy+hash    allocations")
        for row in rows { print(row.line(beside: base)) }
    }
}
