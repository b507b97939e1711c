import ConcordatTerms
import Foundation
import Testing

@testable import concordat

@Suite struct DeploymentRefusalTests {
    @Test func aDirectoryThatHoldsAnythingIsNotTouched() throws {
        try ConfigurationText.inFolder { folder in
            try Data("kept".utf8).write(to: folder.appending(path: ".hidden"))
            #expect(throws: Complaint.self) { try maker(folder).make() }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [".hidden"])
        }
    }

    @Test func aProtocolThatIsNotThereLeavesNothingBehind() throws {
        try ConfigurationText.inFolder { folder in
            let directory = folder.appending(path: "west")
            #expect(throws: Complaint.self) { try maker(directory, protocolDirectory: folder.path).make() }
            #expect(!FileManager.default.fileExists(atPath: directory.path))
        }
    }
}

@Suite struct DeploymentTests {
    @Test func makesWhatServeReadsAndNothingOthersCanRead() throws {
        try ConfigurationText.inFolder { folder in
            let directory = folder.appending(path: "a deployment")
            try maker(directory).make()
            let configuration = try ConfigurationReader.read(directory.appending(path: "concordat.yaml").path)
            #expect(configuration.deployment == "west")
            #expect(configuration.isTraining)
            #expect(
                configuration.dataPlane.port == 8_443 && configuration.desk.port == 8_444
                    && configuration.localPort == 8_081)
            #expect(configuration.clock == UTCInstant("2026-11-02T09:00:00Z"))
            for admin in DeploymentMaker.admins {
                #expect(configuration.officers.contains { $0.id.rawValue == admin && $0.isOfDeployment })
            }
            for plane in [configuration.dataPlane, configuration.desk] {
                for path in [plane.certificate, plane.key, plane.trust, plane.crl] {
                    #expect(FileManager.default.fileExists(atPath: path), "\(path)")
                }
            }
            #expect(FileManager.default.fileExists(atPath: configuration.protocolDirectory + "/protocol.yaml"))
            try secretsAreSecret(in: directory, count: 10)
        }
    }

    @Test func twoDeploymentsShareNoKey() throws {
        try ConfigurationText.inFolder { folder in
            let both = try ["a", "b"].map { name in
                let directory = folder.appending(path: name)
                try maker(directory).make()
                return try [
                    "keys/log.key", "keys/register.key", "keys/pseudonym.key", "keys/webhook.key", "tls/gateway.key",
                ].map {
                    try Data(contentsOf: directory.appending(path: $0))
                }
            }
            #expect(Set(both[0] + both[1]).count == 10)
        }
    }

    /// Every key is 0600 and every folder on the way to one shut to others.
    private func secretsAreSecret(in directory: URL, count: Int) throws {
        var keys = 0
        let files = FileManager.default.enumerator(atPath: directory.path)
        while let name = files?.nextObject() as? String {
            guard name.hasSuffix(".key") else { continue }
            keys += 1
            let mode =
                try FileManager.default.attributesOfItem(atPath: "\(directory.path)/\(name)")[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(name)")
        }
        #expect(keys >= count)
        for name in ["keys", "keys/days", "data", "authority/private"] {
            let mode =
                try FileManager.default.attributesOfItem(atPath: "\(directory.path)/\(name)")[.posixPermissions] as? Int
            #expect(mode == 0o700, "\(name)")
        }
    }
}

/// A maker of a training deployment from the shipped protocol.
private func maker(_ directory: URL, protocolDirectory: String? = nil) -> DeploymentMaker {
    DeploymentMaker(
        directory: directory.path, deployment: "west",
        protocolDirectory: protocolDirectory
            ?? ConfigurationText.repository.appending(path: "protocols/rj-west-midlands").path,
        host: "127.0.0.1", dataPort: 8_443, deskPort: 8_444, localPort: 8_081, mode: "training",
        clock: UTCInstant("2026-11-02T09:00:00Z"))
}
