import ConcordatJSON

/// A version and its report as sentences, for a terminal: what it is, who did what with it, and what it would change.
enum ProposalWords {
    // Bound: sentences of one kind; `--json` has them all.
    private static let linesMax = 60

    /// - Parameter json: the answer of `GET /v1/admin/protocols/{version}`.
    static func text(_ json: JSONValue) -> String {
        let (version, report) = (json["version"] ?? .null, json["report"] ?? .null)
        var lines = [line(of: version)]
        for step in version["steps"]?.arrayValue ?? [] {
            let by = step["by"]?.stringValue.map { " by \($0)" } ?? ", by the gateway"
            lines.append("  \(step["at"]?.stringValue ?? "-")  \(step["state"]?.stringValue ?? "-")\(by)")
        }
        if let from = version["from"]?.stringValue { lines.append("in force from \(from)") }
        guard report != .null else { return (lines + ["there is no report of it"]).joined(separator: "\n") }
        lines += checks(report) + difference(report["difference"] ?? .null) + replay(report["replay"] ?? .null)
        lines += signoff(report["signoff"] ?? .null)
        return lines.joined(separator: "\n")
    }

    /// The id first, so that a script can cut it off.
    static func line(of version: JSONValue) -> String {
        ["id", "state", "protocol", "version"].map { version[$0]?.stringValue ?? "-" }.joined(separator: "  ")
    }

    /// Who is not in force any more under it; nothing when nobody is.
    static func falling(_ json: JSONValue) -> [String] {
        let parties = (json["falls-out"]?.arrayValue ?? []).compactMap(\.stringValue)
        guard !parties.isEmpty else { return [] }
        return [
            "NOT IN FORCE ANY MORE, once it is active, for \(parties.joined(separator: ", ")): they have not signed it"
        ]
    }

    private static func checks(_ report: JSONValue) -> [String] {
        let check = report["check"] ?? .null
        let guarantees = check["guarantees"]?.arrayValue?.count ?? 0
        var lines = [
            check["passed"]?.boolValue == true
                ? "it loads; \(guarantees) guarantees are proven" : "it does not load"
        ]
        lines += cut((check["warnings"]?.arrayValue ?? []).compactMap { $0["message"]?.stringValue }, "warning: ")
        guard let cases = report["test"]?["cases"]?.arrayValue else { return lines }
        let failed = cases.filter { $0["passed"]?.boolValue != true }.compactMap { $0["case"]?.stringValue }
        lines.append(
            cases.isEmpty
                ? "it has no worked cases" : "\(cases.count - failed.count) of \(cases.count) worked cases pass")
        return lines + cut(failed, "FAILED: ")
    }

    private static func difference(_ json: JSONValue) -> [String] {
        guard let findings = json["findings"]?.arrayValue else {
            return ["there is nothing in force to compare it with"]
        }
        guard !findings.isEmpty else { return ["it means the same as what is in force"] }
        let gains = json["gains"]?.boolValue == true
        let head =
            gains ? "against what is in force, SOMEBODY GAINS DATA:" : "against what is in force, nobody gains data:"
        return [head] + cut(findings.compactMap { $0["sentence"]?.stringValue }, "  ")
    }

    private static func replay(_ json: JSONValue) -> [String] {
        guard let decisions = json["decisions"], let messages = json["messages"]?.intValue else {
            return ["it was not tried on what was judged lately"]
        }
        let counts = ["changed", "same", "cannotTell"].map { decisions[$0]?.intValue ?? 0 }
        let gains = json["gains"]?.boolValue == true ? "; SOMEBODY WOULD HAVE GAINED DATA" : ""
        return [
            "on \(messages) messages judged lately: \(counts[0]) decisions would change, \(counts[1]) stay, "
                + "\(counts[2]) cannot be told\(gains)"
        ]
    }

    private static func signoff(_ json: JSONValue) -> [String] {
        guard let parties = json["status"]?["parties"]?.arrayValue else { return falling(json) }
        let signed = parties.filter { $0["inForce"]?.boolValue == true }.count
        let owed = parties.flatMap { party -> [String] in
            (party["owed"]?.arrayValue ?? []).compactMap(\.stringValue).map {
                "\(party["party"]?.stringValue ?? "-"): \($0)"
            }
        }
        return ["\(signed) of \(parties.count) parties have signed"] + cut(owed, "  ") + falling(json)
    }

    private static func cut(_ lines: [String], _ prefix: String) -> [String] {
        let shown = lines.prefix(linesMax).map { prefix + $0 }
        return lines.count > linesMax
            ? shown + ["\(prefix)… and \(lines.count - linesMax) more; see --json"] : Array(shown)
    }
}
