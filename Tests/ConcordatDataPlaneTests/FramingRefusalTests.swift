import ConcordatCrypto
import ConcordatTerms
import ConcordatTestSupport
import Foundation
import Testing

@testable import ConcordatDataPlane

/// Every rule of framing, broken once in raw bytes.
@Suite struct FramingRefusalTests {
    /// A request that breaks one rule, and how it is answered.
    struct Broken: Sendable, CustomTestStringConvertible {
        let rule: String
        let request: String
        var status = 400
        var code = "http.malformed"

        var testDescription: String { rule }
    }

    static let closing: [Broken] = [
        Broken(rule: "no Host", request: "GET /v1/me HTTP/1.1\n\n"),
        Broken(rule: "two Hosts", request: "GET /v1/me HTTP/1.1\nHost: a\nHost: a\n\n"),
        Broken(rule: "a Host with a path", request: "GET /v1/me HTTP/1.1\nHost: a/b\n\n"),
        Broken(rule: "HTTP/1.0", request: "GET /v1/me HTTP/1.0\nHost: a\n\n"),
        Broken(rule: "the preface of HTTP/2", request: "PRI * HTTP/2.0\n\nSM\n\n"),
        Broken(rule: "no version at all", request: "GET /v1/me\n\n"),
        Broken(rule: "an unknown method", request: "TAKE /v1/me HTTP/1.1\nHost: a\n\n"),
        Broken(rule: "no HTTP", request: "hello\n\n"),
        Broken(rule: "a space before the colon", request: "GET /v1/me HTTP/1.1\nHost : a\n\n"),
        Broken(rule: "a folded field", request: "GET /v1/me HTTP/1.1\nHost: a\nX-A: b\n c\n\n"),
        Broken(rule: "a field without a name", request: "GET /v1/me HTTP/1.1\nHost: a\n: b\n\n"),
        Broken(rule: "NUL in a value", request: "GET /v1/me HTTP/1.1\nHost: a\nX-A: b\u{0}c\n\n"),
        Broken(rule: "Upgrade", request: "GET /v1/me HTTP/1.1\nHost: a\nConnection: upgrade\nUpgrade: h2c\n\n"),
        Broken(rule: "an odd Connection", request: "GET /v1/me HTTP/1.1\nHost: a\nConnection: Host\n\n"),
        Broken(
            rule: "announced trailers",
            request: "POST /v1/messages HTTP/1.1\nHost: a\nTrailer: x\nContent-Length: 0\n\n"),
        Broken(rule: "a body with GET", request: "GET /v1/me HTTP/1.1\nHost: a\nContent-Length: 1\n\nx"),
        Broken(
            rule: "a chunked body with GET",
            request: "GET /v1/me HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n0\n\n"),
        Broken(
            rule: "Content-Length beside Transfer-Encoding",
            request: "POST /v1/messages HTTP/1.1\nHost: a\nContent-Length: 5\nTransfer-Encoding: chunked\n\n0\n\n"),
        Broken(
            rule: "Transfer-Encoding beside Content-Length",
            request: "POST /v1/messages HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\nContent-Length: 5\n\n0\n\n"),
        Broken(
            rule: "two Content-Lengths",
            request: "POST /v1/messages HTTP/1.1\nHost: a\nContent-Length: 5\nContent-Length: 5\n\nhello"),
        Broken(rule: "a signed length", request: "POST /v1/messages HTTP/1.1\nHost: a\nContent-Length: +5\n\nhello"),
        Broken(
            rule: "a list of lengths", request: "POST /v1/messages HTTP/1.1\nHost: a\nContent-Length: 5, 5\n\nhello"),
        Broken(
            rule: "gzip, chunked",
            request: "POST /v1/messages HTTP/1.1\nHost: a\nTransfer-Encoding: gzip, chunked\n\n0\n\n"),
        Broken(rule: "gzip alone", request: "POST /v1/messages HTTP/1.1\nHost: a\nTransfer-Encoding: gzip\n\n"),
        Broken(
            rule: "chunked twice",
            request:
                "POST /v1/messages HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\nTransfer-Encoding: chunked\n\n0\n\n"),
        Broken(rule: "identity", request: "POST /v1/messages HTTP/1.1\nHost: a\nTransfer-Encoding: identity\n\n"),
        Broken(
            rule: "a bad chunk size",
            request: "POST /v1/messages HTTP/1.1\nHost: a\nContent-Type: application/cloudevents+json\n"
                + "Transfer-Encoding: chunked\n\nxyz\n\n"),
        Broken(
            rule: "trailers",
            request: "POST /v1/messages HTTP/1.1\nHost: a\nContent-Type: application/cloudevents+json\n"
                + "Transfer-Encoding: chunked\n\n2\n{}\n0\nX-A: b\n\n"),
        Broken(
            rule: "another expectation",
            request: "POST /v1/messages HTTP/1.1\nHost: a\nExpect: 200-ok\nContent-Length: 2\n\n{}"),
        Broken(
            rule: "a field over 8 KiB",
            request: "GET /v1/me HTTP/1.1\nHost: a\nX-A: \(String(repeating: "b", count: 8192))\n\n", status: 431,
            code: "limit.headers"),
        Broken(
            rule: "65 fields",
            request: "GET /v1/me HTTP/1.1\nHost: a\n" + (1...64).map { "X-\($0): b\n" }.joined() + "\n", status: 431,
            code: "limit.headers"),
        Broken(
            rule: "over 32 KiB of fields",
            request: "GET /v1/me HTTP/1.1\nHost: a\n"
                + (1...5).map { "X-\($0): \(String(repeating: "b", count: 7000))\n" }.joined() + "\n", status: 431,
            code: "limit.headers"),
        Broken(
            rule: "a target over 8 KiB",
            request: "GET /\(String(repeating: "b", count: 9000)) HTTP/1.1\nHost: a\n\n", status: 431,
            code: "limit.headers"),
        Broken(
            rule: "a length over the bound",
            request: "POST /v1/messages HTTP/1.1\nHost: a\nContent-Type: application/cloudevents+json\n"
                + "Content-Length: 1048577\n\n", status: 413, code: "limit.body"),
        Broken(
            rule: "a body for an address that takes none",
            request: "POST /v1/inbox/d-1/ack HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}"),
    ]

