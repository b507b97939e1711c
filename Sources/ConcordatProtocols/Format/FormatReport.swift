package import ConcordatJSON

/// What `protocol fmt` found, file by file.
package struct FormatReport: Sendable {
    /// One file that has a canonical layout.
    package struct File: Sendable, Equatable {
        package let path: String
        /// The canonical text; nil when the file is left as it is.
        package let text: [UInt8]?
        package let isFormatted: Bool
        package let refusal: ProtocolFormat.Refusal?
    }

    package let files: [File]

    /// Looks at every YAML file of a protocol that has a canonical layout; writes nothing.
    package init(_ files: ProtocolFiles) {
        self.files = ProtocolFormat.paths(in: files).map { path in
            let bytes = files[path] ?? []
            switch ProtocolFormat.format(bytes, file: path) {
            case .success(let text): return File(path: path, text: text, isFormatted: text == bytes, refusal: nil)
            case .failure(let refusal): return File(path: path, text: nil, isFormatted: false, refusal: refusal)
            }
        }
    }

    /// The files whose layout is not the canonical one and can be.
    package var changed: [File] { files.filter { !$0.isFormatted && $0.refusal == nil } }
    package var refused: [File] { files.filter { $0.refusal != nil } }
    /// Whether there is nothing to do.
    package var isFormatted: Bool { files.allSatisfy(\.isFormatted) }

    /// For a terminal; `isCheck` when nothing is to be written.
    package func text(isCheck: Bool) -> String {
        let lines =
            refused.map { "\($0.path): \($0.refusal.map(\.description) ?? "")" }
            + changed.map { isCheck ? "\($0.path): not formatted" : "\($0.path): formatted" }
        return lines.isEmpty ? "\(files.count) files, nothing to do" : lines.joined(separator: "\n")
    }

    /// For machines.
    package var json: JSONValue {
        .object([
            JSONMember("formatted", .bool(isFormatted)),
            JSONMember(
                "files",
                .array(
                    files.map { file in
                        .object([
                            JSONMember("file", .string(file.path)), JSONMember("formatted", .bool(file.isFormatted)),
                            JSONMember("refusal", file.refusal.map { .string($0.description) } ?? .null),
                        ])
                    })),
        ])
    }
}
