import ConcordatTerms
import Testing

/// Every way Swift has of turning a value into text.
@Suite struct SensitiveTests {
    private static let marker = "CANARY-7f3a"

    private struct Holder {
        var name = Sensitive(SensitiveTests.marker)
        var notes: [Sensitive<String>] = [Sensitive(SensitiveTests.marker)]
        var byKey: [String: Sensitive<String>] = ["k": Sensitive(SensitiveTests.marker)]
        var maybe: Sensitive<String>? = Sensitive(SensitiveTests.marker)
        var tree = Sensitive([SensitiveTests.marker: [SensitiveTests.marker]])
    }

    private enum Carrier: Error { case failed(Sensitive<String>, at: Int) }

    private static func everyText<Value>(of value: Value) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        var printed = ""
        print(value, to: &printed)
        var debugged = ""
        debugPrint(value, to: &debugged)
        var texts = [dumped, printed, debugged, "\(value)", String(describing: value), String(reflecting: value)]
        var pending = [Mirror(reflecting: value)]
        while let mirror = pending.popLast() {
            texts.append("\(mirror) \(mirror.subjectType)")
            for child in mirror.children {
                texts.append("\(child.label ?? "") \(child.value)")
                pending.append(Mirror(reflecting: child.value))
            }
            if let above = mirror.superclassMirror { pending.append(above) }
        }
        return texts
    }

    @Test func showsNothingByItself() {
        let value = Sensitive(Self.marker)
        for text in Self.everyText(of: value) { #expect(!text.contains(Self.marker)) }
        #expect("\(value)" == "<sensitive>")
        #expect(value.debugDescription == "<sensitive>")
        #expect(String(reflecting: value) == "<sensitive>")
        #expect(Mirror(reflecting: value).children.isEmpty)
    }

    @Test func showsNothingInsideAnythingElse() {
        for text in Self.everyText(of: Holder()) { #expect(!text.contains(Self.marker)) }
        for text in Self.everyText(of: Carrier.failed(Sensitive(Self.marker), at: 3)) {
            #expect(!text.contains(Self.marker))
        }
        for text in Self.everyText(of: [[Sensitive(Self.marker)]]) { #expect(!text.contains(Self.marker)) }
        for text in Self.everyText(of: Optional(Sensitive(Self.marker)) as Any) { #expect(!text.contains(Self.marker)) }
    }

    @Test func theTestSeesAValueThatIsNotMarked() {
        // Without this the claims above could not fail.
        struct Plain { let name = SensitiveTests.marker }
        #expect(Self.everyText(of: Plain()).contains { $0.contains(Self.marker) })
    }

    @Test func revealsOnlyWhenAsked() {
        #expect(Sensitive(Self.marker).reveal() == Self.marker)
        #expect(Sensitive(1) == Sensitive(1))
        #expect(Sensitive(1) != Sensitive(2))
        #expect(Set([Sensitive("a"), Sensitive("a"), Sensitive("b")]).count == 2)
    }
}
