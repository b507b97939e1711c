import ConcordatJSON
import Foundation

/// The verdicts of Python's `jsonschema`, with decimals and strict formats: the validator that agencies have.
enum PythonValidator {
    /// One line in: `{"schema":…,"documents":[…]}`. One line out: a verdict a document, 1 for valid.
    static func verdicts(_ lines: [[UInt8]]) throws -> [[Bool]] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("payload-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appendingPathComponent("in.jsonl")
        try Data(lines.joined(separator: [0x0A])).write(to: input)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-W", "ignore", "-c", script, input.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map { line in line.map { $0 == "1" } }
    }

    private static let script = #"""
        import sys, json, re, datetime, decimal
        from decimal import Decimal
        from jsonschema import Draft202012Validator, FormatChecker
        from jsonschema.validators import extend
        decimal.getcontext().prec = 400
        def integer(c, v):
            if isinstance(v, bool): return False
            return isinstance(v, int) or isinstance(v, Decimal) and v == v.to_integral_value()
        V = extend(Draft202012Validator, type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", integer))
        F = FormatChecker(formats=())
        def day(t): return re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", t) and datetime.date.fromisoformat(t) is not None
        F.checks("date", raises=ValueError)(lambda t: bool(day(t)))
        def moment(t):
            m = re.fullmatch(r"([0-9-]{10})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?([Zz]|[+-]([0-9]{2}):([0-9]{2}))", t)
            return bool(m and day(m[1]) and int(m[2]) < 24 and int(m[3]) < 60 and int(m[4]) <= 60
                        and int(m[7] or 0) < 24 and int(m[8] or 0) < 60)
        F.checks("date-time", raises=ValueError)(moment)
        A = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"; L = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
        F.checks("email")(lambda t: len(t) <= 254 and len(t.split("@")[0]) <= 64
                          and bool(re.fullmatch(rf"{A}(\.{A})*@{L}(\.{L})*", t)))
        F.checks("uuid")(lambda t: bool(re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", t)))
        C = r"(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9a-fA-F]{2}"
        U = rf"[A-Za-z][A-Za-z0-9+.-]*:(//({C}|:)*@)?(\[[0-9A-Fa-f:.]+\]|{C})*)(:[0-9]*)?(?=[/?#]|$)|(?!//)){C}|[/:@])*(\?{C}|[/?:@])*)?(#{C}|[/?:@])*)?"
        F.checks("uri")(lambda t: bool(re.fullmatch(U, t)))
        def anchored(s):
            if isinstance(s, dict):
                return {k: v[:-1] + r"\Z" if k == "pattern" and isinstance(v, str) else anchored(v) for k, v in s.items()}
            return [anchored(v) for v in s] if isinstance(s, list) else s
        for line in open(sys.argv[1], encoding="utf-8"):
            d = json.loads(line, parse_float=Decimal)
            v = V(anchored(d["schema"]), format_checker=F)
            print("".join("1" if v.is_valid(x) else "0" for x in d["documents"]))
        """#
}
