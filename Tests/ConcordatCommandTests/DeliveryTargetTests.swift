import NIOCore
import Testing

@testable import concordat

/// Where the gateway may call: a mistake here lets a protocol's data go to any machine on the network.
@Suite struct AddressRangeTests {
    private func isInside(_ address: String, _ range: String) throws -> Bool {
        try #require(AddressRange(range)).contains(try SocketAddress(ipAddress: address, port: 443))
    }

    @Test(arguments: [
        "", "/", "10.0.0.0", "10.0.0.0/", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/x", "10.0.0/8",
        "256.0.0.0/8",
        "localhost/8", "::1/129", ":::/8", "fe80::1%eth0/64/1", "10.0.0.0 /8", "10.0.0.0/ 8",
    ])
    func refusesWhatIsNoNetwork(text: String) { #expect(AddressRange(text) == nil) }

    @Test(arguments: [
        ("10.0.0.1", "10.0.0.0/8"), ("10.255.255.255", "10.0.0.0/8"), ("127.0.0.1", "127.0.0.1/32"),
        ("192.168.1.5", "0.0.0.0/0"),
        ("172.31.255.255", "172.16.0.0/12"), ("10.1.2.3", "10.9.9.9/8"), ("192.0.2.127", "192.0.2.0/25"),
        ("::1", "::1/128"),
        ("fd12:3456::1", "fd00::/8"), ("2001:db8:ffff::1", "2001:db8::/32"), ("::1", "::/0"),
        ("2001:db8::8000", "2001:db8::8000/113"),
    ])
    func takesWhatLiesInside(address: String, range: String) throws { #expect(try isInside(address, range)) }

    @Test(arguments: [
        ("11.0.0.0", "10.0.0.0/8"), ("9.255.255.255", "10.0.0.0/8"), ("127.0.0.2", "127.0.0.1/32"),
        ("172.32.0.0", "172.16.0.0/12"),
        ("172.15.255.255", "172.16.0.0/12"), ("192.0.2.128", "192.0.2.0/25"), ("::2", "::1/128"),
        ("fe80::1", "fd00::/8"),
        ("2001:db9::1", "2001:db8::/32"), ("2001:db8::7fff", "2001:db8::8000/113"),
        // One kind of address never lies in a network of the other.
        ("10.0.0.1", "::/0"), ("::1", "0.0.0.0/0"), ("::ffff:10.0.0.1", "10.0.0.0/8"), ("::a00:1", "10.0.0.0/8"),
    ])
    func refusesWhatLiesOutside(address: String, range: String) throws { #expect(try !isInside(address, range)) }
}

@Suite struct EndpointTests {
    @Test(arguments: [
        "", "hub.example", "//hub.example/x", "http://hub.example/x", "ftp://hub.example/x", "https:hub.example",
        "https://",
        "https:///x", "https://user@hub.example/x", "https://user:word@hub.example/x", "https://:word@hub.example/x",
        "https://hub.example/x#part", "https://hub example/x", "file:///etc/passwd",
    ])
    func refusesWhatIsNoHTTPSAddress(url: String) { #expect(WebhookPusher.Endpoint(url) == nil) }

    @Test(arguments: [
        ("https://hub.example/in", "hub.example", 443, "/in"), ("https://hub.example", "hub.example", 443, "/"),
        ("https://hub.example:9443/in/box?key=1&b=2", "hub.example", 9_443, "/in/box?key=1&b=2"),
        ("https://[::1]:8443/in", "::1", 8_443, "/in"), ("https://10.0.0.1/", "10.0.0.1", 443, "/"),
        ("https://hub.example/a%20b", "hub.example", 443, "/a%20b"),
    ])
    func readsHostPortAndTarget(url: String, host: String, port: Int, target: String) throws {
        let endpoint = try #require(WebhookPusher.Endpoint(url))
        #expect(endpoint.host == host)
        #expect(endpoint.port == port)
        #expect(endpoint.target == target)
    }
}
