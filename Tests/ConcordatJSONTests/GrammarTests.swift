import ConcordatJSON
import Testing

@Suite struct GrammarTests {
    @Test(arguments: GrammarCases.refused)
    func refusesWithKindAndPlace(refused: GrammarCases.Refused) {
        let error = Reading(refused.bytes).error
        #expect(error?.kind == refused.kind)
        #expect(error?.position.offset == refused.offset)
    }

    @Test(arguments: GrammarCases.accepted)
    func acceptsEveryLegalDocument(text: String) {
        #expect(Reading(text).error == nil)
    }

    @Test(arguments: GrammarCases.refused.map(\.bytes) + GrammarCases.accepted.map { Array($0.utf8) })
    func splittingADocumentChangesNothing(bytes: [UInt8]) {
        let whole = Reading(bytes)
        #expect(Reading(bytes, ends: Array(0...bytes.count)) == whole, "byte by byte")
        // The end may also become known only after the last byte.
        #expect(Reading(bytes + [0x20], ends: Array(0...bytes.count + 1)).events == Reading(bytes + [0x20]).events)
        for cut in 0..<bytes.count {
            #expect(Reading(bytes, ends: [cut, bytes.count]) == whole, "cut at \(cut)")
        }
    }

    @Test func everyStringLengthMeetsEveryWordBoundary() {
        for lead in 0..<9 {
            for length in 0..<40 {
                let text = String(repeating: " ", count: lead) + "\"" + String(repeating: "x", count: length)
                #expect(Reading(text + "\"").error == nil)
                #expect(Reading(text).error?.position.offset == text.utf8.count)
                #expect(Reading(text + "\u{1}\"").error?.position.offset == text.utf8.count)
                #expect(Reading(text + "é\"").error == nil)
                #expect(Reading(text + "\\n\"").events.count == 1)
            }
        }
    }

    @Test func everyByteInsideAStringIsJudgedByItself() {
        for byte in UInt8.min...UInt8.max {
            let kind = Reading([0x22, 0x61, byte, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61, 0x22]).kind
            switch byte {
            case 0x00..<0x20: #expect(kind == .controlCharacter)
            case 0x22: #expect(kind == .trailingBytes)
            case 0x5C: #expect(kind == .badEscape)
            case 0x20..<0x80: #expect(kind == nil)
            default: #expect(kind == .invalidUTF8)
            }
        }
    }

    @Test func everyScalarIsAcceptedOrANoncharacterRawAndEscaped() {
        var generator = SeededGenerator(state: 8259)
        let edges: [UInt32] = [
            0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFDCF, 0xFDD0, 0xFDEF, 0xFDF0, 0xFFFD, 0xFFFE,
        ]
        let random = (0..<3_000).map { _ in UInt32.random(in: 0x20...0x10FFFF, using: &generator) }
        let planes: [UInt32] = (0...16).map { $0 << 16 }
        let planeEnds: [UInt32] = planes.map { $0 | 0xFFFD } + planes.map { $0 | 0xFFFE } + planes.map { $0 | 0xFFFF }
        for value in edges + planeEnds + random {
            guard let scalar = Unicode.Scalar(value), scalar != "\"", scalar != "\\" else { continue }
            let isNoncharacter = scalar.properties.isNoncharacterCodePoint
            let escaped = String(Character(scalar)).utf16.map { unit in
                "\\u" + String(repeating: "0", count: 4 - String(unit, radix: 16).count) + String(unit, radix: 16)
            }
            #expect(Reading("\"\(Character(scalar))\"").kind == (isNoncharacter ? .noncharacter : nil), "\(value)")
            #expect(Reading("\"\(escaped.joined())\"").kind == (isNoncharacter ? .noncharacter : nil), "\(value)")
        }
    }

    @Test func anErrorIsGivenAgainOnEveryLaterCall() {
        for refused in GrammarCases.refused {
            let bytes = refused.bytes
            var reader = JSONReader()
            var errors: [JSONError] = []
            for _ in 0..<200 where errors.count < 3 {
                do throws(JSONError) {
                    _ = try reader.next(in: bytes.span.bytes, isComplete: true)
                } catch {
                    errors.append(error)
                }
            }
            #expect(errors.count == 3)
            #expect(Set(errors.map(\.description)).count == 1)
        }
    }

    @Test func aRootNumberEndsOnlyWithTheDocument() throws {
        var reader = JSONReader()
        #expect(try reader.next(in: Array("12".utf8).span.bytes, isComplete: false) == .incomplete)
        let whole = Array("123".utf8)
        #expect(
            try reader.next(in: whole.span.bytes, isComplete: true)
                == .number(JSONSlice(start: 0, end: 3, hasEscapes: false)))
        #expect(try reader.next(in: whole.span.bytes, isComplete: true) == .end)
        #expect(try reader.next(in: whole.span.bytes, isComplete: true) == .end)
    }

    @Test func stepsNameTheirSlices() {
        let reading = Reading(#" {"a\n": [1.50, "xy", true, null]}"#)
        #expect(
            reading.events == [
                .beginObject, .name(JSONSlice(start: 3, end: 6, hasEscapes: true)), .beginArray,
                .number(JSONSlice(start: 10, end: 14, hasEscapes: false)),
                .string(JSONSlice(start: 17, end: 19, hasEscapes: false)), .bool(true), .null, .endArray, .endObject,
            ])
    }
}
