import ConcordatCore
import ConcordatJSON
import ConcordatTerms
import Foundation
import Testing

@testable import concordat

@Suite struct ConfigurationTests {
    @Test func whatIsLeftOutHasItsDefault() throws {
        let configuration = try ConfigurationText.read(ConfigurationText.least)
        let defaults = GatewaySettings()
        #expect(configuration.deployment == "west")
        #expect(configuration.isTraining)
        #expect(configuration.clock == nil)
        #expect(configuration.officers.isEmpty)
        #expect(configuration.crlGrace == .zero)
        #expect(configuration.reserveFreeBytes == 1 << 30)
        #expect(configuration.dataPlane.connectionsMax == 1_024)
        #expect(configuration.delivery.allow.isEmpty && configuration.delivery.endpoints.isEmpty)
        #expect(configuration.delivery.handOverTimeout == .seconds(30))
        #expect(configuration.settings.json == defaults.json)
        #expect(configuration.settings.queueMax == defaults.queueMax)
        #expect(configuration.settings.lease == defaults.lease)
        #expect(configuration.settings.messagesPerSecond == defaults.messagesPerSecond)
        #expect(configuration.settings.rememberFor == .seconds(90 * 86_400))
    }

    @Test func whatIsNotSaidToBeTrainingIsLive() throws {
        #expect(try !ConfigurationText.read(ConfigurationText.least.replacing("mode: training\n", with: "")).isTraining)
        #expect(
            try !ConfigurationText.read(ConfigurationText.least.replacing("mode: training", with: "mode: live"))
                .isTraining)
    }

    @Test func pathsAreRelativeToTheFile() throws {
        try ConfigurationText.inFolder { folder in
            let file = folder.appending(path: "concordat.yaml")
            let text = ConfigurationText.least.replacing("{directory: keys}", with: "{directory: /run/keys}")
            try Data(text.utf8).write(to: file)
            let configuration = try ConfigurationReader.read(file.path)
            let base = folder.standardizedFileURL.path
            #expect(configuration.storePath == base + "/data/concordat.sqlite")
            #expect(configuration.protocolDirectory == base + "/protocol")
            #expect(configuration.dataPlane.crl == base + "/authority/crl.pem")
            #expect(configuration.keysDirectory == "/run/keys")
        }
    }

    @Test func everyValueArrives() throws {
        let text =
            ConfigurationText.least.replacing(
                "desk:\n",
                with: """
                    desk:
                      connections-max: 7
                      officers:
                        - {party: gateway, id: dpo, of: deployment}
                        - {party: rj-hub, id: dpo}

                    """) + """
                delivery:
                  allow: [10.0.0.0/8, "fd00::/8"]
                  endpoints: {rj-hub: "https://hub.example:9443/in?x=1"}
                  attempts-max: 3
                  first-retry: PT2S
                  retry-max: PT20S
                  lease: PT9S
                  handover-timeout: PT11S
                limits: {document-bytes: 2048, depth: 5, members: 17, items: 18, name-bytes: 19, messages-per-second-per-party: 20, queue-max: 21}
                retention: {idempotency-days: 22}
                crl-grace: PT1H
                reserve-free-bytes: 23
                clock: "2026-11-02T09:00:00Z"
                """
        let configuration = try ConfigurationText.read(text)
        #expect(configuration.desk.connectionsMax == 7)
        #expect(
            configuration.officers == [
                .init(party: "gateway", id: "dpo", isOfDeployment: true),
                .init(party: "rj-hub", id: "dpo", isOfDeployment: false),
            ])
        #expect(configuration.delivery.allow == ["10.0.0.0/8", "fd00::/8"])
        #expect(configuration.delivery.endpoints == ["rj-hub": "https://hub.example:9443/in?x=1"])
        #expect(configuration.delivery.handOverTimeout == .seconds(11))
        let settings = configuration.settings
        let limits = JSONLimits(documentBytesMax: 2_048, depthMax: 5, membersMax: 17, itemsMax: 18, nameBytesMax: 19)
        #expect(settings.json == limits)
        let counts: [Int] = [settings.messagesPerSecond, settings.queueMax, settings.attemptsMax]
        #expect(counts == [20, 21, 3] as [Int])
        let times: [Duration] = [settings.firstRetry, settings.retryMax, settings.lease]
        #expect(times == [.seconds(2), .seconds(20), .seconds(9)] as [Duration])
        #expect(settings.rememberFor == .seconds(22 * 86_400))
        #expect(configuration.crlGrace == .seconds(3_600))
        #expect(configuration.reserveFreeBytes == 23)
        #expect(configuration.clock == UTCInstant("2026-11-02T09:00:00Z"))
    }

    @Test func anIPv6AddressStandsInBrackets() throws {
        let text = ConfigurationText.least.replacing("127.0.0.1:8443", with: "\"[::1]:0\"").replacing(
            "127.0.0.1:8081", with: "[::1]:8081")
        let configuration = try ConfigurationText.read(text)
        #expect(configuration.dataPlane.host == "::1" && configuration.dataPlane.port == 0)
        #expect(configuration.localHost == "::1" && configuration.localPort == 8_081)
    }
}

