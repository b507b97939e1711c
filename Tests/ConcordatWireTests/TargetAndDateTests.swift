import ConcordatTerms
import ConcordatWire
import Testing

@Suite struct RequestTargetTests {
    @Test(arguments: [
        "", "v1/me", "*", "https://gateway.example/v1/me", "/v1/me%20", "/v1/%6De", "/v1/me#x", "/v1/me\u{0}", "/v1/mé",
        "/v1/a b",
        "/v1/a=b", "/v1/a&b", "/v1/a;b", "/v1\\me", "/v1/\"",
    ])
    func refusesWhatIsNoPlainTarget(target: String) {
        do throws(Problem) {
            _ = try RequestTarget(target)
            Issue.record("`\(target)` was taken")
        } catch {
            #expect(error.status == 400)
            #expect(error.code == "http.malformed")
        }
    }

    @Test(arguments: ["/a?", "/a?b", "/a?b=", "/a?=c", "/a?b=c&", "/a?b=c&b=d", "/a?b=c=d", "/a?&b=c", "/a?b?=c&x"])
    func refusesAQueryThatCouldBeReadInTwoWays(target: String) {
        do throws(Problem) {
            _ = try RequestTarget(target)
            Issue.record("`\(target)` was taken")
        } catch { #expect(error.code == "query.malformed") }
    }

    @Test func refusesAParameterTheAddressDoesNotTake() throws {
        let target = try RequestTarget("/v1/inbox?wait=3&CANARY=x")
        do throws(Problem) {
            _ = try target.parameters(among: ["wait", "limit"])
            Issue.record("it was taken")
        } catch {
            #expect(error.code == "query.malformed")
            #expect(!String(decoding: error.body, as: UTF8.self).contains("CANARY"))
        }
    }

    @Test func readsPathAndQuery() throws {
        let target = try RequestTarget("/v1/inbox?wait=3&limit=10")
        #expect(target.path == "/v1/inbox")
        #expect(try target.parameters(among: ["wait", "limit"]) == ["wait": "3", "limit": "10"])
        #expect(try RequestTarget("/v1/me").query.isEmpty)
    }
}

@Suite struct HTTPDateTests {
    @Test(arguments: [
        ("1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("2024-02-29T23:59:59.999Z", "Thu, 29 Feb 2024 23:59:59 GMT"),
        ("1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
        ("0001-01-01T00:00:00Z", "Mon, 01 Jan 0001 00:00:00 GMT"),
        ("9999-12-31T00:00:00Z", "Fri, 31 Dec 9999 00:00:00 GMT"),
    ])
    func isThatOfRFC9110(moment: String, text: String) throws {
        #expect(HTTPDate.text(try #require(UTCInstant(moment))) == text)
    }
}
