import ConcordatJSON

/// Where in the document a fault lies, in words of the schema and never of the sender.
extension MessageWalk {
    func missingMember(of index: Int, bit: Int) -> Fault {
        let child = Int(table.properties[Int(table.nodes[index].propertiesStart) + bit])
        let place = fault(.missingMember, reader.offset - 1)
        return Fault(kind: place.kind, offset: place.offset, tokens: place.tokens + [table.names[child]])
    }

    func missingReference(of index: Int, slot: Int32) -> Fault {
        let child = table.children(of: index).first { table.nodes[Int($0)].referenceSlot == slot }
        return missingMember(of: index, bit: child.map { Int(table.nodes[Int($0)].bit) } ?? 0)
    }

    /// A fault at the value being read; its pointer holds declared names and indexes only.
    func fault(_ kind: PayloadError.Kind, _ offset: Int) -> Fault {
        var tokens: [String] = []
        for (depth, frame) in frames.enumerated() {
            let isInnermost = depth == frames.count - 1
            if depth > 0, table.nodes[frames[depth - 1].node].kind == .object { tokens.append(table.names[frame.node]) }
            if table.nodes[frame.node].kind == .array, frame.count > 0, !(isInnermost && isAtEnd(kind)) {
                tokens.append(String(frame.count - 1))
            }
            if isInnermost, table.nodes[frame.node].kind == .object, frame.count > 0, member >= 0, !isAboutObject(kind),
                table.nodes[member].parent == Int32(frame.node)
            {
                tokens.append(table.names[member])
            }
        }
        return Fault(kind: kind, offset: offset, tokens: tokens)
    }

    private func isAtEnd(_ kind: PayloadError.Kind) -> Bool { kind == .tooFewItems }

    private func isAboutObject(_ kind: PayloadError.Kind) -> Bool {
        switch kind {
        case .unknownMember, .missingMember, .tooFewMembers, .tooManyMembers, .json: true
        default: false
        }
    }
}
