import Foundation
import Testing

@testable import concordat

@Suite struct ConfigurationRefusalTests {
    @Test(arguments: ["deployment", "protocol", "store", "keys", "log", "data-plane", "desk", "local"])
    func aSectionWithoutDefaultIsMissed(name: String) {
        // The lines of the section: its first and those indented under it.
        var isInside = false
        let kept = ConfigurationText.least.split(separator: "\n").filter { line in
            if !line.hasPrefix(" ") { isInside = line.hasPrefix(name + ":") }
            return !isInside
        }
        #expect(ConfigurationText.problem(kept.joined(separator: "\n"))?.hasSuffix(": `\(name)` is missing") == true)
    }

    @Test(arguments: ["listen", "certificate", "key", "trust", "crl"], ["data-plane", "desk"])
    func aKeyOfAPlaneIsMissed(name: String, plane: String) {
        let parts = ConfigurationText.least.split(separator: "\(plane):\n", maxSplits: 1)
        let lines = parts[1].split(separator: "\n", omittingEmptySubsequences: false)
        let index = lines.firstIndex { $0.hasPrefix("  \(name):") } ?? 0
        let kept = (lines[..<index] + lines[(index + 1)...]).joined(separator: "\n")
        let text = "\(parts[0])\(plane):\n\(kept)"
        #expect(ConfigurationText.problem(text)?.hasSuffix(": `\(plane)`: `\(name)` is missing") == true)
    }

    @Test(arguments: [
        ("limit: {}", "20:1: unknown key `limit`"),
        ("delivery:\n  retries: 3", "21:3: `delivery`: unknown key `retries`"),
        ("limits: {bytes: 1}", "20:10: `limits`: unknown key `bytes`"),
        ("retention: {days: 1}", "20:13: `retention`: unknown key `days`"),
        ("Mode: live", "20:1: unknown key `Mode`"),
    ])
    func anUnknownKeyIsNamedWithItsPlaceAndWhatIsKnown(line: String, problem: String) throws {
        let told = try #require(ConfigurationText.problem(ConfigurationText.least + "\(line)"))
        #expect(told.hasPrefix(problem + "; known are "))
    }

    @Test(arguments: [
        "store: {path: a, mode: b}", "keys: {directory: a, b: c}", "log: {origin: a, key: b}",
        "local: {listen: \"127.0.0.1:1\", tls: no}",
    ])
    func anUnknownKeyInASmallSectionToo(section: String) {
        let name = section.prefix { $0 != ":" }
        let lines = ConfigurationText.least.split(separator: "\n").map { $0.hasPrefix(name + ":") ? section[...] : $0 }
        #expect(ConfigurationText.problem(lines.joined(separator: "\n"))?.contains("unknown key") == true)
    }

    @Test(arguments: [
        ("crl-grace: PT0S\ncrl-grace: PT1S", "20:1: `crl-grace` stands twice"),
        ("limits: {depth: 8, depth: 9}", "20:10: `depth` stands twice"),
    ])
    func aKeyThatStandsTwiceIsNamed(lines: String, problem: String) {
        #expect(ConfigurationText.problem(ConfigurationText.least + lines) == problem)
    }

    @Test(arguments: [
        ("deployment: west", "deployment: \"a b\"", "1:13: `deployment`: must be 1 to 64 of [A-Za-z0-9._-]"),
        ("deployment: west", "deployment: \"\"", "1:13: `deployment`: must be a text"),
        ("deployment: west", "deployment: [west]", "1:13: `deployment`: must be a text"),
        ("deployment: west", "deployment:", "1:12: `deployment`: must be a text"),
        ("mode: training", "mode: Training", "2:7: `mode`: must be `live` or `training`"),
        ("mode: training", "mode: test", "2:7: `mode`: must be `live` or `training`"),
        ("protocol: protocol", "protocol: {a: b}", "3:11: `protocol`: must be a text"),
        ("store: {path: data/concordat.sqlite}", "store: data", "4:8: `store`: must be a mapping"),
        ("store: {path: data/concordat.sqlite}", "store: {}", "4:8: `store`: `path` is missing"),
        ("store: {path: data/concordat.sqlite}", "store: {path: [a]}", "4:15: `store.path`: must be a text"),
        ("keys: {directory: keys}", "keys: [keys]", "5:7: `keys`: must be a mapping"),
    ])
    func aValueOfTheWrongKindIsToldWithItsPlace(old: String, new: String, problem: String) {
        #expect(ConfigurationText.problem(ConfigurationText.least.replacing(old, with: new)) == problem)
    }

    @Test(arguments: [
        "127.0.0.1", "127.0.0.1:", ":8443", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+8443", "127.0.0.1:0x10",
        "127.0.0.1:8443x",
        "127.0.0.1: 8443", "::1", "::1:8443", "[::1:8443", "::1]:8443", "[::1]", "[]:8443", "[127.0.0.1]:8443", "8443",
        "",
        "127.0.0.1:٣", "a:b:1",
    ])
    func anAddressThatIsNoneIsRefused(address: String) {
        let text = ConfigurationText.least.replacing("listen: 127.0.0.1:8443", with: "listen: \"\(address)\"")
        #expect(ConfigurationText.problem(text)?.hasPrefix("8:11: `data-plane.listen`: must be ") == true)
    }

