import ConcordatCore
import ConcordatJSON
import ConcordatTerms
import Foundation
import Yams

/// Reads concordat.yaml. Every key is known, every value has its bounds; the first problem stops the start.
struct ConfigurationReader {
    // Bound: bytes of a configuration.
    private static let bytesMax = 1 << 20
    private let folder: String

    /// - Throws: ``ConfigurationProblem`` with file, line and what to do.
    static func read(_ path: String) throws -> Configuration {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationProblem(file: path, line: 1, column: 1, reason: "cannot be read")
        }
        guard data.count <= bytesMax, let text = String(data: data, encoding: .utf8) else {
            throw ConfigurationProblem(file: path, line: 1, column: 1, reason: "is not UTF-8 text of at most 1 MiB")
        }
        let node: Node?
        do { node = try Yams.compose(yaml: text) } catch let error as YamlError {
            throw ConfigurationProblem(file: path, error)
        }
        guard let node else { throw ConfigurationProblem(file: path, line: 1, column: 1, reason: "is empty") }
        let absolute = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path
        return try ConfigurationReader(folder: absolute).configuration(
            ConfigurationNode(node: node, file: path, path: ""))
    }

    private func configuration(_ root: ConfigurationNode) throws -> Configuration {
        let members = try root.members([
            "deployment", "mode", "protocol", "parties", "replay", "store", "keys", "log", "data-plane", "desk",
            "local",
            "delivery",
            "limits",
            "retention", "crl-grace", "reserve-free-bytes", "clock",
        ])
        func required(_ name: String) throws -> ConfigurationNode {
            guard let node = members[name] else { throw root.problem("`\(name)` is missing") }
            return node
        }
        let deployment = try required("deployment").text()
        guard IdentifierGrammar.accepts(deployment) else {
            throw try required("deployment").problem("must be 1 to 64 of [A-Za-z0-9._-]")
        }
        let mode = try members["mode"]?.text() ?? "live"
        guard ["live", "training"].contains(mode) else {
            throw try required("mode").problem("must be `live` or `training`")
        }
        let desk = try required("desk")
        let local = try address(try child(try required("local"), "listen", of: ["listen"]))
        guard ["127.0.0.1", "::1", "localhost"].contains(local.host) else {
            throw try required("local").problem(
                "`listen` must be a loopback address: health and metrics are plain HTTP")
        }
        var settings = GatewaySettings()
        let delivery = try deliveryPart(members["delivery"], &settings)
        try limits(members["limits"], &settings)
        if let node = members["retention"] {
            settings.rememberFor = .seconds(
                86_400 * (try child(node, "idempotency-days", of: ["idempotency-days"]).integer(1...3650)))
        }
        if let node = members["replay"] {
            settings.replayFor = .seconds(86_400 * (try child(node, "keep-days", of: ["keep-days"]).integer(0...366)))
        }
        let dataPlane = try plane(try required("data-plane"), more: [])
        let deskPlane = try plane(desk, more: Self.deskKeys)
        let ports = [(dataPlane.host, dataPlane.port), (deskPlane.host, deskPlane.port), local]
        // Port 0 is whichever the system gives, another one each time.
        for (index, one) in ports.enumerated() where one.1 != 0 && ports[..<index].contains(where: { $0 == one }) {
            throw try required(index == 1 ? "desk" : "local").problem(
                "listens where another plane does; each needs an address of its own")
        }
        return Configuration(
            deployment: deployment, isTraining: mode == "training",
            protocolDirectory: path(try required("protocol").text()),
            partiesDirectory: try members["parties"].map { path(try $0.text()) },
            storePath: path(try child(try required("store"), "path", of: ["path"]).text()),
            keysDirectory: path(try child(try required("keys"), "directory", of: ["directory"]).text()),
            logOrigin: try child(try required("log"), "origin", of: ["origin"]).text(),
            dataPlane: dataPlane, desk: deskPlane,
            officers: try officers(desk), admins: try admins(desk), localHost: local.host, localPort: local.port,
            delivery: delivery,
            settings: settings, crlGrace: try members["crl-grace"]?.duration(.zero ... .seconds(7 * 86_400)) ?? .zero,
            reserveFreeBytes: Int64(try members["reserve-free-bytes"]?.integer(0...(1 << 50)) ?? 1 << 30),
            clock: try members["clock"].map { try clock($0, isTraining: mode == "training") })
    }

    private func child(_ node: ConfigurationNode, _ name: String, of known: Set<String>) throws -> ConfigurationNode {
        guard let child = try node.members(known)[name] else { throw node.problem("`\(name)` is missing") }
        return child
    }

    private func path(_ text: String) -> String { text.hasPrefix("/") ? text : folder + "/" + text }

    private func address(_ node: ConfigurationNode) throws -> (host: String, port: Int) {
        let advice = "must be address:port, the port 0 to 65535, an IPv6 address in brackets"
        let text = try node.text()
        guard let colon = text.lastIndex(of: ":") else { throw node.problem(advice) }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let port = Int(digits),
            (0...65_535).contains(port)
        else { throw node.problem(advice) }
        var host = text[..<colon]
        if host.first == "[", host.last == "]" {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { throw node.problem(advice) }
        } else {
            // Without brackets `::1:80` could be read in two ways.
            guard !host.contains(where: { ":[]".contains($0) }) else { throw node.problem(advice) }
        }
        guard !host.isEmpty else { throw node.problem(advice) }
        return (String(host), port)
    }

    private func plane(_ node: ConfigurationNode, more: Set<String>) throws -> Configuration.Plane {
        let members = try node.members(Self.planeKeys.union(more))
        func required(_ name: String) throws -> ConfigurationNode {
            guard let node = members[name] else { throw node.problem("`\(name)` is missing") }
            return node
        }
        let listen = try address(try required("listen"))
        return Configuration.Plane(
            host: listen.host, port: listen.port, certificate: path(try required("certificate").text()),
            key: path(try required("key").text()), trust: path(try required("trust").text()),
            crl: path(try required("crl").text()),
            connectionsMax: try members["connections-max"]?.integer(1...65_536) ?? 1_024)
    }

    private static let planeKeys: Set<String> = ["listen", "certificate", "key", "trust", "crl", "connections-max"]
    private static let deskKeys: Set<String> = ["officers", "admins"]

    private func admins(_ desk: ConfigurationNode) throws -> [Configuration.AdminEntry] {
        guard let list = try desk.members(Self.planeKeys.union(Self.deskKeys))["admins"] else { return [] }
        var admins: [Configuration.AdminEntry] = []
        for entry in try list.list() {
            let members = try entry.members(["party", "id"])
            guard let party = try members["party"].flatMap({ PartyID(try $0.text()) }),
                let id = try members["id"].flatMap({ OfficerID(try $0.text()) })
            else { throw entry.problem("needs `party` and `id`, 1 to 64 of [A-Za-z0-9._-]") }
            // The log names an admin by id alone, and two admins are never one.
            guard !admins.contains(where: { $0.id == id }) else { throw entry.problem("another admin has this `id`") }
            admins.append(Configuration.AdminEntry(party: party, id: id))
        }
        guard admins.count != 1 else {
            throw list.problem("needs two admins or more: what one proposes another approves")
        }
        return admins
    }

    private func officers(_ desk: ConfigurationNode) throws -> [Configuration.OfficerEntry] {
        return try desk.members(Self.planeKeys.union(Self.deskKeys))["officers"]?.list().map { entry in
            let members = try entry.members(["party", "id", "of"])
            guard let party = try members["party"].flatMap({ PartyID(try $0.text()) }),
                let id = try members["id"].flatMap({ OfficerID(try $0.text()) })
            else { throw entry.problem("needs `party` and `id`, 1 to 64 of [A-Za-z0-9._-]") }
            let of = try members["of"]?.text() ?? "party"
            guard ["party", "deployment"].contains(of) else {
                throw entry.problem("`of` must be `party` or `deployment`")
            }
            return Configuration.OfficerEntry(party: party, id: id, isOfDeployment: of == "deployment")
        } ?? []
    }

    private func deliveryPart(_ node: ConfigurationNode?, _ settings: inout GatewaySettings) throws
        -> Configuration.DeliveryPart
    {
        var part = Configuration.DeliveryPart()
        guard let node else { return part }
        let members = try node.members([
            "allow", "endpoints", "attempts-max", "first-retry", "retry-max", "handover-timeout", "lease",
        ])
        part.allow =
            try members["allow"]?.list().map { entry in
                let text = try entry.text()
                guard AddressRange(text) != nil else {
                    throw entry.problem("must be a network in CIDR form, as 10.0.0.0/8")
                }
                return text
            } ?? []
        for (name, value) in try members["endpoints"]?.members([]) ?? [:] {
            guard let party = PartyID(name) else { throw value.problem("is not a party id") }
            let url = try value.text()
            guard let endpoint = WebhookPusher.Endpoint(url), (1...65_535).contains(endpoint.port) else {
                throw value.problem("must be an https address, as https://hub.example/concordat")
            }
            part.endpoints[party] = url
        }
        if let value = members["attempts-max"] { settings.attemptsMax = try value.integer(1...100) }
        if let value = members["first-retry"] {
            settings.firstRetry = try value.duration(.seconds(1) ... .seconds(86_400))
        }
        if let value = members["retry-max"] { settings.retryMax = try value.duration(.seconds(1) ... .seconds(86_400)) }
        if let value = members["lease"] { settings.lease = try value.duration(.seconds(1) ... .seconds(86_400)) }
        if let value = members["handover-timeout"] {
            part.handOverTimeout = try value.duration(.seconds(1) ... .seconds(300))
        }
        return part
    }

    private func limits(_ node: ConfigurationNode?, _ settings: inout GatewaySettings) throws {
        guard let node else { return }
        let members = try node.members([
            "document-bytes", "depth", "members", "items", "name-bytes", "messages-per-second-per-party", "queue-max",
        ])
        if let value = members["document-bytes"] {
            settings.json.documentBytesMax = try value.integer(1_024...16_777_216)
        }
        if let value = members["depth"] { settings.json.depthMax = try value.integer(4...128) }
        if let value = members["members"] { settings.json.membersMax = try value.integer(16...100_000) }
        if let value = members["items"] { settings.json.itemsMax = try value.integer(16...1_000_000) }
        if let value = members["name-bytes"] { settings.json.nameBytesMax = try value.integer(16...1_024) }
        if let value = members["messages-per-second-per-party"] {
            settings.messagesPerSecond = try value.integer(1...100_000)
        }
        if let value = members["queue-max"] { settings.queueMax = try value.integer(1...1_000_000) }
    }

    private func clock(_ node: ConfigurationNode, isTraining: Bool) throws -> UTCInstant {
        guard isTraining else { throw node.problem("is for training only; a live gateway follows the machine's clock") }
        guard let instant = UTCInstant(try node.text()) else { throw node.problem("must be an RFC 3339 date-time") }
        return instant
    }
}
