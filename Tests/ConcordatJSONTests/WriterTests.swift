import ConcordatJSON
import Testing

@Suite struct WriterTests {
    private func text(_ writer: JSONWriter) -> String { String(decoding: writer.bytes, as: UTF8.self) }

    @Test func placesCommasAndColonsItself() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("a")
        writer.beginArray()
        writer.int(1)
        writer.int(.min)
        writer.beginObject()
        writer.endObject()
        writer.beginArray()
        writer.endArray()
        writer.bool(true)
        writer.endArray()
        writer.name("b")
        writer.null()
        writer.name("c")
        writer.bool(false)
        writer.name("d")
        writer.raw(Array("{\"x\":1}".utf8))
        writer.name("e")
        writer.string("")
        writer.endObject()
        #expect(
            text(writer)
                == #"{"a":[1,-9223372036854775808,{},[],true],"b":null,"c":false,"d":{"x":1},"e":""}"#)
        #expect(writer.depth == 0)
    }

    @Test func escapesOnlyWhatMustBe() {
        var writer = JSONWriter()
        writer.string("\u{0}\u{1}\u{8}\t\n\u{B}\u{C}\r\u{1F} \"/\\\u{7F}é日😀\u{2028}")
        #expect(
            text(writer)
                == #""\u0000\u0001\b\t\n\u000b\f\r\u001f \"/\\"# + "\u{7F}é日😀\u{2028}\"")
    }

    @Test func everyStringReadsBackAsItself() throws {
        var generator = SeededGenerator(state: 7)
        for round in 0..<2_000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...24, using: &generator) {
                let top: UInt32 = [0x20, 0x80, 0x800, 0x11_0000][Int.random(in: 0...3, using: &generator)]
                guard let scalar = Unicode.Scalar(UInt32.random(in: 0..<top, using: &generator)),
                    !scalar.properties.isNoncharacterCodePoint
                else { continue }
                text.unicodeScalars.append(scalar)
            }
            var writer = JSONWriter()
            writer.beginObject()
            writer.name(text)
            writer.string(text)
            writer.endObject()
            let members = try #require(
                try JSONValue.parse(writer.bytes, limits: .init(nameBytesMax: 1_024)).objectValue)
            #expect(members.first.map { Array($0.name.utf8) } == Array(text.utf8), "round \(round)")
            #expect(members.first?.value == .string(text), "round \(round)")
        }
    }

    @Test func checkedSlicesAreCopiedWithTheirEscapes() throws {
        let bytes = Array(#" { "\u0061\n" : [ "x\u00e9\/" , 1.50E+2 ] } "#.utf8)
        let document = bytes.span.bytes
        var reader = JSONReader()
        var writer = JSONWriter()
        reading: while true {
            switch try reader.next(in: document, isComplete: true) {
            case .beginObject: writer.beginObject()
            case .endObject: writer.endObject()
            case .beginArray: writer.beginArray()
            case .endArray: writer.endArray()
            case .name(let slice): writer.rawName(slice, in: document)
            case .string(let slice): writer.rawString(slice, in: document)
            case .number(let slice): writer.rawNumber(slice, in: document)
            case .bool(let bool): writer.bool(bool)
            case .null: writer.null()
            case .incomplete, .end: break reading
            }
        }
        #expect(text(writer) == #"{"\u0061\n":["x\u00e9\/",1.50E+2]}"#)
    }

    @Test func aWholeValueIsCopiedAsItStands() {
        let bytes = Array("[ {\"a\" : 1} ]".utf8)
        var writer = JSONWriter()
        writer.beginArray()
        writer.raw(from: 2, to: 11, in: bytes.span.bytes)
        writer.raw(from: 2, to: 11, in: bytes.span.bytes)
        writer.endArray()
        #expect(text(writer) == "[{\"a\" : 1},{\"a\" : 1}]")
    }

    @Test func goingBackLeavesNothingBehind() {
        var writer = JSONWriter()
        writer.beginObject()
        let empty = writer.mark
        writer.name("a")
        writer.beginObject()
        writer.name("secret")
        writer.rewind(to: empty)
        writer.name("b")
        writer.int(1)
        let afterFirst = writer.mark
        writer.name("c")
        writer.beginArray()
        writer.rewind(to: afterFirst)
        writer.name("d")
        writer.int(2)
        writer.endObject()
        #expect(text(writer) == #"{"b":1,"d":2}"#)
    }

    @Test func slicesCompareAfterUnescaping() {
        let bytes = Array(#""a\u0062c\ud83d\ude00é" "abc""#.utf8)
        let document = bytes.span.bytes
        let escaped = JSONSlice(start: 1, end: 23, hasEscapes: true)
        let equals = { (slice: JSONSlice, text: String) in slice.equals(text, in: bytes.span.bytes) }
        let (text, unescaped) = (escaped.text(in: document), escaped.bytes(in: document))
        #expect(text == "abc😀é")
        #expect(unescaped == Array("abc😀é".utf8))
        #expect(equals(escaped, "abc😀é"))
        #expect(!equals(escaped, "abc😀"))
        #expect(!equals(escaped, "abc😀éx"))
        #expect(!equals(escaped, "abc😀e\u{301}"))
        let plain = JSONSlice(start: 26, end: 29, hasEscapes: false)
        #expect(equals(plain, "abc"))
        #expect(!equals(plain, "abd"))
        #expect(!equals(plain, "ab"))
        #expect(!equals(plain, "abcd"))
        let plainText = plain.text(in: document)
        #expect(plainText == "abc")
        #expect(plain.byteCount == 3)
    }
}
