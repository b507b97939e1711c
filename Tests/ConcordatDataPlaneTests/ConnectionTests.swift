import ConcordatCrypto
import ConcordatTerms
import ConcordatTransport
import Foundation
import NIOCore
import Testing

@testable import ConcordatDataPlane

/// How one connection goes from request to request.
@Suite struct ConnectionTests {
    private static let me = "GET /v1/me HTTP/1.1\nHost: a\n\n".crlf

    @Test func aHeaderSectionThatDoesNotComeInTimeIsRefused() async throws {
        var settings = DataPlaneSettings()
        settings.headTimeout = .milliseconds(200)
        let plane = try await RawPlane.start(settings: settings)
        #expect(try await plane.exchange("GET /v1/me HT").hasPrefix("HTTP/1.1 408 "))
        await plane.stop()
    }

    @Test func aBodyThatDoesNotComeInTimeIsRefused() async throws {
        var settings = DataPlaneSettings()
        settings.bodyTimeout = .milliseconds(200)
        let plane = try await RawPlane.start(settings: settings)
        let head =
            "POST /v1/messages HTTP/1.1\nHost: a\nContent-Type: application/cloudevents+json\nContent-Length: 9\n\n"
        #expect(try await plane.exchange(head.crlf + "{").hasPrefix("HTTP/1.1 408 "))
        await plane.stop()
    }

    @Test func anIdleConnectionIsClosedWithoutAWord() async throws {
        var settings = DataPlaneSettings()
        settings.idleTimeout = .milliseconds(200)
        let plane = try await RawPlane.start(settings: settings)
        #expect(try await plane.exchange("").isEmpty)
        await plane.stop()
    }

    @Test func everyAnswerForbidsStoringAndNamesNoServer() async throws {
        let plane = try await RawPlane.start()
        for path in ["/v1/me", "/nothing", "/openapi.json", "/v1/inbox"] {
            let answer = try await plane.exchange("GET \(path) HTTP/1.1\nHost: a\nConnection: close\n\n".crlf)
            #expect(answer.contains("Cache-Control: no-store\r\n"))
            #expect(answer.contains("\r\nDate: "))
            #expect(answer.contains("Connection: close\r\n"))
            #expect(!answer.lowercased().contains("server:"))
        }
        await plane.stop()
    }

    @Test func headIsRefusedWithoutABody() async throws {
        let plane = try await RawPlane.start()
        let answer = try await plane.exchange("HEAD /v1/me HTTP/1.1\nHost: a\nConnection: close\n\n".crlf)
        #expect(answer.hasPrefix("HTTP/1.1 405 "))
        #expect(answer.contains("Allow: GET\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n"))
        await plane.stop()
    }

    @Test func requestsSentTogetherAreAnsweredOneAfterTheOther() async throws {
        let plane = try await RawPlane.start()
        let checkpoint = "GET /log/checkpoint HTTP/1.1\nHost: a\n\n".crlf
        let client = try await plane.client(
            sending: checkpoint + Self.me + checkpoint + Self.me
                + "GET /log/proof/x HTTP/1.1\nHost: a\nConnection: close\n\n".crlf)
        #expect(await client.wait { _ in client.isClosed })
        let types = client.text.components(separatedBy: "Content-Type: ").dropFirst().map {
            $0.components(separatedBy: "\r\n")[0]
        }
        #expect(
            types == [
                "text/plain; charset=utf-8", "application/json", "text/plain; charset=utf-8", "application/json",
                "application/problem+json",
            ], "\(client.text)")
        await plane.stop()
    }

    @Test func whatFollowsABrokenRequestIsNotRead() async throws {
        let plane = try await RawPlane.start()
        let answer = try await plane.exchange("GET /v1/me HTTP/1.1\nHost: a\nHost: b\n\n".crlf + Self.me)
        #expect(answer.count(of: "HTTP/1.1 ") == 1)
        await plane.stop()
    }

    @Test func aRequestMayComeByteByByte() async throws {
        let plane = try await RawPlane.start(.party("canal-side-homes"))
        let request = Array(
            "POST /v1/messages HTTP/1.1\nHost: a\nContent-Type: application/cloudevents+json\nTransfer-Encoding: chunked\n\n2\n{}\n0\n\n"
                .crlf.utf8)
        for cut in 1..<request.count {
            let client = try await plane.client(sending: String(decoding: request[..<cut], as: UTF8.self))
            client.send(Array(request[cut...]) + Array(Self.me.utf8))
            #expect(await client.wait { $0.contains("\"party\":") }, "cut at \(cut): \(client.text)")
            #expect(client.text.hasPrefix("HTTP/1.1 422 "), "cut at \(cut): \(client.text)")
            client.close()
        }
        await plane.stop()
    }

    @Test func theBodyIsAskedForOnceTheHeadIsGood() async throws {
        let plane = try await RawPlane.start()
        let client = try await plane.client(
            sending:
                "POST /v1/messages HTTP/1.1\nHost: a\nContent-Type: application/cloudevents+json\nContent-Length: 2\nExpect: 100-continue\n\n"
                .crlf)
        #expect(await client.wait { $0 == "HTTP/1.1 100 Continue\r\n\r\n" }, "\(client.text)")
        client.send("{}")
        #expect(await client.wait { $0.contains("HTTP/1.1 422 ") && $0.contains("envelope.missing") })
        client.close()
        await plane.stop()
    }

    @Test func aRetiredConnectionAnswersWhatIsInFlightAndCloses() async throws {
        let plane = try await RawPlane.start(.party("hmp-birmingham"))
        let client = try await plane.client(sending: "GET /v1/inbox?wait=20 HTTP/1.1\nHost: a\n\n".crlf)
        #expect(await !client.waitBriefly { !$0.isEmpty })
        plane.accepted.newest?.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(await client.wait { _ in client.isClosed })
        #expect(client.text.hasPrefix("HTTP/1.1 204 "), "\(client.text)")
        #expect(client.text.contains("Connection: close"))
        await plane.stop()
    }

    @Test func anIdleConnectionThatIsRetiredIsClosed() async throws {
        let plane = try await RawPlane.start()
        let client = try await plane.client(sending: Self.me)
        #expect(await client.wait { $0.contains("\"party\":") })
        plane.accepted.newest?.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(await client.wait { _ in client.isClosed })
        await plane.stop()
    }

    @Test func onlySoManyRequestsOfAPartyWait() async throws {
        let plane = try await RawPlane.start(.party("hmp-featherstone"))
        let wait = "GET /v1/inbox?wait=20 HTTP/1.1\nHost: a\n\n".crlf
        var clients: [RawClient] = []
        for _ in 0..<4 {
            let client = try await plane.client(sending: wait)
            clients.append(client)
        }
        #expect(await !clients[3].waitBriefly { !$0.isEmpty })
        let fifth = try await plane.client(sending: wait)
        #expect(
            await fifth.wait { $0.hasPrefix("HTTP/1.1 429 ") && $0.contains("Retry-After: 1\r\n") }, "\(fifth.text)")
        // Whoever goes away makes room.
        for client in clients { client.close() }
        var isFree = false
        for _ in 0..<100 where !isFree {
            let next = try await plane.client(sending: wait)
            isFree = await !next.waitBriefly { $0.hasPrefix("HTTP/1.1 429 ") }
            next.close()
        }
        #expect(isFree)
        fifth.close()
        await plane.stop()
    }
}