    @Test(arguments: closing)
    func refusesAndCloses(broken: Broken) async throws {
        let plane = try await RawPlane.start()
        let answer = try await plane.exchange(broken.request.crlf)
        #expect(answer.hasPrefix("HTTP/1.1 \(broken.status) "), "\(answer)")
        #expect(answer.contains("\"code\":\"\(broken.code)\""), "\(answer)")
        #expect(answer.contains("Connection: close"))
        #expect(answer.count(of: "HTTP/1.1 \(broken.status) ") == 1)
        #expect(answer.count(of: "Content-Length: ") == 1)
        await plane.stop()
    }

    static let open: [Broken] = [
        Broken(rule: "absolute form", request: "GET http://a/v1/me HTTP/1.1\nHost: a\n\n"),
        Broken(rule: "percent encoding", request: "GET /v1/%6De HTTP/1.1\nHost: a\n\n"),
        Broken(rule: "a matrix parameter", request: "GET /v1/me;a=b HTTP/1.1\nHost: a\n\n"),
        Broken(rule: "OPTIONS *", request: "OPTIONS * HTTP/1.1\nHost: a\n\n"),
        Broken(
            rule: "an unknown address", request: "GET /v2/me HTTP/1.1\nHost: a\n\n", status: 404, code: "route.unknown"),
        Broken(
            rule: "a double slash", request: "GET //v1/me HTTP/1.1\nHost: a\n\n", status: 404, code: "route.unknown"),
        Broken(
            rule: "a trailing slash", request: "GET /v1/me/ HTTP/1.1\nHost: a\n\n", status: 404, code: "route.unknown"),
        Broken(
            rule: "a leaf with a zero before it", request: "GET /log/proof/01 HTTP/1.1\nHost: a\n\n", status: 404,
            code: "leaf.unknown"),
        Broken(
            rule: "a wrong method", request: "DELETE /v1/me HTTP/1.1\nHost: a\n\n", status: 405,
            code: "method.not-allowed"),
        Broken(
            rule: "a parameter nobody takes", request: "GET /v1/me?a=b HTTP/1.1\nHost: a\n\n", code: "query.malformed"),
        Broken(
            rule: "an unknown parameter", request: "GET /v1/inbox?waiting=1 HTTP/1.1\nHost: a\n\n",
            code: "query.malformed"),
        Broken(
            rule: "a parameter twice", request: "GET /v1/inbox?wait=0&wait=1 HTTP/1.1\nHost: a\n\n",
            code: "query.malformed"),
        Broken(rule: "a wait of 31", request: "GET /v1/inbox?wait=31 HTTP/1.1\nHost: a\n\n", code: "query.malformed"),
        Broken(rule: "a wait of +1", request: "GET /v1/inbox?wait=01 HTTP/1.1\nHost: a\n\n", code: "query.malformed"),
        Broken(rule: "consents of no case", request: "GET /v1/consents HTTP/1.1\nHost: a\n\n", code: "query.malformed"),
        Broken(
            rule: "a message without a body", request: "POST /v1/messages HTTP/1.1\nHost: a\n\n", status: 415,
            code: "limit.media-type"),
    ]

