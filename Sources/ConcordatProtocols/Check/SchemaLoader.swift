import ConcordatJSON
import ConcordatPayload
import ConcordatTerms

/// A message schema with its text, for the digest and for places.
struct LoadedSchema: Sendable {
    let path: String
    let json: JSONValue
    let schema: MessageSchema
}

/// Reads `messages/*.json` and brings the compiler's faults to file, line and column.
struct SchemaLoader {
    static let limits = JSONLimits(documentBytesMax: ProtocolFiles.fileBytesMax, depthMax: 64)

    let files: ProtocolFiles
    let vocabulary: SchemaVocabulary
    let log: ProblemLog
    /// Whether the text is practice: then a text that is not marked is only doubtful.
    let isTraining: Bool

    // Bound: characters of a string that need not say whether it is free text; a name, a line of an address.
    static let unmarkedMax = 200

    /// The schema a message names; nil when it cannot be read, which is then in the log.
    func load(_ name: Name) -> LoadedSchema? {
        let path = name.value
        guard path.hasPrefix("messages/"), path.hasSuffix(".json"), !path.dropFirst(9).contains("/") else {
            log.error(name.span, "`\(path)` is no path of a message schema", "write `schema: messages/<name>.json`")
            return nil
        }
        guard let bytes = files[path] else {
            log.error(
                name.span, "there is no file `\(path)`",
                NearestName.advice(
                    for: path, among: files.paths(in: "messages", suffix: ".json"), declare: "add the file"))
            return nil
        }
        return load(bytes, path: path)
    }

    private func load(_ bytes: [UInt8], path: String) -> LoadedSchema? {
        guard bytes.count <= ProtocolFiles.fileBytesMax else {
            log.error(.start(of: path), "file is larger than 1 MiB", "split the message in two")
            return nil
        }
        let places = JSONPlaces(bytes, file: path, limits: Self.limits)
        let json: JSONValue
        do {
            json = try JSONValue.parse(bytes, limits: Self.limits)
        } catch {
            log.error(
                places.span(offset: error.position.offset), "not json: \(error.kind.phrase)", "mend the text here")
            return nil
        }
        var bundle = SchemaBundle(files: files)
        let whole = bundle.bundled(json, path: path)
        for fault in bundle.faults { log.error(places.span(fault.pointer), fault.message, fault.advice) }
        guard bundle.faults.isEmpty else { return nil }
        // A schema that stands alone is compiled as it is written.
        let text = bundle.origins.isEmpty ? bytes : whole.serialized()
        do {
            let schema = try MessageSchema.compile(text, vocabulary: vocabulary)
            for node in schema.fieldNodes {
                guard let pointer = schema.unmarkedText(node, over: Self.unmarkedMax) else { continue }
                noteUnmarked(pointer, span(pointer, places, bundle))
            }
            return LoadedSchema(path: path, json: whole, schema: schema)
        } catch {
            for fault in error.all { note(fault, whole, places, bundle) }
            return nil
        }
    }

    /// What anything can be written into carries on what its writer knows, so it must say whether it is meant to.
    private func noteUnmarked(_ pointer: JSONPointer, _ span: SourceSpan) {
        let message = "`\(pointer)` holds any text and does not say whether it is free text"
        let advice =
            "add `x-free-text: true`, or `false` where prose is not meant; or bound it by `pattern`, `enum` or "
            + "`maxLength` \(Self.unmarkedMax)"
        if isTraining { log.warning(span, message, advice) } else { log.error(span, message, advice) }
    }

    /// The place of a fault, in the shared file where it stands in one.
    private func span(_ pointer: JSONPointer, _ places: JSONPlaces, _ bundle: SchemaBundle) -> SourceSpan {
        let tokens = pointer.tokens
        guard tokens.count >= 2, tokens[0] == "$defs", let origin = bundle.origins[tokens[1]],
            let bytes = files[origin.file]
        else { return places.span(pointer) }
        return JSONPlaces(bytes, file: origin.file, limits: Self.limits).span(
            JSONPointer(tokens: origin.pointer.tokens + tokens.dropFirst(2)))
    }

    /// An unknown word is quoted with the nearest known one; any other fault is told by its pointer.
    private func note(_ fault: SchemaFault, _ json: JSONValue, _ places: JSONPlaces, _ bundle: SchemaBundle) {
        let span = span(fault.pointer, places, bundle)
        let known: (what: String, names: [String])? =
            switch fault.kind {
            case .unknownCategory: ("category", vocabulary.categories.map(\.rawValue))
            case .unknownRole: ("role", vocabulary.roles.map(\.rawValue))
            case .unknownCodelist: ("code list", vocabulary.codelists.keys.sorted())
            default: nil
            }
        if let known, let word = json.at(fault.pointer)?.stringValue {
            log.error(
                span, "unknown \(known.what) `\(word)`",
                NearestName.advice(for: word, among: known.names, declare: fault.advice))
            return
        }
        let place = fault.pointer.tokens.isEmpty ? "" : " in `\(fault.pointer)`"
        log.error(span, fault.problem + place, fault.advice)
    }
}