    @Test(arguments: [
        ("127.0.0.1:8444", "127.0.0.1:8443", "`desk`"), ("127.0.0.1:8081", "127.0.0.1:8443", "`local`"),
        ("127.0.0.1:8081", "127.0.0.1:8444", "`local`"),
    ])
    func twoPlanesNeverShareAnAddress(old: String, new: String, plane: String) {
        let told = ConfigurationText.problem(ConfigurationText.least.replacing(old, with: new))
        #expect(told?.hasSuffix("\(plane): listens where another plane does; each needs an address of its own") == true)
        // The system's choice is another one each time.
        let free = ["8443", "8444", "8081"].reduce(ConfigurationText.least) { $0.replacing(":\($1)", with: ":0") }
        #expect(ConfigurationText.problem(free) == nil)
    }

    @Test(arguments: ["0.0.0.0:8081", "[::]:8081", "10.0.0.1:8081", "gateway.example:8081", "127.0.0.1.example:8081"])
    func healthAndMetricsStayOnTheLoopback(address: String) {
        let text = ConfigurationText.least.replacing("127.0.0.1:8081", with: address)
        #expect(ConfigurationText.problem(text)?.contains("must be a loopback address") == true)
    }

    @Test(arguments: [
        ("limits", "document-bytes", 1_024, 16_777_216), ("limits", "depth", 4, 128),
        ("limits", "members", 16, 100_000),
        ("limits", "items", 16, 1_000_000), ("limits", "name-bytes", 16, 1_024),
        ("limits", "messages-per-second-per-party", 1, 100_000), ("limits", "queue-max", 1, 1_000_000),
        ("delivery", "attempts-max", 1, 100), ("retention", "idempotency-days", 1, 3_650),
    ])
    func aNumberKeepsItsBounds(section: String, key: String, least: Int, greatest: Int) {
        func problem(_ value: String) -> String? {
            ConfigurationText.problem(ConfigurationText.least + "\(section): {\(key): \(value)}")
        }
        #expect(problem("\(least)") == nil)
        #expect(problem("\(greatest)") == nil)
        for value in [
            "\(least - 1)", "\(greatest + 1)", "-1", "1.5", "x", "[1]", "~", "\"\"", "99999999999999999999999",
        ] {
            let told = problem(value)
            #expect(
                told?.hasSuffix("`\(section).\(key)`: must be a whole number from \(least) to \(greatest)") == true,
                "\(value): \(told ?? "taken")")
        }
    }

    @Test(arguments: ["data-plane", "desk"])
    func connectionsKeepTheirBounds(plane: String) {
        func problem(_ value: Int) -> String? {
            ConfigurationText.problem(
                ConfigurationText.least.replacing("\(plane):\n", with: "\(plane):\n  connections-max: \(value)\n"))
        }
        #expect(problem(1) == nil && problem(65_536) == nil)
        #expect(problem(0) != nil && problem(65_537) != nil)
    }

    @Test func theReserveKeepsItsBounds() {
        func problem(_ value: String) -> String? {
            ConfigurationText.problem(ConfigurationText.least + "reserve-free-bytes: \(value)")
        }
        #expect(problem("0") == nil && problem("1125899906842624") == nil)
        #expect(problem("-1") != nil && problem("1125899906842625") != nil)
    }

    @Test(arguments: [
        ("delivery", "first-retry", "PT1S", "P1D", "PT0S", "P1DT1S"),
        ("delivery", "retry-max", "PT1S", "P1D", "PT0S", "P2D"),
        ("delivery", "lease", "PT1S", "P1D", "PT0S", "P2D"),
        ("delivery", "handover-timeout", "PT1S", "PT5M", "PT0S", "PT301S"),
        ("", "crl-grace", "PT0S", "P7D", "-PT1S", "P7DT1S"),
    ])
    func aDurationKeepsItsBounds(
        section: String, key: String, least: String, greatest: String, below: String, above: String
    ) {
        func problem(_ value: String) -> String? {
            ConfigurationText.problem(
                ConfigurationText.least + (section.isEmpty ? "\(key): \(value)" : "\(section): {\(key): \(value)}"))
        }
        #expect(problem(least) == nil)
        #expect(problem(greatest) == nil)
        for value in [below, above, "30", "30s", "P1M", "P1Y", "[PT1S]"] {
            #expect(problem(value)?.contains("must be ") == true, "\(value)")
        }
    }

    @Test(arguments: [
        "10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "::1/129", "localhost/8", "10.0.0/8", "/8", "10.0.0.0/8/8", "",
    ])
    func aNetworkThatIsNoneIsRefused(text: String) {
        let told = ConfigurationText.problem(ConfigurationText.least + "delivery: {allow: [127.0.0.0/8, \"\(text)\"]}")
        #expect(told?.hasPrefix("20:33: `delivery.allow[1]`: must be a ") == true)
    }

    @Test(arguments: [
        "http://hub.example/x", "HTTPS", "hub.example", "https://", "https:///x", "https://user@hub.example/",
        "https://hub.example/#x",
        "ftp://hub.example", "", "https://hub.example:65536/", "https://hub.example:0/",
        "https://hub.example:99999999999/",
    ])
    func anEndpointThatIsNotHTTPSIsRefused(url: String) {
        let told = ConfigurationText.problem(ConfigurationText.least + "delivery: {endpoints: {rj-hub: \"\(url)\"}}")
        #expect(told?.hasPrefix("20:32: `delivery.endpoints.rj-hub`: must be a") == true, "\(told ?? "taken")")
    }

    @Test func anEndpointOfNobodyIsRefused() {
        let told = ConfigurationText.problem(
            ConfigurationText.least + "delivery: {endpoints: {\"rj hub\": \"https://a.example/\"}}")
        #expect(told?.contains("is not a party id") == true)
    }

    @Test(arguments: [
        "{party: gateway}", "{id: dpo}", "{party: \"a b\", id: dpo}", "{party: gateway, id: \"\"}",
        "{party: gateway, id: dpo, of: court}",
        "{party: gateway, id: dpo, name: x}", "dpo", "[gateway, dpo]",
    ])
    func anOfficerWhoIsNotNamedWhollyIsRefused(entry: String) {
        let text = ConfigurationText.least.replacing("desk:\n", with: "desk:\n  officers:\n    - \(entry)\n")
        #expect(ConfigurationText.problem(text)?.contains("`desk.officers[0]") == true)
    }

    @Test(arguments: [
        ("[{party: gateway, id: a}]", "needs two admins or more"),
        ("[{party: gateway, id: a}, {party: hub, id: a}]", "another admin has this `id`"),
        ("[{party: gateway}]", "needs `party` and `id`"), ("[{party: gateway, id: a, of: deployment}]", "unknown"),
    ])
    func adminsWhoAreNotTwoOrNotToldApartAreRefused(list: String, reason: String) {
        let text = ConfigurationText.least.replacing("desk:\n", with: "desk:\n  admins: \(list)\n")
        #expect(
            ConfigurationText.problem(text)?.contains(reason) == true, "\(ConfigurationText.problem(text) ?? "taken")")
    }

    @Test func theClockIsForTrainingOnly() {
        let live = ConfigurationText.least.replacing("mode: training", with: "mode: live")
        #expect(ConfigurationText.problem(live) == nil)
        #expect(
            ConfigurationText.problem(live + "clock: \"2026-11-02T09:00:00Z\"")?.contains("is for training only")
                == true)
        // What is not said is live.
        let silent = ConfigurationText.least.replacing("mode: training\n", with: "")
        #expect(
            ConfigurationText.problem(silent + "clock: \"2026-11-02T09:00:00Z\"")?.contains("is for training only")
                == true)
        #expect(
            ConfigurationText.problem(ConfigurationText.least + "clock: yesterday")
                == "20:8: `clock`: must be an RFC 3339 date-time")
    }

    @Test(arguments: [
        ("a: [", "is not YAML"), ("a: b: c", "is not YAML"), ("\t", "is not YAML"), ("a: *x", "is not YAML"),
        ("", "is empty"), ("# nothing\n", "is empty"),
        ("- a", "must be a mapping"), ("text", "must be a mapping"),
        ("a: 1\n---\nb: 2", "is not YAML"),
    ])
    func whatIsNoMappingIsRefusedInOneLine(text: String, reason: String) throws {
        let told = try #require(ConfigurationText.problem(text))
        #expect(told.contains(reason))
        #expect(!told.contains("\n"))
    }

    @Test func aFaultOfYAMLHasItsLine() {
        #expect(ConfigurationText.problem(ConfigurationText.least + "limits: {depth: 8")?.hasPrefix("2") == true)
        #expect(ConfigurationText.problem("deployment: west\nmode: a: b\n")?.hasPrefix("2:8: is not YAML") == true)
    }

    @Test func bytesThatAreNotUTF8OrTooManyAreRefused() {
        #expect(
            ConfigurationText.problem(Data(ConfigurationText.least.utf8) + [0x23, 0xFF])?.contains("is not UTF-8")
                == true)
        let long = ConfigurationText.least + "# " + String(repeating: "x", count: 1 << 20)
        #expect(ConfigurationText.problem(long)?.contains("at most 1 MiB") == true)
    }

    @Test func aFileThatIsNotThereIsNamed() {
        #expect(throws: ConfigurationProblem.self) { try ConfigurationReader.read("/nowhere/concordat.yaml") }
        do { _ = try ConfigurationReader.read("/nowhere/concordat.yaml") } catch {
            #expect("\(error)" == "/nowhere/concordat.yaml:1:1: cannot be read")
        }
    }
}