    @Test(arguments: open)
    func refusesAndGoesOn(broken: Broken) async throws {
        let plane = try await RawPlane.start()
        let client = try await plane.client(sending: broken.request.crlf)
        #expect(await client.wait { $0.contains("\"code\":\"\(broken.code)\"") }, "\(client.text)")
        #expect(client.text.hasPrefix("HTTP/1.1 \(broken.status) "), "\(client.text)")
        client.send("GET /v1/me HTTP/1.1\nHost: a\n\n".crlf)
        #expect(await client.wait { $0.contains("\"party\":\"west-midlands-police\"") }, "\(client.text)")
        client.close()
        await plane.stop()
    }

    @Test(arguments: [
        "text/plain", "application/xml", "application/cloudevents-batch+json",
        "application/cloudevents+json; charset=latin1",
        "application/cloudevents+json; profile=x", "application/json", "multipart/form-data; boundary=x",
        "application/cloudevents+json\nContent-Type: application/cloudevents+json",
        "application/cloudevents+json\nContent-Encoding: gzip",
    ])
    func anotherMediaTypeIsRefusedWithoutItsBody(type: String) async throws {
        let plane = try await RawPlane.start()
        // The body is announced and never sent: the answer must not wait for it.
        let answer = try await plane.exchange(
            "POST /v1/messages HTTP/1.1\nHost: a\nContent-Type: \(type)\nContent-Length: 10\nExpect: 100-continue\n\n"
                .crlf)
        #expect(answer.hasPrefix("HTTP/1.1 415 "), "\(answer)")
        #expect(!answer.contains("100 Continue"))
        await plane.stop()
    }

    @Test(arguments: ["/v1/messages", "/v1/decisions", "/v1/consents"])
    func whatIsRefusedUnreadIsOnRecord(path: String) async throws {
        let plane = try await RawPlane.start(.party("birmingham-yot"))
        let answer = try await plane.exchange(
            "POST \(path) HTTP/1.1\nHost: a\nContent-Type: text/plain\nContent-Length: 10\n\n".crlf)
        #expect(answer.hasPrefix("HTTP/1.1 415 "), "\(answer)")
        #expect(answer.contains("\"leaf\":"), "\(answer)")
        await plane.stop()
    }

    @Test func aChunkedBodyOverTheBoundIsRefusedWhenItPassesIt() async throws {
        var settings = DataPlaneSettings()
        settings.bodyBytesMax = 64
        let plane = try await RawPlane.start(settings: settings)
        let chunk = "28\n\(String(repeating: "x", count: 40))\n".crlf
        let client = try await plane.client(
            sending:
                "POST /v1/messages HTTP/1.1\nHost: a\nContent-Type: application/cloudevents+json\nTransfer-Encoding: chunked\n\n"
                .crlf + chunk)
        #expect(await !client.waitBriefly { !$0.isEmpty })
        client.send(chunk)
        #expect(await client.wait { _ in client.isClosed })
        #expect(client.text.hasPrefix("HTTP/1.1 413 "), "\(client.text)")
        await plane.stop()
    }

    @Test func aPersonsCertificateOpensNothing() async throws {
        let plane = try await RawPlane.start(.person(GatewayStage.police, "officer-1"))
        for target in ["/v1/me", "/openapi.json", "/log/checkpoint"] {
            let answer = try await plane.exchange("GET \(target) HTTP/1.1\nHost: a\nConnection: close\n\n".crlf)
            #expect(answer.hasPrefix("HTTP/1.1 403 "), "\(answer)")
            #expect(answer.contains("certificate.wrong-kind"))
        }
        await plane.stop()
    }
}

extension RawClient {
    /// Waits a fifth of a second, for what must not happen.
    func waitBriefly(for condition: (String) -> Bool) async -> Bool {
        for _ in 0..<40 {
            if condition(text) { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return condition(text)
    }
}