/// The example beside the README must be true: every key of it is known, and it names every key there is.
@Suite struct ExampleConfigurationTests {
    private static let example = ConfigurationText.repository.appending(path: "certs-example/concordat.yaml")

    @Test func isTakenAsItStands() throws {
        let configuration = try ConfigurationReader.read(Self.example.path)
        #expect(configuration.deployment == "west-midlands")
        #expect(
            configuration.officers.contains { $0.isOfDeployment }
                && configuration.officers.contains { !$0.isOfDeployment })
    }

    @Test func saysTheDefaultsThatAreTrue() throws {
        let example = try ConfigurationReader.read(Self.example.path)
        let least = try ConfigurationText.read(ConfigurationText.least)
        #expect(example.settings.json == least.settings.json)
        #expect(example.settings.queueMax == least.settings.queueMax)
        #expect(example.settings.lease == least.settings.lease)
        #expect(example.settings.attemptsMax == least.settings.attemptsMax)
        #expect(example.settings.firstRetry == least.settings.firstRetry)
        #expect(example.settings.retryMax == least.settings.retryMax)
        #expect(example.settings.messagesPerSecond == least.settings.messagesPerSecond)
        #expect(example.settings.rememberFor == least.settings.rememberFor)
        #expect(example.delivery.handOverTimeout == least.delivery.handOverTimeout)
        #expect(example.crlGrace == least.crlGrace)
        #expect(example.reserveFreeBytes == least.reserveFreeBytes)
        #expect(example.dataPlane.connectionsMax == least.dataPlane.connectionsMax)
        #expect(example.desk.connectionsMax == least.desk.connectionsMax)
    }

    @Test func namesEveryKeyTheReaderKnows() throws {
        // The reader tells what it knows when a key is unknown: asked once for each mapping.
        let text = try String(contentsOf: Self.example, encoding: .utf8)
        var asked = 0
        for section in [
            "", "store", "keys", "log", "data-plane", "desk", "local", "delivery", "limits", "retention", "replay",
        ] {
            let probed =
                section.isEmpty
                ? text + "\nprobe: 1\n"
                : text.replacing("\n\(section):\n", with: "\n\(section):\n  probe: 1\n", maxReplacements: 1)
            let told = try #require(ConfigurationText.problem(probed), "\(section)")
            let known = try #require(told.split(separator: "known are ", maxSplits: 1).last, "\(told)")
            for key in known.split(separator: ", ") {
                asked += 1
                let isThere = text.split(separator: "\n").contains { line in
                    let bare = line.drop { $0 == " " || $0 == "#" }
                    return bare.hasPrefix("\(key):")
                }
                #expect(isThere, "`\(key)` of `\(section)` is not in the example")
            }
        }
        #expect(asked > 40)
    }
}
