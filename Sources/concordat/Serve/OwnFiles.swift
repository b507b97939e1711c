import ConcordatCore
import ConcordatDecision
import ConcordatProtocols

/// What stands in the deployment's own directories and is joined to every text it puts in force: party files of its own, and
/// what parties prohibit on what they send.
///
/// Read once, at start. Neither is part of what is signed as the text, so neither makes another version of it: a new agency is
/// a new file, and a party narrows what it sends without asking anybody.
struct OwnFiles: Sendable {
    static let none = OwnFiles(parties: [:], prohibitions: [:])

    /// `parties/<party>.yaml` to contents.
    let parties: [String: [UInt8]]
    /// `prohibitions/<party>.yaml` to contents.
    let prohibitions: [String: [UInt8]]

    private static let prohibitionsFolder = "prohibitions/"

    init(parties: [String: [UInt8]], prohibitions: [String: [UInt8]]) {
        (self.parties, self.prohibitions) = (parties, prohibitions)
    }

    /// Those of a configuration.
    ///
    /// - Parameter directory: the files of its protocol directory.
    /// - Throws: ``Complaint`` when the folder of parties cannot be read, or a party stands in both places.
    init(_ configuration: Configuration, directory: [String: [UInt8]]) throws {
        do {
            parties = try configuration.partiesDirectory.map { try ProtocolDirectory.ownParties(in: $0) } ?? [:]
        } catch let error as ProtocolReadError {
            throw Complaint("parties: \(error)")
        }
        if let both = parties.keys.sorted().first(where: { directory[$0] != nil }) {
            throw Complaint("party file `\(both)` is in the protocol and in the deployment; keep one")
        }
        prohibitions = directory.filter { $0.key.hasPrefix(Self.prohibitionsFolder) }
    }

    var isEmpty: Bool { parties.isEmpty && prohibitions.isEmpty }

    /// As they are kept in the store, for what the log says of them to be looked up; nil when there are none.
    func archive() throws -> ProtocolArchive? {
        isEmpty ? nil : try ProtocolArchive(files: parties.merging(prohibitions) { first, _ in first })
    }

    /// The files of a text with these. A party of the deployment's own is as its own file has it.
    func joined(to files: [String: [UInt8]]) -> [String: [UInt8]] {
        files.merging(parties) { _, own in own }.merging(prohibitions) { _, own in own }
    }

    /// The same files with the prohibitions that the text was proposed with, where both have a party's and they differ; nil
    /// when none differ. What either says is in force.
    func rivals(in files: [String: [UInt8]]) -> [String: [UInt8]]? {
        let rivals = prohibitions.filter { path, own in files[path].map { $0 != own } ?? false }
        guard !rivals.isEmpty else { return nil }
        var theirs = joined(to: files)
        for path in rivals.keys { theirs[path] = files[path] }
        return theirs
    }

    /// Whether two directories hold the same but for what parties prohibit, which makes no other text.
    static func isSameText(_ left: [String: [UInt8]], _ right: [String: [UInt8]]) -> Bool {
        func text(_ files: [String: [UInt8]]) -> [String: [UInt8]] {
            files.filter { !$0.key.hasPrefix(prohibitionsFolder) && !$0.key.hasPrefix(ProposedFiles.signoffFolder) }
        }
        return text(left) == text(right)
    }
}
