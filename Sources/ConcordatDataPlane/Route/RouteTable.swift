/// Finds the routes of a path. Two look-ups, no router.
enum RouteTable {
    /// The routes at `path`, one for each method, and what stands in the part that varies.
    static func routes(at path: String) -> (routes: [DataPlaneRoute], argument: String?) {
        if let routes = fixed[path] { return (routes, nil) }
        for (prefix, suffix, route) in varying where path.hasPrefix(prefix) && path.hasSuffix(suffix) {
            guard path.utf8.count > prefix.utf8.count + suffix.utf8.count else { continue }
            let argument = path.utf8.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count)
            guard !argument.contains(UInt8(ascii: "/")) else { continue }
            return ([route], String(argument))
        }
        return ([], nil)
    }

    private static let fixed: [String: [DataPlaneRoute]] = Dictionary(
        grouping: DataPlaneRoute.allCases.filter { !$0.template.contains("{") }, by: \.template)

    private static let varying: [(prefix: String, suffix: String, route: DataPlaneRoute)] =
        DataPlaneRoute.allCases.compactMap { route in
            guard let open = route.template.firstIndex(of: "{"), let close = route.template.firstIndex(of: "}") else {
                return nil
            }
            return (
                String(route.template[..<open]), String(route.template[route.template.index(after: close)...]), route
            )
        }
}
